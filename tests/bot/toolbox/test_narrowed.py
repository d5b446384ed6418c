"""What an agent leaves of a person's skills."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.toolbox.menu import Available
from bot.toolbox.narrowed import Narrowed
from integrations.integration import Level
from tests.fakes.rooms import MAIL, NOTES

AT_HAND = replace(NOTES, name="attachments", at_hand=True)
KNOWLEDGE = replace(NOTES, name="knowledge", at_hand=True)
ALL = [Available(skill=skill) for skill in (NOTES, MAIL, AT_HAND, KNOWLEDGE)]


def names(narrowed: Narrowed) -> set[str]:
    return {one.skill.name for one in narrowed.usable(ALL)}


def test_an_agent_with_all_skills_leaves_everything_but_knowledge_that_it_has_not() -> None:
    assert names(Narrowed(None, knows=False)) == {"notes", "mail", "attachments"}
    assert names(Narrowed(None, knows=True)) == {"notes", "mail", "attachments", "knowledge"}


def test_an_agent_with_one_skill_leaves_that_one_and_what_lies_at_hand() -> None:
    assert names(Narrowed({"notes": "write"}, knows=False)) == {"notes", "attachments"}


def test_an_agent_that_only_reads_offers_no_tool_that_changes_anything() -> None:
    (notes,) = Narrowed({"notes": "read"}, knows=False).usable(ALL[:1])
    assert [tool.name for tool in notes.tools] == ["read_notes", "count_notes"]
    assert not notes.is_held_back  # no admin did that
    assert not notes.widens


def test_what_is_not_connected_is_offered_only_where_the_agent_works_with_it() -> None:
    assert Narrowed({"notes": "read"}, knows=False).missing([MAIL]) == []
    assert Narrowed({"mail": "read"}, knows=False).missing([MAIL]) == [MAIL]


def test_what_is_off_here_is_told_only_where_the_agent_would_work_with_it() -> None:
    assert Narrowed({"mail": "read"}, knows=False).off({"mail": "Off.", "data": "Off."}) == {"mail": "Off."}


@given(
    skills=st.none() | st.dictionaries(st.sampled_from(["notes", "mail", "other"]), st.sampled_from(["read", "write"])),
    level=st.sampled_from(["read", "write"]),
)
def test_no_agent_gives_its_user_more_than_they_have(skills: dict[str, Level] | None, level: Level) -> None:
    found = [replace(one, level=level) for one in ALL]
    before = {tool.name for one in found for tool in one.tools}
    assert {tool.name for one in Narrowed(skills, knows=True).usable(found) for tool in one.tools} <= before
