"""Web pages: the one that a person names, told by its sections; what ours is beside it; and a search."""

import re

from playground.model.conversation import Json, Plan
from playground.model.demo.findings import quoted
from playground.model.demo.found.page import Page, Section, page_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Ends, Run, said_to_people
from playground.model.demo.work.pages_ours import compared
from playground.model.wires.wire import items, text_of

MODEST = "*Demo model, no AI: first sentences of each section, word for word.*"
_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_OURS = re.compile(r"\b(?:our|my)\s+([a-z][\w-]*(?:\s+[a-z][\w-]*)?)\b")
_NO_PAGE = re.compile(r"/pull/\d+|/issues/\d+|/browse/[A-Z]|/archives/|/document/d/|/spreadsheets/d/|/file/d/")
_READS = (
    *("summari[sz]e", "summary", "sum up", "read", "what", "tell me", "explain", "look at", "compare", "key points"),
    *("main points", "open", "check", "is", "does", "who", "when", "how", "article", "page", "website"),
)
_DOES = re.compile(
    r"^(?:\W*(?:please|pls|hey|hi|can you|could you)\W+)*"
    r"(?:post|comment|file|create|send|mail|ticket|reply|answer|remember|share)\b"
)
_SEARCH = re.compile(
    r"\b(?:search|look)\s+(?:the\s+)?(?:web|internet|net|online)\s+(?:for|about)\s+(.+)$"
    r"|\b(?:google|web ?search(?: for)?)\s+(.+)$"
    r"|\b(?:search|look)\s+(?:for|up)?\s*(.+?)\s+(?:on|in)\s+(?:the\s+)?(?:web|internet|net)\b"
    r"|\blook\s+up\s+(.+?)\s+online\b",
    re.IGNORECASE,
)
_IDLE = frozenset(
    {
        *(
            "summarise",
            "summarize",
            "and",
            "the",
            "a",
            "an",
            "me",
            "tell",
            "if",
            "is",
            "are",
            "ok",
            "please",
            "pls",
            "it",
        ),
        *(
            "this",
            "that",
            "page",
            "article",
            "read",
            "what",
            "does",
            "say",
            "says",
            "about",
            "to",
            "of",
            "how",
            "our",
            "my",
        ),
        *("link", "in", "on", "explain", "sum", "up", "look", "at", "short", "main", "points", "key", "right", "fine"),
    }
)
_MOST_SECTIONS = 8
_FIRST = 2
_QUOTE = 280


def address_in(text: str) -> str:
    """The first address that the person wrote and that is a page of its own."""
    return next((one for one in _ADDRESS.findall(text) if not _NO_PAGE.search(one)), "")


def _fits(said: Said) -> bool:
    address = address_in(said.text)
    if not address or _DOES.search(said.lowered):
        return False
    words = said.lowered.replace(address.lower(), " ")
    return not re.search(r"[a-z]", words) or has(words, *_READS)


def _tell(run: Run, said: Said) -> Plan:
    reach(run, {"read_page": "read that page"})
    page = _read(run, address_in(said.text))
    words = said.lowered.replace(address_in(said.text).lower(), " ")
    ours = found[1] if (found := _OURS.search(words)) else ""
    parts = [_heading(page), *_body(page, words, ours)]
    if ours:
        parts.append(compared(run, page, ours.split()[0]))
    return Plan(text="\n\n".join([*filter(None, parts), MODEST]))


def _read(run: Run, address: str) -> Page:
    outcome = run.ask([run.call("read_page", url=address)])[0]
    if outcome.kind != "done":
        raise Ends(Plan(text=f"I could not read that page. {said_to_people(outcome.text)}"))
    return page_of(outcome.content)


def _heading(page: Page) -> str:
    title = f"[{page.title}]({page.link})" if page.link else page.title
    about = ", ".join(filter(None, (page.site, page.facts)))
    note = f"\n{page.note}" if page.note else ""
    return f"**{title}**{f' ({about})' if about else ''}{note}"


def _body(page: Page, words: str, ours: str) -> list[str]:
    """Passages with the words of a question; else the page in short."""
    asked = [word for word in re.findall(r"[^\W_]{3,}", words) if word not in _IDLE and word not in ours]
    summary = has(words, "summari[sz]e", "summary", "sum up", "main points", "key points") or not asked
    fitting = [] if summary else _passages(page, asked)
    if fitting:
        return ["\n".join(f"- “{quoted(one, _QUOTE)}”" for one in fitting)]
    return ["\n".join(line for section in page.sections[:_MOST_SECTIONS] for line in _in_short(section))]


def _passages(page: Page, asked: list[str]) -> list[str]:
    ranked = [(sum(word[:6] in sentence.lower() for word in asked), sentence) for sentence in page.sentences]
    most = max((score for score, _ in ranked), default=0)
    return [sentence for score, sentence in ranked if score and score >= most - 1][:5] if most else []


def _in_short(section: Section) -> list[str]:
    """The first sentences of a section, its last one, and its tables."""
    told = [*section.sentences[:_FIRST]]
    if section.sentences[_FIRST:]:
        told.append(section.sentences[-1])
    title = f"**{quoted(section.title, 80)}:** " if section.title else ""
    lines = [f"- {title}{' '.join(quoted(one, _QUOTE) for one in told)}"] if told else []
    for table in section.tables:
        caption = table[0][0] if len(table[0]) == 1 else ""
        rows = [row for row in table if len(row) > 1]
        cells = ", ".join(" ".join(row) for row in rows[:12])
        lines.append(f"- {f'{quoted(caption, 120)}: ' if caption else ''}{quoted(cells, 400)}")
    return lines


# Searching.


def _fits_search(said: Said) -> bool:
    return bool(_searched(said.text)) and not address_in(said.text)


def _searched(text: str) -> str:
    found = _SEARCH.search(text[:600])
    return next((group for group in found.groups() if group), "").strip(' .?!"') if found else ""


def _search(run: Run, said: Said) -> Plan:
    reach(run, {"search_web": "search the web: an admin can switch that on"})
    words = _searched(said.text)
    outcome = run.ask([run.call("search_web", query=words)])[0]
    if outcome.kind != "done":
        return Plan(text=f"I could not search. {said_to_people(outcome.text)}")
    results = items(outcome.content.get("results"))
    if not results:
        return Plan(text=f"The search for “{words}” found nothing. {MODEST}")
    lines = [_hit(one) for one in results[:6]]
    return Plan(
        text="\n".join([f"**“{words}” on the web:**", "", *lines, "", "Send me one of the links, and I read it."])
    )


def _hit(one: Json) -> str:
    title, snippet = quoted(text_of(one.get("title")), 100), quoted(text_of(one.get("snippet")))
    return f"- [{title}]({text_of(one.get('link'))})" + (f": “{snippet}”" if snippet else "")


JOBS = (
    Job(name="read a web page", fits=_fits, run=_tell, order=3),
    Job(name="search the web", fits=_fits_search, run=_search, order=8),
)
