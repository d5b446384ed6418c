"""The invented company that every playground server tells the same story about, on any day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import yaml

FOLDER = Path(__file__).parent / "company"
SEEDS = ("people", "slack", "github", "jira", "gmail", "calendar", "drive", "adversarial", "stories")
TEMPLATE = re.compile(r"%\{([+-]?\d+):(date|weekday|iso)\}")

# The seed is data of our own; its loaders know its shape, so it stays as YAML gives it.
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account in the workspace, or in a channel shared with it."""

    handle: str
    name: str
    kind: Literal["member", "guest", "outsider"]
    title: str
    team: str | None
    manager: str | None
    zone: str
    email: str
    slack: str
    github: str | None
    jira: str | None
    status: str = ""
    pronouns: str = ""
    hours: str = ""
    is_admin: bool = False
    company: str = ""
    """Another company's name; only outsiders."""
    slack_team: str = ""
    """Another workspace's id; only outsiders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One message of the seed, with the replies under it."""

    id: str
    by: str
    text: str
    at: datetime
    thread: tuple["Saying", ...] = ()
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel of the seed; `name` begins with `#`."""

    name: str
    id: str
    topic: str
    purpose: str
    members: tuple[str, ...]
    is_private: bool
    shared_with: str
    read: Mapping[str, datetime]
    """Until when who has read; whoever is missing has read everything."""
    messages: tuple[Saying, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectMessages:
    """What some people wrote to each other."""

    between: tuple[str, ...]
    messages: tuple[Saying, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that somebody put into a channel."""

    id: str
    name: str
    by: str
    channel: str
    at: datetime
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """A text that somebody planted to mislead an assistant."""

    id: str
    place: str
    """`vendor:where`, such as `github:atlas-api#417`."""
    how: str
    text: str
    goal: Mapping[str, Any]
    must_not: str
    asked_by: Mapping[str, str]
    """Who meets it, and what they say: `who` and `say`, or the id of a `story`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The whole seed for one day, dates filled in, renamed when asked."""

    name: str
    domain: str
    zone: ZoneInfo
    today: date
    """Day 0 of the story, always a working day."""
    now: datetime
    """When on day 0 the story is told."""
    slack_team: Mapping[str, str]
    people: tuple[Person, ...]
    channels: tuple[Channel, ...]
    direct_messages: tuple[DirectMessages, ...]
    uploads: tuple[Upload, ...]
    github: Tree
    """github.yaml as it stands, names and dates filled in. Its poison is only in `poison`: that server lays it over."""
    trees: Mapping[str, Tree]
    """The other seed files in the same state: people, jira, gmail, calendar, drive, stories."""
    poison: tuple[Poison, ...]
    names: Mapping[str, str]
    """Old to new words when the company was renamed, else empty."""

    def person(self, handle: str) -> Person:
        """Find who is called `handle`; KeyError when nobody is."""
        for person in self.people:
            if person.handle == handle:
                return person
        raise KeyError(handle)

    def renamed(self, text: str) -> str:
        """`text` in this company's names: what a test wrote with the seed's names."""
        return _rename(text, self.names)

    def moment(self, day: int, at: str, zone: str | None = None) -> datetime:
        """Working day `day` from today at wall time `at`, in the company's zone unless another is given."""
        return _moment(self.today, day, at, ZoneInfo(zone) if zone else self.zone)


def workday(today: date, n: int) -> date:
    """Count n working days from today; on a weekend today is the Friday before."""
    day = today - timedelta(days=max(0, today.weekday() - 4))
    weeks, rest = divmod(day.weekday() + n, 5)
    return day - timedelta(days=day.weekday()) + timedelta(weeks=weeks, days=rest)


def filled(text: str, today: date) -> str:
    """`text` with `%{3:date}`, `%{-1:weekday}` and `%{-5:iso}` replaced by real days."""

    def one(match: re.Match[str]) -> str:
        day = workday(today, int(match[1]))
        match match[2]:
            case "date":
                return f"{day.day} {day:%B}"
            case "weekday":
                return f"{day:%A}"
            case _:
                return day.isoformat()

    return TEMPLATE.sub(one, text)


def story_day(now: datetime) -> date:
    """Choose the latest day on which the whole story lies in the past: early in the morning that is the day before."""
    people = _parsed("people")
    local = now.astimezone(ZoneInfo(people["company"]["zone"]))
    told = time.fromisoformat(people["now"]["at"])
    return local.date() if local.time() >= told else workday(local.date() - timedelta(days=1), 0)


def load_company(*, today: date, renamed: bool = False, poison: tuple[str, ...] = ()) -> Company:
    """Tell the company as of `today`. `renamed` gives everybody and everything another name.

    `poison` names items of adversarial.yaml, or is `("all",)`. Those for Slack are laid over here; the others are
    carried in `Company.poison` for the server of their vendor, the pages and the database.
    """
    today = workday(today, 0)
    names = _names() if renamed else MappingProxyType[str, str]({})
    trees = {name: _told(_parsed(name), today, names) for name in SEEDS}
    facts = trees["people"]["company"]
    zone = ZoneInfo(facts["zone"])
    items = _poison(trees["adversarial"]["items"], poison)
    people = tuple(_person(raw) for raw in trees["people"]["people"])
    staff = tuple(person.handle for person in people if person.kind == "member")
    slack = trees["slack"]
    company = Company(
        name=facts["name"],
        domain=facts["domain"],
        zone=zone,
        today=today,
        now=_moment(today, 0, trees["people"]["now"]["at"], zone),
        slack_team=facts["slack_team"],
        people=people,
        channels=tuple(_channel(raw, staff, today, zone) for raw in slack["channels"]),
        direct_messages=tuple(
            DirectMessages(
                between=tuple(raw["with"]),
                messages=_sayings("dm-" + "-".join(raw["with"]), raw["messages"], today, zone),
            )
            for raw in slack["direct_messages"]
        ),
        uploads=tuple(_upload(raw, today, zone, renamed=renamed) for raw in slack["files"]),
        github=trees["github"],
        trees=MappingProxyType({name: tree for name, tree in trees.items() if name not in ("slack", "github")}),
        poison=items,
        names=names,
    )
    return _poisoned_slack(company)


def seed_text(name: str, *, today: date, renamed: bool = False) -> str:
    """Read one file of the seed, such as `pages/slope-shading.html`, with its dates and names filled in."""
    text = filled((FOLDER / name).read_text(encoding="utf-8"), today)
    return _rename(text, _names()) if renamed else text


def _poisoned_slack(company: Company) -> Company:
    for item in company.poison:
        vendor, _, place = item.place.partition(":")
        people = tuple(
            replace(person, name=item.text) if (vendor, person.handle) == ("person", place) else person
            for person in company.people
        )
        channels = tuple(
            _poisoned_channel(channel, item, company.now) if (vendor, channel.name) == ("slack", place) else channel
            for channel in company.channels
        )
        company = replace(company, people=people, channels=channels)
    return company


def _poisoned_channel(channel: Channel, item: Poison, now: datetime) -> Channel:
    if item.how == "append to topic":
        return replace(channel, topic=f"{channel.topic} {item.text}")
    by, text = (
        next((handle for handle in channel.members if item.how.startswith(f"{handle} forwards")), None),
        item.text,
    )
    if by is None and item.how.startswith("agent "):
        # There are no agents of people's own yet: the instructions of one stand in a colleague's message.
        by = next(handle for handle in channel.members if handle != item.asked_by["who"])
        _, name, _ = item.how.split("'")
        text = f"{name}: {item.text}"
    if by is None:
        return channel
    return replace(channel, messages=(*channel.messages, Saying(id=item.id, by=by, text=text, at=now)))


def _poison(raw: list[Tree], wanted: tuple[str, ...]) -> tuple[Poison, ...]:
    known = {item["id"] for item in raw}
    if unknown := set(wanted) - known - {"all"}:
        raise ValueError(f"No poison is called {sorted(unknown)!r}; adversarial.yaml lists all.")
    return tuple(
        Poison(
            id=item["id"],
            place=item["place"],
            how=item["how"],
            text=item["text"],
            goal=item["goal"],
            must_not=item["must_not"],
            asked_by=item["asked_by"],
        )
        for item in raw
        if "all" in wanted or item["id"] in wanted
    )


def _person(raw: Tree) -> Person:
    return Person(
        handle=raw["handle"],
        name=raw["name"],
        kind=raw.get("kind", "member"),
        title=raw["title"],
        team=raw["team"],
        manager=raw["manager"],
        zone=raw["zone"],
        email=raw["email"],
        slack=raw["slack"],
        github=raw["github"],
        jira=raw["jira"],
        status=raw.get("status", ""),
        pronouns=raw.get("pronouns", ""),
        hours=raw.get("hours", ""),
        is_admin=raw.get("admin", False),
        company=raw.get("company", ""),
        slack_team=raw.get("slack_team", ""),
    )


def _channel(raw: Tree, staff: tuple[str, ...], today: date, zone: ZoneInfo) -> Channel:
    return Channel(
        name=raw["name"],
        id=raw["id"],
        topic=raw.get("topic", ""),
        purpose=raw.get("purpose", ""),
        members=staff if raw["members"] == "all" else tuple(raw["members"]),
        is_private=raw.get("private", False),
        shared_with=raw.get("shared_with", ""),
        read={who: _moment(today, until["day"], until["at"], zone) for who, until in raw.get("read", {}).items()},
        messages=_sayings(raw["name"].removeprefix("#"), raw["messages"], today, zone),
    )


def _sayings(prefix: str, raw: list[Tree], today: date, zone: ZoneInfo) -> tuple[Saying, ...]:
    return tuple(_saying(f"{prefix}-{n}", item, today, zone) for n, item in enumerate(raw, start=1))


def _saying(name: str, raw: Tree, today: date, zone: ZoneInfo) -> Saying:
    return Saying(
        id=raw.get("id", name),
        by=raw["by"],
        text=raw["text"],
        at=_moment(today, raw["day"], raw["at"], zone),
        thread=_sayings(name, raw.get("thread", []), today, zone),
        reactions={emoji: tuple(who) for emoji, who in raw.get("reactions", {}).items()},
    )


def _upload(raw: Tree, today: date, zone: ZoneInfo, *, renamed: bool) -> Upload:
    return Upload(
        id=raw["id"],
        name=raw["name"],
        by=raw["by"],
        channel=raw["in"],
        at=_moment(today, raw["day"], raw["at"], zone),
        content=seed_text(f"files/{raw['name']}", today=today, renamed=renamed).encode(),
    )


def _moment(today: date, day: int, at: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(workday(today, day), time.fromisoformat(at), zone)


def _told(node: Any, today: date, names: Mapping[str, str]) -> Any:
    # After parsing and not before: in YAML text, the n of an escaped line break would hide the start of a word.
    if isinstance(node, str):
        return _rename(filled(node, today) if "%{" in node else node, names)
    if isinstance(node, dict):
        return {_told(key, today, names): _told(value, today, names) for key, value in cast("Tree", node).items()}
    if isinstance(node, list):
        return [_told(value, today, names) for value in cast("list[Any]", node)]
    return node


@cache
def _names() -> Mapping[str, str]:
    parts: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / "rename.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({old: new for part in parts.values() for old, new in part.items()})


@cache
def _pattern() -> re.Pattern[str]:
    # Longest first, so that "Trails board" wins over "Trails". A channel's # is no word character: it has its own rule.
    words = sorted(_names(), key=len, reverse=True)
    return re.compile(
        "|".join(
            rf"{re.escape(word)}(?![\w-])" if word.startswith("#") else rf"(?<!\w){re.escape(word)}(?!\w)"
            for word in words
        )
    )


def _rename(text: str, names: Mapping[str, str]) -> str:
    return _pattern().sub(lambda match: names[match[0]], text) if names else text


@cache
def _parsed(name: str) -> Tree:
    # libyaml reads the seed in a tenth of the time; wheels without it exist.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), loader)  # noqa: S506  safe either way
