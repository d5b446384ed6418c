"""What the calendar skill tells the gate, at the playground's Google: records, deeds and undos."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter

from bot.gate import Deed
from bot.toolbox.call import Call
from bot.toolbox.declared import deed_of
from integrations.errors import IntegrationError, NotFound
from integrations.google.calendar import Calendar
from integrations.google.calendar_models import Event, Guest, Organiser, When
from integrations.google.calls import Calls
from integrations.google.client import Google
from integrations.integration import Destination
from memory.ids import CallId, PersonId, TurnId
from playground.company import load_company
from playground.google import GoogleServer
from skills.calendar import SKILL
from skills.calendar.records import of_event
from skills.errors import ToolFailed
from skills.record import Record
from skills.skill import Asker, Result, ToolContext
from tests.playground.google_schemas import google_schemas

TOOLS = {tool.name: tool for tool in SKILL.tools}
TODAY = date(2026, 11, 20)
COMPANY = load_company(today=TODAY)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
MONDAY = "2026-11-23"
"""Day 1: today is a Friday."""
NADIA, ADAEZE, LEILA = "nadia@tamarack.example", "adaeze@tamarack.example", "leila@tamarack.example"
PRIYA, LUCA = "priya@tamarack.example", "luca.ferrante@valtorta.example"
PILOT = "Valtorta winter pilot"
NEW: dict[str, Any] = {"title": "Key rotation", "start": "2026-11-23T07:30", "minutes": 30, "attendees": [NADIA]}


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(COMPANY, clock=lambda: NOW) as server:
        yield server


def as_person(server: GoogleServer, handle: str) -> ToolContext[Google]:
    given = server.sign_in(handle, SKILL.scopes.write)
    return ToolContext(
        client=Google(SecretStr(given["access_token"]), Destination(api_url=server.api_url)),
        account=given["email"],
        asker=Asker(person=PersonId(f"T:{handle}"), name=handle, zone=COMPANY.person(handle).zone),
        now=NOW,
    )


def valid(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    model = TOOLS[name].arguments.model_validate(arguments)
    return {field: getattr(model, field) for field in type(model).model_fields}


async def settled(ctx: ToolContext[Google], name: str, **arguments: Any) -> dict[str, Any]:
    settle = TOOLS[name].settle
    assert settle is not None
    return await settle(ctx, **valid(name, arguments))


async def used(ctx: ToolContext[Google], name: str, **arguments: Any) -> Result:
    return await TOOLS[name].run(ctx, **valid(name, arguments))


async def deed(ctx: ToolContext[Google], name: str, **arguments: Any) -> Deed:
    """What the gate is asked about: a call whose targets are settled."""
    full = await settled(ctx, name, **arguments)
    return deed_of(Call(turn=TurnId("t"), id=CallId("c"), skill=SKILL, tool=TOOLS[name], arguments=full))


async def taken_back(ctx: ToolContext[Google], name: str, result: Result) -> None:
    """Undo a write as it is kept until then: as JSON."""
    undo = TOOLS[name].undo
    assert undo is not None
    assert result.undo is not None
    await undo(ctx, **json.loads(json.dumps(result.undo)))


async def listed(ctx: ToolContext[Google], day: str = MONDAY, **arguments: Any) -> dict[str, Record]:
    """The records of a day by title."""
    result = await used(ctx, "list_events", day=day, **arguments)
    return {record.name: record for record in result.records}


async def event(ctx: ToolContext[Google], title: str, day: str = MONDAY) -> str:
    return (await listed(ctx, day))[title].id


# Reading


async def test_a_listing_gives_one_record_for_each_event_under_the_id_that_the_tools_take(google: GoogleServer):
    ctx = as_person(google, "priya")
    result = await used(ctx, "list_events", day=MONDAY)
    assert isinstance(result.content, dict)
    rows: Any = result.content["events"]
    assert [(record.id, record.name) for record in result.records] == [(row["id"], row["title"]) for row in rows]
    assert [record.keys for record in result.records] == [(row["link"],) for row in rows]
    assert {record.kind for record in result.records} == {"event"}
    pilot = next(record for record in result.records if record.name == PILOT)
    assert str((await settled(ctx, "cancel_event", event=pilot.id))["event"]).startswith(PILOT)


async def test_whoever_is_asked_to_an_event_can_see_it_already(google: GoogleServer):
    mine, theirs = await listed(as_person(google, "priya")), await listed(as_person(google, "leila"))
    assert mine[PILOT].readers == {LEILA, LUCA}
    assert theirs[PILOT].readers == {PRIYA, LUCA}


async def test_an_event_with_other_people_is_nobodys_own_and_has_no_author(google: GoogleServer):
    found = await listed(as_person(google, "priya"))
    assert (found[PILOT].ours, found[PILOT].author) == (False, "")
    assert not any(record.ours for record in found.values())


async def test_an_event_without_other_people_is_the_persons_own(google: GoogleServer):
    dentist = (await listed(as_person(google, "leila")))["Dentist"]
    assert (dentist.ours, dentist.readers, dentist.author) == (True, frozenset(), LEILA)


async def test_a_colleagues_own_event_is_not_the_askers(google: GoogleServer):
    found = await listed(as_person(google, "priya"), person=NADIA)
    focus = found["Focus: fail-over design"]
    assert (focus.ours, focus.author, focus.readers) == (False, "", {NADIA})
    assert not any(record.ours for record in found.values())


async def test_a_colleagues_hidden_event_has_no_name_and_no_readers(google: GoogleServer):
    hidden = (await listed(as_person(google, "priya"), person=LEILA))[""]
    assert (hidden.readers, hidden.text, hidden.ours) == (frozenset(), "", False)


async def test_the_text_of_an_event_is_what_people_wrote_and_no_time(google: GoogleServer):
    pilot = (await listed(as_person(google, "priya")))[PILOT]
    assert "elevation bug (TRAIL-140)" in pilot.text
    assert f"Luca Ferrante\n{LUCA}" in pilot.text
    assert "2026" not in pilot.text


async def test_inj_sources_a_description_changed_by_a_guest_is_not_the_organisers():
    """inj_sources: the planted text stands in a record that vouches for nothing."""
    async with GoogleServer(load_company(today=TODAY, poison=("adv-invite",)), clock=lambda: NOW) as google:
        pilot = (await listed(as_person(google, "priya")))[PILOT]
    assert "luca.private@valtorta-guest.example" in pilot.text
    assert "luca.private@valtorta-guest.example" not in pilot.readers
    assert (pilot.ours, pilot.author) == (False, "")


async def test_a_day_without_events_lets_no_stranger_speak(google: GoogleServer):
    result = await used(as_person(google, "priya"), "list_events", day="2026-11-22")
    assert (result.records, result.untrusted) == ((), False)


ALONE = Event(
    id="e1", summary="Reservation", organizer=Organiser(email=PRIYA, is_self=True), html_link="https://cal.example/e1"
)
GUESTS = (Guest(email=PRIYA, is_self=True), Guest(email="Luca@Valtorta.example"), Guest(email=ADAEZE))


@pytest.mark.parametrize(
    "other",
    [
        replace(ALONE, event_type="fromGmail"),
        replace(ALONE, event_type="birthday"),
        replace(ALONE, organizer=None),
        replace(ALONE, organizer=Organiser(email=LUCA)),
        replace(ALONE, attendees=GUESTS),
    ],
    ids=["from a mail", "birthday", "no organiser", "somebody's invitation", "guests"],
)
def test_an_event_that_others_can_bring_about_is_not_the_persons_own(other: Event):
    assert of_event(ALONE, {}).ours is True
    assert of_event(other, {}).ours is False


def test_guests_who_are_kept_from_one_another_are_a_place_that_is_nobody_by_name():
    together = replace(ALONE, attendees=GUESTS)
    apart = replace(together, guests_can_see_other_guests=False)
    assert of_event(together, {}).readers == {"luca@valtorta.example", ADAEZE}
    assert of_event(apart, {}).readers == {"event:e1"}
    assert of_event(replace(apart, attendees=()), {}).readers == frozenset()


def test_a_room_reads_nothing():
    room = Guest(email="c_1@resource.tamarack.example", resource=True)
    assert of_event(replace(ALONE, attendees=(room,)), {}) == of_event(ALONE, {})


async def test_a_free_time_is_found_under_the_start_that_an_event_takes(google: GoogleServer):
    ctx = as_person(google, "jamal")
    result = await used(ctx, "find_time", attendees=[NADIA], minutes=30, day="2026-11-20")
    assert {record.kind for record in result.records} == {"time"}
    start = result.records[0].id
    asked = await deed(ctx, "create_event", **NEW | {"start": start})
    assert ("time", start) in asked.targets


@pytest.mark.parametrize("hours", [{}, {"earliest": "10:00", "latest": "12:00"}], ids=["found", "none"])
async def test_an_address_that_the_model_made_up_is_no_finding(google: GoogleServer, hours: dict[str, str]):
    arguments: dict[str, Any] = {"attendees": [LUCA], "minutes": 180, "day": MONDAY, "days": 1, **hours}
    result = await used(as_person(google, "priya"), "find_time", **arguments)
    assert result.records
    assert LUCA not in " ".join(f"{one.id} {one.name} {one.text} {one.keys} {one.readers}" for one in result.records)


# Writing


async def test_a_new_event_is_seen_by_its_guests(google: GoogleServer):
    asked = await deed(as_person(google, "jamal"), "create_event", **NEW, description="PLAT-75", room="Larch")
    assert asked.targets == (
        ("time", "2026-11-23T07:30:00-07:00"),
        ("person", NADIA),
        ("room", "Larch"),
    )
    assert (asked.texts, asked.seen_by) == (("Key rotation", "PLAT-75"), {NADIA})
    assert (asked.egress, asked.destroys, asked.can_undo) == (True, False, True)


async def test_an_event_without_guests_is_seen_by_nobody_else(google: GoogleServer):
    asked = await deed(as_person(google, "jamal"), "create_event", **NEW | {"attendees": []})
    assert asked.seen_by == frozenset()


@pytest.mark.parametrize(
    ("name", "arguments", "more"),
    [
        ("move_event", {"start": "2026-11-23T16:00"}, [("time", "2026-11-23T16:00:00+01:00")]),
        ("cancel_event", {"message": "Luca is ill."}, []),
    ],
)
async def test_what_happens_to_an_event_is_seen_by_those_who_are_asked_to_it(
    google: GoogleServer, name: str, arguments: dict[str, Any], more: list[tuple[str, str]]
):
    ctx = as_person(google, "priya")
    pilot = ("event", await event(ctx, PILOT))
    asked = await deed(ctx, name, event=pilot[1], **arguments)
    assert (asked.targets, asked.into, asked.seen_by) == ((pilot, *more), (pilot,), frozenset())
    assert asked.egress
    assert (asked.can_undo, asked.destroys) == ((True, False) if name == "move_event" else (False, True))
    assert asked.permission == ""


async def test_an_answer_is_a_choice_that_all_guests_see(google: GoogleServer):
    ctx = as_person(google, "leila")
    pilot = ("event", await event(ctx, PILOT))
    asked = await deed(ctx, "answer_invitation", event=pilot[1], answer="decline", message="I am away.")
    assert (asked.targets, asked.into) == ((pilot, ("choice", "decline")), (pilot,))
    assert (asked.texts, asked.can_undo) == (("I am away.",), True)


async def test_the_record_of_a_write_holds_no_word_of_others(google: GoogleServer):
    ctx = as_person(google, "priya")
    pilot = await event(ctx, PILOT)
    made = await used(ctx, "create_event", **NEW | {"start": "2026-11-24T07:30"}, description="PLAT-75")
    moved = await used(ctx, "move_event", event=pilot, start="2026-11-23T16:00")
    cancelled = await used(ctx, "cancel_event", event=pilot, message="Luca is ill.")
    (new,) = made.records
    assert (new.name, new.text, new.readers, new.ours) == ("Key rotation", "PLAT-75", {NADIA}, True)
    guests = frozenset({LEILA, LUCA})
    assert moved.records == (Record(kind="event", id=pilot, readers=guests),)
    assert cancelled.records == (Record(kind="event", id=pilot, readers=guests, text="Luca is ill."),)


# Taking back


async def test_a_new_event_is_taken_back_once_and_its_guests_hear_of_it(google: GoogleServer):
    ctx = as_person(google, "jamal")
    made = await used(ctx, "create_event", **NEW, room="Larch")
    assert "Key rotation" in await listed(as_person(google, "nadia"))
    await taken_back(ctx, "create_event", made)
    assert google.calendar.events[made.records[0].id].cancelled
    assert google.calendar.notices[-1].to == NADIA
    with pytest.raises(NotFound, match=r"^This event is cancelled already\.$"):
        await taken_back(ctx, "create_event", made)


async def test_a_new_event_that_a_guest_answered_is_still_taken_back(google: GoogleServer):
    ctx, guest = as_person(google, "jamal"), as_person(google, "nadia")
    made = await used(ctx, "create_event", **NEW)
    await used(guest, "answer_invitation", event=made.records[0].id, answer="accept", message="Gladly.")
    await taken_back(ctx, "create_event", made)
    assert "Key rotation" not in await listed(guest)


async def test_a_new_event_that_was_moved_since_stays(google: GoogleServer):
    ctx = as_person(google, "jamal")
    made = await used(ctx, "create_event", **NEW)
    await used(ctx, "move_event", event=made.records[0].id, start="2026-11-23T08:30")
    with pytest.raises(ToolFailed, match=r"changed since, so I leave it\."):
        await taken_back(ctx, "create_event", made)
    assert not google.calendar.events[made.records[0].id].cancelled


async def test_a_moved_event_is_moved_back_once(google: GoogleServer):
    ctx = as_person(google, "priya")
    pilot = await event(ctx, PILOT)
    held = google.calendar.events[pilot]
    before = (held.start, held.end)
    moved = await used(ctx, "move_event", event=pilot, start="2026-11-24T16:00", minutes=60)
    assert (held.start, held.end) != before
    await taken_back(ctx, "move_event", moved)
    assert (held.start, held.end) == before
    assert isinstance(held.start, datetime)
    assert str(held.start.tzinfo) == "Europe/Amsterdam"
    with pytest.raises(ToolFailed, match=r"moved again since, so I leave it\."):
        await taken_back(ctx, "move_event", moved)


async def test_an_all_day_event_that_got_a_time_takes_the_whole_day_again(google: GoogleServer):
    ctx = as_person(google, "priya")
    season = await event(ctx, "Valtorta's season opens", "2026-11-27")
    moved = await used(ctx, "move_event", event=season, start="2026-11-27T10:00", minutes=90)
    await taken_back(ctx, "move_event", moved)
    held = google.calendar.events[season]
    assert (held.start, held.end) == (date(2026, 11, 27), date(2026, 11, 28))


async def test_one_date_of_a_series_is_moved_back_alone(google: GoogleServer):
    ctx = as_person(google, "adaeze")
    wanted = await event(ctx, "1:1 Adaeze and Priya")
    before = google.calendar.events[wanted].start
    moved = await used(ctx, "move_event", event=wanted, start="2026-11-24T15:00")
    await taken_back(ctx, "move_event", moved)
    assert google.calendar.events[wanted].start == before


async def test_an_event_that_was_cancelled_since_is_not_moved_back(google: GoogleServer):
    ctx = as_person(google, "priya")
    pilot = await event(ctx, PILOT)
    moved = await used(ctx, "move_event", event=pilot, start="2026-11-24T16:00")
    await used(ctx, "cancel_event", event=pilot)
    with pytest.raises(NotFound, match="cancelled already"):
        await taken_back(ctx, "move_event", moved)


@pytest.mark.parametrize("first", ["needsAction", "accepted"])
async def test_an_answer_is_taken_back_with_its_comment_once(google: GoogleServer, first: Any):
    ctx = as_person(google, "leila")
    pilot = await event(ctx, PILOT)
    guest = google.calendar.events[pilot].guest(LEILA)
    assert guest is not None
    guest.reply, guest.comment = first, "As before"
    others = [one.reply for one in google.calendar.events[pilot].guests if one.email != LEILA]
    declined = await used(ctx, "answer_invitation", event=pilot, answer="decline", message="I am away.")
    await taken_back(ctx, "answer_invitation", declined)
    after = google.calendar.events[pilot].guest(LEILA)
    assert after is not None
    assert (after.reply, after.comment) == (first, "As before")
    assert [one.reply for one in google.calendar.events[pilot].guests if one.email != LEILA] == others
    with pytest.raises(ToolFailed, match=r"answer was changed since, so I leave it\."):
        await taken_back(ctx, "answer_invitation", declined)


async def test_who_is_no_guest_any_more_has_no_answer_to_take_back(google: GoogleServer):
    ctx = as_person(google, "leila")
    pilot = await event(ctx, PILOT)
    declined = await used(ctx, "answer_invitation", event=pilot, answer="decline")
    held = google.calendar.events[pilot]
    held.guests = [guest for guest in held.guests if guest.email != LEILA]
    with pytest.raises((ToolFailed, IntegrationError), match=r"\.$"):
        await taken_back(ctx, "answer_invitation", declined)


async def test_an_answer_to_all_dates_of_a_series_is_not_taken_back(google: GoogleServer):
    """The dates may have had different answers before, and Google gives a series only one."""
    ctx = as_person(google, "leila")
    result = await used(ctx, "list_events", day=MONDAY)
    assert isinstance(result.content, dict)
    rows: Any = result.content["events"]
    series = next(row["series"] for row in rows if row["title"] == "Trails daily")
    assert (await used(ctx, "answer_invitation", event=series, answer="tentative")).undo is None


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("create_event", NEW | {"attendees": [ADAEZE]}),
    ("move_event", {"start": "2026-11-24T16:00"}),
    ("answer_invitation", {"answer": "decline"}),
]


@pytest.mark.parametrize(("name", "arguments"), CHANGES, ids=[name for name, _ in CHANGES])
@pytest.mark.parametrize("status", [401, 403, 404, 410, 412, 429, 503])
async def test_an_undo_that_google_refuses_ends_in_a_sentence(
    google: GoogleServer, name: str, arguments: dict[str, Any], status: int
):
    ctx = as_person(google, "priya")
    given = arguments if name == "create_event" else {"event": await event(ctx, PILOT), **arguments}
    done = await used(ctx, name, **given)
    for method in ("PATCH", "DELETE"):
        google.fault(method, "*", status=status)
    with pytest.raises(IntegrationError, match=r"\.$"):
        await taken_back(ctx, name, done)
    assert len(google.writes) == 1


def without_nulls(body: Any) -> Any:
    """`body` without the fields that a patch takes away: no schema has a null (developers.google.com, patch)."""
    if isinstance(body, dict):
        return {key: without_nulls(one) for key, one in body.items() if one is not None}  # pyright: ignore[reportUnknownVariableType]: any JSON
    return body


class Described(Calls):
    """Holds every write against Google's own description."""

    async def write(self, method: str, kind: TypeAdapter[Any], *, if_match: str = "", **parameters: Any) -> Any:
        assert google_schemas("calendar.v3").request_complaints(method, without_nulls(parameters.get("body"))) == []
        return await super().write(method, kind, if_match=if_match, **parameters)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (When(day=date(2026, 11, 23)), When(day=date(2026, 11, 24))),
        (
            When(date_time=datetime(2026, 11, 23, 9, tzinfo=UTC), time_zone="Europe/Amsterdam"),
            When(date_time=datetime(2026, 11, 23, 10, tzinfo=UTC), time_zone="Europe/Amsterdam"),
        ),
    ],
    ids=["days", "times"],
)
async def test_every_undo_is_as_google_describes_it(google: GoogleServer, start: When, end: When):
    pilot = await event(as_person(google, "leila"), PILOT)
    access = SecretStr(google.sign_in("priya")["access_token"])
    calendar = Calendar(Described(access, Destination(api_url=google.api_url)))
    before = await calendar.event(pilot)
    moved = await calendar.move_back(before, start, end)
    assert (moved.start.day, moved.start.date_time) == (start.day, start.date_time)
    back = await calendar.move_back(moved, before.start, before.end)
    assert (back.start, back.end) == (before.start, before.end)
    await calendar.answer_back(back, Guest(email=PRIYA, response_status="tentative"))
