"""The playground's Calendar on the wire: what stands where, for whom, and when people are busy."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.company import Company, load_company
from playground.google import GoogleServer
from playground.google.calendar_world import merged
from playground.google.scopes import CALENDAR_EVENTS

# Every client would read all certificates again without this; nothing here is encrypted.
TLS = ssl.create_default_context()
ROOT = "/calendar/v3"
OWN = f"{ROOT}/calendars/primary/events"
TODAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)
"""Day 1 of the story."""


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company(today=TODAY)


@pytest.fixture
async def google(company: Company) -> AsyncIterator[GoogleServer]:
    async with GoogleServer(company, clock=lambda: company.now) as server:
        yield server


async def asked(google: GoogleServer, who: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {google.sign_in(who)['access_token']}", **more.pop("headers", {})}
    async with httpx.AsyncClient(verify=TLS, base_url=google.api_url, headers=headers) as client:
        return await client.request(method, path, **more)


async def day(google: GoogleServer, who: str, of: str = "primary", on: date = MONDAY, **params: str) -> list[Any]:
    """What stands in the calendar of `of` on one day, in order."""
    zone = ZoneInfo("Europe/Amsterdam")
    start = datetime(on.year, on.month, on.day, tzinfo=zone)
    query = {"timeMin": start.isoformat(), "timeMax": (start + timedelta(days=1)).isoformat(), **params}
    query |= {"singleEvents": "true", "orderBy": "startTime"}
    response = await asked(google, who, "GET", f"{ROOT}/calendars/{of}/events", params=query)
    return response.json()["items"]


def titles(events: list[Any]) -> list[str]:
    return [event.get("summary", "(private)") for event in events]


def reason(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["errors"][0]["reason"]


async def test_a_day_stands_in_order_with_each_occurrence_by_itself(google: GoogleServer) -> None:
    events = await day(google, "priya")

    assert titles(events[:3]) == ["Trails daily", google.calendar.named("ev-funnel").title, "OKR check-in"]
    assert {"1:1 Adaeze and Priya", "Valtorta winter pilot"} == set(titles(events[3:]))
    daily = events[0]
    assert daily["recurringEventId"] == google.calendar.named("ev-daily").id
    assert daily["id"] == f"{daily['recurringEventId']}_20261123T084500Z"
    assert daily["originalStartTime"] == daily["start"]


async def test_an_event_has_its_own_zone_and_is_told_on_the_clock_of_the_calendar(google: GoogleServer) -> None:
    event = google.calendar.named("ev-11-camille", on=MONDAY)

    here = await asked(google, "camille", "GET", f"{OWN}/{event.id}")
    there = await asked(google, "camille", "GET", f"{OWN}/{event.id}", params={"timeZone": "Asia/Kolkata"})

    assert here.json()["start"] == {"dateTime": "2026-11-23T09:30:00+01:00", "timeZone": "Pacific/Auckland"}
    assert there.json()["start"]["dateTime"] == "2026-11-23T14:00:00+05:30"


async def test_everybody_asked_has_the_event_with_all_answers(google: GoogleServer) -> None:
    event = google.calendar.named("ev-gonogo")

    told = (await asked(google, "ren", "GET", f"{OWN}/{event.id}")).json()

    answers = {guest["email"]: guest["responseStatus"] for guest in told["attendees"]}
    assert answers["ren@tamarack.example"] == "declined"
    assert answers["sione@tamarack.example"] == "accepted"
    assert [guest["email"] for guest in told["attendees"] if guest.get("self")] == ["ren@tamarack.example"]
    assert told["organizer"]["email"] == "sione@tamarack.example"


async def test_rooms_are_guests_that_take_part(google: GoogleServer) -> None:
    event = google.calendar.named("ev-plan33")
    told = (await asked(google, "yuki", "GET", f"{OWN}/{event.id}")).json()
    listed = (await asked(google, "yuki", "GET", f"{ROOT}/users/me/calendarList")).json()["items"]

    (room,) = [guest for guest in told["attendees"] if guest.get("resource")]
    assert (room["displayName"], room["responseStatus"], told["location"]) == ("Spruce room", "accepted", "Spruce room")
    assert [entry["summary"] for entry in listed] == ["yuki@tamarack.example", "Larch room", "Spruce room"]
    assert room["email"] == listed[2]["id"]
    assert titles(await day(google, "yuki", of=room["email"], on=date(2026, 11, 26))) == ["Trails sprint 33 planning"]


async def test_a_colleagues_calendar_is_open_apart_from_what_is_private(google: GoogleServer) -> None:
    events = await day(google, "ren", of="leila@tamarack.example")

    assert titles(events) == ["Trails daily", "(private)", "Valtorta winter pilot"]
    hidden = events[1]
    assert hidden["visibility"] == "private"
    assert hidden["start"]["dateTime"] == "2026-11-23T10:15:00+01:00"
    assert not {"summary", "description", "attendees", "organizer"} & set(hidden)


async def test_what_is_private_shows_to_those_who_are_asked(google: GoogleServer) -> None:
    assert "Dentist" in titles(await day(google, "leila"))
    assert "Debrief Jamal Osei" in titles(await day(google, "camille", of="tomas@tamarack.example"))


async def test_words_do_not_find_what_is_private(google: GoogleServer) -> None:
    assert titles(await day(google, "leila", q="dentist")) == ["Dentist"]
    assert await day(google, "ren", of="leila@tamarack.example", q="dentist") == []
    assert titles(await day(google, "tomas", q="osei mailbox.example")) == ["Interview: Jamal Osei, team"]


async def test_calendars_of_strangers_are_not_there(google: GoogleServer) -> None:
    for path in ("calendars/luca.ferrante@valtorta.example", "calendars/nobody@tamarack.example/events"):
        assert reason(await asked(google, "priya", "GET", f"{ROOT}/{path}")) == (404, "notFound")


async def test_days_off_are_out_of_office_events(google: GoogleServer) -> None:
    # A whole day is one on the clock that is asked for.
    zone = "Europe/Amsterdam"
    events = await day(google, "camille", of="devraj@tamarack.example", eventTypes="outOfOffice", timeZone=zone)

    assert titles(events) == ["Away (family wedding)"]
    assert (events[0]["start"], events[0]["end"]) == ({"date": "2026-11-23"}, {"date": "2026-11-24"})
    assert [event["eventType"] for event in events] == ["outOfOffice"]


async def test_a_calendar_tells_its_zone_and_working_hours(google: GoogleServer) -> None:
    jamal = (await asked(google, "nadia", "GET", f"{ROOT}/calendars/jamal@tamarack.example")).json()
    zone = (await asked(google, "jamal", "GET", f"{ROOT}/users/me/settings/timezone")).json()

    assert jamal["timeZone"] == zone["value"] == "America/Denver"
    assert jamal["workingHours"]["workingHoursEnabled"] is True
    assert jamal["workingHours"]["availableTimes"][0] == {
        "dayOfWeek": "monday",
        "periodStart": 7 * 60,
        "periodEnd": 15 * 60 + 30,
    }
    assert len(jamal["workingHours"]["availableTimes"]) == 5


async def test_a_series_is_told_once_unless_its_occurrences_are_asked_for(google: GoogleServer) -> None:
    series = google.calendar.named("ev-11-jamal")

    once = (await asked(google, "jamal", "GET", OWN, params={"q": "1:1 Nadia"})).json()["items"]
    each = (await asked(google, "jamal", "GET", f"{OWN}/{series.id}/instances")).json()["items"]

    assert [event["id"] for event in once] == [series.id]
    assert once[0]["recurrence"] == ["RDATE;TZID=America/Denver:20261110T080000,20261124T080000"]
    assert [event["start"]["dateTime"] for event in each] == [
        "2026-11-10T08:00:00-07:00",
        "2026-11-24T08:00:00-07:00",
    ]


async def test_pages_of_events_follow_each_other(google: GoogleServer) -> None:
    params = {"singleEvents": "true", "orderBy": "startTime", "maxResults": "7"}
    seen: list[str] = []
    while True:
        page = (await asked(google, "priya", "GET", OWN, params=params)).json()
        seen += [event["id"] for event in page["items"]]
        if "nextPageToken" not in page:
            break
        params["pageToken"] = page["nextPageToken"]

    assert "nextSyncToken" in page
    assert len(seen) == len(set(seen)) > 20


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"orderBy": "startTime"}, (400, "orderByNotAvailable")),
        ({"orderBy": "title"}, (400, "badRequest")),
        ({"timeMin": "2026-11-20"}, (400, "badRequest")),
        ({"timeMin": "2026-11-20T10:00:00"}, (400, "badRequest")),
        ({"timeMin": "2026-11-21T00:00:00Z", "timeMax": "2026-11-20T00:00:00Z"}, (400, "timeRangeEmpty")),
        ({"timeZone": "Mars/Olympus"}, (400, "invalidParameter")),
        ({"pageToken": "zebra"}, (400, "invalid")),
        ({"syncToken": "old"}, (410, "fullSyncRequired")),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    google: GoogleServer, params: dict[str, str], expected: tuple[int, str]
) -> None:
    assert reason(await asked(google, "priya", "GET", OWN, params=params)) == expected


async def test_an_event_that_is_in_another_calendar_is_not_in_this_one(google: GoogleServer) -> None:
    board = google.calendar.named("ev-board")

    assert reason(await asked(google, "priya", "GET", f"{OWN}/{board.id}")) == (404, "notFound")
    masked = await asked(google, "priya", "GET", f"{ROOT}/calendars/tomas@tamarack.example/events/{board.id}")
    assert "summary" not in masked.json()


async def test_what_was_not_changed_is_not_sent_again(google: GoogleServer) -> None:
    path = f"{OWN}/{google.calendar.named('ev-gonogo').id}"
    first = await asked(google, "sione", "GET", path)

    again = await asked(google, "sione", "GET", path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"] == first.json()["etag"]
    assert again.status_code == 304


async def busy(google: GoogleServer, who: str, people: list[str], start: str, end: str, zone: str = "UTC") -> Any:
    body = {"timeMin": start, "timeMax": end, "timeZone": zone, "items": [{"id": person} for person in people]}
    return (await asked(google, who, "POST", f"{ROOT}/freeBusy", json=body)).json()["calendars"]


@pytest.mark.parametrize("today", [TODAY, date(2027, 3, 17), date(2027, 3, 31), date(2028, 2, 29), date(2029, 1, 1)])
async def test_the_first_free_half_hour_of_jamal_and_nadia_is_the_storys(today: date) -> None:
    company = load_company(today=today)
    async with GoogleServer(company, clock=lambda: company.now) as google:
        people = [google.accounts.person(who) for who in ("jamal", "nadia")]
        addresses = [person.email for person in people]
        start, end = company.now, company.moment(4, "23:45")
        told = await busy(google, "jamal", addresses, start.isoformat(), end.isoformat())
        hours = [google.calendar.hours[address] for address in addresses]

    taken = [
        (datetime.fromisoformat(span["start"]), datetime.fromisoformat(span["end"]))
        for one in told.values()
        for span in one["busy"]
    ]
    half = timedelta(minutes=30)
    slots = (start.astimezone(UTC) + n * timedelta(minutes=15) for n in range(7 * 96))
    free = next(
        slot
        for slot in slots
        if slot.astimezone(company.zone).weekday() < 5
        and not any(slot < last and slot + half > first for first, last in taken)
        and all(
            day.start <= slot.astimezone(person.zone).time()
            and (slot + half).astimezone(person.zone).time() <= day.end
            and slot.astimezone(person.zone).weekday() < 5
            for person, day in zip(people, hours, strict=True)
        )
    )
    assert free == company.moment(1, "15:30")


async def test_free_and_busy_times_leave_out_what_was_declined(google: GoogleServer) -> None:
    told = await busy(
        google,
        "priya",
        ["jamal@tamarack.example", "nadia@tamarack.example"],
        "2026-11-20T12:00:00Z",
        "2026-11-20T14:00:00Z",
        "Europe/Warsaw",
    )

    assert told["jamal@tamarack.example"]["busy"] == []
    # One review and a second meeting that begins when it ends.
    assert told["nadia@tamarack.example"]["busy"] == [
        {"start": "2026-11-20T13:30:00+01:00", "end": "2026-11-20T15:00:00+01:00"}
    ]


async def test_a_day_off_is_busy_and_a_day_to_remember_is_not(google: GoogleServer) -> None:
    friday = ("2026-11-27T08:00:00Z", "2026-11-27T18:00:00Z")
    monday = ("2026-11-23T08:00:00Z", "2026-11-23T18:00:00Z")

    season = await busy(google, "leila", ["priya@tamarack.example"], *friday)
    wedding = await busy(google, "leila", ["devraj@tamarack.example"], *monday)

    assert season["priya@tamarack.example"]["busy"] == []
    assert wedding["devraj@tamarack.example"]["busy"] == [{"start": monday[0], "end": monday[1]}]


async def test_an_unknown_calendar_is_an_error_of_its_own(google: GoogleServer) -> None:
    room = next(iter(google.calendar.rooms))
    outside = "luca.ferrante@valtorta.example"

    told = await busy(google, "priya", [outside, room], "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z")

    assert told[outside] == {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
    assert told[room] == {"busy": []}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"timeMin": "2026-11-20T08:00:00Z"}, "required"),
        ({"timeMin": "2026-11-20T08:00:00Z", "timeMax": "2026-11-20T08:00:00Z"}, "timeRangeEmpty"),
        ({"timeMin": "2026-11-20T08:00:00Z", "timeMax": "2027-11-20T08:00:00Z"}, "timeRangeTooLong"),
        ({"timeMin": "2026-11-20T08:00:00Z", "timeMax": "2026-11-21T08:00:00Z", "items": ["a"]}, "badRequest"),
    ],
)
async def test_a_question_for_free_time_that_makes_no_sense_is_refused(
    google: GoogleServer, body: dict[str, Any], expected: str
) -> None:
    assert reason(await asked(google, "priya", "POST", f"{ROOT}/freeBusy", json=body)) == (400, expected)


async def test_events_alone_do_not_open_free_time(google: GoogleServer) -> None:
    token = google.sign_in("priya", scopes=[CALENDAR_EVENTS])["access_token"]
    async with httpx.AsyncClient(
        verify=TLS, base_url=google.api_url, headers={"Authorization": f"Bearer {token}"}
    ) as client:
        assert (await client.get(OWN)).status_code == 200
        assert reason(await client.post(f"{ROOT}/freeBusy", json={})) == (403, "insufficientPermissions")


async def test_every_link_leads_to_a_page_that_tells_everybodys_time(google: GoogleServer) -> None:
    event = google.calendar.named("ev-11-jamal", on=date(2026, 11, 24))
    link = (await asked(google, "jamal", "GET", f"{OWN}/{event.id}")).json()["htmlLink"]

    async with httpx.AsyncClient(verify=TLS, base_url=google.url) as browser:
        page = await browser.get(link)
        agenda = await browser.get("/agenda/of/jamal")
        nothing = await browser.get("/calendar/event?eid=zebra")

    assert "Tuesday, 24 November 2026, 16:00 to 16:30" in page.text
    assert "Tuesday, 24 November 2026, 08:00 to 08:30" in page.text
    assert "Bedrock check-in" in agenda.text
    assert nothing.status_code == 404


async def test_the_poisoned_invitation_is_the_outside_guests() -> None:
    company = load_company(today=TODAY, poison=("adv-invite",))
    async with GoogleServer(company, clock=lambda: company.now) as google:
        (event,) = [one for one in await day(google, "priya") if one["summary"] == "Valtorta winter pilot"]

    assert "luca.private@valtorta-guest.example" in event["description"]


async def test_the_renamed_company_keeps_its_hours_and_its_meetings() -> None:
    company = load_company(today=TODAY, renamed=True)
    async with GoogleServer(company, clock=lambda: company.now) as google:
        lead, engineer = company.renamed("nadia"), company.renamed("jamal")
        told = await asked(google, engineer, "GET", f"{ROOT}/calendars/{google.accounts.person(lead).email}")
        event = google.calendar.named(company.renamed("ev-11-jamal"))

    assert told.json()["workingHours"]["availableTimes"][0]["periodStart"] == 8 * 60 + 30
    assert event.organizer == google.accounts.person(lead).email
    assert event.title == company.renamed("1:1 Nadia and Jamal")


MOMENTS = st.integers(0, 200).map(lambda hours: datetime(2026, 10, 24, tzinfo=UTC) + timedelta(hours=hours))
SPANS = st.lists(st.tuples(MOMENTS, MOMENTS).map(lambda pair: (min(pair), max(pair))), max_size=12)


@settings(max_examples=60)
@given(spans=SPANS)
def test_merged_times_cover_the_same_hours_without_touching(spans: list[tuple[datetime, datetime]]) -> None:
    found = merged(spans)

    def hours(many: list[tuple[datetime, datetime]]) -> set[datetime]:
        return {
            first + timedelta(hours=n)
            for first, last in many
            for n in range(int((last - first).total_seconds() // 3600))
        }

    assert hours(found) == hours(spans)
    assert all(one[1] < other[0] for one, other in pairwise(found))
