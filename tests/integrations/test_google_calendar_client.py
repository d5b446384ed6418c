"""What Calendar's client sends, held against Google's own description, and what it makes of odd answers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from pydantic import SecretStr

from integrations.blocking import Patience
from integrations.errors import NotFound, OutcomeUnknown, ServiceUnavailable
from integrations.google.calendar import NewEvent
from integrations.google.calendar_models import Event, Period, Span, When
from integrations.google.client import Google
from integrations.integration import Destination
from tests.playground.google_schemas import google_schemas

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
START, END = datetime(2026, 11, 23, 15, 0, tzinfo=AMSTERDAM), datetime(2026, 11, 23, 15, 30, tzinfo=AMSTERDAM)
ANSWERED = {"id": "abc12", "etag": '"2"', "summary": "Call"}
KNOWN = Event(id="abc12", etag='"1"', start=When(date_time=START), end=When(date_time=END))


@dataclass
class Vendor:
    """A server that answers everything with the next planned answer, the last one again and again."""

    answers: list[web.Response | None] = field(default_factory=list[web.Response | None])
    seen: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list[Any])
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        self.seen.append((request.method, request.path_qs, dict(request.headers), body))
        planned = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if planned is None:
            await asyncio.sleep(30)
            return web.Response()
        return web.Response(status=planned.status, body=planned.body, content_type="application/json")

    def plan(self, *bodies: Any, status: int = 200) -> Google:
        self.answers = [body if body is None else web.json_response(body, status=status) for body in bodies]
        return self.client()

    def client(self, patience: Patience | None = None) -> Google:
        to = Destination(api_url=self.url)
        return Google(SecretStr("canary"), to, patience=patience or Patience())

    @property
    def body(self) -> Any:
        return self.seen[-1][3]


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    found = Vendor()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    found.url = f"http://{host}:{port}"
    yield found
    await runner.cleanup()


def complaints(method: str, body: object) -> list[str]:
    return google_schemas("calendar.v3").request_complaints(method, body)


# What is sent


async def test_a_new_event_is_as_google_describes_it_and_has_an_id_of_ours(vendor: Vendor):
    google = vendor.plan(ANSWERED)
    room = "c_18@resource.calendar.google.com"
    new = NewEvent(
        title="Call", start=START, end=END, zone="Europe/Amsterdam", guests=("a@b.example",), description="x", room=room
    )
    await google.calendar.create(new)
    await google.calendar.create(new)
    first, second = (seen[3] for seen in vendor.seen)
    assert complaints("calendar.events.insert", first) == []
    assert first["id"] != second["id"]
    assert set(first["id"]) <= set("0123456789abcdefghijklmnopqrstuv")
    assert first["attendees"] == [{"email": "a@b.example"}, {"email": room, "resource": True}]
    assert first["start"] == {"dateTime": "2026-11-23T15:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    assert "sendUpdates=all" in vendor.seen[0][1]


async def test_a_place_in_words_is_no_guest(vendor: Vendor):
    google = vendor.plan(ANSWERED)
    await google.calendar.create(NewEvent(title="Lunch", start=START, end=END, zone="UTC", room="Café"))
    assert vendor.body["location"] == "Café"
    assert "attendees" not in vendor.body


async def test_a_move_counts_only_for_the_state_that_was_read(vendor: Vendor):
    await vendor.plan(ANSWERED).calendar.move(KNOWN, START, END, zone="Europe/Amsterdam")
    verb, path, headers, body = vendor.seen[-1]
    assert verb == "PATCH"
    assert path.startswith("/calendar/v3/calendars/primary/events/abc12?")
    assert headers["If-Match"] == '"1"'
    assert complaints("calendar.events.patch", body) == []
    assert body.keys() == {"start", "end"}


async def test_a_whole_day_that_gets_a_time_loses_its_date(vendor: Vendor):
    all_day = Event(id="abc12", start=When(day=date(2026, 11, 23)), end=When(day=date(2026, 11, 24)))
    await vendor.plan(ANSWERED).calendar.move(all_day, START, END, zone="Europe/Amsterdam")
    assert vendor.body["start"]["date"] is None
    assert vendor.body["end"]["date"] is None


async def test_an_answer_sends_ones_own_entry_and_nobody_elses(vendor: Vendor):
    await vendor.plan(ANSWERED).calendar.answer(KNOWN, "me@b.example", "tentative", message="Maybe later")
    assert complaints("calendar.events.patch", vendor.body) == []
    assert vendor.body == {
        "attendeesOmitted": True,
        "attendees": [{"email": "me@b.example", "responseStatus": "tentative", "comment": "Maybe later"}],
    }


async def test_cancelling_deletes_what_was_read_and_tells_the_guests(vendor: Vendor):
    vendor.answers = [web.Response(status=204)]
    await vendor.client().calendar.cancel(KNOWN)
    verb, path, headers, _ = vendor.seen[-1]
    assert (verb, headers["If-Match"]) == ("DELETE", '"1"')
    assert path.endswith("/abc12?sendUpdates=all&alt=json") or "sendUpdates=all" in path


async def test_an_id_cannot_leave_its_place_in_the_address(vendor: Vendor):
    await vendor.plan(ANSWERED).calendar.event("../../users/me?x=1#y")
    assert vendor.seen[-1][1].startswith("/calendar/v3/calendars/primary/events/..%2F..%2Fusers%2Fme%3Fx%3D1%23y?")


# What comes back


async def test_busy_times_are_told_by_person_and_none_where_they_cannot_be_seen(vendor: Vendor):
    taken = {"start": "2026-11-23T14:00:00Z", "end": "2026-11-23T14:30:00Z"}
    answer = {
        "calendars": {
            "a@b.example": {"busy": [taken]},
            "out@c.example": {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []},
        }
    }
    found = await vendor.plan(answer).calendar.busy(["A@b.example", "out@c.example", "gone@c.example"], START, END)
    assert found == {
        "A@b.example": (Span(start=START.astimezone(UTC), end=END.astimezone(UTC)),),
        "out@c.example": None,
        "gone@c.example": None,
    }
    assert complaints("calendar.freebusy.query", vendor.body) == []


async def test_many_people_are_asked_about_fifty_at_a_time(vendor: Vendor):
    people = [f"p{number}@b.example" for number in range(120)]
    found = await vendor.plan({"calendars": {}}).calendar.busy(people, START, END)
    assert [len(seen[3]["items"]) for seen in vendor.seen] == [50, 50, 20]
    assert set(found) == set(people)


async def test_working_hours_count_only_where_they_are_switched_on(vendor: Vendor):
    times = [{"dayOfWeek": "monday", "periodStart": 540, "periodEnd": 1020}]
    told = {"id": "a@b.example", "timeZone": "Europe/Warsaw"}
    on = await vendor.plan(
        told | {"workingHours": {"workingHoursEnabled": True, "availableTimes": times}}
    ).calendar.calendar("a@b.example")
    off = await vendor.plan(
        told | {"workingHours": {"workingHoursEnabled": False, "availableTimes": times}}
    ).calendar.calendar("a@b.example")
    assert on is not None
    assert off is not None
    assert on.hours == (Period(day_of_week="monday", period_start=540, period_end=1020),)
    assert off.hours == ()


async def test_a_calendar_that_is_not_shared_is_none(vendor: Vendor):
    assert (
        await vendor.plan({"error": {"code": 404, "message": "Not Found"}}, status=404).calendar.calendar("x@y.example")
        is None
    )


async def test_what_was_cancelled_is_not_there(vendor: Vendor):
    with pytest.raises(NotFound, match="is cancelled already"):
        await vendor.plan({"id": "abc12", "status": "cancelled"}).calendar.event("abc12")


async def test_a_list_leaves_out_what_was_cancelled_and_says_that_there_is_more(vendor: Vendor):
    answer = {"items": [ANSWERED, {"id": "b", "status": "cancelled"}], "timeZone": "Asia/Tokyo", "nextPageToken": "p"}
    found = await vendor.plan(answer).calendar.events(START, END)
    assert [event.id for event in found.events] == ["abc12"]
    assert (found.zone, found.more) == ("Asia/Tokyo", True)


@pytest.mark.parametrize("nonsense", [[1], {"items": [{"title": "no id"}]}, "hello"])
async def test_an_answer_that_google_does_not_describe_is_no_answer(vendor: Vendor, nonsense: Any):
    with pytest.raises(ServiceUnavailable):
        await vendor.plan(nonsense).calendar.events(START, END)


async def test_a_write_with_half_an_answer_may_have_happened(vendor: Vendor):
    vendor.answers = [web.Response(body=b'{"id": "abc')]
    with pytest.raises(OutcomeUnknown):
        await vendor.client().calendar.move(KNOWN, START, END, zone="UTC")
    assert len(vendor.seen) == 1


async def test_a_silent_calendar_ends_in_time_and_tells_no_token(vendor: Vendor):
    vendor.answers = [None]
    with pytest.raises(OutcomeUnknown) as caught:
        await vendor.client(Patience(answer=1, call=0.3)).calendar.cancel(KNOWN)
    assert "canary" not in repr(caught.value)
