"""The company's calendars as the seed tells them, as a world to start from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from playground.company import Company, Poison, workday
from playground.google.accounts import Accounts
from playground.google.calendar_world import (
    CalendarWorld,
    Event,
    Guest,
    Hours,
    Moment,
    Reply,
    Room,
    lasting,
    occurrence_id,
    opaque,
)

# One item of calendar.yaml; the seed is ours and its shape is known here.
Raw = dict[str, Any]

# YAML reads a plain `no` as false.
_REPLIES: dict[object, Reply] = {False: "declined", "none": "needsAction", "maybe": "tentative", True: "accepted"}
_DAY = timedelta(days=1)


def planted(company: Company, accounts: Accounts, clock: Callable[[], datetime]) -> CalendarWorld:
    """The calendars of `company`, with its poisoned items laid over them."""
    world = CalendarWorld(accounts, clock, company.zone)
    seed = Seed(company, world)
    seed.people()
    for raw in company.trees["calendar"]["rooms"]:
        seed.room(raw)
    for raw in company.trees["calendar"]["events"]:
        seed.event(raw)
    for raw in company.trees["people"]["away"]:
        seed.away(raw)
    for item in company.poison:
        if item.place.startswith("calendar:"):
            seed.poison(item)
    return world


class Seed:
    """Turns the seed's items into a world's."""

    def __init__(self, company: Company, world: CalendarWorld) -> None:
        self._company = company
        self._world = world
        self._rooms: dict[str, Room] = {}
        self._written = company.moment(-20, "09:00")

    def people(self) -> None:
        for person in self._company.people:
            self._world.names[person.email] = person.name
            if person.hours:
                start, _, end = person.hours.partition("-")
                self._world.hours[person.email] = Hours(start=time.fromisoformat(start), end=time.fromisoformat(end))
        for contact in self._company.trees["people"]["contacts"]:
            self._world.names[contact["email"]] = contact["name"]

    def room(self, raw: Raw) -> None:
        email = f"c_{opaque('room', raw['id'])}@resource.{self._company.domain}"
        self._rooms[raw["id"]] = self._world.rooms[email] = Room(email=email, name=raw["name"], seats=raw["seats"])

    def event(self, raw: Raw) -> None:
        """One event; of a repeated one, the series and each time that it takes place."""
        if "repeat" not in raw:
            self._world.add(self._planned(raw, opaque(raw["id"]), raw["day"]), seed=raw["id"])
            return
        days: list[int] = raw["repeat"]
        series = self._planned(raw, opaque(raw["id"]), days[0])
        series.occurrences = tuple(self._start(raw, day) for day in days)
        self._world.add(series, seed=raw["id"])
        for day, start in zip(days, series.occurrences, strict=True):
            occurrence = self._planned(raw, occurrence_id(series.id, start), day)
            self._world.add(replace(occurrence, uid=series.uid, series=series.id, original=start))

    def away(self, raw: Raw) -> None:
        """Days off that people.yaml knows and calendar.yaml does not."""
        email = self._address(raw["who"])
        for day in range(raw["from"], raw["to"] + 1):
            date = workday(self._company.today, day)
            if not any(one.kind == "outOfOffice" and one.start == date for one in self._world.entries(email)):
                name = f"away-{raw['who']}-{day}"
                item: Raw = {"id": name, "title": f"Away ({raw['why']})", "who": [raw["who"]]}
                self.event(item | {"day": day, "allday": True, "off": True})

    def poison(self, item: Poison) -> None:
        """Put one planted text into the event that it names, as an outside guest could."""
        event = self._world.named(item.place.partition(":")[2])
        event.description = item.text

    def _planned(self, raw: Raw, identity: str, day: int) -> Event:
        start = self._start(raw, day)
        organizer, *_ = guests = [self._guest(raw, who) for who in raw["who"]]
        room = self._rooms.get(raw.get("room", ""))
        if room:
            guests.append(Guest(email=room.email, reply="accepted"))
        is_alone = len(guests) == 1
        return Event(
            id=identity,
            uid=f"{opaque(raw['id'])}@google.com",
            title=raw["title"],
            organizer=organizer.email,
            creator=organizer.email,
            start=start,
            end=lasting(start, timedelta(minutes=raw["minutes"]) if "minutes" in raw else _DAY),
            created=self._written,
            updated=self._written,
            description=raw.get("notes", ""),
            location=room.name if room else "",
            # What somebody writes down for themselves has no guests.
            guests=[] if is_alone else guests,
            kind="outOfOffice" if raw.get("off") else "focusTime" if self._is_focus(raw) else "default",
            private=raw.get("private", False),
            free=self._leaves_free(raw),
            # Two colleagues trust each other with what they agreed on.
            guests_may_change=len(raw["who"]) == 2 and self._are_colleagues(raw),
        )

    def _start(self, raw: Raw, day: int) -> Moment:
        if raw.get("allday"):
            return workday(self._company.today, day)
        return self._company.moment(day, raw["at"], raw.get("zone"))

    def _guest(self, raw: Raw, who: str) -> Guest:
        return Guest(email=self._address(who), reply=_REPLIES[raw.get("says", {}).get(who, True)])

    def _address(self, who: str) -> str:
        return who if "@" in who else self._company.person(who).email

    def _leaves_free(self, raw: Raw) -> bool:
        """A whole day among colleagues takes that day; one with outsiders only marks it."""
        return bool(raw.get("allday")) and not self._are_colleagues(raw)

    def _are_colleagues(self, raw: Raw) -> bool:
        return all(self._world.accounts.find(self._address(who)) for who in raw["who"])

    @staticmethod
    def _is_focus(raw: Raw) -> bool:
        return raw["title"].startswith("Focus")
