"""The playground's Calendar against Google's own description: what it answers, and which scopes let it be asked."""

import re
import ssl
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from playground.company import Company, load_company
from playground.google import GoogleServer
from playground.google.calendar import METHODS
from tests.playground.google_schemas import GoogleSchemas, google_schemas

# Every client would read all certificates again without this; nothing here is encrypted.
TLS = ssl.create_default_context()
ROOT = "/calendar/v3"
OWN = "/calendars/primary/events"


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company(today=date(2026, 11, 20))


@pytest.fixture
async def google(company: Company) -> AsyncIterator[GoogleServer]:
    async with GoogleServer(company, clock=lambda: company.now) as server:
        yield server


@pytest.fixture
def calendar() -> GoogleSchemas:
    return google_schemas("calendar.v3")


async def asked(google: GoogleServer, who: str, method: str, path: str, **more: Any) -> httpx.Response:
    """Send a request; `{ev-gonogo}` and the like stand for ids, `{larch}` for a room's address."""
    room = next(iter(google.calendar.rooms))
    path = path.replace("{larch}", room)
    path = re.sub(r"\{([^}]+)\}", lambda match: google.calendar.named(match[1]).id, path)
    headers = {"Authorization": f"Bearer {google.sign_in(who)['access_token']}"}
    async with httpx.AsyncClient(verify=TLS, base_url=google.api_url, headers=headers) as client:
        return await client.request(method, ROOT + path, **more)


@pytest.mark.parametrize(
    ("method", "path", "who"),
    [
        ("calendar.calendarList.list", "/users/me/calendarList", "yuki"),
        ("calendar.calendarList.get", "/users/me/calendarList/primary", "yuki"),
        ("calendar.calendarList.get", "/users/me/calendarList/{larch}", "yuki"),
        ("calendar.settings.list", "/users/me/settings", "yuki"),
        ("calendar.settings.get", "/users/me/settings/timezone", "yuki"),
        ("calendar.calendars.get", "/calendars/leila@tamarack.example", "yuki"),
        ("calendar.calendars.get", "/calendars/{larch}", "yuki"),
        ("calendar.events.list", OWN, "marit"),
        ("calendar.events.list", f"{OWN}?singleEvents=true&orderBy=startTime", "nadia"),
        ("calendar.events.list", "/calendars/devraj@tamarack.example/events?singleEvents=true", "mei"),
        ("calendar.events.list", "/calendars/{larch}/events", "mei"),
        ("calendar.events.get", f"{OWN}/{{ev-gonogo}}", "ren"),
        ("calendar.events.get", "/calendars/tomas@tamarack.example/events/{ev-board}", "priya"),
        ("calendar.events.instances", f"{OWN}/{{ev-wedding}}/instances", "devraj"),
    ],
)
async def test_what_is_read_is_what_google_describes(
    google: GoogleServer, calendar: GoogleSchemas, method: str, path: str, who: str
) -> None:
    response = await asked(google, who, "GET", path)

    assert response.status_code == 200
    assert calendar.answer_complaints(method, response.json()) == []


async def test_free_and_busy_times_are_answered_as_google_describes(
    google: GoogleServer, calendar: GoogleSchemas
) -> None:
    items = [{"id": "nadia@tamarack.example"}, {"id": "luca.ferrante@valtorta.example"}]
    body = {"timeMin": "2026-11-20T09:00:00Z", "timeMax": "2026-11-27T09:00:00Z", "items": items}

    response = await asked(google, "jamal", "POST", "/freeBusy", json=body)

    assert calendar.request_complaints("calendar.freebusy.query", body) == []
    assert calendar.answer_complaints("calendar.freebusy.query", response.json()) == []


@pytest.mark.parametrize(
    ("method", "verb", "path", "body"),
    [
        (
            "calendar.events.insert",
            "POST",
            OWN,
            {
                "summary": "Sync",
                "start": {"dateTime": "2026-11-23T15:30:00+01:00", "timeZone": "Europe/Amsterdam"},
                "end": {"dateTime": "2026-11-23T16:00:00+01:00", "timeZone": "Europe/Amsterdam"},
                "attendees": [{"email": "nadia@tamarack.example", "optional": True}],
                "transparency": "transparent",
                "guestsCanModify": True,
                "guestsCanInviteOthers": False,
            },
        ),
        ("calendar.events.patch", "PATCH", f"{OWN}/{{ev-gonogo}}", {"summary": "Go", "visibility": "private"}),
    ],
)
async def test_what_is_written_is_answered_as_google_describes(
    google: GoogleServer, calendar: GoogleSchemas, method: str, verb: str, path: str, body: dict[str, Any]
) -> None:
    response = await asked(google, "sione", verb, path, json=body)

    assert response.status_code == 200
    assert calendar.request_complaints(method, body) == []
    assert calendar.answer_complaints(method, response.json()) == []


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_is_one_of_googles_with_its_scopes(calendar: GoogleSchemas, method: Any) -> None:
    described = calendar.method(method.name)

    assert method.verb == described["httpMethod"]
    assert set(method.scopes) <= set(described["scopes"])
    assert method.path.removeprefix("/calendar/v3/") == described["path"]
