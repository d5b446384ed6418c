"""What the demo model reads out of a release's checklist and of calendars (pure)."""

from datetime import date

import pytest

from playground.model.demo.found.files import checklist_of
from playground.model.demo.work.release import end_of_leave

LIST = """# 2.7 release checklist
Target: stores on 25 November. Go/no-go 24 November 10:00.
- [x] Draw tides (SEA-1)
- [ ] Buoys painted (SEA-2), window 23 November
- [ ] Songs (SEA-3), nice to have
☐ Fog horn (SEA-4)
Moved out: ferries (SEA-5)."""
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
MONDAY, TUESDAY, THURSDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 26)


def test_a_checklist_says_what_is_open_what_can_wait_and_what_moved() -> None:
    found = checklist_of(LIST)
    assert [(item.keys[0], item.is_done, item.can_wait) for item in found.items] == [
        ("SEA-1", True, False),
        ("SEA-2", False, False),
        ("SEA-3", False, True),
        ("SEA-4", False, False),
    ]
    assert found.moved == ("Moved out: ferries (SEA-5).",)
    assert found.dates == ("Target: stores on 25 November. Go/no-go 24 November 10:00.",)


@pytest.mark.parametrize(
    ("days", "today", "until"),
    [
        ([FRIDAY, MONDAY, TUESDAY], FRIDAY, TUESDAY),
        ([FRIDAY, MONDAY, TUESDAY], SATURDAY, TUESDAY),
        ([MONDAY, THURSDAY], MONDAY, MONDAY),
        ([TUESDAY], MONDAY, None),
        ([FRIDAY], MONDAY, None),
    ],
)
def test_somebody_is_away_until_the_last_day_of_a_row_that_has_begun(
    days: list[date], today: date, until: date | None
) -> None:
    assert end_of_leave([(day, day) for day in days], today) == until
