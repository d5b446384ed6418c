"""What an agent's file says, and what it says when it is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.agents.file import (
    LONGEST_FILE,
    LONGEST_INSTRUCTIONS,
    AgentFile,
    Faulty,
    Source,
    Vocabulary,
    decoded,
    problems_of,
    read_agent,
    read_draft,
    rewritten,
    tidied,
    usable_handle,
    vocabulary_of,
    write_agent,
)
from skills.catalog import skill_catalog

GOOD = """---
name: Pinyon
handle: pinyon
description: Helps.
---
You are Pinyon.

Be brief.
"""
WHOLE = """---
name: Product update   # the weekly one
handle: product-update
icon: PU
description: Merged work, the board and the channel in one mail.
job: updates
roles: [product, leads]
skills:
  pull_requests: read
  mail: write
route: deep
starters:
  - Write the weekly update
  - "What was merged: since Friday?"
knowledge:
  - text:
      title: Tone
      words: |
        Short sentences.

        No adjectives.
  - file: launch-plan.pdf
  - drive: https://docs.google.com/document/d/abc
  - page: https://example.com/handbook
parameters:
  create_ticket: {project: PLAT, labels: [infra, "12"], assignee: ~}
  merge_pull_request:
    method: squash
must_ask: [send_mail]
---
Write it.
"""
VOCABULARY = Vocabulary(
    skills={
        "mail": frozenset({"send_mail", "read_mail"}),
        "tickets": frozenset({"create_ticket"}),
        "pull_requests": frozenset({"merge_pull_request"}),
    },
    parameters={
        "create_ticket": frozenset({"project", "labels", "assignee"}),
        "merge_pull_request": frozenset({"method"}),
    },
    writes=frozenset({"send_mail", "create_ticket", "merge_pull_request"}),
)


def said(text: str, vocabulary: Vocabulary | None = None) -> list[str]:
    with pytest.raises(Faulty) as error:
        read_agent(text, vocabulary)
    return str(error.value).splitlines()


def with_line(line: str) -> str:
    """The good file with one line more, its second."""
    return GOOD.replace("name:", f"{line}\nname:")


def test_an_agent_is_its_file() -> None:
    agent = read_agent(GOOD)
    assert (agent.name, agent.handle, agent.description, agent.route) == ("Pinyon", "pinyon", "Helps.", "default")
    assert (agent.icon, agent.job, agent.roles, agent.skills) == ("", "other", (), None)
    assert agent.instructions == "You are Pinyon.\n\nBe brief."


def test_a_file_says_all_that_an_agent_has() -> None:
    assert read_agent(WHOLE, VOCABULARY) == AgentFile(
        name="Product update",
        handle="product-update",
        icon="PU",
        description="Merged work, the board and the channel in one mail.",
        job="updates",
        roles=("product", "leads"),
        skills={"pull_requests": "read", "mail": "write"},
        route="deep",
        starters=("Write the weekly update", "What was merged: since Friday?"),
        knowledge=(
            Source(kind="text", at="Tone", text="Short sentences.\n\nNo adjectives."),
            Source(kind="file", at="launch-plan.pdf"),
            Source(kind="drive", at="https://docs.google.com/document/d/abc"),
            Source(kind="page", at="https://example.com/handbook"),
        ),
        parameters={
            "create_ticket": {"project": "PLAT", "labels": ["infra", "12"], "assignee": None},
            "merge_pull_request": {"method": "squash"},
        },
        must_ask=("send_mail",),
        instructions="Write it.",
    )


def test_an_agent_may_choose_its_route() -> None:
    assert read_agent(with_line("route: deep")).route == "deep"


def test_skills_are_all_or_some_or_none_or_only_read() -> None:
    assert read_agent(with_line("skills: all")).skills is None
    assert read_agent(with_line("skills: {}")).skills == {}
    assert read_agent(with_line("skills: [mail, tickets]")).skills == {"mail": "read", "tickets": "read"}


def test_a_line_of_dashes_in_the_instructions_stays() -> None:
    assert read_agent(GOOD + "\n---\nEnd.\n").instructions.endswith("---\nEnd.")


def test_values_are_what_people_mean_by_them() -> None:
    line = 'parameters: {t: {a: on, b: 2026-01-31, c: "12", d: 12, e: 1.5, f: true, g: 012, h: 1e5, i: 1:30, j: null}}'
    assert read_agent(with_line(line)).parameters["t"] == {
        "a": "on",
        "b": "2026-01-31",
        "c": "12",
        "d": 12,
        "e": 1.5,
        "f": True,
        "g": "012",
        "h": "1e5",
        "i": "1:30",
        "j": None,
    }


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace("\n", "\r\n"),
        WHOLE.replace("\n", "\r"),
        "\ufeff" + WHOLE,
        WHOLE.replace("---\n", "--- \n", 2),
        WHOLE + "\n\n",
    ],
    ids=["CRLF", "CR", "byte order mark", "blanks after the dashes", "blank lines at the end"],
)
def test_a_file_reads_the_same_however_an_editor_saved_it(text: str) -> None:
    assert read_agent(text) == read_agent(WHOLE)
    assert decoded(text.encode()).encode() == text.encode()
    assert rewritten(text, read_agent(WHOLE)) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: An agent's file begins with front matter"),
        ("You are Pinyon.", "line 1: An agent's file begins with front matter"),
        ("---\nname: Pinyon\n", "line 1: The front matter has no end. Close it with a line of three dashes (---)."),
        (f"Hello\n{GOOD}", "line 1: An agent's file begins with front matter"),
        (GOOD.replace("handle: pinyon\n", ""), "line 1: handle is missing. Write one, such as product-update."),
        ("---\n- a list\n---\n", "line 2: The front matter must be fields, one a line: name: Product update"),
        ("---\n\n---\n", "line 1: The front matter must be fields, one a line: name: Product update"),
        (GOOD.replace("name: Pinyon", "name: [Pinyon"), "line 3: This cannot be read: "),
        (GOOD.replace("Helps.", "Helps: a lot"), "line 4: This cannot be read: mapping values are not allowed here."),
        ("---\nname: a\n\tb\n---\n", "line 3: This cannot be read: "),
        ("---\nname: a\n--- b\nname: c\n---\n", "line 3: This cannot be read: expected a single document"),
        ("---\nname: \x07\n---\n", "line 2: The character U+0007 may not stand here. Delete it."),
        (with_line("handles: x"), "line 2: An agent's file has no “handles”. Did you mean handle?"),
        (with_line("colour: red"), "line 2: An agent's file has no “colour”. Its fields are: name, handle, icon,"),
        (with_line("route: cheap"), "line 2: route “cheap” is none of fast, default, deep. Use default."),
        (with_line("job: ticket"), "line 2: job “ticket” is none of updates, tickets, "),
        (with_line("roles: [leads, sale]"), "line 2: roles “sale” is none of product, "),
        (with_line("roles: [me]"), "Delete it."),
        (with_line("route: fast\nroute: deep"), "line 3: route stands twice, first on line 2. Keep one."),
        (with_line("skills: some"), "line 2: skills must be all, or name them, one a line: mail: read"),
        (with_line("skills:"), "line 2: skills must be all, or name them, one a line: mail: read"),
        (with_line("skills: {mail: admin}"), "line 2: skills.mail “admin” is none of read, write. Use read."),
        (with_line("skills: {mail: [read]}"), "line 2: skills.mail must be one text. Write it as mail: read"),
        (with_line("skills: {? [a] : read}"), "line 2: A name must be a short word before its colon."),
        (with_line(f"{'x' * 65}: a"), "line 2: A name must be a short word before its colon."),
        (with_line('"a\\u202eb": a'), "line 2: A name must be a short word before its colon."),
        (with_line("starters: {a: b}"), "line 2: starters must be a list. Write it as starters: [one, another]"),
        (with_line("starters:\n- a\n- [b]"), "line 4: starters must be one text. Write it as - Some words"),
        (with_line("icon: [a]"), "line 2: icon must be one text. Write it as icon: Some words"),
        (with_line("knowledge: a.pdf"), "line 2: knowledge must be a list. Write it as - file: launch-plan.pdf"),
        (with_line("knowledge: [a.pdf]"), "line 2: Each part of knowledge is one line such as - file: launch-plan.pdf"),
        (with_line("knowledge: [{fil: a}]"), "There is no knowledge of the kind “fil”. Did you mean file?"),
        (with_line("knowledge: [{file: [a]}]"), "line 2: knowledge must be one text. Write it as - file: launch-pl"),
        (with_line("knowledge: [{text: a}]"), "line 2: A text has a title and words: - text: {title: Tone, words:"),
        (with_line("knowledge: [{text: {title: a, words: b, by: c}}]"), "A text has title and words, and no “by”."),
        (
            with_line("parameters: a"),
            "line 2: parameters must name values, one a line: create_ticket: {project: INFRA}",
        ),
        (with_line("parameters: {t: {a: {b: c}}}"), "parameters.t.a must be a text, a number, true, false, or a list"),
        (with_line("parameters: {t: [a]}"), "line 2: parameters.t must name values, one a line: project: INFRA"),
    ],
)
def test_a_wrong_file_is_told_with_line_and_fix(text: str, told: str) -> None:
    assert any(told in line for line in said(text)), said(text)


def test_every_problem_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = WHOLE.replace("handle: product-update", "handle: Update!").replace("route: deep", "route: slow")
    text = (
        text.replace("  mail: write", "  mails: write")
        .replace("method:", "methods:")
        .replace("send_mail]", "send_mails]")
    )
    assert [line.split(".")[0] for line in said(text, VOCABULARY)] == [
        "line 3: handle “Update!” must begin with a letter a to z, and have 2 to 32 of a to z, 0 to 9 and -",
        "line 10: There is no skill “mails”",
        "line 11: route “slow” is none of fast, default, deep",
        "line 28: merge_pull_request has no “methods” that an agent can set",
        "line 29: There is no tool “send_mails”",
    ]


def test_lines_are_counted_past_what_could_not_be_read() -> None:
    text = with_line("knowledge:\n- nothing\n- file: a/b.pdf\n- text: {title: T}\nstarters:\n-\n- good\n- good")
    assert [line.partition(" ")[2].partition(":")[0] for line in said(text, VOCABULARY)] == ["3", "4", "5", "9"]


def test_instructions_stand_at_the_line_after_the_dashes() -> None:
    assert said(GOOD.partition("You")[0], VOCABULARY)[0].startswith("line 6: There are no instructions.")


@pytest.mark.parametrize("bomb", ["a: &x [1]\nb: *x", "a: &x {}\n<<: *x", "a: !!python/object:os.system x", "a: !x y"])
def test_anchors_aliases_and_tags_are_refused(bomb: str) -> None:
    """cost_dos: an alias can make gigabytes of nine lines."""
    assert any("no anchors (&) and aliases (*)" in line or "no tags" in line for line in said(with_line(bomb)))


@pytest.mark.parametrize("deep", ["[" * 20_000, "{a: " * 5_000, "- " * 5_000 + "a"])
def test_deep_nesting_is_refused(deep: str) -> None:
    """cost_dos"""
    assert said(f"---\n{deep}\n---\n") == ["line 2: This is nested too deep for a field of an agent."]


@pytest.mark.parametrize(
    "many", ["a: 1\n" * 12_000, f"roles: [{'a,' * 30_000}]", "a: !x y\n" * 7_000, f"a: [{'*x,' * 9_000}]"]
)
def test_more_than_an_agent_holds_is_not_read_to_its_end(many: str) -> None:
    """cost_dos"""
    (told,) = said(f"---\n{many}\n---\n")
    assert told.endswith("From here on this is more than an agent holds. Shorten it.")


def test_a_file_has_a_size() -> None:
    body = GOOD.encode() + b"x" * LONGEST_FILE
    for faulty in (body, body.decode()):
        with pytest.raises(Faulty, match=r"The file has 65,6\d\d bytes; an agent has at most 65,536"):
            read_agent(faulty)
    long = tuple(Source(kind="text", at=str(at), text="ü" * 9_000) for at in range(4))
    problem = problems_of(replace(read_agent(GOOD), knowledge=long))[0]
    assert problem.said.startswith("The agent has 72,")
    assert problem.stops


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"---\nname: \xff\n---\n", "line 2: This file is no UTF-8 text. Save it as UTF-8, and bring it again."),
        (
            "---\nname: é\n".encode("utf-16"),
            "line 1: This file is no UTF-8 text. Save it as UTF-8, and bring it again.",
        ),
        (b"---\nname: a\n---\n\0", "line 4: This line holds a NUL character, which no text has. Delete it."),
    ],
)
def test_what_is_no_text_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(Faulty) as error:
        read_agent(body)
    assert str(error.value) == told


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Faulty, match="half a character"):
        read_agent(GOOD + "\ud800")


@pytest.mark.parametrize(
    ("file", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": "Pro\u202educt"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": " PINYON", "handle": "pinyon-2"}, "name"),
        ({"handle": "a"}, "handle"),
        ({"handle": "1a"}, "handle"),
        ({"handle": "über"}, "handle"),
        ({"handle": "a\u200bb"}, "handle"),
        ({"handle": "help"}, "handle"),
        ({"handle": "x" * 33}, "handle"),
        ({"description": "x" * 201}, "description"),
        ({"icon": "ABC"}, "icon"),
        ({"icon": "a\u202e"}, "icon"),
        ({"icon": "A" + "\u0301" * 40}, "icon"),
        ({"instructions": "x" * (LONGEST_INSTRUCTIONS + 1)}, "instructions"),
        ({"instructions": "Ignore\U000e0041"}, "instructions"),
        ({"instructions": "a\u202eb"}, "instructions"),
        ({"starters": ("x" * 151,)}, "starters.1"),
        ({"starters": tuple("abcdefg")}, "starters"),
        ({"roles": ("boss",)}, "roles.1"),
        ({"job": "spying"}, "job"),
        ({"route": "slow"}, "route"),
        ({"skills": {"mail": "admin"}}, "skills.mail"),
        ({"skills": {"Mail!": "read"}}, "skills.Mail!"),
        ({"skills": {f"s{at}": "read" for at in range(51)}}, "skills"),
        ({"knowledge": (Source(kind="file", at="x" * 121),)}, "knowledge.1"),
        ({"knowledge": (Source(kind="file", at="../a.pdf"),)}, "knowledge.1"),
        ({"knowledge": (Source(kind="page", at="https://a b"),)}, "knowledge.1"),
        ({"knowledge": (Source(kind="page", at="javascript:alert(1)"),)}, "knowledge.1"),
        ({"knowledge": (Source(kind="page", at="https://a/" + "x" * 2_000),)}, "knowledge.1"),
        ({"knowledge": (Source(kind="text", at="a", text="b\0"),)}, "knowledge.1"),
        ({"knowledge": (Source(kind="else", at="a"),)}, "knowledge.1"),  # pyright: ignore[reportArgumentType]: as a form may send it
        ({"knowledge": tuple(Source(kind="file", at=f"{at}.pdf") for at in range(51))}, "knowledge"),
        ({"parameters": {"t": {f"p{at}": 1 for at in range(41)}}}, "parameters"),
        ({"parameters": {"t": {"p": "x" * 201}}}, "parameters.t.p"),
        ({"parameters": {"t": {"p": ["x"] * 21}}}, "parameters.t.p"),
        ({"parameters": {"t": {"p": [1]}}}, "parameters.t.p"),
        ({"parameters": {"t": {"p": float("nan")}}}, "parameters.t.p"),
        ({"parameters": {"t": {"p": 10**20}}}, "parameters.t.p"),
        ({"parameters": {"t": {"p q": 1}}}, "parameters.t.p q"),
        ({"parameters": {"T!": {"p": 1}}}, "parameters.T!"),
        ({"must_ask": tuple(f"t{at}" for at in range(41))}, "must_ask"),
        ({"must_ask": ("no tool",)}, "must_ask.1"),
    ],
)
def test_what_stops_even_a_draft(file: dict[str, object], where: str) -> None:
    problems = problems_of(replace(read_agent(GOOD), **file))
    assert [(one.field, one.stops) for one in problems] == [(where, True)] or (where, True) in {
        (one.field, one.stops) for one in problems
    }


@pytest.mark.parametrize(
    ("file", "where"),
    [
        ({"description": ""}, "description"),
        ({"description": "a\u200bb"}, "description"),
        ({"instructions": " \n"}, "instructions"),
        ({"starters": ("a\u202eb",)}, "starters.1"),
        ({"starters": ("a", "a")}, "starters.2"),
        ({"roles": ("leads", "leads")}, "roles.2"),
        ({"skills": {"mails": "read"}}, "skills.mails"),
        ({"knowledge": (Source(kind="text", at="", text="a"),)}, "knowledge.1"),
        ({"knowledge": (Source(kind="text", at="a"),)}, "knowledge.1"),
        ({"knowledge": (Source(kind="file", at=""),)}, "knowledge.1"),
        ({"knowledge": (Source(kind="file", at="a"), Source(kind="file", at="A"))}, "knowledge.2"),
        ({"parameters": {"create_tickets": {"project": "A"}}}, "parameters.create_tickets"),
        ({"parameters": {"create_ticket": {"summary": "A"}}}, "parameters.create_ticket.summary"),
        ({"parameters": {"send_mail": {"to": ["a@b.example"]}}}, "parameters.send_mail.to"),
        ({"must_ask": ("read_mail",)}, "must_ask.1"),
        ({"must_ask": ("send_mial",)}, "must_ask.1"),
        ({"must_ask": ("send_mail", "send_mail")}, "must_ask.2"),
    ],
)
def test_what_a_draft_may_lack_and_an_agent_may_not(file: dict[str, object], where: str) -> None:
    unfinished = replace(read_agent(GOOD), **file)
    assert [(one.field, one.stops) for one in problems_of(unfinished, VOCABULARY)] == [(where, False)]
    assert read_agent(write_agent(unfinished)) == tidied(unfinished)
    with pytest.raises(Faulty):
        read_agent(write_agent(unfinished), VOCABULARY)


@pytest.mark.parametrize("icon", ["", "PU", "📣", "🇳🇴", "👩‍🚀🏔️", "é", "👍🏽", "1️⃣"])
def test_an_icon_is_one_or_two_characters_as_people_count_them(icon: str) -> None:
    assert problems_of(replace(read_agent(GOOD), icon=icon)) == []


def test_a_draft_shows_what_could_be_understood() -> None:
    understood = read_draft(with_line("route: slow\nskills: {mail: read, web: all}"))
    assert (understood.file.route, understood.file.skills) == ("default", {"mail": "read"})
    assert [one.line for one in understood.problems] == [2, 3]
    assert understood.lost


def test_a_file_that_says_the_same_is_left_as_it_is() -> None:
    file = read_agent(WHOLE)
    assert rewritten(WHOLE, file) == WHOLE
    assert rewritten(WHOLE, replace(file, name=" Product update ", instructions="Write it.\r\n")) == WHOLE
    assert rewritten(WHOLE, replace(file, name="Update")) == write_agent(replace(file, name="Update"))


def test_what_a_file_lost_on_reading_is_written_anew() -> None:
    text = with_line("route: slow")
    file = read_draft(text).file
    assert rewritten(text, file) == write_agent(file)
    assert rewritten("no agent", file) == write_agent(file)


def test_a_written_file_reads_well() -> None:
    assert write_agent(read_agent(WHOLE)) == (
        WHOLE.replace("   # the weekly one", "")
        .replace("roles: [product, leads]", "roles:\n  - product\n  - leads")
        .replace('"What was merged: since Friday?"', "'What was merged: since Friday?'")
        .replace("words: |\n", "words: |-\n")
        .replace(
            '  create_ticket: {project: PLAT, labels: [infra, "12"], assignee: ~}',
            "  create_ticket:\n    project: PLAT\n    labels:\n      - infra\n      - '12'\n    assignee: null",
        )
        .replace("must_ask: [send_mail]", "must_ask:\n  - send_mail")
    )


def test_what_is_as_usual_is_not_written() -> None:
    assert write_agent(read_agent(GOOD)) == GOOD.replace("Helps.\n", "Helps.\nskills: all\n")


@pytest.mark.parametrize(
    ("words", "handle"),
    [
        ("Product update", "product-update"),
        (" 7 Ärger & more! ", "rger-more"),
        ("!", ""),
        ("Help", ""),
        ("a" * 40, "a" * 32),
    ],
)
def test_a_handle_is_made_of_words(words: str, handle: str) -> None:
    assert usable_handle(words) == handle


def test_the_vocabulary_is_what_the_skills_declare() -> None:
    there = vocabulary_of(skill_catalog())
    assert "create_ticket" in there.skills["tickets"]
    assert "project" in there.parameters["create_ticket"]
    assert "to" not in there.parameters["send_mail"]
    assert "send_mail" in there.writes
    assert "read_mail" not in there.writes


def test_our_own_agent_can_be_read() -> None:
    path = Path(__file__).parents[3] / "configs" / "agents" / "pinyon.md"
    pinyon = read_agent(path.read_bytes(), vocabulary_of(skill_catalog()))
    assert (pinyon.handle, pinyon.skills) == ("pinyon", None)
