"""From what people call an event, a room, a guest or a time to what the calendar knows."""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from integrations.errors import NotFound
from integrations.google.calendar_models import Event, ListedCalendar
from integrations.google.client import Google
from integrations.google.mail_addresses import plain_address
from skills.calendar.times import exists, is_twice, zone_named
from skills.errors import RetryToolCall
from skills.skill import ToolContext

# Never only dots: in an address these would climb out of the place of an id.
_EVENT = re.compile(r"(?!\.+$)[\w@.+=-]{1,1024}", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_JUST_NOW = timedelta(minutes=5)
MAX_ROOM = 200


async def found_event(ctx: ToolContext[Google], event: str) -> Event:
    """The event of the asker's calendar with this id. Raises RetryToolCall when there is none."""
    wanted = event.strip()
    if not _EVENT.fullmatch(wanted):
        raise RetryToolCall(f"`event` must be an id as `list_events` gives it, got {event!r}.")
    try:
        return await ctx.client.calendar.event(wanted)
    except NotFound as error:
        raise RetryToolCall(f"{error} `event` must be an id as `list_events` gives it, got {event!r}.") from error


async def found_room(ctx: ToolContext[Google], room: str) -> ListedCalendar | None:
    """The room with this address or name in the asker's list of calendars; None when it is only a place in words.

    Raises RetryToolCall when a name fits several.
    """
    wanted = " ".join(room.split())
    if not wanted or len(wanted) > MAX_ROOM:
        raise RetryToolCall(f"`room` must be a room's name, its address or a place, got {room!r}.")
    listed = [entry for entry in await ctx.client.calendar.listed() if _is_room(entry)]
    if "@" in wanted:
        known = [entry for entry in listed if entry.id.lower() == wanted.lower()]
        return known[0] if known else ListedCalendar(id=address(wanted, "room"), summary=wanted)
    fitting = [entry for entry in listed if _fits(entry, wanted)]
    if len(fitting) > 1:
        names = ", ".join(f"{entry.summary} ({entry.id})" for entry in fitting[:5])
        raise RetryToolCall(f"`room` {room!r} may be any of {names}. Name one by its address, or ask which.")
    return fitting[0] if fitting else None


def address(given: str, parameter: str) -> str:
    """The bare address in `given`, in lower case. Raises RetryToolCall for what is none, such as a name."""
    try:
        return plain_address(given).lower()
    except ValueError as error:
        raise RetryToolCall(
            f"`{parameter}` must be an e-mail address, got {given[:100]!r}. Look the person up first."
        ) from error


def addresses(given: Iterable[str], parameter: str) -> list[str]:
    """E-mail addresses, each once."""
    return list(dict.fromkeys(address(one, parameter) for one in given))


def clock(given: str | None, parameter: str) -> time | None:
    """A time of day such as `09:00`. Raises RetryToolCall for anything else."""
    if given is None:
        return None
    found = _CLOCK.fullmatch(given.strip())
    if found is None:
        raise RetryToolCall(f"`{parameter}` must be a time such as `09:00`, got {given!r}.")
    return time(int(found[1]), int(found[2]))


def own_zone(ctx: ToolContext[Google]) -> ZoneInfo:
    """The zone that the asker lives by."""
    return zone_named(ctx.asker.zone) or ZoneInfo("UTC")


def moment(ctx: ToolContext[Google], given: datetime, parameter: str = "start") -> datetime:
    """`given` with the asker's zone: as written where it has no offset of its own, else the same moment.

    Raises RetryToolCall for what is over, and for a time that the clocks leave out or show twice.
    """
    zone = own_zone(ctx)
    if given.tzinfo is None:
        if not exists(given, zone):
            raise RetryToolCall(f"`{parameter}` {given.isoformat()} does not exist in {zone.key}: clocks go forward.")
        if is_twice(given, zone):
            raise RetryToolCall(
                f"`{parameter}` {given.isoformat()} comes twice in {zone.key}: clocks go back. Give it with its offset."
            )
        found = given.replace(tzinfo=zone)
    else:
        found = given.astimezone(zone)
    if found < ctx.now - _JUST_NOW:
        raise RetryToolCall(
            f"`{parameter}` {found.isoformat()} is over: now it is {ctx.now.astimezone(zone).isoformat()}."
        )
    return found


def _is_room(entry: ListedCalendar) -> bool:
    return "@resource." in entry.id.lower()


def _fits(entry: ListedCalendar, wanted: str) -> bool:
    """Whether somebody who says `wanted` may mean this room: "Larch" or "the larch room"."""
    plain = wanted.lower().removeprefix("the ").removesuffix(" room")
    return any(
        plain == name.lower().removesuffix(" room") for name in (entry.summary, entry.summary_override or "") if name
    )
