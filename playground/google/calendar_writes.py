"""Endpoints of Calendar that change something: making, moving, answering and cancelling events."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from playground.google.calendar_edits import Edit, apply, guests_of, read_edit
from playground.google.calendar_reads import entry, shape
from playground.google.calendar_world import (
    CalendarWorld,
    Event,
    Moment,
    at_midnight,
    lasting,
    occurrence_id,
)
from playground.google.calls import Answer, Call
from playground.google.errors import Refusal

_ID = re.compile(r"[a-v0-9]{5,1024}")


def insert(world: CalendarWorld, call: Call) -> Answer:
    """A new event in one's own calendar, which appears in the calendars of those who are asked."""
    address = _own(world, call)
    identity = call.text("id") or world.new_id()
    if not _ID.fullmatch(identity):
        raise Refusal(400, "Invalid resource id value.", reason="invalid")
    if identity in world.events:
        raise Refusal(409, "The requested identifier already exists.", reason="duplicate")
    if call.body.get("recurrence"):
        raise Refusal(400, "Repeated events cannot be made in the playground.", reason="invalid")
    zone = world.zone_of(address)
    edit = read_edit(call, zone)
    if edit.start is None or edit.end is None:
        raise Refusal(400, f"Missing {'start' if edit.start is None else 'end'} time.", reason="required")
    _need_order(edit.start, edit.end)
    made = Event(
        id=identity,
        uid=f"{identity}@google.com",
        title="",
        organizer=address,
        creator=address,
        start=edit.start,
        end=edit.end,
        created=call.now,
        updated=call.now,
        guests=guests_of(call, [], me=address, organizer=address),
    )
    apply(made, edit)
    world.add(made)
    world.answer_for_rooms(made)
    call.wrote("calendar.events.insert", made.id, _arguments(call))
    _tell(world, call, made, "Invitation", (guest.email for guest in made.guests))
    return Answer(body=shape(world, call, made, address, zone), headers={"ETag": made.etag})


def patch(world: CalendarWorld, call: Call) -> Answer:
    return _change(world, call, "calendar.events.patch")


def update(world: CalendarWorld, call: Call) -> Answer:
    """As `patch`, with start and end required: the other fields that are left out stay as they are here."""
    for name in ("start", "end"):
        if not call.body.get(name):
            raise Refusal(400, f"Missing {name} time.", reason="required")
    return _change(world, call, "calendar.events.update")


def delete(world: CalendarWorld, call: Call) -> Answer:
    """Cancel it for everybody when it is one's own, else decline it and take it out of one's calendar."""
    address = _own(world, call)
    found = entry(world, call, address)
    _need_unchanged(call, found)
    if found.cancelled:
        raise _gone()
    parts = [found, *world.of(found)]
    if found.organizer == address:
        for part in parts:
            part.cancelled = True
        _tell(world, call, found, "Canceled event", (guest.email for guest in found.guests))
    else:
        for part in parts:
            _answer(part, address, "declined")
            part.dropped_by.add(address)
        _tell(world, call, found, "Declined", [found.organizer])
    for part in parts:
        part.touch(call.now)
    call.wrote("calendar.events.delete", found.id, _arguments(call))
    return Answer(status=204)


def _change(world: CalendarWorld, call: Call, action: str) -> Answer:
    address = _own(world, call)
    found = entry(world, call, address)
    _need_unchanged(call, found)
    if found.cancelled:
        raise _gone()
    zone = world.zone_of(address)
    edit = read_edit(call, zone)
    guests = guests_of(call, found.guests, me=address, organizer=found.organizer)
    if found.organizer != address and not found.guests_may_change:
        _need_only_own(call, found, edit)
    moves = _moves(found, edit)
    _need_order(edit.start or found.start, edit.end or found.end)
    answered = _reply(found, address)
    # The time of a whole series is changed occurrence by occurrence.
    if found.is_series and moves:
        _shift(world, found, edit)
    for part in [found, *world.of(found)]:
        apply(part, edit, with_time=part is found)
        part.guests = [*guests] if part is found else guests_of(call, part.guests, me=address, organizer=part.organizer)
        part.sequence += moves
        part.touch(call.now)
    found.changed_alone = bool(found.series)
    if moves:
        world.answer_for_rooms(found)
    call.wrote(action, found.id, _arguments(call))
    if found.organizer == address:
        _tell(world, call, found, "Updated invitation", (guest.email for guest in found.guests))
    elif (reply := _reply(found, address)) != answered:
        _tell(world, call, found, reply.capitalize(), [found.organizer])
    return Answer(body=shape(world, call, found, address, zone), headers={"ETag": found.etag})


def _own(world: CalendarWorld, call: Call) -> str:
    """The asker's own address, when the path names their calendar; nobody writes into another one."""
    _audience(call)
    address = world.calendar(call.match["calendarId"], call.account)
    if address != call.account.email:
        said = "You need to have writer access to this calendar."
        raise Refusal(403, said, reason="requiredAccessLevel", domain="calendar")
    return address


def _need_unchanged(call: Call, found: Event) -> None:
    """Refuse when the asker has seen an older state than this."""
    known = call.headers.get("If-Match", "*")
    if known not in ("*", found.etag):
        place = ("If-Match", "header")
        raise Refusal(412, "Precondition Failed", reason="conditionNotMet", place=place)


def _need_only_own(call: Call, found: Event, edit: Edit) -> None:
    """A guest may answer, and ask others to it; all else is the organiser's."""
    listed = {guest.email for guest in edit.guests or ()}
    known = {guest.email for guest in found.guests}
    leaves_out = edit.guests is not None and not known <= listed and not call.body.get("attendeesOmitted")
    invites = bool(listed - known) and not found.guests_may_invite
    if edit.changes(found) or leaves_out or invites:
        raise Refusal(
            403,
            "Shared properties can only be changed by the organizer of the event.",
            reason="forbiddenForNonOrganizer",
            domain="calendar",
        )


def _moves(found: Event, edit: Edit) -> bool:
    return (edit.start or found.start, edit.end or found.end) != (found.start, found.end)


def _need_order(start: Moment, end: Moment) -> None:
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise Refusal(400, "Invalid start time.", reason="invalid")
    if end < start:
        raise Refusal(400, "The specified time range is empty.", reason="timeRangeEmpty", domain="calendar")


def _shift(world: CalendarWorld, series: Event, edit: Edit) -> None:
    """Move every occurrence that was not moved alone by as much as the series; their ids follow their times."""
    start, end = edit.start or series.start, edit.end or series.end
    parts = world.of(series)
    zone = world.zone_of(series.organizer)
    length = at_midnight(end, zone) - at_midnight(start, zone)
    for part in parts:
        if part.changed_alone or part.original is None:
            continue
        del world.events[part.id]
        part.start = part.original = _moved(part.original, series.start, start)
        part.end = lasting(part.start, length)
        part.id = occurrence_id(series.id, part.start)
        world.add(part)
    series.occurrences = tuple(_moved(one, series.start, start) for one in series.occurrences)


def _moved(moment: Moment, old: Moment, new: Moment) -> Moment:
    """`moment` by as many days and as much wall time as lie between `old` and `new`, on the clock of `new`."""
    if isinstance(moment, datetime) and isinstance(old, datetime) and isinstance(new, datetime):
        wall = moment.astimezone(old.tzinfo).replace(tzinfo=None)
        return (wall + (new.replace(tzinfo=None) - old.replace(tzinfo=None))).replace(tzinfo=new.tzinfo)
    if isinstance(moment, datetime) or isinstance(old, datetime) or isinstance(new, datetime):
        raise Refusal(400, "Invalid start time.", reason="invalid")
    return moment + timedelta(days=(new - old).days)


def _reply(found: Event, address: str) -> str:
    guest = found.guest(address)
    return guest.reply if guest else ""


def _answer(found: Event, address: str, reply: str) -> None:
    if (guest := found.guest(address)) and reply == "declined":
        guest.reply = reply


def _tell(world: CalendarWorld, call: Call, found: Event, subject: str, people: Iterable[str]) -> None:
    """Mail those whom `sendUpdates` names."""
    named = _audience(call)
    if named == "none":
        return
    to = [one for one in people if one not in world.rooms and one != call.account.email]
    inside = named == "all"
    world.notify([one for one in to if inside or world.accounts.find(one) is None], found, subject)


def _audience(call: Call) -> str:
    """Who is told by mail: nobody, unless it is said."""
    named = call.query.get("sendUpdates", "all" if call.flag("sendNotifications") else "none")
    if named not in ("all", "externalOnly", "none"):
        raise Refusal(400, "Invalid Value", reason="invalid", place=("sendUpdates", "parameter"))
    return named


def _arguments(call: Call) -> dict[str, object]:
    return {**call.body, "sendUpdates": _audience(call)}


def _gone() -> Refusal:
    return Refusal(410, "Resource has been deleted", reason="deleted")
