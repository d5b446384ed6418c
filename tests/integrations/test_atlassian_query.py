"""The searches that are typed into Jira."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.atlassian.jql import Which, plain_words, quoted, split, tickets_query

STRING = re.compile(r'"(?:\\["\\]|[^"\\\x00-\x1f])*"')


def test_everything_that_is_given_has_to_fit():
    assert tickets_query(
        words="mirrored elevation", project="TRAIL", assignee="712020:ab", status="open", fix_version="4.12"
    ) == (
        'project = "TRAIL" AND assignee = "712020:ab" AND statusCategory != Done AND fixVersion = "4.12"'
        ' AND text ~ "mirrored" AND text ~ "elevation" ORDER BY updated DESC'
    )


@pytest.mark.parametrize(
    ("assignee", "clause"), [("currentUser()", "assignee = currentUser()"), ("EMPTY", "assignee IS EMPTY")]
)
def test_oneself_and_nobody_are_no_names(assignee: str, clause: str):
    assert tickets_query(assignee=assignee).startswith(clause)


@pytest.mark.parametrize(
    ("status", "query"),
    [
        ("open", "statusCategory != Done ORDER BY updated DESC"),
        ("done", "statusCategory = Done ORDER BY updated DESC"),
        ("any", "updated >= -30d ORDER BY updated DESC"),
    ],
)
def test_a_search_is_never_without_bounds(status: Which, query: str):
    assert tickets_query(status=status) == query


def test_own_jql_is_kept_together_and_keeps_its_order():
    own = 'project = PLAT OR summary ~ "order by chance" order by priority DESC'
    assert tickets_query(jql=own, status="open") == (
        '(project = PLAT OR summary ~ "order by chance") AND statusCategory != Done order by priority DESC'
    )


@pytest.mark.parametrize(
    ("jql", "parts"),
    [
        ("ORDER BY created", ("", "ORDER BY created")),
        ("project = A", ("project = A", "")),
        ("summary ~ 'order by' ORDER  BY key", ("summary ~ 'order by'", "ORDER  BY key")),
        ('summary ~ "a \\" order by b"', ('summary ~ "a \\" order by b"', "")),
        ("reorder by = 1", ("reorder by = 1", "")),
    ],
)
def test_the_order_is_found_outside_of_quotes_only(jql: str, parts: tuple[str, str]):
    assert split(jql) == parts


def test_words_lose_what_the_search_takes_for_syntax():
    assert plain_words('NOT (slope* OR "gps~2") AND tile-forge#94 -fix!') == [
        "slope",
        "gps",
        "2",
        "tile-forge",
        "94",
        "fix",
    ]


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_no_value_escapes_its_quotes(value: str):
    assert STRING.fullmatch(quoted(value))


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text(), st.text(), st.text())
def test_nothing_that_is_said_becomes_syntax(words: str, project: str, assignee: str, version: str):
    query = tickets_query(words=words, project=project or None, assignee=assignee or None, fix_version=version or None)
    bare = STRING.sub('""', query)
    names = r'(?:project|assignee|fixVersion) = ""'
    clause = rf'(?:{names}|assignee = currentUser\(\)|assignee IS EMPTY|text ~ ""|updated >= -30d)'
    assert re.fullmatch(rf"{clause}(?: AND {clause})* ORDER BY updated DESC", bare)
