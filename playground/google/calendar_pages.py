"""Read-only pages of Calendar, so that a person in the playground sees what a link leads to."""

import base64
import binascii
from datetime import datetime, timedelta

from aiohttp import web

from playground.google.calendar_shapes import page
from playground.google.calendar_world import CalendarWorld, Event
from playground.look import Look

_REPLIES = {
    "accepted": ("comes", "ok"),
    "declined": ("does not come", "stop"),
    "tentative": ("may come", "wait"),
    "needsAction": ("has not answered", ""),
}
_AHEAD = timedelta(days=14)


class CalendarPages:
    """Single events, and what is ahead of one person."""

    def __init__(self, world: CalendarWorld, look: Look) -> None:
        self._world = world
        self._look = look

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_route("GET", "/calendar/event", self.event)
        router.add_route("GET", "/agenda/of/{person}", self.agenda)

    async def event(self, request: web.Request) -> web.StreamResponse:
        """One event; whoever runs the playground may look at everything."""
        found = self._world.events.get(_id(request.query.get("eid", "")))
        if found is None:
            return self._look.sorry(404, "No such event", "This calendar has no event here.")
        guests = [(guest, self._world.display_name(guest.email), *_REPLIES[guest.reply]) for guest in found.guests]
        return self._look.page(
            "calendar_event.html",
            event=found,
            times=self._times(found),
            organizer=self._world.display_name(found.organizer) or found.organizer,
            guests=guests,
            occurrences=[(one, page("", one, one.organizer), self._times(one)[0][1]) for one in self._world.of(found)],
        )

    async def agenda(self, request: web.Request) -> web.StreamResponse:
        """The two weeks that begin today."""
        account = self._world.accounts.find(request.match_info["person"])
        if account is None:
            return self._look.sorry(404, "Nobody here", "Nobody with this name has a calendar.")
        first = self._world.clock().astimezone(account.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        ahead = [
            (start, event)
            for event in self._world.entries(account.email)
            if not (event.is_series or event.cancelled)
            and first <= (start := self._world.span(event, account.zone)[0]) < first + _AHEAD
        ]
        ahead.sort(key=lambda row: row[0])
        rows = [(event, page("", event, account.email), _when(event, start)) for start, event in ahead]
        return self._look.page("calendar_agenda.html", account=account, rows=rows)

    def _times(self, event: Event) -> list[tuple[str, str]]:
        """When it is for each of those who are asked: the zone, and the time on its clocks."""
        addresses = [event.organizer, *(guest.email for guest in event.guests)]
        zones = dict.fromkeys(self._world.zone_of(one) for one in addresses if one not in self._world.rooms)
        return [(zone.key, _when(event, self._world.span(event, zone)[0].astimezone(zone))) for zone in zones]


def _when(event: Event, start: datetime) -> str:
    if not isinstance(event.start, datetime) or not isinstance(event.end, datetime):
        return f"{start:%A}, {start.day} {start:%B %Y}, all day"
    end = event.end.astimezone(start.tzinfo)
    return f"{start:%A}, {start.day} {start:%B %Y, %H:%M} to {end:%H:%M}"


def _id(coded: str) -> str:
    """The event's id out of a link."""
    try:
        decoded = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return decoded.partition(" ")[0]
