"""What a request wants of an event, read from its body."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from playground.google.calendar_times import read_event_time
from playground.google.calendar_world import Event, Guest, Kind, Moment, Reply
from playground.google.calls import Call, Json, is_list, is_object
from playground.google.errors import Refusal

MOST_GUESTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The fields that a body sets; None for each that it leaves as it is."""

    title: str | None = None
    description: str | None = None
    location: str | None = None
    color: str | None = None
    start: Moment | None = None
    end: Moment | None = None
    private: bool | None = None
    free: bool | None = None
    guests_may_change: bool | None = None
    guests_may_invite: bool | None = None
    kind: Kind | None = None
    guests: tuple[Guest, ...] | None = None
    """As the body has them; `guests_of` says what becomes of them."""

    def changes(self, event: Event) -> bool:
        """Whether something that everybody sees of `event` would differ."""
        shared = ("title", "description", "location", "start", "end", "private", "guests_may_change", "kind")
        wanted = {name: getattr(self, name) for name in shared}
        return any(value is not None and value != getattr(event, name) for name, value in wanted.items())


def read_edit(call: Call, zone: ZoneInfo) -> Edit:
    """The wishes of a body; what is no event's is refused, what the playground knows nothing of is passed over."""
    body = call.body
    return Edit(
        title=_text(call, "summary"),
        description=_text(call, "description"),
        location=_text(call, "location"),
        color=_text(call, "colorId"),
        start=_time(body, "start", zone),
        end=_time(body, "end", zone),
        private=_choice(body, "visibility", yes=("private", "confidential"), no=("default", "public")),
        free=_choice(body, "transparency", yes=("transparent",), no=("opaque",)),
        guests_may_change=_flag(body, "guestsCanModify"),
        guests_may_invite=_flag(body, "guestsCanInviteOthers"),
        kind=_kind(call),
        guests=_guests(body),
    )


def apply(event: Event, edit: Edit, *, with_time: bool = True) -> None:
    """Let `event` become what `edit` says, apart from its guests."""
    names = ("title", "description", "location", "color", "private", "free", "guests_may_change", "guests_may_invite")
    for name in (*names, "kind", *(("start", "end") if with_time else ())):
        value = getattr(edit, name)
        if value is not None:
            setattr(event, name, value)


def guests_of(call: Call, known: Sequence[Guest], *, me: str, organizer: str) -> list[Guest]:
    """Who is asked after this request: nobody answers for somebody else, whatever the body says."""
    wanted = _guests(call.body)
    if wanted is None:
        return [replace(guest) for guest in known]
    before = {guest.email: guest for guest in known}
    found: list[Guest] = []
    for guest in wanted:
        if guest.email == me:
            # Whoever asks others to an event of their own comes.
            reply = "accepted" if me == organizer and guest.reply == "needsAction" else guest.reply
            found.append(replace(guest, reply=reply))
        elif guest.email in before:
            held = before[guest.email]
            found.append(replace(held, optional=guest.optional))
        else:
            found.append(replace(guest, reply="needsAction", comment=""))
    if call.body.get("attendeesOmitted"):
        listed = {guest.email: guest for guest in found}
        kept = [listed.pop(guest.email, None) or replace(guest) for guest in known]
        return [*kept, *listed.values()]
    return found


def _guests(body: Json) -> tuple[Guest, ...] | None:
    raw: object = body.get("attendees")
    if raw is None:
        return None
    if not is_list(raw):
        raise Refusal(400, "Bad Request", reason="badRequest")
    if len(raw) > MOST_GUESTS:
        raise Refusal(403, "Calendar usage limits exceeded.", reason="calendarUsageLimitExceeded", domain="calendar")
    found = {guest.email: guest for guest in map(_guest, raw)}
    return tuple(found.values())


def _guest(raw: object) -> Guest:
    email = str(raw.get("email", "")).strip().lower() if is_object(raw) else ""
    name, at, host = email.rpartition("@")
    if not is_object(raw) or not (name and at and "." in host) or " " in email:
        raise Refusal(400, "Invalid attendee email.", reason="invalid")
    return Guest(
        email=email,
        reply=_reply(raw.get("responseStatus", "needsAction")),
        comment=str(raw.get("comment") or ""),
        optional=bool(raw.get("optional", False)),
    )


def _reply(raw: object) -> Reply:
    match str(raw):
        case ("needsAction" | "declined" | "tentative" | "accepted") as reply:
            return reply
        case _:
            raise Refusal(400, "Invalid attendee response status.", reason="invalid")


def _text(call: Call, key: str) -> str | None:
    return call.text(key) if key in call.body else None


def _time(body: Json, name: str, zone: ZoneInfo) -> Moment | None:
    raw: object = body.get(name)
    if raw is None:
        return None
    if not is_object(raw):
        raise Refusal(400, f"Invalid {name} time.", reason="invalid")
    return read_event_time(raw, name, zone)


def _flag(body: Json, key: str) -> bool | None:
    return bool(body[key]) if key in body else None


def _choice(body: Json, key: str, *, yes: Sequence[str], no: Sequence[str]) -> bool | None:
    if key not in body:
        return None
    if body[key] not in (*yes, *no):
        raise Refusal(400, f"Invalid value for: {body[key]!r} is not a valid value", reason="invalid")
    return body[key] in yes


def _kind(call: Call) -> Kind | None:
    match call.text("eventType"):
        case ("default" | "outOfOffice" | "focusTime") as kind:
            return kind
        case "":
            return None
        case _:
            raise Refusal(400, "Event type cannot be created through the API.", reason="eventTypeRestriction")
