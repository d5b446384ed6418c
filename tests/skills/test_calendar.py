"""The calendar skill at the playground's Google, as the people of the invented company."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.errors import (
    AccessRevoked,
    IntegrationError,
    NotFound,
    OutcomeUnknown,
    PermissionMissing,
    Refused,
    ServiceUnavailable,
)
from integrations.google.client import Google
from integrations.integration import Destination
from memory.ids import PersonId
from playground.company import load_company
from playground.google import GoogleServer
from skills.calendar import SKILL
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import Asker, Result, ToolContext

TOOLS = {tool.name: tool for tool in SKILL.tools}
COMPANY = load_company(today=date(2026, 11, 20))
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
MONDAY = "2026-11-23"
"""Day 1: today is a Friday."""
NADIA, ADAEZE, LUCA = "nadia@tamarack.example", "adaeze@tamarack.example", "luca.ferrante@valtorta.example"


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(COMPANY, clock=lambda: NOW) as server:
        yield server


def as_person(server: GoogleServer, handle: str, *, level: str = "write") -> ToolContext[Google]:
    given = server.sign_in(handle, SKILL.scopes.write if level == "write" else SKILL.scopes.read)
    return ToolContext(
        client=Google(SecretStr(given["access_token"]), Destination(api_url=server.api_url)),
        account=given["email"],
        asker=Asker(person=PersonId(f"T:{handle}"), name=handle, zone=COMPANY.person(handle).zone),
        now=NOW,
    )


def valid(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    model = TOOLS[name].arguments.model_validate(arguments)
    return {field: getattr(model, field) for field in type(model).model_fields}


async def used(ctx: ToolContext[Google], name: str, **arguments: Any) -> Result:
    """Call a tool as the toolbox does: arguments validated first."""
    return await TOOLS[name].run(ctx, **valid(name, arguments))


async def settled(ctx: ToolContext[Google], name: str, **arguments: Any) -> dict[str, Any]:
    """The arguments of a write as its card gets them."""
    settle = TOOLS[name].settle
    assert settle is not None
    return await settle(ctx, **valid(name, arguments))


def stored(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Settled arguments as an approval keeps them."""
    kept: dict[str, Any] = json.loads(TOOLS[name].arguments(**arguments).model_dump_json())
    return kept


async def fingerprint(ctx: ToolContext[Google], name: str, **arguments: Any) -> str:
    version = TOOLS[name].version
    assert version is not None
    return (await version(ctx, **valid(name, arguments))).fingerprint


def content(result: Result) -> dict[str, Any]:
    assert isinstance(result.content, dict)
    return result.content


async def events(ctx: ToolContext[Google], day: str = MONDAY, **arguments: Any) -> dict[str, dict[str, Any]]:
    """The rows of a day by title."""
    result = await used(ctx, "list_events", day=day, **arguments)
    return {row["title"]: row for row in content(result)["events"]}


async def event(ctx: ToolContext[Google], title: str, day: str = MONDAY) -> str:
    return (await events(ctx, day))[title]["id"]


# Looking


async def test_a_day_is_listed_in_order_on_the_askers_clocks(google: GoogleServer):
    result = await used(as_person(google, "priya"), "list_events", day=MONDAY)
    rows = content(result)["events"]
    assert rows[0]["title"] == "Trails daily"
    assert [row["start"] for row in rows] == sorted(row["start"] for row in rows)
    assert rows[0]["start"] == "2026-11-23T09:45:00+01:00"
    assert content(result)["zone"] == "Europe/Amsterdam"
    assert content(result)["whose"] == "you"
    assert result.untrusted
    assert result.said == f"Read {len(rows)} events"


async def test_a_row_has_everybodys_answer_zone_and_local_time(google: GoogleServer):
    row = (await events(as_person(google, "priya")))["Trails daily"]
    answers = {guest["name"]: guest["answer"] for guest in row["guests"]}
    assert answers["you"] == "yes"
    assert answers["Ren Kobayashi"] == "no"
    assert row["your_answer"] == "yes"
    assert row["when"] == "Mon 23 Nov 2026, 09:45–10:00 Europe/Amsterdam"
    assert "00:45–01:00 America/Vancouver (Ren Kobayashi)" in row["elsewhere"]
    assert "21:45–22:00 Pacific/Auckland (Sione Tupou)" in row["elsewhere"]
    assert row["series"]


async def test_the_zone_of_an_outsider_is_not_known(google: GoogleServer):
    row = (await events(as_person(google, "priya")))["Valtorta winter pilot"]
    assert {guest["email"]: guest.get("zone") for guest in row["guests"]}[LUCA] == "unknown zone"


async def test_what_clashes_names_the_other(google: GoogleServer):
    found = await events(as_person(google, "priya"))
    one, other = found["1:1 Adaeze and Priya"], found["Valtorta winter pilot"]
    assert one["overlaps"] == [other["id"]]
    assert other["overlaps"] == [one["id"]]


async def test_a_day_in_another_zone_is_that_zones_day(google: GoogleServer):
    found = await events(as_person(google, "sione"), "2026-11-24", days=1)
    assert "Leads round" in found
    assert found["Leads round"]["start"] == "2026-11-24T05:00:00+13:00"


async def test_a_colleagues_private_event_is_only_busy(google: GoogleServer):
    found = await events(as_person(google, "priya"), person="leila@tamarack.example")
    assert "Dentist" not in found
    assert found["busy"]["private"] is True
    assert "Dentist" in await events(as_person(google, "leila"))


async def test_in_a_colleagues_calendar_nobody_is_you(google: GoogleServer):
    found = await events(as_person(google, "priya"), person="ren@tamarack.example")
    row = found["Trails daily"]
    assert "you" not in {guest["name"] for guest in row["guests"]}
    assert row["their_answer"] == "no"
    assert "your_answer" not in row
    assert "00:45–01:00 America/Vancouver (Ren Kobayashi)" in row["elsewhere"]


async def test_whole_days_away_say_so(google: GoogleServer):
    found = await events(as_person(google, "camille"), person="devraj@tamarack.example")
    away = found["Away (family wedding)"]
    assert (away["kind"], away["when"]) == ("out of office", "Mon 23 Nov 2026, all day")
    assert away["start"] == away["end"] == MONDAY


async def test_a_calendar_that_cannot_be_seen_says_whose(google: GoogleServer):
    with pytest.raises(NotFound, match=f"I cannot see the calendar of {LUCA}"):
        await used(as_person(google, "priya"), "list_events", day=MONDAY, person=LUCA)


async def test_a_person_must_be_an_address(google: GoogleServer):
    with pytest.raises(RetryToolCall, match="`person` must be an e-mail address, got 'Adaeze'"):
        await used(as_person(google, "priya"), "list_events", day=MONDAY, person="Adaeze")


# Free time


async def test_the_first_time_is_inside_everybodys_working_hours(google: GoogleServer):
    result = await used(as_person(google, "jamal"), "find_time", attendees=[NADIA], minutes=30, day="2026-11-20")
    first = content(result)["slots"][0]
    assert first["start"] == "2026-11-23T07:30:00-07:00"
    assert first["local"] == {"you": "Mon 23 Nov 2026, 07:30–08:00", NADIA: "Mon 23 Nov 2026, 15:30–16:00"}
    assert first["outside_usual_day"] == []
    assert content(result)["people"][NADIA] == {
        "zone": "Europe/Warsaw",
        "utc_offset": "+01:00",
        "usual_day": "08:30–16:30",
    }
    assert result.untrusted is False


async def test_a_time_with_adaeze_avoids_both_calendars(google: GoogleServer):
    ctx = as_person(google, "priya")
    result = await used(ctx, "find_time", attendees=[ADAEZE], minutes=30, day=MONDAY, days=5)
    slots = content(result)["slots"]
    assert len(slots) == 8
    assert "2026-11-23T15:00:00+01:00" not in [slot["start"] for slot in slots]
    assert all(set(slot["local"]) == {"you", ADAEZE} for slot in slots)


async def test_hours_that_were_said_bind(google: GoogleServer):
    ctx = as_person(google, "priya")
    arguments: dict[str, Any] = {"attendees": [], "minutes": 30, "day": MONDAY, "days": 2}
    arguments |= {"earliest": "18:00", "latest": "20:00"}
    slots = content(await used(ctx, "find_time", **arguments))["slots"]
    assert slots
    assert all("18:00" <= slot["start"][11:16] <= "19:30" for slot in slots)
    assert all(slot["outside_usual_day"] == [] for slot in slots)


async def test_whose_calendar_cannot_be_seen_is_told(google: GoogleServer):
    result = await used(as_person(google, "priya"), "find_time", attendees=[LUCA], minutes=30, day=MONDAY)
    assert f"Whether {LUCA} can come is not known" in content(result)["note"]
    assert content(result)["slots"][0]["local"][LUCA] == "unknown zone"


async def test_no_time_for_all_is_an_answer(google: GoogleServer):
    ctx = as_person(google, "priya")
    arguments = {
        "attendees": [ADAEZE],
        "minutes": 240,
        "day": MONDAY,
        "days": 1,
        "earliest": "10:00",
        "latest": "12:00",
    }
    result = await used(ctx, "find_time", **arguments)
    assert content(result)["slots"] == []
    assert "No time is free for all." in content(result)["note"]
    assert result.said == "Found 0 free times"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"attendees": ["Nadia"]}, "`attendees` must be an e-mail address, got 'Nadia'"),
        ({"earliest": "9am"}, "`earliest` must be a time such as `09:00`, got '9am'"),
        ({"latest": "25:00"}, "`latest` must be a time"),
        ({"earliest": "12:00", "latest": "11:00"}, "`earliest` must be before `latest`"),
    ],
)
async def test_what_cannot_be_looked_for_goes_back_to_the_model(google: GoogleServer, wrong: dict[str, Any], told: str):
    arguments = {"attendees": [NADIA], "minutes": 30, "day": MONDAY, **wrong}
    with pytest.raises(RetryToolCall, match=told):
        await used(as_person(google, "jamal"), "find_time", **arguments)


# Creating

NEW: dict[str, Any] = {"title": "Key rotation", "start": "2026-11-23T07:30", "minutes": 30, "attendees": [NADIA]}


async def test_the_card_shows_everybodys_local_time(google: GoogleServer):
    asked = await settled(as_person(google, "jamal"), "create_event", **NEW)
    assert str(asked["start"]) == (
        "Mon 23 Nov 2026, 07:30–08:00 America/Denver; 15:30–16:00 Europe/Warsaw (nadia@tamarack.example)"
    )
    assert stored("create_event", asked)["start"] == "2026-11-23T07:30:00-07:00"


async def test_what_was_approved_stays_the_same_when_it_is_settled_again(google: GoogleServer):
    ctx = as_person(google, "jamal")
    first = stored("create_event", await settled(ctx, "create_event", **NEW, room="Larch"))
    assert stored("create_event", await settled(ctx, "create_event", **first)) == first


async def test_an_event_appears_in_the_guests_calendar(google: GoogleServer):
    ctx = as_person(google, "jamal")
    made = await used(ctx, "create_event", **NEW, description="PLAT-75")
    assert content(made).keys() == {"id", "start", "end", "link"}
    assert content(made)["start"] == "2026-11-23T07:30:00-07:00"
    assert made.untrusted is False
    row = (await events(as_person(google, "nadia")))["Key rotation"]
    assert row["start"] == "2026-11-23T15:30:00+01:00"
    assert (row["organiser"], row["your_answer"], row["notes"]) == ("Jamal Whitfield", "not answered", "PLAT-75")
    (write,) = google.writes
    assert write.arguments["sendUpdates"] == "all"


async def test_a_room_is_found_by_its_name_and_booked(google: GoogleServer):
    ctx = as_person(google, "leila")
    arguments = {"title": "Look at tiles", "start": "2026-11-23T14:00", "minutes": 30, "room": "the Larch room"}
    asked = await settled(ctx, "create_event", **arguments)
    assert str(asked["room"]) == "Larch room (free then)"
    await used(ctx, "create_event", **stored("create_event", asked))
    assert (await events(ctx))["Look at tiles"]["place"] == "Larch room"


async def test_a_room_that_is_taken_goes_back_to_the_model(google: GoogleServer):
    arguments = {"title": "Clash", "start": "2026-11-26T10:30", "minutes": 30, "room": "Spruce"}
    with pytest.raises(RetryToolCall, match="`room` 'Spruce' is taken then"):
        await settled(as_person(google, "leila"), "create_event", **arguments)


async def test_a_place_in_words_is_written_down(google: GoogleServer):
    ctx = as_person(google, "leila")
    arguments = {"title": "Lunch", "start": "2026-11-23T12:30", "minutes": 60, "room": "Café Zeewolde"}
    asked = await settled(ctx, "create_event", **arguments)
    assert str(asked["room"]).startswith("Café Zeewolde (as a note")
    await used(ctx, "create_event", **stored("create_event", asked))
    assert (await events(ctx))["Lunch"]["place"] == "Café Zeewolde"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": " "}, "`title` must have 1 to 250 characters"),
        ({"attendees": ["Nadia Petrenko"]}, "`attendees` must be an e-mail address"),
        ({"start": "2026-11-20T01:00"}, "`start` .* is over: now it is 2026-11-20T02:30:00-07:00"),
        ({"start": "2027-03-14T02:30"}, "does not exist in America/Denver: clocks go forward"),
        ({"start": "2027-11-07T01:30"}, "comes twice in America/Denver: clocks go back. Give it with its offset"),
        ({"description": "a" * 8001}, "`description` may have 8,000 characters"),
        ({"room": "a" * 201}, "`room` must be"),
    ],
)
async def test_an_event_that_cannot_be_made_goes_back_to_the_model(
    google: GoogleServer, wrong: dict[str, Any], told: str
):
    with pytest.raises(RetryToolCall, match=told):
        await settled(as_person(google, "jamal"), "create_event", **NEW | wrong)
    assert not google.writes


async def test_a_start_with_an_offset_is_that_moment(google: GoogleServer):
    asked = await settled(as_person(google, "jamal"), "create_event", **NEW | {"start": "2026-11-23T15:30:00+01:00"})
    assert stored("create_event", asked)["start"] == "2026-11-23T07:30:00-07:00"


# Moving


async def test_one_date_of_a_series_moves_and_the_others_stay(google: GoogleServer):
    ctx = as_person(google, "adaeze")
    wanted = await event(ctx, "1:1 Adaeze and Priya")
    asked = await settled(ctx, "move_event", event=wanted, start="2026-11-24T15:00")
    assert str(asked["event"]) == (
        "1:1 Adaeze and Priya: Mon 23 Nov 2026, 14:00–14:30 Europe/London;"
        " 15:00–15:30 Europe/Amsterdam (Priya Raghunathan); one date of a series; with Priya Raghunathan"
    )
    assert str(asked["start"]) == (
        "Tue 24 Nov 2026, 15:00–15:30 Europe/London; 16:00–16:30 Europe/Amsterdam (Priya Raghunathan)"
    )
    assert asked["minutes"] == 30
    moved = await used(ctx, "move_event", **stored("move_event", asked))
    assert content(moved)["start"] == "2026-11-24T15:00:00+00:00"
    theirs = as_person(google, "priya")
    assert "1:1 Adaeze and Priya" not in await events(theirs, MONDAY)
    assert "1:1 Adaeze and Priya" in await events(theirs, "2026-11-24")
    assert "1:1 Adaeze and Priya" in await events(theirs, "2026-11-16")


async def test_a_new_length_counts(google: GoogleServer):
    ctx = as_person(google, "priya")
    wanted = await event(ctx, "Valtorta winter pilot")
    moved = await used(ctx, "move_event", event=wanted, start="2026-11-23T16:00", minutes=60)
    assert content(moved)["end"] == "2026-11-23T17:00:00+01:00"


async def test_what_moved_meanwhile_is_noticed_and_answers_are_not(google: GoogleServer):
    ctx, guest = as_person(google, "priya"), as_person(google, "leila")
    wanted = await event(ctx, "Valtorta winter pilot")
    arguments = {"event": wanted, "start": "2026-11-23T16:00"}
    before = await fingerprint(ctx, "move_event", **arguments)
    await used(guest, "answer_invitation", event=await event(guest, "Valtorta winter pilot"), answer="tentative")
    assert await fingerprint(ctx, "move_event", **arguments) == before
    await used(ctx, "move_event", event=wanted, start="2026-11-23T17:00")
    assert await fingerprint(ctx, "move_event", **arguments) != before


async def test_a_guest_cannot_move_what_is_not_theirs(google: GoogleServer):
    ctx = as_person(google, "leila")
    wanted = await event(ctx, "Valtorta winter pilot")
    with pytest.raises(ToolFailed, match="Only the organiser can move this event"):
        await settled(ctx, "move_event", event=wanted, start="2026-11-23T16:00")


async def test_a_whole_series_does_not_move(google: GoogleServer):
    ctx = as_person(google, "priya")
    series = (await events(ctx))["Trails daily"]["series"]
    with pytest.raises(RetryToolCall, match="`event` is a whole series"):
        await settled(ctx, "move_event", event=series, start="2026-11-24T10:00")


async def test_an_all_day_event_needs_a_length_to_get_a_time(google: GoogleServer):
    ctx = as_person(google, "priya")
    wanted = await event(ctx, "Valtorta's season opens", "2026-11-27")
    with pytest.raises(RetryToolCall, match="`minutes` is needed"):
        await settled(ctx, "move_event", event=wanted, start="2026-11-27T10:00")
    moved = await used(ctx, "move_event", event=wanted, start="2026-11-27T10:00", minutes=90)
    assert content(moved)["end"] == "2026-11-27T11:30:00+01:00"


# Cancelling


async def test_a_cancelled_event_is_gone_for_everybody(google: GoogleServer):
    ctx = as_person(google, "priya")
    wanted = await event(ctx, "Valtorta winter pilot")
    done = await used(ctx, "cancel_event", event=wanted)
    assert content(done) == {"cancelled": wanted}
    assert "Valtorta winter pilot" not in await events(as_person(google, "leila"))
    with pytest.raises(RetryToolCall, match="This event is cancelled already"):
        await settled(ctx, "cancel_event", event=wanted)


async def test_a_message_stands_above_the_description_when_the_guests_hear_of_it(google: GoogleServer):
    ctx = as_person(google, "priya")
    wanted = await event(ctx, "Valtorta winter pilot")
    await used(ctx, "cancel_event", event=wanted, message="Luca is ill.")
    noted, deleted = google.writes
    assert noted.arguments["description"].startswith("Luca is ill.\n\nAgenda: ")
    assert (noted.arguments["sendUpdates"], deleted.arguments["sendUpdates"]) == ("none", "all")


async def test_a_cancelling_that_stops_half_way_says_what_was_done(google: GoogleServer):
    ctx = as_person(google, "priya")
    wanted = await event(ctx, "Valtorta winter pilot")
    google.fault("DELETE", "*", status=409)
    with pytest.raises(ToolFailed, match=r"stands in the description, but the event is not cancelled: Google did not"):
        await used(ctx, "cancel_event", event=wanted, message="Luca is ill.")


async def test_all_dates_of_a_series_are_named_as_such(google: GoogleServer):
    ctx = as_person(google, "priya")
    series = (await events(ctx))["Trails daily"]["series"]
    asked = await settled(ctx, "cancel_event", event=series)
    assert "every date of the series" in str(asked["event"])


async def test_a_guest_cannot_cancel_what_is_not_theirs(google: GoogleServer):
    ctx = as_person(google, "leila")
    with pytest.raises(ToolFailed, match="Only the organiser can cancel"):
        await settled(ctx, "cancel_event", event=await event(ctx, "Valtorta winter pilot"))


# Answering


async def test_an_answer_reaches_the_organiser_and_leaves_the_others_alone(google: GoogleServer):
    ctx = as_person(google, "leila")
    wanted = await event(ctx, "Valtorta winter pilot")
    answered = await used(ctx, "answer_invitation", event=wanted, answer="decline", message="At the dentist.")
    assert content(answered)["answer"] == "decline"
    row = (await events(as_person(google, "priya")))["Valtorta winter pilot"]
    guests = {guest["name"]: guest for guest in row["guests"]}
    assert (guests["Leila Haddad"]["answer"], guests["Leila Haddad"]["said"]) == ("no", "At the dentist.")
    assert guests["Luca Ferrante"]["answer"] == "yes"


async def test_only_guests_answer(google: GoogleServer):
    ctx = as_person(google, "nadia")
    wanted = await event(ctx, "Focus: fail-over design")
    with pytest.raises(ToolFailed, match="no guest of this event"):
        await settled(ctx, "answer_invitation", event=wanted, answer="accept")


async def test_a_message_that_is_too_long_goes_back(google: GoogleServer):
    ctx = as_person(google, "leila")
    wanted = await event(ctx, "Valtorta winter pilot")
    with pytest.raises(RetryToolCall, match="`message` may have 1,000 characters"):
        await settled(ctx, "answer_invitation", event=wanted, answer="accept", message="a" * 1001)


@pytest.mark.parametrize(
    "wrong", ["", "..", "Trails daily", "no such id", "https://calendar.google.com/x", "abcdef0123"]
)
async def test_an_event_is_named_by_its_id(google: GoogleServer, wrong: str):
    with pytest.raises(RetryToolCall, match="`event` must be an id as `list_events` gives it, got"):
        await settled(as_person(google, "priya"), "cancel_event", event=wrong)


# When Google does not do it

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("list_events", {"day": MONDAY}),
    ("find_time", {"attendees": [ADAEZE], "minutes": 30, "day": MONDAY}),
    ("create_event", {"title": "A", "start": "2026-11-23T10:00", "minutes": 30, "attendees": [ADAEZE]}),
    ("move_event", {"event": "", "start": "2026-11-23T16:00"}),
    ("cancel_event", {"event": ""}),
    ("answer_invitation", {"event": "", "answer": "tentative"}),
]
every_tool = pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[name for name, _ in CALLS])
every_write = pytest.mark.parametrize(("name", "arguments"), CALLS[2:], ids=[name for name, _ in CALLS[2:]])


async def with_event(ctx: ToolContext[Google], arguments: dict[str, Any]) -> dict[str, Any]:
    if "event" not in arguments:
        return arguments
    return arguments | {"event": await event(ctx, "Valtorta winter pilot")}


@every_tool
async def test_an_ended_sign_in_asks_to_connect_again(google: GoogleServer, name: str, arguments: dict[str, Any]):
    ctx = as_person(google, "priya")
    complete = await with_event(ctx, arguments)
    google.revoke("priya")
    with pytest.raises(AccessRevoked, match=r"^Google no longer accepts this sign-in\."):
        await used(ctx, name, **complete)


@every_write
async def test_a_consent_to_read_does_not_write(google: GoogleServer, name: str, arguments: dict[str, Any]):
    ctx = as_person(google, "priya", level="read")
    with pytest.raises(PermissionMissing, match="Connect Google again"):
        await used(ctx, name, **await with_event(ctx, arguments))
    assert not google.writes


@every_tool
@pytest.mark.parametrize("status", [404, 429, 503])
async def test_every_refusal_ends_in_a_sentence(
    google: GoogleServer, name: str, arguments: dict[str, Any], status: int
):
    ctx = as_person(google, "priya")
    complete = await with_event(ctx, arguments)
    google.fault("*", "/calendar/v3/*", status=status, times=50)
    with pytest.raises((IntegrationError, RetryToolCall)) as caught:
        await used(ctx, name, **complete)
    assert not google.writes
    assert "." in str(caught.value)


@every_write
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Refused),
        (403, PermissionMissing),
        (412, Refused),
        (429, ServiceUnavailable),
        (503, OutcomeUnknown),
    ],
)
async def test_a_write_that_google_refuses_is_told_from_one_that_may_have_happened(
    google: GoogleServer, name: str, arguments: dict[str, Any], status: int, error: type[IntegrationError]
):
    ctx = as_person(google, "priya")
    complete = await with_event(ctx, arguments)
    for method in ("POST", "PATCH", "DELETE"):
        google.fault(method, "/calendar/v3/calendars/*", status=status)
    with pytest.raises(error, match=r"\.$"):
        await used(ctx, name, **complete)
    assert not google.writes


@every_write
async def test_a_write_whose_answer_is_lost_was_done_once_and_is_not_repeated(
    google: GoogleServer, name: str, arguments: dict[str, Any]
):
    ctx = as_person(google, "priya")
    complete = await with_event(ctx, arguments)
    for method in ("POST", "PATCH", "DELETE"):
        google.fault(method, "/calendar/v3/calendars/*", drop=True, done=True)
    with pytest.raises(OutcomeUnknown):
        await used(ctx, name, **complete)
    assert len(google.writes) == 1


async def test_the_lengths_offered_are_minutes_that_the_tool_takes(google: GoogleServer):
    minutes = TOOLS["find_time"].remembers["minutes"]
    assert minutes.choices is not None
    offered = await minutes.choices(as_person(google, "jamal"), attendees=[])
    assert (str(offered[0]), int("".join(offered[0]))) == ("30 minutes", 30)


async def test_no_room_can_be_asked_for(google: GoogleServer):
    ctx = as_person(google, "jamal")
    wanted = {"title": "Key rotation", "start": "2026-11-23T15:30", "minutes": 30, "room": "none"}
    assert (await settled(ctx, "create_event", **wanted))["room"] is None
