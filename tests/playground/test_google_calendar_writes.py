"""The playground's Calendar on the wire: making, moving, answering and cancelling events."""

import ssl
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from playground.company import Company, load_company
from playground.google import GoogleServer
from playground.google.calendar_world import Event
from playground.google.scopes import CALENDAR_READ

# Every client would read all certificates again without this; nothing here is encrypted.
TLS = ssl.create_default_context()
ROOT = "/calendar/v3"
OWN = f"{ROOT}/calendars/primary/events"
MONDAY = date(2026, 11, 23)
ZONE = "Europe/Amsterdam"


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company(today=date(2026, 11, 20))


@pytest.fixture
async def google(company: Company) -> AsyncIterator[GoogleServer]:
    async with GoogleServer(company, clock=lambda: company.now) as server:
        yield server


async def asked(google: GoogleServer, who: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {google.sign_in(who)['access_token']}", **more.pop("headers", {})}
    async with httpx.AsyncClient(verify=TLS, base_url=google.api_url, headers=headers) as client:
        return await client.request(method, path, **more)


def reason(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["errors"][0]["reason"]


def at(start: str, end: str, on: str = "2026-11-23") -> dict[str, Any]:
    return {
        "start": {"dateTime": f"{on}T{start}:00", "timeZone": ZONE},
        "end": {"dateTime": f"{on}T{end}:00", "timeZone": ZONE},
    }


async def make(google: GoogleServer, who: str = "jamal", **more: Any) -> httpx.Response:
    body = {
        "summary": "Key rotation",
        "attendees": [{"email": "nadia@tamarack.example"}],
        **at("15:30", "16:00"),
        **more,
    }
    return await asked(google, who, "POST", OWN, json=body, params={"sendUpdates": "all"})


async def patch(google: GoogleServer, who: str, event: Event, body: dict[str, Any], **more: Any) -> httpx.Response:
    return await asked(google, who, "PATCH", f"{OWN}/{event.id}", json=body, **more)


async def test_a_new_event_appears_with_those_who_are_asked(google: GoogleServer) -> None:
    made = (await make(google)).json()

    hers = (await asked(google, "nadia", "GET", f"{OWN}/{made['id']}")).json()
    assert made["start"] == {"dateTime": "2026-11-23T07:30:00-07:00", "timeZone": ZONE}
    assert hers["start"]["dateTime"] == "2026-11-23T15:30:00+01:00"
    assert hers["attendees"] == [
        {
            "email": "nadia@tamarack.example",
            "displayName": "Nadia Petrenko",
            "self": True,
            "responseStatus": "needsAction",
        }
    ]
    assert hers["organizer"] == {"email": "jamal@tamarack.example", "displayName": "Jamal Whitfield"}
    assert [(notice.to, notice.subject) for notice in google.calendar.notices] == [
        ("nadia@tamarack.example", "Invitation: Key rotation")
    ]
    write = google.writes[-1]
    assert (write.who, write.action, write.target) == ("jamal", "calendar.events.insert", made["id"])
    assert write.arguments["sendUpdates"] == "all"


async def test_an_event_of_ones_own_makes_one_busy(google: GoogleServer) -> None:
    await make(google)

    people = ["jamal@tamarack.example", "nadia@tamarack.example"]
    span = {"timeMin": "2026-11-23T14:00:00Z", "timeMax": "2026-11-23T15:30:00Z"}
    body = {**span, "items": [{"id": who} for who in people]}
    told = (await asked(google, "mei", "POST", f"{ROOT}/freeBusy", json=body)).json()["calendars"]

    # Hers runs on from what she does before.
    assert told[people[0]]["busy"] == [{"start": "2026-11-23T14:30:00Z", "end": "2026-11-23T15:00:00Z"}]
    assert told[people[1]]["busy"] == [{"start": "2026-11-23T14:00:00Z", "end": "2026-11-23T15:00:00Z"}]


async def test_a_repeated_id_makes_no_second_event(google: GoogleServer) -> None:
    first, again = await make(google, id="abcde12345"), await make(google, id="abcde12345")

    assert first.json()["id"] == "abcde12345"
    assert reason(again) == (409, "duplicate")
    assert len(google.writes) == 1


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"start": None}, (400, "required")),
        ({"end": {"dateTime": "2026-11-23T16:00:00"}}, (400, "required")),
        ({"end": {"dateTime": "2026-11-23T15:00:00+01:00"}}, (400, "timeRangeEmpty")),
        ({"end": {"date": "2026-11-24"}}, (400, "invalid")),
        ({"end": {"dateTime": "soon", "timeZone": ZONE}}, (400, "invalid")),
        ({"end": {"dateTime": "2026-11-23T16:00:00", "timeZone": "Mars/Olympus"}}, (400, "invalid")),
        ({"attendees": [{"email": "nadia"}]}, (400, "invalid")),
        ({"attendees": [{"email": "nadia@tamarack.example", "responseStatus": "sure"}]}, (400, "invalid")),
        ({"id": "EV-1"}, (400, "invalid")),
        ({"visibility": "hidden"}, (400, "invalid")),
        ({"eventType": "birthday"}, (400, "eventTypeRestriction")),
        ({"recurrence": ["RRULE:FREQ=DAILY"]}, (400, "invalid")),
        ({"attendees": [{"email": f"p{n}@a.example"} for n in range(201)]}, (403, "calendarUsageLimitExceeded")),
    ],
)
async def test_what_is_no_event_is_refused(
    google: GoogleServer, more: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert reason(await make(google, **more)) == expected
    assert google.writes == []


async def test_nobody_writes_into_another_calendar(google: GoogleServer) -> None:
    path = f"{ROOT}/calendars/nadia@tamarack.example/events"

    assert reason(await asked(google, "jamal", "POST", path, json=at("09:00", "10:00"))) == (403, "requiredAccessLevel")


async def test_a_room_says_no_when_it_is_taken(google: GoogleServer) -> None:
    larch, spruce = sorted(google.calendar.rooms, key=lambda room: google.calendar.rooms[room].name)
    rooms = [{"email": larch}, {"email": spruce}]

    made = await make(google, "priya", attendees=rooms, **at("10:30", "11:00", on="2026-11-26"))

    answers = {guest["email"]: guest["responseStatus"] for guest in made.json()["attendees"]}
    assert answers == {larch: "accepted", spruce: "declined"}


async def test_the_organiser_moves_one_occurrence_and_the_others_stay(google: GoogleServer) -> None:
    event = google.calendar.named("ev-11-priya", on=MONDAY)

    moved = await patch(google, "adaeze", event, at("17:00", "17:30"), params={"sendUpdates": "all"})

    assert moved.json()["originalStartTime"]["dateTime"] == "2026-11-23T14:00:00Z"
    assert moved.json()["sequence"] == 1
    listed = await asked(google, "priya", "GET", f"{OWN}/{event.series}/instances")
    assert [one["start"]["dateTime"] for one in listed.json()["items"]] == [
        "2026-11-16T15:00:00+01:00",
        "2026-11-23T17:00:00+01:00",
    ]
    assert [notice.to for notice in google.calendar.notices] == ["priya@tamarack.example"]


async def test_a_whole_series_is_moved_with_the_clocks(google: GoogleServer) -> None:
    series = google.calendar.named("ev-bedrock-daily")

    await patch(google, "nadia", series, at("17:00", "17:15", on="2026-11-13"))

    listed = await asked(google, "mei", "GET", f"{OWN}/{series.id}/instances")
    starts = [one["start"]["dateTime"] for one in listed.json()["items"]]
    assert len(starts) == 10
    assert {start[10:] for start in starts} == {"T17:00:00+01:00"}
    assert listed.json()["items"][0]["id"] == f"{series.id}_20261113T160000Z"


async def test_a_guest_may_not_move_what_is_not_theirs(google: GoogleServer) -> None:
    event = google.calendar.named("ev-okr")

    moved = await patch(google, "priya", event, at("17:00", "17:30"))

    assert reason(moved) == (403, "forbiddenForNonOrganizer")
    assert google.writes == []


async def test_either_of_two_colleagues_moves_what_they_agreed_on(google: GoogleServer) -> None:
    event = google.calendar.named("ev-11-priya", on=MONDAY)

    moved = await patch(google, "priya", event, at("17:00", "17:30"))

    assert moved.json()["guestsCanModify"] is True
    assert moved.json()["start"]["dateTime"] == "2026-11-23T17:00:00+01:00"


async def test_a_guest_answers_for_themselves_only(google: GoogleServer) -> None:
    event = google.calendar.named("ev-storecheck")
    own = {"email": "priya@tamarack.example", "responseStatus": "accepted", "comment": "Gladly"}
    other = {"email": "yuki@tamarack.example", "responseStatus": "declined"}

    answered = await patch(
        google, "priya", event, {"attendees": [own, other], "attendeesOmitted": True}, params={"sendUpdates": "all"}
    )

    told = {guest["email"]: guest["responseStatus"] for guest in answered.json()["attendees"]}
    assert told == {
        "sione@tamarack.example": "accepted",
        "yuki@tamarack.example": "accepted",
        "priya@tamarack.example": "accepted",
    }
    assert event.guest("priya@tamarack.example") == event.guests[-1]
    assert event.guests[-1].comment == "Gladly"
    assert [(notice.to, notice.subject[:8]) for notice in google.calendar.notices] == [
        ("sione@tamarack.example", "Accepted")
    ]


async def test_a_guest_may_ask_others_and_leave_nobody_out(google: GoogleServer) -> None:
    event = google.calendar.named("ev-storecheck")
    everybody = [{"email": guest.email} for guest in event.guests]

    more = await patch(google, "priya", event, {"attendees": [*everybody, {"email": "luca.ferrante@valtorta.example"}]})
    fewer = await patch(google, "priya", event, {"attendees": everybody[:2]})

    assert more.json()["attendees"][-1]["responseStatus"] == "needsAction"
    assert reason(fewer) == (403, "forbiddenForNonOrganizer")


async def test_the_organiser_cannot_answer_for_others(google: GoogleServer) -> None:
    event = google.calendar.named("ev-gonogo")
    guests = [{"email": guest.email, "responseStatus": "accepted"} for guest in event.guests]

    await patch(google, "sione", event, {"attendees": guests})

    assert event.is_declined_by("ren@tamarack.example")


async def test_a_change_of_something_that_has_changed_is_refused(google: GoogleServer) -> None:
    event = google.calendar.named("ev-gonogo")
    etag = (await asked(google, "sione", "GET", f"{OWN}/{event.id}")).json()["etag"]

    first = await patch(google, "sione", event, {"description": "One"}, headers={"If-Match": etag})
    second = await patch(google, "sione", event, {"description": "Two"}, headers={"If-Match": etag})
    cancelled = await asked(google, "sione", "DELETE", f"{OWN}/{event.id}", headers={"If-Match": etag})

    assert first.json()["etag"] != etag
    assert reason(second) == reason(cancelled) == (412, "conditionNotMet")
    assert event.description == "One"


async def test_the_organiser_cancels_for_everybody(google: GoogleServer) -> None:
    event = google.calendar.named("ev-iv-2")

    gone = await asked(google, "ren", "DELETE", f"{OWN}/{event.id}", params={"sendUpdates": "externalOnly"})

    assert gone.status_code == 204
    told = (await asked(google, "tomas", "GET", f"{OWN}/{event.id}")).json()
    assert told["status"] == "cancelled"
    assert [notice.to for notice in google.calendar.notices] == ["jamal.osei@mailbox.example"]
    assert reason(await asked(google, "ren", "DELETE", f"{OWN}/{event.id}")) == (410, "deleted")
    assert reason(await patch(google, "ren", event, {"summary": "Again"})) == (410, "deleted")
    listed = await asked(google, "tomas", "GET", OWN, params={"q": "interview", "singleEvents": "true"})
    assert listed.json()["items"] == []
    with_deleted = await asked(google, "tomas", "GET", OWN, params={"q": "interview", "showDeleted": "true"})
    assert [one["id"] for one in with_deleted.json()["items"]] == [event.id]


async def test_one_occurrence_is_cancelled_and_the_series_goes_on(google: GoogleServer) -> None:
    event = google.calendar.named("ev-daily", on=MONDAY)

    await asked(google, "priya", "DELETE", f"{OWN}/{event.id}")

    shown = await asked(google, "leila", "GET", f"{OWN}/{event.series}/instances")
    assert len(shown.json()["items"]) == 9
    unasked = await asked(google, "leila", "GET", OWN, params={"q": "Trails daily"})
    assert {one["status"] for one in unasked.json()["items"]} == {"confirmed", "cancelled"}


async def test_a_guest_takes_an_event_out_of_their_own_calendar_only(google: GoogleServer) -> None:
    event = google.calendar.named("ev-design")

    gone = await asked(google, "camille", "DELETE", f"{OWN}/{event.id}")

    assert gone.status_code == 204
    assert reason(await asked(google, "camille", "GET", f"{OWN}/{event.id}")) == (404, "notFound")
    told = (await asked(google, "yuki", "GET", f"{OWN}/{event.id}")).json()
    assert told["status"] == "confirmed"
    assert {"camille@tamarack.example": "declined"}.items() <= {
        guest["email"]: guest["responseStatus"] for guest in told["attendees"]
    }.items()


async def test_a_replaced_event_needs_its_times(google: GoogleServer) -> None:
    event = google.calendar.named("ev-gonogo")
    path = f"{OWN}/{event.id}"

    bare = await asked(google, "sione", "PUT", path, json={"summary": "Go"})
    whole = await asked(google, "sione", "PUT", path, json={"summary": "Go", **at("10:15", "10:45", on="2026-11-24")})

    assert reason(bare) == (400, "required")
    assert whole.json()["summary"] == "Go"


async def test_a_whole_day_is_a_day(google: GoogleServer) -> None:
    made = await make(google, "leila", start={"date": "2026-11-30"}, end={"date": "2026-12-01"}, attendees=[])

    assert (made.json()["start"], made.json()["end"]) == ({"date": "2026-11-30"}, {"date": "2026-12-01"})
    assert "attendees" not in made.json()


async def test_reading_alone_does_not_let_anybody_write(google: GoogleServer) -> None:
    token = google.sign_in("priya", scopes=[CALENDAR_READ])["access_token"]
    async with httpx.AsyncClient(
        verify=TLS, base_url=google.api_url, headers={"Authorization": f"Bearer {token}"}
    ) as client:
        assert (await client.get(OWN)).status_code == 200
        assert reason(await client.post(OWN, json=at("09:00", "10:00"))) == (403, "insufficientPermissions")


async def test_trouble_on_demand_comes_in_calendars_words(google: GoogleServer) -> None:
    google.fault("POST", "/calendar/v3/calendars/*/events", status=403, retry_after=30)
    google.fault("POST", "/calendar/v3/calendars/*/events", status=500, done=True)

    limited, lost = await make(google), await make(google)

    assert (reason(limited), limited.headers["Retry-After"]) == ((403, "userRateLimitExceeded"), "30")
    assert reason(lost) == (500, "backendError")
    # The second one took place; only its answer was lost.
    assert len(google.writes) == 1


async def test_a_wrong_audience_for_mail_is_refused(google: GoogleServer) -> None:
    response = await asked(google, "jamal", "POST", OWN, json=at("09:00", "10:00"), params={"sendUpdates": "some"})

    assert reason(response) == (400, "invalid")
    assert google.writes == []
