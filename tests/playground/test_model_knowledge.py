"""How the demo model answers from what an agent knows (pure, on canned results)."""

from typing import Any

import pytest

from tests.playground.test_model_demo import TOOLS, Thread

KNOWS = {"search_knowledge": ["words"], "read_knowledge": ["title", "place"]}
LINK = "https://docs.example/document/d/1"
REFUNDS: dict[str, Any] = {
    "title": "Refund policy",
    "place": "By card, page 2",
    "text": "## By card\nA refund by card takes five working days. The bank may add two. Ask before you promise.",
    "link": LINK,
}
BOATS: dict[str, Any] = {
    "title": "Boats",
    "place": "",
    "text": "| Boat | Berth |\n|---|---|\n| Tern | 4 |\n| Gannet | 9 |",
    "link": None,
}


def found(*passages: dict[str, Any], withheld: list[str] | None = None) -> dict[str, Any]:
    return {"search_knowledge": {"passages": [*passages], "withheld": withheld or []}}


def test_a_question_that_is_nobodys_job_is_answered_from_the_best_passage_with_its_place() -> None:
    thread = Thread(found(REFUNDS, BOATS), {**TOOLS, **KNOWS})
    answer = thread.say("how long does a refund by card take?")
    assert thread.calls == [("search_knowledge", {"words": "refund card take"})]
    assert "“A refund by card takes five working days.”" in answer
    assert f"That is what [Refund policy]({LINK}), By card, page 2 says. See also Boats." in answer
    assert "promise" not in answer


def test_a_row_of_a_table_is_told_as_a_line_and_a_text_without_address_is_named_without_a_link() -> None:
    answer = Thread(found(BOATS), KNOWS).say("which berth has the gannet?")
    assert "“Boat · Berth. Gannet · 9.”" in answer
    assert "That is what Boats says." in answer


def test_where_nothing_is_found_it_says_so_and_what_was_withheld() -> None:
    kept = "One Drive document is not open to your Google account."
    answer = Thread(found(withheld=[kept]), KNOWS).say("what is the harbour fee?")
    assert "I find nothing about “harbour fee” in what I know here" in answer
    assert answer.endswith(kept)


def test_passages_without_a_fitting_sentence_are_only_named() -> None:
    answer = Thread(found(REFUNDS, withheld=["One page could not be read."]), KNOWS).say("who paints the buoys?")
    assert f"Nearest to it:\n\n- [Refund policy]({LINK}), By card, page 2" in answer
    assert "One page could not be read." in answer


@pytest.mark.parametrize(
    "said",
    ["what does the policy say about pull requests?", "according to the handbook, which tickets are urgent?"],
)
def test_who_asks_for_what_is_written_gets_it_whatever_it_is_about(said: str) -> None:
    thread = Thread(found(REFUNDS), {**TOOLS, **KNOWS})
    thread.say(said)
    assert [tool for tool, _ in thread.calls] == ["search_knowledge"]


def test_a_job_of_its_own_comes_before_what_is_known() -> None:
    thread = Thread({"list_pull_requests": {"pull_requests": []}}, {**TOOLS, **KNOWS})
    assert thread.say("which pull requests wait for me?") == "No pull request waits for your review."


def test_what_nobody_wrote_down_is_looked_for_elsewhere_where_there_are_files() -> None:
    files = {"search_files": ["words"], "read_file": ["file"]}
    thread = Thread({**found(), "search_files": {"files": []}}, {**KNOWS, **files})
    assert "no file about “runway”" in thread.say("what is our runway?")
    assert [tool for tool, _ in thread.calls] == ["search_knowledge", "search_files"]


@pytest.mark.parametrize("said", ["hi", "thanks", "what can you do?", "who are you?"])
def test_small_talk_searches_nothing(said: str) -> None:
    thread = Thread(found(REFUNDS), KNOWS)
    thread.say(said)
    assert thread.calls == []


def test_an_agent_that_knows_nothing_searches_nothing() -> None:
    thread = Thread({}, TOOLS)
    assert "no keyword" in thread.say("how long does a refund by card take?")
    assert thread.calls == []
