"""Times as Calendar's API reads and writes them: RFC 3339, with zones by name."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from playground.google.calendar_world import Moment
from playground.google.calls import Json
from playground.google.errors import Refusal


def stamp(moment: datetime) -> str:
    """When something was made or changed: UTC with milliseconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def told(moment: datetime, zone: tzinfo) -> str:
    """A time on the clock of `zone`, with its offset."""
    return moment.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "Z")


def event_time(moment: Moment, zone: tzinfo) -> Json:
    """An event's start or end, seen from a calendar in `zone`; the event's own zone stands beside it."""
    if isinstance(moment, datetime):
        return {"dateTime": told(moment, zone), "timeZone": str(moment.tzinfo)}
    return {"date": moment.isoformat()}


def read_event_time(raw: Json, name: str, zone: ZoneInfo) -> Moment:
    """What a body says of `name`, "start" or "end"; a time without a zone of its own is one of `zone`."""
    if day := raw.get("date"):
        return _day(str(day), name)
    if not raw.get("dateTime"):
        raise Refusal(400, f"Missing {name} time.", reason="required")
    moment = _moment(str(raw["dateTime"]), name)
    named = raw.get("timeZone")
    if moment.tzinfo is None and not named:
        raise Refusal(400, f"Missing time zone definition for {name} time.", reason="required")
    home = _zone(str(named), name) if named else zone
    return moment.replace(tzinfo=home) if moment.tzinfo is None else moment.astimezone(home)


def query_time(text: str) -> datetime | None:
    """A bound of a query, which must say its offset; None when it is left out."""
    if not text:
        return None
    # A plus that was not escaped arrives as a blank: Google refuses that as well.
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad() from error
    if moment.tzinfo is None or "T" not in text.upper():
        raise _bad()
    return moment


def query_zone(text: str, default: ZoneInfo) -> ZoneInfo:
    if not text:
        return default
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refusal(400, "Invalid time zone.", reason="invalidParameter", place=("timeZone", "parameter")) from error


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(400, f"Invalid {name} time.", reason="invalid") from error


def _moment(text: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(400, f"Invalid {name} time.", reason="invalid") from error


def _zone(text: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refusal(400, f"Invalid time zone definition for {name} time.", reason="invalid") from error


def _bad() -> Refusal:
    return Refusal(400, "Bad Request", reason="badRequest")
