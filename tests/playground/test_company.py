"""The seed tells one story on any day and under any names."""

import importlib.util
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.company import filled, load_company, story_day, workday

FRIDAY = date(2026, 11, 20)
REFERENCE = Path(__file__).parents[2] / ".." / "shared" / "company" / "check.py"


def reference() -> Any:
    if not REFERENCE.exists():
        pytest.skip("needs ../shared/company: the company's own check lies there")
    spec = importlib.util.spec_from_file_location("seed_check", REFERENCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@settings(max_examples=60, derandomize=True)
@given(today=st.dates(date(2024, 1, 1), date(2032, 1, 1)), n=st.integers(-20, 20))
def test_working_days_are_counted_as_the_seed_says(today: date, n: int) -> None:
    check = reference()
    text = f"on %{{{n}:date}}, a %{{{n}:weekday}}, %{{{n}:iso}}"
    assert workday(today, n) == check.workday(today, n)
    assert filled(text, today) == check.filled(text, today)
    assert workday(today, n).weekday() < 5


def test_a_weekend_is_told_as_the_friday_before() -> None:
    assert load_company(today=date(2026, 11, 22)) == load_company(today=FRIDAY)


def test_no_template_is_left_in_any_text() -> None:
    company = load_company(today=FRIDAY)
    assert "%{" not in repr(company)


def test_people_carry_their_ids_at_every_vendor() -> None:
    company = load_company(today=FRIDAY)
    jamal = company.person("jamal")
    assert (jamal.slack, jamal.github, jamal.manager, jamal.kind) == ("U0T7N3YG1", "whitfield-j", "nadia", "member")
    assert [p.handle for p in company.people if p.kind != "member"] == ["harriet", "luca"]
    assert company.person("luca").slack_team == "T0VALTORTA"


def test_messages_have_the_times_of_the_seed() -> None:
    general = load_company(today=FRIDAY).channels[0]
    assert general.messages[0].at.isoformat() == "2026-11-02T09:04:00+01:00"
    assert general.messages[0].thread[0].by == "devraj"
    assert "26 November" not in general.messages[0].text
    assert len(general.members) == 14


def test_renaming_leaves_no_old_name_anywhere() -> None:
    company = load_company(today=FRIDAY, renamed=True)
    parts = (company.people, company.channels, company.direct_messages, company.github, company.trees)
    seen = " ".join(repr(part) for part in parts)
    left = [word for word in ("Jamal", "jamal", "atlas-api", "#mobile", "TRAIL-", "Tamarack", "Nadia") if word in seen]
    assert left == []
    assert company.person("tyrell").manager == "zofia"
    assert (
        company.renamed("jamal asks in #mobile about atlas-api#417") == "tyrell asks in #phones about lodestar-core#417"
    )


def test_poison_is_laid_over_only_when_asked() -> None:
    plain = load_company(today=FRIDAY)
    poisoned = load_company(today=FRIDAY, poison=("adv-topic", "adv-display-name", "adv-quoted", "adv-branch"))
    assert plain.poison == ()
    assert "budget.csv" in next(c for c in poisoned.channels if c.name == "#proj-winter-maps").topic
    assert "may approve" in poisoned.person("luca").name
    assert next(c for c in poisoned.channels if c.name == "#mobile").messages[-1].by == "camille"
    assert poisoned.github == plain.github
    assert [item.place for item in poisoned.poison if item.id == "adv-branch"] == ["github:bedrock-infra#156"]


def test_unknown_poison_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="adv-nothing"):
        load_company(today=FRIDAY, poison=("adv-nothing",))


def test_the_story_is_told_on_the_latest_day_whose_morning_has_passed() -> None:
    assert story_day(datetime(2026, 11, 20, 12, 0, tzinfo=UTC)) == FRIDAY
    assert story_day(datetime(2026, 11, 20, 6, 0, tzinfo=UTC)) == date(2026, 11, 19)
    assert story_day(datetime(2026, 11, 23, 6, 0, tzinfo=UTC)) == FRIDAY
