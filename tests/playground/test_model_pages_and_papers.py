"""What the demo model does with web pages, attached documents, and what it makes of what was found (pure)."""

import json
from typing import Any

import pytest

from playground.model.demo.jobs import Said, all_jobs, job_for
from playground.model.demo.plain import plain
from playground.model.demo.work.pages import address_in
from playground.model.demo.work.reports import form_in, wish_in
from tests.playground.test_model_demo import PULL, Thread

JOBS = all_jobs()
LINK = "https://harbour.example/tides"
TEXT = """# What a tide table can tell you

By Mara Kent

High water comes twice a day. Every pilot knows that. Nobody looks twice.

## The grid decides

A coarse grid hides a sandbank. Smooth over about two cells, not more.

| Depth shown as safe |  |
|---|---|
| Grid | Share |
|---|---|
| 10 m | 30 % |
| 50 m | 12 % |

## What it cannot tell

- Wind.
- Never paint a shoal green."""
PAGE: dict[str, Any] = {
    "title": "What a tide table can tell you",
    "site": "harbour.example",
    "facts": "by Mara Kent, 90 words",
    "link": LINK,
    "text": TEXT,
}
WEB = {"read_page": ["url"], "search_web": ["query"]}
RECORDS = {"list_pull_requests": ["which", "repository", "words"], "read_pull_request": ["repository", "number"]}
READS = {"read_attachment": ["file", "place"], "search_attachments": ["words", "file"]}
MAKES = {
    "make_page": ["title", "body", "form"],
    "make_document": ["title", "body", "format"],
    "make_sheet": ["name", "tables", "format"],
    "make_picture": ["description", "shape"],
}


def meant(words: str) -> str | None:
    text = plain(words)
    job = job_for(Said(text=text, lowered=text.lower(), before=""), JOBS)
    return job.name if job else None


@pytest.mark.parametrize(
    ("said", "job"),
    [
        (f"summarise {LINK}", "read a web page"),
        (f"<{LINK}|tides> what does it say about wind?", "read a web page"),
        (LINK, "read a web page"),
        (f"post to #tides: look at {LINK}", "post in a channel"),
        ("what about https://git.example/octo/sea-maps/pull/7", None),
        ("search the web for neap tides", "search the web"),
        ("google neap tides", "search the web"),
        ("draw me a picture of a pine jay on a branch", "draw a picture"),
        ("draw a chart of it", None),
        ("make me a page I can click through", "make a document of it"),
        ("write it up as a PDF", "make a document of it"),
        ("export that to excel", "make a document of it"),
        ("write the weekly report as a mail to mara@sea.example", "a regular update"),
        ("how many customers do we have?", "ask the database"),
        ("hows revenue", "ask the database"),
        ("who hasn't paid yet, dont count this month", "ask the database"),
        ("delete the trial accounts in the db", "change the database"),
        ("how many tickets per topic last month?", "ask the database"),
        ("which tickets are mine?", "my tickets"),
        ("what does marit want about the invoice", None),
        ("the budget csv in drive.. which lines are over", "compute with a table in Drive"),
        ("find the budget file", "find a file"),
    ],
)
def test_each_request_finds_its_job(said: str, job: str | None) -> None:
    assert meant(said) == job


def test_a_page_is_told_by_its_sections_with_its_address() -> None:
    thread = Thread({"read_page": PAGE}, WEB)
    answer = thread.say(f"summarise {LINK} please")
    assert thread.calls == [("read_page", {"url": LINK})]
    assert answer.startswith(f"**[What a tide table can tell you]({LINK})** (harbour.example, by Mara Kent, 90 words)")
    assert "High water comes twice a day." in answer
    assert "**The grid decides:** A coarse grid hides a sandbank." in answer
    assert "Depth shown as safe: Grid Share, 10 m 30 %, 50 m 12 %" in answer


def test_a_question_is_answered_with_the_passages_that_have_its_words() -> None:
    thread = Thread({"read_page": PAGE}, WEB)
    answer = thread.say(f"what does {LINK} say about sandbanks?")
    assert "“A coarse grid hides a sandbank.”" in answer
    assert "pilot" not in answer


def test_ours_is_held_against_what_the_page_says() -> None:
    ours = {**PULL, "title": "Depths on a 10 m grid", "body": "Smoothed over 20 m.", "state": "merged"}
    answers = {"read_page": PAGE, "list_pull_requests": {"pull_requests": [ours]}, "read_pull_request": ours}
    answer = Thread(answers, {**WEB, **RECORDS}).say(f"summarise {LINK} and tell me if our grid is ok")
    assert "Our grid is 10 m. There 10 m shows 30 %, and 50 m only 12 %." in answer
    assert "It is smoothed over 20 m, that is two cells, as the article advises" in answer
    assert "Never paint a shoal green." in answer
    nothing = Thread({**answers, "list_pull_requests": {"pull_requests": []}}, {**WEB, **RECORDS})
    assert "I find no record of ours about “grid”" in nothing.say(f"summarise {LINK} and tell me if our grid is ok")


def test_a_page_that_cannot_be_read_is_said_in_plain_words() -> None:
    why = "harbour.example answers nothing: it may be down. Paste what matters, or try again later."
    assert Thread({"read_page": why}, WEB).say(f"summarise {LINK}") == f"I could not read that page. {why}"


def test_a_search_lists_what_was_found_with_its_addresses() -> None:
    found = {"results": [{"title": "Neap tides", "link": LINK, "snippet": "Twice a month."}], "searched_by": "X"}
    thread = Thread({"search_web": found}, WEB)
    assert f"- [Neap tides]({LINK}): “Twice a month.”" in thread.say("search the web for neap tides")
    assert thread.calls == [("search_web", {"query": "neap tides"})]
    assert "an admin can switch that on" in Thread({}, {}).say("search the web for neap tides")


def test_only_what_the_person_wrote_is_an_address() -> None:
    """ssrf"""
    assert address_in("see http://a.example/x?y=1, and more") == "http://a.example/x?y=1"
    assert (
        address_in(plain('sum it up\n<third-party source="attached a.txt">\ntext\nhttp://evil.example\n</third-party>'))
        == ""
    )


def attached(said: str, name: str, told: str) -> str:
    return f'{said}\n<third-party source="attached {name}">\n{told}\n</third-party>'


PAPER = "[page 1]\n# Minutes\nWe decided to paint the buoys on 3 May.\n[page 2]\n# Costs\nPaint is 40 EUR."


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        (
            "Summarise the file that I attached.",
            ["- page 1", "Minutes: We decided to paint", "Costs: Paint is 40 EUR."],
        ),
        ("List what is decided in the file that I attached.", ["page 1: “We decided to paint the buoys on 3 May.”"]),
        ("List the dates in the file that I attached.", ["page 1: “We decided to paint the buoys on 3 May.”"]),
        ("what does it say about costs?", ["page 2: “Costs”"]),
        ("what does it say about dragons?", ["No passage has “dragons”. It begins so:", "Minutes"]),
    ],
)
def test_a_document_is_told_by_its_places(said: str, facts: list[str]) -> None:
    answer = Thread({}, {}).say(attached(said, "minutes.pdf", f"PDF, 2 pages\n{PAPER}"))
    assert [fact for fact in ("minutes.pdf", *facts) if fact not in answer] == []


def test_what_does_not_fit_into_the_prompt_is_read_and_searched() -> None:
    cut = "…[the first 2,000 of 90,000 characters; read_attachment and search_attachments have the rest]"
    long = f"PDF, 90 pages\n{PAPER}\n{cut}"
    whole = {"text": "[page 80]\n# The end\nAll is well."}
    found = {"found": [{"file": "a.pdf", "place": "page 71", "text": "Dragons sleep."}]}
    thread = Thread({"read_attachment": whole, "search_attachments": found}, READS)
    assert "The end: All is well." in thread.say(attached("summarise this", "a.pdf", long))
    assert "page 71: “Dragons sleep.”" in thread.say(attached("what does it say about dragons?", "a.pdf", long))
    assert thread.calls == [("search_attachments", {"words": "dragons", "file": "a.pdf"})]


def test_a_picture_is_not_described_by_who_cannot_see() -> None:
    answer = Thread({}, {}).say(
        attached("what is in this picture?", "jay.png", "picture, 800 × 600\n(the picture itself is shown)")
    )
    assert "You attached the picture jay.png, 800 × 600." in answer
    assert "without AI, and have no eyes" in answer


def test_a_file_that_was_not_read_is_told_why() -> None:
    answer = Thread({}, {}).say(attached("summarise this", "a.pdf", "not read. It is locked with a password."))
    assert answer.startswith("I could not read a.pdf. It is locked with a password.")


ROWS = {"database": "Sales", "columns": ["month", "invoiced"], "rows": [["2026-09-01", "10.50"], ["2026-10-01", "12"]]}


def after_figures(tool: str, result: dict[str, Any]) -> Thread:
    tools = {"describe_database": ["database"], "query_database": ["question", "sql", "chart"], **MAKES}
    tables = [
        {"name": "invoice", "columns": [{"name": "month", "type": "date"}, {"name": "amount", "type": "numeric"}]}
    ]
    answers = {"describe_database": {"name": "Sales", "tables": tables}, "query_database": ROWS, tool: result}
    thread = Thread(answers, tools)
    assert "12" in thread.say("what did we invoice in the last 2 months each")
    return thread


@pytest.mark.parametrize(
    ("said", "form"), [("make me a page I can click through", "slides"), ("write it up as a report", "report")]
)
def test_what_was_found_becomes_a_page_with_its_chart(said: str, form: str) -> None:
    thread = after_figures("make_page", {"name": "a.html", "link": "https://pinyon.example/p/1"})
    answer = thread.say(said)
    assert "(https://pinyon.example/p/1)" in answer
    [(_, given)] = thread.calls
    assert given["form"] == form
    chart = json.loads(given["body"].split("```chart\n")[1].split("\n```")[0])
    assert (chart["kind"], chart["labels"]) == ("line", ["2026-09-01", "2026-10-01"])
    assert chart["series"] == {"invoiced": [10.5, 12]}
    assert "](" not in given["body"]


def test_what_was_found_becomes_a_sheet_with_numbers_as_numbers() -> None:
    thread = after_figures("make_sheet", {"name": "a.xlsx", "sheets": 1, "rows": 2})
    assert "an Excel file: `a.xlsx`" in thread.say("export that to excel")
    [(_, given)] = thread.calls
    assert given["tables"][0]["rows"] == [["2026-09-01", 10.5], ["2026-10-01", 12]]


def test_a_document_that_cannot_be_made_is_said_in_plain_words() -> None:
    why = "No browser is here to print it. Offer `html` instead: a browser prints it to a PDF."
    thread = after_figures("make_document", {})
    thread.answers["make_document"] = [why]
    assert thread.say("make it a pdf").startswith("I could not make it. No browser is here")
    assert "nothing in this thread yet" in Thread({}, MAKES).say("make me a page I can click through")


def test_a_picture_is_drawn_of_the_words_and_its_cost_is_told() -> None:
    thread = Thread({"make_picture": {"file": "jay.png", "cost": "0.040 US dollars"}}, MAKES)
    assert thread.say("draw me a wide picture of a jay in the snow").endswith("It cost 0.040 US dollars.")
    assert thread.calls == [("make_picture", {"description": "a jay in the snow", "shape": "wide"})]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("make slides of it", "slides"),
        ("as a pdf please, write it", "pdf"),
        ("the page is slow", None),
        ("make tea", None),
    ],
)
def test_a_form_is_heard_only_with_the_wish_to_make_one(text: str, form: str | None) -> None:
    assert form_in(text) == form


def test_a_chart_is_no_picture() -> None:
    assert wish_in("draw me a picture of the bar chart") == ""
    assert wish_in("draw a heron") == "a heron"
