"""What a person does with the questions that memory could not answer, and what tests look up of it."""

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from bot.toolbox.draft import full_name
from bot.toolbox.given import as_value
from memory.ids import PersonId
from memory.parameters.aliases import Aliases
from memory.parameters.evidence import Evidence, Occasion, PastCall
from memory.parameters.store import Done, ParameterMemory
from playground.company import Company
from playground.slack.app import JSON
from skills.catalog import skill_catalog
from tests.scenarios.conftest import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a card, as it stands there."""

    ask: str
    choices: Mapping[str, str]
    """Words of a button → its `action_id`."""
    other: str
    """The `action_id` of the way to any other answer."""


async def say(world: World, who: str, said: str, *, thread: str | None = None, place: str = "dm") -> str:
    """Say something, and wait until Pinyon has done what it can; gives the thread."""
    turns = await turns_of(world)
    sent = await world.slack.say(who, place, said, thread=thread)
    await world.over(turns + 1, seconds=60)
    return thread or sent


async def turns_of(world: World) -> int:
    return len(await world.rows("SELECT id FROM turns"))


def questions_in(message: JSON) -> list[Question]:
    """The open questions of a message, in order."""
    found: list[Question] = []
    ask = ""
    for block in message.get("blocks") or ():
        if block["type"] == "section" and "text" in block:
            text = block["text"]["text"].strip("*")
            ask = text if text.endswith("?") else ask
        buttons = {
            one["action_id"]: one["text"]["text"] for one in block.get("elements", ()) if one["type"] == "button"
        }
        other = next((action for action in buttons if action.startswith("question.other")), "")
        if other:
            choices = {words: action for action, words in buttons.items() if action.startswith("question.pick")}
            found.append(Question(ask=ask, choices=choices, other=other))
    return found


def open_card(world: World, who: str, thread: str) -> JSON | None:
    """The card of a thread on which something is asked now."""
    posts = world.slack.replies(f"dm:{who}", thread)
    return next((post for post in reversed(posts) if questions_in(post)), None)


def asked(world: World, who: str, thread: str) -> list[str]:
    """What is asked now."""
    card = open_card(world, who, thread)
    return [question.ask for question in questions_in(card)] if card else []


async def answer(world: World, who: str, thread: str, answers: Mapping[str, str]) -> JSON:
    """Answer every question of a card: by a part of the question, with a button where one says so.

    Waits until the call that lacked the answers has gone on; gives the card.
    """
    card, turns = open_card(world, who, thread), await turns_of(world)
    assert card is not None, [world.words(f"dm:{who}", post) for post in world.slack.replies(f"dm:{who}", thread)]
    assert len(answers) == len(questions_in(card)), asked(world, who, thread)
    for part, value in answers.items():
        question = next(one for one in questions_in(now(world, who, card)) if part in one.ask)
        await _give(world, who, card, question, value)
        await world.until(lambda q=question: q.ask not in [one.ask for one in questions_in(now(world, who, card))])
    await world.over(turns + 1, seconds=60)
    return card


async def _give(world: World, who: str, card: JSON, question: Question, value: str) -> None:
    if value in question.choices:
        await world.slack.click(who, card["ts"], question.choices[value])
        return
    await world.slack.click(who, card["ts"], question.other)
    modal = await world.until(lambda: world.slack.modal(who))
    given: str | list[str] = value
    if "multi_users_select" in str(modal):
        given = [world.slack.user(one).id for one in value.split(", ")]
    elif "users_select" in str(modal):
        given = world.slack.user(value).id
    assert (await world.slack.submit(who, {"answer": given})).is_acked


def now(world: World, who: str, card: JSON) -> JSON:
    """A message as it stands now."""
    return world.slack.place("dm", who)[1].messages[card["ts"]]


async def always(world: World, who: str, card: JSON) -> None:
    """Tap "Always use this" on a card with one answer."""
    await world.until(lambda: "question.always" in str(now(world, who, card)))
    await world.slack.click(who, card["ts"], "question.always")
    await world.until(lambda: "always, you set it" in world.words(f"dm:{who}", card))


async def approve(world: World, who: str, thread: str) -> None:
    """Approve the newest open card of a thread, and wait until all that follows is done."""
    turns = await turns_of(world)
    posts = world.slack.replies(f"dm:{who}", thread)
    card = next(post for post in reversed(posts) if "'approval.approve'" in str(post.get("blocks")))
    await world.slack.click(who, card["ts"], "approval.approve")
    await world.over(turns + 1, seconds=60)


async def edit(world: World, who: str, thread: str, **values: str) -> None:
    """Change values of the newest open card of a thread."""
    card = card_open(world, who, thread)
    assert card is not None, told(world, who, thread)
    await world.slack.click(who, card["ts"], "approval.edit")
    await world.until(lambda: world.slack.modal(who))
    assert (await world.slack.submit(who, values)).is_acked
    await world.until(lambda: "you changed" in world.words(f"dm:{who}", card))


def card_open(world: World, who: str, thread: str) -> JSON | None:
    """The newest message of a thread that waits for an approval."""
    posts = world.slack.replies(f"dm:{who}", thread)
    return next((post for post in reversed(posts) if "'approval.approve'" in str(post.get("blocks"))), None)


def pairs_of(message: JSON) -> list[tuple[str, str]]:
    """Labels with their origins, and the values beside them."""
    found: list[tuple[str, str]] = []
    for block in message.get("blocks") or ():
        texts = [field["text"] for field in block.get("fields", ())]
        found += zip(texts[::2], texts[1::2], strict=True)
    return found


async def calls_of(world: World, tool: str) -> list[dict[str, Any]]:
    """The arguments of each call of `tool`, as executed, in order."""
    rows = await world.rows("SELECT arguments FROM tool_calls WHERE tool = :tool ORDER BY started_at, call", tool=tool)
    return [json.loads(row["arguments"]) for row in rows]


def told(world: World, who: str, thread: str) -> str:
    """All that Pinyon said in a thread, without the addresses of links."""
    said = "\n".join(world.words(f"dm:{who}", post) for post in world.slack.replies(f"dm:{who}", thread))
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", said)


def named(values: Sequence[dict[str, Any]]) -> list[str]:
    return [value["name"] for value in values]


async def teach(world: World, who: str, tool: str, *, times: int = 1, **values: JsonValue) -> None:
    """Let memory learn calls of a tool, as if the person had chosen `values` on cards, without making them."""
    await teach_in(world.app.memory, world.person(who), tool, times=times, **values)


async def teach_in(
    memory: ParameterMemory, person: PersonId, tool: str, *, times: int = 1, **values: JsonValue
) -> None:
    """The same, without a world."""
    found = next(one for skill in skill_catalog().values() for one in skill.tools if one.name == tool)
    kinds, habits = found.remembered_kinds, found.remembers
    full = {full_name(habits[name], name, values): as_value(value, kinds[name]) for name, value in values.items()}
    for _ in range(times):
        number = next(_numbers)
        call = PastCall(
            id=f"taught:{number}",
            occasion=Occasion(at=datetime.now(UTC).timestamp() - 3600 + number),
            values=full,
            how=dict.fromkeys(full, "chose"),
        )
        await memory.learn(Done(person=person, tool=tool, kinds=kinds, call=call, orders=[*full]))


_numbers = itertools.count(1)


async def teach_update(memory: ParameterMemory, aliases: Aliases, company: Company, person: PersonId) -> None:
    """What the weekly update rests on: the board, the sign-off, and who "the two leads" are."""
    await teach_in(memory, person, "view_board", times=2, board=company.renamed("Trails board"))
    await teach_in(memory, person, "send_mail", times=2, sign_off=company.renamed("Cheers, Priya"))
    leads = [company.person(company.renamed(handle)).email for handle in ("ren", "sione")]
    await aliases.keep(person, "the two leads", "person", leads, shown=", ".join(leads))


async def remembered_of(world: World, who: str, tool: str) -> Evidence:
    """What is remembered of somebody's calls of a tool."""
    return (await world.app.memory.of(world.person(who))).get(tool, Evidence())


async def holding(world: World, word: str, *, tables: str = "parameter") -> list[str]:
    """The tables whose name begins so and in which `word` stands in any column of any row."""
    listed = await world.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name LIKE :name",
        name=f"{tables}%",
    )
    found: list[str] = []
    for row in listed:
        statement = f'SELECT 1 FROM "{row["table_name"]}" t WHERE to_jsonb(t)::text ILIKE :word LIMIT 1'  # noqa: S608
        if await world.rows(statement, word=f"%{word}%"):
            found.append(row["table_name"])
    return found
