"""Questions about the company's numbers: clear first, then one SELECT, then the finding."""

import re
from dataclasses import replace

from playground.model.conversation import Plan, PlannedCall
from playground.model.demo.found.database import Database, Term, database_of, rows_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.outcomes import Outcome
from playground.model.demo.query.question import Question, question_in
from playground.model.demo.query.spans import span_in
from playground.model.demo.reach import reach
from playground.model.demo.run import Ends, Run, said_to_people
from playground.model.demo.work.database_told import told

_ABOUT = (
    *("customers?", "clients?", "organi[sz]ations?", "accounts?", "subscriptions?", "subscribers?", "trials?"),
    *("churn(?:ed)?", "invoiced?", "invoices", "revenue", "turnover", "income", "cash in", "packs?", "map loads?"),
    *("support tickets?", "severity", "plans?", "tariffs?", "database", "db", "sql"),
)
_WANTS = (
    *("how (?:many|much|is)", "how'?s", "number of", "count", "avg", "average", "total", "sum", "list"),
    *("show", "chart", "plot", "graph", "percent", "which", "what did we", "what was", "by", "per", "top", "who"),
)
_TICKETS = re.compile(
    r"\btickets?\b.*\b(?:severity|topics?|platforms?|about|solve|resolve|rating|oldest|per|by|last|customers?)\b|"
    r"\b(?:severity|oldest|solve|resolve|rating|how many|average|avg)\b.*\btickets?\b"
)
_LOST = re.compile(r"\b(?:did|have) we (?:lose|lost)\b|\bwho left us\b|\bchurn\b|\bhow many cancel")
_UNPAID = re.compile(
    r"\bwho\b.{0,12}\b(?:hasn'?t|haven'?t|has not|not|didn'?t)\b.{0,12}\bpaid\b|\bunpaid\b|\boverdue invoices?\b"
)
_REVENUE = re.compile(r"\b(?:how'?s|how is|what is|what's|our|the)\b.{0,12}\b(?:revenue|turnover|income)\b")
_CHANGES = re.compile(
    r"\b(?:delete|drop|remove|erase|truncate|purge|wipe|update|insert|change|edit|add)\b.{0,60}"
    r"\b(?:db|database|sql|tables?|rows|records|accounts?|customers?|subscriptions?|invoices?)\b"
)
_ELSEWHERE = (
    *("my", "mine", "mails?", "inbox", "calendar", "meetings?", "pull requests?", "prs?", "jira", "board", "sprint"),
    *("csv", "spreadsheet", "sheet", "drive", "attached", "files?", "slack", "channels?", "page", "report", "slides"),
)
_KEY = re.compile(r"\b[A-Z][A-Z0-9]+-\d+\b")
_WHICH = "Which {term} do you mean, {names}"
_ANSWERED = re.compile(r"The person answered:\s*(.+)", re.DOTALL)
_PURPOSE = "look that up in your company's database"
_EXAMPLES = (
    "Try “how many customers do we have”, “what did we invoice last month by plan” or “tickets per topic this year”."
)


def asks_numbers(text: str) -> bool:
    """Whether words are a question that a business database answers."""
    if has(text, *_ELSEWHERE) or re.search(r"#[a-z]", text):
        return False
    wants = "%" in text or has(text, *_WANTS)
    special = any(pattern.search(text) for pattern in (_TICKETS, _LOST, _UNPAID, _REVENUE))
    return special or (wants and has(text, *_ABOUT))


def _fits(said: Said) -> bool:
    return not _KEY.search(said.text) and asks_numbers(said.lowered)


def _ask(run: Run, said: Said) -> Plan:
    return Plan(text=_answer(run, said.lowered, said.text))


def _fits_change(said: Said) -> bool:
    named = has(said.lowered, "db", "database", "sql")
    return _CHANGES.search(said.lowered) is not None and (named or "accounts" in said.lowered)


def _refuse(run: Run, said: Said) -> Plan:
    """Nothing is changed there; what it would have met is counted, so that a list can be offered."""
    can_not = "I can only read that database: I delete and change nothing in it."
    database = _described(run)
    question = question_in(said.lowered, database, run.today)
    if question is None:
        return Plan(text=f"{can_not} Whoever looks after it can. I can list what is meant: say which rows.")
    found = rows_of(_queried(run, said.text, question)[0].content)
    count = (
        int(found.numbers(question.select.measures[0][1])[0]) if found.rows and not question.select.by else found.count
    )
    noun = question.noun
    return Plan(
        text=f"{can_not}\n\nThat would be {count} {noun}. Instead I can give you a list of the {count} {noun} to pass"
        f" on to whoever looks after the database, or leave them out by a filter in what you ask: say “without {noun}”."
    )


def _fits_answer(said: Said) -> bool:
    return said.before.startswith("Which ") and " do you mean, " in said.before and len(said.text.split()) <= 12


def _go_on(run: Run, said: Said) -> Plan:
    """The answer to a question that could only be asked in words."""
    spoken = [message.text for message in run.conversation.before if message.role == "user" and message.text.strip()]
    text = f"{spoken[-1] if spoken else ''}: {said.text}"
    return Plan(text=_answer(run, text.lower(), text))


def answered(run: Run, text: str) -> str:
    """The finding of a question, in sentences. Ends the flow while it is not there."""
    return _answer(run, text.lower(), text)


def _answer(run: Run, text: str, shown: str) -> str:
    database = _described(run)
    if (term := unclear_in(text, database)) is not None:
        answer = _asked(run, term, text)
        text, shown = f"{text}: {answer.lower()}", f"{shown}: {answer}"
    question = question_in(text, database, run.today)
    if question is None:
        tables = ", ".join(table.bare for table in database.tables)
        return f"I do not understand what of {database.name} you mean; it holds {tables}. {_EXAMPLES}"
    outcome, asked = _queried(run, shown, question)
    rows = rows_of(outcome.content)
    beside = _beside(run, database, asked)
    return told(asked, database, rows, beside=beside)


def _described(run: Run) -> Database:
    reach(run, {"describe_database": _PURPOSE, "query_database": _PURPOSE})
    content = run.read(run.call("describe_database"))[0]
    listed = content.get("databases")
    if isinstance(listed, list) and listed and isinstance(first := listed[0], dict):
        content = run.read(run.call("describe_database", database=first.get("name")))[0]
    return database_of(content)


def _queried(run: Run, text: str, question: Question) -> tuple[Outcome, Question]:
    """The result, and the question as it was run: once more and simpler, when it was refused."""
    outcome = run.ask([_call(run, text, question)])[0]
    if outcome.kind == "done":
        return outcome, question
    simple = replace(question, select=replace(question.select, by=(), order="", limit=0), chart="none")
    if simple.sql != question.sql:
        again = run.ask([_call(run, text, simple)])[0]
        if again.kind == "done":
            return again, simple
    raise Ends(Plan(text=f"I could not ask the database. {said_to_people(outcome.text)}"))


def _call(run: Run, text: str, question: Question) -> PlannedCall:
    chart = question.chart if question.chart != "none" else None
    return run.call("query_database", question=" ".join(text.split())[:400], sql=question.sql, chart=chart)


def _beside(run: Run, database: Database, question: Question) -> str:
    """What is not counted, with how many there are."""
    if question.kind != "count" or question.noun != "customers" or question.select.by or question.select.needs:
        return ""
    trials = question_in("how many trials are there", database, run.today)
    if trials is None or trials.sql == question.sql:
        return ""
    outcome, _ = _queried(run, "How many trials are there?", trials)
    count = next(iter(rows_of(outcome.content).numbers("trials")), 0)
    return f"Trials ({int(count)}) are not counted."


def unclear_in(text: str, database: Database) -> Term | None:
    """A term of which several meanings are known and none is said."""
    for term in database.terms:
        is_open = len(term.meanings) > 1 and not any(_says(text, meaning.names) for meaning in term.meanings)
        if is_open and _says(text, term.words):
            return term
    return None


def _says(text: str, words: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{re.escape(word.lower())}", text) for word in words)


def _asked(run: Run, term: Term, text: str) -> str:
    """What the person says it means. Ends the flow until they do."""
    names = [meaning.names[0] for meaning in term.meanings if meaning.names]
    needs_time = span_in(text, run.today) is None
    which = _WHICH.format(term=term.words[0], names=" or ".join(names))
    question = f"{which}, and for which time?" if needs_time else f"{which}?"
    if run.conversation.tool("ask_person") is None:
        raise Ends(Plan(text=question))
    choices = [f"{name.capitalize()}, last month" if needs_time else name.capitalize() for name in names]
    if needs_time:
        choices.append(f"{names[0].capitalize()}, last 3 months each")
    call = PlannedCall(tool="ask_person", arguments={"questions": [{"question": question, "choices": [*choices]}]})
    outcome = run.ask([call])[0]
    if found := _ANSWERED.search(outcome.text):
        return found[1].strip()
    raise Ends(Plan(text=f"Then I leave it. {_EXAMPLES}"))


JOBS = (
    Job(name="change the database", fits=_fits_change, run=_refuse, order=18),
    Job(name="what a term means", fits=_fits_answer, run=_go_on, order=6),
    Job(name="ask the database", fits=_fits, run=_ask, order=58),
)
