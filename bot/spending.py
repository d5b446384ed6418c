"""What the models cost: counted for each call, and limited for each day."""

from dataclasses import dataclass
from datetime import datetime

from bot.agent import Asked
from bot.agents.file import AgentFile
from bot.background import Background
from bot.llm import ModelAnswer
from bot.messages import IncomingMessage
from bot.settings import Settings
from bot.telemetry import Metrics
from bot.toolbox.call import Outcome
from memory import usage
from memory.database import Database
from memory.ids import TurnId
from memory.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Keeps the books of model calls."""

    settings: Settings
    database: Database
    metrics: Metrics
    background: Background

    async def record(self, message: IncomingMessage, agent: AgentFile, asked: Asked, model: str) -> None:
        """Write down what one model call used; nobody waits for it."""
        self.metrics.tokens.labels(model, "input").inc(asked.usage.input)
        self.metrics.tokens.labels(model, "output").inc(asked.usage.output)
        self.metrics.dollars.labels(model).inc(float(asked.cost_usd or 0))
        used = usage.Used(
            workspace=message.workspace,
            person=message.person,
            turn=message.turn,
            route=agent.route,
            model=model,
            input=asked.usage.input,
            output=asked.usage.output,
            cache_read=asked.usage.cache_read,
            cache_write=asked.usage.cache_write,
            cost_usd=asked.cost_usd,
            seconds=asked.seconds,
        )
        self.background.run(usage.record(self.database, used))

    async def record_tool(self, message: IncomingMessage, agent: AgentFile, outcome: Outcome) -> None:
        """Write down what a tool was paid for; nobody waits for it."""
        used = usage.Used(
            workspace=message.workspace,
            person=message.person,
            turn=message.turn,
            route=agent.route,
            model=f"tool:{outcome.tool}",
            input=0,
            output=0,
            cache_read=0,
            cache_write=0,
            cost_usd=outcome.cost_usd,
            seconds=0.0,
        )
        self.metrics.dollars.labels(used.model).inc(float(outcome.cost_usd or 0))
        self.background.run(usage.record(self.database, used))

    async def record_drafting(self, person: Person, answer: ModelAnswer) -> None:
        """Write down what drafting an agent used."""
        used = usage.Used(
            workspace=person.workspace,
            person=person.id,
            turn=TurnId("drafting"),
            route="default",
            model=answer.model,
            input=answer.usage.input,
            output=answer.usage.output,
            cache_read=answer.usage.cache_read,
            cache_write=answer.usage.cache_write,
            cost_usd=answer.cost_usd,
            seconds=answer.seconds,
        )
        self.metrics.dollars.labels(answer.model).inc(float(answer.cost_usd or 0))
        self.background.run(usage.record(self.database, used))

    async def refusal(self, person: Person, *, now: datetime) -> str:
        """Why `person` may use no more models today (UTC), in a sentence; empty when they may."""
        mine, ours = self.settings.pinyon_daily_dollars_person, self.settings.pinyon_daily_dollars_workspace
        if mine is None and ours is None:
            return ""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        async with self.database.sessions() as session:
            by_me = await usage.spent_by_person(session, person.id, since=midnight)
            by_us = await usage.spent_by_workspace(session, person.workspace, since=midnight)
        again = "It starts again at 00:00 UTC. An admin can raise it."
        if mine is not None and by_me.cost_usd >= mine:
            return f"Your limit for today is used up. {again}"
        if ours is not None and by_us.cost_usd >= ours:
            return f"The limit of everyone here for today is used up. {again}"
        return ""
