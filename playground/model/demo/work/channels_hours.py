"""Whether somebody who works by the hour can go on: what they asked, what the budget has left, and the answer there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playground.model.conversation import Plan
from playground.model.demo.found.channels import Message, Talk, messages_of, talk_of
from playground.model.demo.found.files import File, file_of, files_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Ends, Run
from playground.model.demo.work.channels import posted

_GO_ON = re.compile(
    r"\b(?:can|may|should|could|shall)\s+([\w.-]+)\s+(?:go on|go ahead|continue|carry on|keep going|start|begin|do)\b"
    r"(?:\s+(?:with|on))?\s*(?:the\s+)?([\w -]*?)\s*(?=[?.,;]|$|\s(?:and|check|then)\b)"
)
_HOURS = re.compile(
    r"\b(\d+(?:[.,]\d+)?)\s+(?:more\s+|agreed\s+|further\s+|extra\s+|planned\s+)?(?:hours?|hrs?|h)\b", re.I
)
_MORE = re.compile(r"\b(\d+(?:[.,]\d+)?)\s+(?:hours?\s+|hrs?\s+|h\s+)?(?:more|extra|further|on top)\b", re.I)
_RATE = re.compile(r"\b\d+\s+(?:hours?|hrs?|h)\s+(?:at|x|×|@)\s+(\d+(?:[.,]\d+)?)\b", re.I)
_PLANNED = re.compile(r"plan|budget|agreed|limit", re.I)
_SPENT = re.compile(r"spent|used|actual|so far", re.I)
_MONEY = re.compile(r"eur|usd|gbp|chf|€|\$|£", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a budget."""

    name: str
    currency: str
    planned: float
    spent: float
    rate: float
    """For an hour."""

    @property
    def left(self) -> float:
        return self.planned - self.spent

    @property
    def hours(self) -> int:
        """Whole hours that what is left pays."""
        return max(0, int(self.left // self.rate))


def _fits(said: Said) -> bool:
    answers = has(
        said.lowered, "(?:answer|reply(?: to)?|tell|write(?: to)?) (?:him|her|them|there|back|in)", "answer there"
    )
    return _GO_ON.search(said.lowered) is not None and has(said.lowered, "budget", "money") and answers


def _answer(run: Run, said: Said) -> Plan:
    reach(
        run,
        {
            "search_messages": "find what was asked in your channels",
            "read_channel": "read what was asked in its channel",
            "post_message": "answer in the channel as you",
            "search_files": "look for the budget",
            "read_file": "read the budget",
        },
    )
    found = _GO_ON.search(said.lowered)
    name, topic = (found[1], found[2].strip()) if found else ("", "")
    question = _question(run, name, topic)
    content, files = run.read(
        run.call("read_channel", channel=question.channel), run.call("search_files", words="budget")
    )
    talk, file = talk_of(content), _budget(run, files_of(files))
    wanted = hours_wanted(question.text, topic)
    line = line_for(file.text, name, talk.titles.get(question.author, ""))
    if line is None or not wanted:
        return Plan(text=_unclear(question, file, line, wanted))
    thread = question.thread or question.ts
    post = run.call("post_message", channel=question.channel, thread=thread, text=_post(question, topic, line, wanted))
    outcome = run.ask([post], text=_told(question, topic, line, wanted, file, talk))[0]
    return Plan(text=posted(run, outcome, channel=question.channel))


def _question(run: Run, name: str, topic: str) -> Message:
    """What they asked last about the topic; else, what they said last about hours."""
    rows = messages_of(run.read(run.call("search_messages", words=topic or name))[0].get("messages"))
    theirs = [one for one in rows if name in one.by.lower().split()]
    asked = [one for one in theirs if _HOURS.search(one.text) or _MORE.search(one.text)] or theirs
    if not asked:
        about = f" about “{topic}”" if topic else ""
        raise Ends(Plan(text=f"I find no message of “{name}”{about} in your channels. Where did they ask?"))
    return asked[0]


def _budget(run: Run, files: list[File]) -> File:
    named = [one for one in files if "budget" in one.name.lower()] or files
    if not named:
        raise Ends(Plan(text="I find no budget among the files that you can read. Which file is it?"))
    return file_of(run.read(run.call("read_file", file=named[0].id))[0])


def hours_wanted(text: str, topic: str) -> float:
    """How many more hours are asked for; 0 when no number says so."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    about = [one for one in sentences if topic and topic in one.lower()] or sentences
    for sentence in [*about, *sentences]:
        if found := _MORE.search(sentence) or _HOURS.search(sentence):
            return float(found[1].replace(",", "."))
    return 0.0


def line_for(text: str, name: str, title: str) -> Line | None:
    """The line for somebody's work: by their name, else the one that shares most words with what they are."""
    separator = max(";\t,", key=text.partition("\n")[0].count)
    head, *rows = [
        [cell.strip().strip('"') for cell in row.split(separator)] for row in text.splitlines() if row.strip()
    ]
    plan, spent = _column(head, _PLANNED), _column(head, _SPENT)
    if plan is None or spent is None:
        return None
    stems = {word[:8].lower() for word in re.findall(r"[^\W\d_]{5,}", title)} - {"guest"}
    ranked = sorted(rows, key=lambda row: -_fit(row, name, stems))
    if not ranked or not _fit(ranked[0], name, stems):
        return None
    row = ranked[0]
    rate = _RATE.search(" ".join(row))
    currency = _MONEY.search(head[plan])
    if rate is None or len(row) <= max(plan, spent):
        return None
    return Line(
        name=next((cell for cell in row if _fit([cell], name, stems)), row[0]),
        currency=currency[0].upper() if currency else "",
        planned=number_of(row[plan]),
        spent=number_of(row[spent]),
        rate=number_of(rate[1]),
    )


def _column(head: Sequence[str], wanted: re.Pattern[str]) -> int | None:
    return next((n for n, cell in enumerate(head) if wanted.search(cell)), None)


def _fit(row: Sequence[str], name: str, stems: set[str]) -> int:
    said = " ".join(row).lower()
    return 10 * (re.search(rf"\b{re.escape(name)}\b", said) is not None) + sum(stem in said for stem in stems)


def number_of(text: str) -> float:
    """`4.800,00` and `4,800.00` are the same number."""
    digits = re.sub(r"[^\d.,-]", "", text)
    if re.search(r",\d{1,2}$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.search(r"\.\d{3}$", digits):
        digits = digits.replace(".", "")
    try:
        return float(digits.replace(",", ""))
    except ValueError:
        return 0.0


def _told(question: Message, topic: str, line: Line, wanted: float, file: File, talk: Talk) -> str:
    """For the asker alone: the figures."""
    money = f" {line.currency}" if line.currency else ""
    what = topic.capitalize() or "The rest"
    need = wanted * line.rate
    lines = [
        f"{file.linked}, “{line.name}”: {line.left:,.0f}{money} left of {line.planned:,.0f}, that is {line.hours} hours"
        f" at {line.rate:g}. {what} needs about {wanted:g} hours = {need:,.0f}{money},"
        f" so {'it fits' if need <= line.left else f'{need - line.left:,.0f} short'}.",
        f"{question.author} asked in {question.channel}: “{question.text}”",
    ]
    outside = " Guests or other companies read there, so" if talk.is_read_outside else " So that no figure goes out,"
    return "\n\n".join([*lines, f"My answer there names hours only.{outside} the budget stays here."])


def _post(question: Message, topic: str, line: Line, wanted: float) -> str:
    """For everybody in the channel: hours, and no money."""
    what = topic.capitalize() or "the rest"
    first = question.author.split()[0]
    if wanted * line.rate <= line.left:
        return f"{first}, yes, please go on with {what}: the {wanted:g} hours are fine."
    if line.hours:
        return (
            f"{first}, thank you for asking. For {what} there is room for about {line.hours} hours so far, not for all"
            f" {wanted:g}. Please do not go beyond that until you hear from me."
        )
    return f"{first}, thank you for asking. There is no room for {what} so far. Please wait until you hear from me."


def _unclear(question: Message, file: File, line: Line | None, wanted: float) -> str:
    missing = "a line for them with planned, spent and a rate" if line is None else "how many hours they need"
    if line is None and not wanted:
        missing += ", nor how many hours they need"
    return (
        f"{question.author} asked in {question.channel}: “{question.text}” I read {file.linked} and do not find"
        f" {missing}. Say what I should answer: “post in {question.channel}: …”."
    )


JOBS = (Job(name="hours that a budget has left", fits=_fits, run=_answer, order=22),)
