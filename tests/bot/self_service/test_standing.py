"""How a skill stands for a person: accounts, consents, switches and admins' rules together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.self_service.standing import SkillState, state_of
from integrations.integration import Account, Integration, OAuth2, Site
from memory.grants import Grant
from memory.ids import GrantId, PersonId, WorkspaceId
from memory.people import Person
from memory.skill_rules import SkillRule
from skills.skill import Scopes, Skill

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PRIYA = Person(id=PersonId("T1:U1"), workspace=WorkspaceId("T1"), user="U1", name="Priya", refreshed_at=NOW)
MAIL = Skill(
    name="mail",
    title="Mail",
    purpose="Read mail.",
    integration="post",
    tools=(),
    examples=(),
    reads="Mail",
    changes="Mail",
    instructions=Path("mail.md"),
    scopes=Scopes(read=("mail.read",), write=("mail.all",)),
)
POST = Integration(
    name="post",
    title="Post",
    api_url="https://post.test",
    auth=OAuth2(authorize_url="https://post.test/a", token_url="https://post.test/t"),
    client=lambda access, _: access,
    whoami=lambda _: None,  # type: ignore[arg-type, return-value]
)


def grant(name: str = "priya@a.test", *scopes: str, hours: int = 0, **others: Any) -> Grant:
    facts: dict[str, Any] = {
        "id": GrantId(name),
        "workspace": PRIYA.workspace,
        "person": PRIYA.id,
        "integration": "post",
        "account": Account(id=name, name=name),
        "label": name,
        "scopes": scopes,
        "expires_at": None,
        "refresh_expires_at": None,
        "connected_at": NOW + timedelta(hours=hours),
        "last_used_at": None,
        "problem": None,
    }
    return Grant(**{**facts, **others})


def stands(*grants: Grant, person: Person = PRIYA, rule: SkillRule | None = None, skill: Skill = MAIL) -> SkillState:
    found = state_of(skill, person, rule=rule, declared=POST, is_set_up=True, grants=grants)
    assert found is not None
    return found


ALL, READ = grant("all", "mail.all"), grant("read", "mail.read")


def test_without_an_account_it_can_be_connected() -> None:
    assert (stands().status, stands().account) == ("not_connected", "")


def test_with_consent_it_works_as_far_as_that_goes() -> None:
    assert (stands(ALL).status, stands(ALL).level, stands(ALL).limit) == ("connected", "write", "")
    assert (stands(READ).status, stands(READ).level, stands(READ).limit) == ("connected", "read", "consent")


def test_an_account_without_this_permission_is_named_and_not_called_ended() -> None:
    other = grant("other", "files.read")
    assert (stands(other).status, stands(other).account) == ("not_connected", "other")
    assert stands(replace(other, problem="revoked")).status == "not_connected"
    assert stands(other, grant("third", "files.read")).account == ""


def test_an_ended_account_wants_reconnecting_unless_another_works() -> None:
    ended = replace(ALL, problem="revoked")
    assert stands(ended).status == "ended"
    assert (stands(ended, READ).status, stands(ended, READ).level) == ("connected", "read")


def test_an_account_that_is_being_disconnected_is_none() -> None:
    assert stands(replace(ALL, problem="disconnecting")).status == "not_connected"


def test_the_account_that_allows_more_is_the_usual_one_and_all_are_named() -> None:
    newest = grant("newest", "mail.read", hours=2)
    assert stands(ALL, newest, grant("files", "files.read", hours=3)).accounts == ("all", "newest")


def test_an_account_is_named_with_its_site() -> None:
    at_site = replace(ALL, site=Site(id="1", name="tamarack", url="https://t.test"))
    assert stands(at_site).account == "all at tamarack"


@pytest.mark.parametrize(
    ("rule", "person", "expected"),
    [
        (SkillRule(skill="mail", allowed="read"), PRIYA, ("connected", "read", "admin", False)),
        (None, replace(PRIYA, read_only=("mail",)), ("connected", "read", "you", True)),
        (None, replace(PRIYA, switched_off=("mail",)), ("off", "write", "", False)),
        (
            SkillRule(skill="mail", allowed="read"),
            replace(PRIYA, read_only=("mail",)),
            ("connected", "read", "admin", False),
        ),
    ],
)
def test_who_holds_it_back_is_said_and_only_the_person_can_widen(rule: Any, person: Person, expected: Any) -> None:
    state = stands(ALL, person=person, rule=rule)
    assert (state.status, state.level, state.limit, state.widens) == expected


@pytest.mark.parametrize(
    "rule", [SkillRule(skill="mail", allowed="off"), SkillRule(skill="mail", people=(PersonId("T1:U2"),))]
)
def test_what_an_admin_took_away_does_not_exist(rule: SkillRule) -> None:
    assert state_of(MAIL, PRIYA, rule=rule, declared=POST, is_set_up=True, grants=[ALL]) is None


def test_what_is_not_set_up_is_said_and_what_needs_no_account_is_ready() -> None:
    away = state_of(MAIL, PRIYA, rule=None, declared=POST, is_set_up=False, grants=[])
    assert away is not None
    assert away.status == "not_set_up"
    assert stands(skill=replace(MAIL, integration=None)).status == "ready"


def test_a_skill_that_changes_nothing_is_not_held_back() -> None:
    state = stands(ALL, skill=replace(MAIL, changes=""))
    assert (state.level, state.limit) == ("read", "")


@settings(derandomize=True, max_examples=200)
@given(
    scopes=st.lists(st.sampled_from(["mail.read", "mail.all", "files.read"])),
    admin=st.sampled_from(["read", "write"]),
    own=st.sampled_from(["off", "read", "write"]),
    problem=st.sampled_from([None, "revoked", "disconnecting"]),
)
def test_nobody_ever_writes_without_admin_person_and_consent(scopes: Any, admin: Any, own: Any, problem: Any) -> None:
    person = replace(
        PRIYA, read_only=("mail",) if own == "read" else (), switched_off=("mail",) if own == "off" else ()
    )
    held = replace(grant("a", *scopes), problem=problem)
    state = stands(held, person=person, rule=SkillRule(skill="mail", allowed=admin))
    may = (admin, own, problem) == ("write", "write", None) and "mail.all" in scopes
    assert state.covers("write") == may
    assert not state.covers("read") or (own != "off" and problem is None and {"mail.read", "mail.all"} & set(scopes))
