"""Attached documents and pictures: what stands in them, quoted by place."""

import re

from playground.model.conversation import Plan
from playground.model.demo.findings import quoted
from playground.model.demo.found.attached import Attached
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.outline import outline
from playground.model.demo.reach import reach
from playground.model.demo.run import Run
from playground.model.wires.wire import items, text_of

MODEST = "*Demo model, no AI: I picked lines by their place and by your words, I did not read for meaning.*"
_TELLS = (
    *("summari[sz]e", "summary", "sum up", "what(?:'s| is| does| stands| are)?", "read", "explain", "recap", "tell me"),
    *("describe", "key points", "main points", "list", "decided", "decisions?", "dates?", "deadlines?", "compare"),
    *("does it", "is there", "find", "who", "when", "how", "where", "extract", "translate", "look at"),
)
_ABOUT_IT = (
    *("files?", "attached", "attachments?", "documents?", "docs?", "pdf", "deck", "slides", "pictures?", "photos?"),
    *("images?", "screenshots?", "this", "it", "letter", "contract", "page"),
)
_DECIDED = re.compile(r"\b(?:decided|decision|agreed|approved|we will|will be|resolved|accepted)\b", re.IGNORECASE)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATED = re.compile(
    rf"\b(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\s?\d{{1,2}}\.\s?\d{{2,4}}|\d{{1,2}} (?:{_MONTHS})|(?:{_MONTHS}) \d{{1,2}})\b"
)
_PLACE = re.compile(r"^\[([^\]\n]+)\]$")
_IDLE = frozenset(
    {
        *("the", "a", "an", "this", "that", "what", "does", "do", "is", "are", "it", "say", "says", "about", "in"),
        *("me", "my", "file", "document", "attached", "attachment", "pdf", "tell", "please", "pls", "and", "on"),
        *("summarise", "summarize", "summary", "which", "who", "when", "how", "where", "find", "there", "whats"),
        *("read", "explain", "main", "key", "points", "point", "stands", "doc", "you", "can", "to", "sum", "up"),
        *("give", "us", "deck", "slides", "describe", "look", "at", "these", "files", "them", "short", "from"),
        *("of", "for", "i", "with", "word", "text"),
    }
)
_MOST = 12


def _documents(said: Said) -> list[Attached]:
    return [file for file in said.files if not file.is_table]


def _fits(said: Said) -> bool:
    files = _documents(said)
    if not files or not has(said.lowered, *_TELLS):
        return False
    return any(file.is_new for file in files) or has(said.lowered, *_ABOUT_IT)


def _tell(run: Run, said: Said) -> Plan:
    return Plan(text="\n\n".join([*(_of(run, said.lowered, file) for file in _meant(said)), MODEST]))


def _meant(said: Said) -> list[Attached]:
    files = _documents(said)
    if named := [file for file in files if file.name.lower() in said.lowered]:
        return named[:3]
    newest = [file for file in files if file.is_new]
    if has(said.lowered, "files", "documents", "both", "compare", "all"):
        return (newest if len(newest) > 1 else files)[:3]
    return (newest or files)[:1]


def _of(run: Run, text: str, file: Attached) -> str:
    if file.problem:
        return f"I could not read {file.name}. {file.problem}"
    if file.noun == "picture":
        return _picture(file)
    facts = f" ({file.noun}, {file.facts})" if file.facts else f" ({file.noun})"
    heading = f"**{file.name}**{facts}"
    words = [word for word in re.findall(r"[^\W_]+", text) if word not in _IDLE]
    if has(text, "decided", "decisions?"):
        return _lines(heading, _matching(_whole(run, file), _DECIDED), "No line says that something was decided.")
    if has(text, "dates?", "deadlines?"):
        return _lines(heading, _matching(_whole(run, file), _DATED), "I find no date in it.")
    if words and not has(text, "summari[sz]e", "summary", "sum up", "recap", "key points", "main points"):
        found = _passages(run, file, words)
        return _lines(heading, found, f"No passage has “{' '.join(words)[:60]}”. It begins so:") + (
            "" if found else "\n" + "\n".join(outline(_whole(run, file)))
        )
    return "\n".join([heading, "", *outline(_whole(run, file))])


def _picture(file: Attached) -> str:
    facts = f", {file.facts}" if file.facts else ""
    read = f"\n\nIts text, as it was read: “{quoted(file.text)}”" if _seen_text(file) else ""
    return (
        f"You attached the picture {file.name}{facts}. I see that it is there, and no more: I am the demo model,"
        f" without AI, and have no eyes. A real model is shown the picture itself.{read}"
    )


def _seen_text(file: Attached) -> str:
    return re.sub(r"^\([^)]*\)\s*", "", file.text).strip()


def _whole(run: Run, file: Attached) -> str:
    """The text; what did not fit beside the person's words is read."""
    if not file.is_cut:
        return file.text
    reach(run, {"read_attachment": "read the file that you attached"})
    return text_of(run.read(run.call("read_attachment", file=file.name))[0].get("text")) or file.text


def _passages(run: Run, file: Attached, words: list[str]) -> list[str]:
    """What has the words: of a long file found by the tool, of a short one by its lines."""
    if file.is_cut:
        reach(run, {"search_attachments": "search the file that you attached"})
        found = items(run.read(run.call("search_attachments", words=" ".join(words), file=file.name))[0].get("found"))
        return [_quote(text_of(one.get("place")), text_of(one.get("text"))) for one in found]
    wanted = [re.compile(rf"\b{re.escape(word[:5] if len(word) > 6 else word)}", re.IGNORECASE) for word in words]
    ranked = [(sum(one.search(line) is not None for one in wanted), place, line) for place, line in _placed(file.text)]
    most = max((score for score, _, _ in ranked), default=0)
    return [_quote(place, line) for score, place, line in ranked if score and score == most]


def _matching(text: str, pattern: re.Pattern[str]) -> list[str]:
    return [_quote(place, line) for place, line in _placed(text) if pattern.search(line)]


def _placed(text: str) -> list[tuple[str, str]]:
    """Each line with the place where it stands."""
    place, found = "", list[tuple[str, str]]()
    for line in filter(None, map(str.strip, text.splitlines())):
        if heading := _PLACE.match(line):
            place = heading[1]
        else:
            found.append((place, line.lstrip("#-*• ")))
    return found


def _quote(place: str, line: str) -> str:
    return f"- {f'{place}: ' if place else ''}“{quoted(line, 300)}”"


def _lines(heading: str, found: list[str], otherwise: str) -> str:
    return "\n".join([heading, "", *(found[:_MOST] or [otherwise])])


JOBS = (Job(name="what is in an attached document", fits=_fits, run=_tell, order=7),)
