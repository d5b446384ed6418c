"""The code behind an answer is shown to whoever asked, and to nobody else."""

from typing import Any

import pytest

from bot.slack.card_desk import CardDesk
from bot.slack.clicked import Click
from bot.slack.code_window import CodeWindow
from bot.slack.surface import SlackSurface, Workplace
from memory.database import Database
from memory.ids import CallId, PersonId, WorkingId
from memory.people import People
from memory.workings import Workings
from playground.slack.limits import view_errors
from tests.bot.slack.test_deciding import Later
from tests.fakes.rooms import NOW, PERSON, TEAM, TURN

CODE = "SELECT count(*) FROM account\n WHERE ended_on IS NULL"


class Slack:
    """Keeps the dialogs that are opened and what is whispered."""

    def __init__(self) -> None:
        self.views: list[dict[str, Any]] = []
        self.told: list[str] = []

    async def api_call(self, method: str, **given: Any) -> Any:
        match method:
            case "views.open":
                assert view_errors(given["json"]["view"]) == []
                self.views.append(given["json"]["view"])
            case "chat.postEphemeral":
                self.told.append(given["json"]["text"])
            case _:
                raise AssertionError(method)
        return type("Answer", (), {"data": {"ok": True}})


@pytest.fixture
def slack() -> Slack:
    return Slack()


async def click(slack: Slack, database: Database, working: str, person: PersonId = PERSON.id) -> None:
    async def home(_person: PersonId) -> None:
        raise AssertionError

    client: Any = slack
    surface = SlackSurface(People(database), now=lambda: NOW)
    surface.enter(Workplace(id=TEAM, name="Tamarack", bot_user="UB", bot_id="B1", client=client))
    later = Later()
    desk = CardDesk(surface, background=later, wake=lambda: None, home=home)
    pressed = Click(
        person=person,
        workspace=TEAM,
        action="working.show:0",
        value=working,
        channel="C1",
        message_ts="2.2",
        thread="1.1",
        trigger="t",
    )
    await CodeWindow(Workings(database).find, desk).open(pressed)
    await later.all()


async def kept(database: Database) -> WorkingId:
    return await Workings(database).keep(TURN, CallId("c0"), person=PERSON.id, language="sql", code=CODE)


async def test_whoever_asked_sees_the_code_as_it_ran(slack: Slack, database: Database) -> None:
    await click(slack, database, await kept(database))
    [view] = slack.views
    assert view["title"]["text"] == "SQL"
    assert view["blocks"][1]["elements"][0]["elements"] == [{"type": "text", "text": CODE}]
    assert slack.told == []


async def test_nobody_else_sees_it(slack: Slack, database: Database) -> None:
    """appr_actor"""
    await click(slack, database, await kept(database), PersonId("T1:U2"))
    assert slack.views == []
    assert slack.told == ["Only the person who asked can see the code. Ask me yourself and I show you mine."]


async def test_what_is_gone_is_said(slack: Slack, database: Database) -> None:
    await click(slack, database, "w_gone")
    assert slack.views == []
    assert "30 days" in slack.told[0]
