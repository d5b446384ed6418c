"""How one skill stands for one person: their accounts, consents and switches, and what admins decided. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from integrations.integration import Integration, Level
from memory.grants import Grant, to_act_with
from memory.people import Person, Switch
from memory.skill_rules import SkillRule
from skills.skill import Skill

Status: TypeAlias = Literal["ended", "connected", "ready", "not_connected", "off", "not_set_up"]
"""`ended`: wants reconnecting; `ready`: needs no account; `not_set_up`: an operator has to set it up first."""
Limit: TypeAlias = Literal["", "admin", "you", "consent"]
"""Who keeps a skill to reading: an admin, the person, or what they allowed at the vendor."""
ORDER: tuple[Status, ...] = ("ended", "connected", "ready", "not_connected", "off", "not_set_up")


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillState:
    """One skill, as it stands for one person."""

    skill: str
    title: str
    purpose: str
    integration: str | None
    service: str
    """The vendor's name as people know it; empty when the skill needs none."""
    status: Status
    level: Level = "write"
    """What works now, where it works at all."""
    limit: Limit = ""
    """Why it is no more than reading; empty where nothing holds it back."""
    account: str = ""
    """Which account it acts as; also one that is connected without the permission for this skill."""
    accounts: tuple[str, ...] = ()
    """The names of all accounts that it can act as, the one that it takes by itself first."""
    why: str = ""
    """Why it is not set up, where that is no matter of an account."""
    since: datetime | None = None
    used_at: datetime | None = None

    @property
    def works(self) -> bool:
        return self.status in ("connected", "ready")

    @property
    def widens(self) -> bool:
        """Whether the person can allow more than reading by themselves."""
        return self.works and self.limit in ("you", "consent")

    def covers(self, level: Level) -> bool:
        return self.works and (level == "read" or self.level == "write")


def state_of(
    skill: Skill,
    person: Person | None,
    *,
    rule: SkillRule | None,
    declared: Integration | None,
    is_set_up: bool,
    grants: Iterable[Grant],
    off: str = "",
) -> SkillState | None:
    """Return how `skill` stands for `person`; None where the admins do not let them have it.

    `off` is why a skill that needs no account cannot be used.
    """
    allowed = rule.allows(person.id) if rule and person else rule.allowed if rule else "write"
    if allowed == "off":
        return None
    plain = SkillState(
        skill=skill.name,
        title=skill.title,
        purpose=skill.purpose,
        integration=skill.integration,
        service=declared.title if declared else "",
        status="not_set_up" if off else "ready",
        why=off,
    )
    mine = [] if skill.integration is None else [grant for grant in grants if grant.integration == skill.integration]
    found = _with_account(plain, skill, mine, is_set_up=is_set_up)
    return _held_back(found, skill, admin=allowed, own=_switch(skill, person))


def _with_account(plain: SkillState, skill: Skill, mine: list[Grant], *, is_set_up: bool) -> SkillState:
    if skill.integration is None:
        return plain
    if not is_set_up:
        return replace(plain, status="not_set_up")
    grant = _best(skill, mine)
    if grant is None:
        return replace(plain, status="not_connected")
    known = replace(plain, account=named(grant), since=grant.connected_at, used_at=grant.last_used_at)
    level = skill.scopes.level(grant.scopes)
    if level is None:
        # One of several accounts would say little: none of them was ever for this.
        return replace(known, status="not_connected", account=known.account if len(mine) == 1 else "")
    if grant.problem:
        return replace(known, status="ended")
    usable = [one for one in mine if one.problem is None and skill.scopes.level(one.scopes)]
    accounts = (grant.label, *(one.label for one in usable if one.id != grant.id))
    return replace(
        known, status="connected", level=level, limit="" if level == "write" else "consent", accounts=accounts
    )


def _best(skill: Skill, mine: list[Grant]) -> Grant | None:
    """The account that the skill takes by itself: one that allows changes before one that allows only reading."""
    for level in ("write", "read"):
        grant = to_act_with(mine, skill.integration or "", covers=partial(skill.scopes.cover, level))
        if grant is None or skill.scopes.cover(level, grant.scopes):
            return grant
    return to_act_with(mine, skill.integration or "")


def _held_back(state: SkillState, skill: Skill, *, admin: Switch, own: Switch) -> SkillState:
    """`state` within what an admin, and then the person, lets it do."""
    if not skill.changes:
        state = replace(state, level="read", limit="")
    elif state.works and admin == "read":
        state = replace(state, level="read", limit="admin")
    elif state.works and own == "read":
        state = replace(state, level="read", limit="you")
    return replace(state, status="off") if own == "off" else state


def _switch(skill: Skill, person: Person | None) -> Switch:
    if person is None:
        return "write"
    if skill.name in person.switched_off:
        return "off"
    return "read" if skill.name in person.read_only else "write"


def named(grant: Grant) -> str:
    """How an account is called before its person: its label, and the site where it has one."""
    return f"{grant.label} at {grant.site.name}" if grant.site else grant.label
