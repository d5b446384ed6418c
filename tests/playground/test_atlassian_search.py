"""Searching the playground's Jira: the part of JQL that it knows, and what it says to the rest."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playground.atlassian.jql import Finder, JqlError
from playground.atlassian.seed import planted
from playground.company import load_company

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
WORLD = planted(load_company(today=date(2026, 11, 20)), lambda: NOW)
JIRA = next(iter(WORLD.sites.values()))


def found(jql: str, who: str = "jamal") -> list[str]:
    return [issue.key for issue in Finder(JIRA, WORLD.person(who), NOW).find(jql)]


def test_clauses_are_joined_with_and_before_or() -> None:
    both = found("labels = release-blocker AND project = PLAT OR key = TRAIL-141 ORDER BY key")

    assert both == ["PLAT-77", "TRAIL-141"]
    assert found("labels = release-blocker AND (project = PLAT OR key = TRAIL-141) ORDER BY key DESC") == both[::-1]


def test_what_is_open_for_a_version_comes_with_the_most_urgent_first() -> None:
    assert found("fixVersion = 4.12 AND statusCategory != Done ORDER BY priority DESC, key") == [
        "TRAIL-141",
        "TRAIL-149",
        "TRAIL-133",
    ]


def test_current_user_is_whoever_asks() -> None:
    mine = "assignee = currentUser() AND sprint IN openSprints() AND statusCategory != Done ORDER BY key"

    assert found(mine, "jamal") == ["PLAT-74", "PLAT-75", "PLAT-76", "PLAT-81"]
    assert found(mine, "leila") == ["TRAIL-136", "TRAIL-138", "TRAIL-144"]


@pytest.mark.parametrize("name", ["70121:j13", '"Jamal Whitfield"', '"jamal@tamarack.example"'])
def test_a_person_is_found_by_id_name_or_address(name: str) -> None:
    assert "PLAT-75" in found(f"assignee = {name}")


def test_text_is_searched_by_words_without_accents_and_endings() -> None:
    assert found('text ~ "mirrored trip"') == ["TRAIL-140"]
    assert found('text ~ "\\"return trips\\""') == ["TRAIL-140"]
    assert found('text ~ "\\"trips return\\""') == []
    assert "PLAT-73" in found('summary ~ "alert*"')
    assert found("comment ~ 'reversed twice'") == ["TRAIL-140"]


def test_empty_is_neither_in_a_list_nor_outside_of_it() -> None:
    unassigned = set(found("assignee IS EMPTY"))

    assert "TRAIL-140" in unassigned
    assert not unassigned & set(found("assignee != currentUser()"))
    assert set(found("assignee IN (currentUser(), EMPTY)")) == unassigned | set(found("assignee = currentUser()"))
    assert found("resolution = Unresolved AND key = TRAIL-101") == []
    assert found("resolution IS EMPTY AND key = TRAIL-141") == ["TRAIL-141"]


def test_days_are_counted_back_from_now_in_the_zone_of_whoever_asks() -> None:
    assert found("resolved >= -2d ORDER BY key") == ["TRAIL-125", "TRAIL-129"]
    assert found("resolved >= startOfDay(-2) ORDER BY key") == ["TRAIL-124", "TRAIL-125", "TRAIL-129"]
    assert found('resolved >= "2026-11-19" ORDER BY key') == ["TRAIL-125", "TRAIL-129"]
    assert found("updated >= startOfDay() AND updated <= endOfDay()") == ["TRAIL-133"]
    assert found("created < '2026/09/15'") == found("created < 2026-09-15")


def test_a_hidden_ticket_is_found_by_nobody_else() -> None:
    secret = JIRA.issues["TRAIL-149"]
    secret.hidden_from.add(WORLD.person("mei").id)
    try:
        assert "TRAIL-149" in found("fixVersion = 4.12", "priya")
        assert "TRAIL-149" not in found("fixVersion = 4.12", "mei")
        with pytest.raises(JqlError, match="An issue with key 'TRAIL-149' does not exist for field 'key'"):
            found("key = TRAIL-149", "mei")
    finally:
        secret.hidden_from.clear()


@pytest.mark.parametrize(
    ("jql", "said"),
    [
        ("mood = good", "Field 'mood' does not exist or you do not have permission to view it."),
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("project TRAIL", "Expecting operator but got 'TRAIL'."),
        ("project = TRAIL project = PLAT", "Expecting either 'OR' or 'AND' but got 'project'."),
        ("project = ", "Expecting either a value, list or function before the end of the query."),
        ("(project = TRAIL", "Expecting ')' before the end of the query."),
        ("summary = 'x'", "The operator '=' is not supported by the 'summary' field."),
        ("status ~ Done", "The operator '~' is not supported by the 'status' field."),
        ("created > yesterday", "Date value 'yesterday' for field 'created' is invalid."),
        ("assignee = a@b.example", "The character '@' is a reserved JQL character."),
        ("summary ~ 'open", "The quoted string 'open' has not been completed."),
        ("assignee = members()", "Unable to find JQL function 'members()' for field 'assignee'."),
        ("assignee IS nobody", "The operator 'is' only supports 'EMPTY' and 'NULL'."),
        ("ORDER BY created", "Unbounded JQL queries are not allowed here."),
        ("", "Unbounded JQL queries are not allowed here."),
        ("not " * 99 + "key = TRAIL-141", "The query is too deeply nested."),
        ("status WAS Done", "does not know the operator 'WAS'"),
        ("project = TRAIL ORDER BY mood", "Field 'mood' does not exist"),
    ],
)
def test_what_cannot_be_read_is_refused_in_jiras_words(jql: str, said: str) -> None:
    with pytest.raises(JqlError) as caught:
        found(jql)

    assert said in str(caught.value)


@given(st.text(max_size=60) | st.text(alphabet="and or not in is(),=!~<>\"'\\ keyTRAIL-1", max_size=60))
@example("not" * 3)
@settings(max_examples=150)
def test_any_text_is_found_or_refused(jql: str) -> None:
    with suppress(JqlError):
        assert set(found(jql)) <= set(JIRA.issues)


@given(st.text(max_size=30))
@settings(max_examples=100)
def test_a_quoted_value_stays_one_value(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')

    assert set(found(f'labels = "{quoted}"')) <= set(found("labels IS NOT EMPTY"))
