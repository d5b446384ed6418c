"""What a page says, held against what the person's own records say of the same thing."""

import re

from playground.model.demo.findings import quoted
from playground.model.demo.found.page import Page
from playground.model.demo.pulls import Pull
from playground.model.demo.reach import reach
from playground.model.demo.run import Run

_UNITS = {"m": r"m(?:et(?:re|er)s?)?", "km": "km", "s": r"s(?:ec(?:onds?)?)?", "mb": "mb", "%": "%"}
_SIZE = r"(?<![\d.])(\d+(?:[.,]\d+)?)\s?({unit})\b"
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TIMES = re.compile(rf"\b(\d+|{'|'.join(_NUMBERS)})\s+(cells?|times|steps?|pixels?|rows?|points?)\b", re.IGNORECASE)
_NEVER = re.compile(r"\b(?:never|do not|don't|avoid|no)\b", re.IGNORECASE)


def compared(run: Run, page: Page, topic: str) -> str:
    """Ours beside theirs: sizes with the same unit, and steps that the page advises."""
    pull = _record(run, topic)
    if pull is None:
        return f"**Ours:** I find no record of ours about “{topic}”, so I cannot say whether it is ok."
    text = f"{pull.title}\n{pull.body}"
    own = re.search(rf"{_SIZE.format(unit=_UNITS['m'])}\s+{re.escape(topic)}", text, re.IGNORECASE)
    lines = [f"**Ours**, by {pull.linked} {pull.title} ({pull.state}):", ""]
    if own is None:
        return "\n".join([*lines, f"- “{quoted(pull.body or pull.title, 300)}”"])
    size, unit = float(own[1].replace(",", ".")), "m"
    lines.append(f"- Our {topic} is {size:g} {unit}.{_in_table(page, size, unit)}")
    lines += _steps(page, text, size, unit)
    lines += [f"- The page also says: “{quoted(one, 240)}”" for one in page.sentences if _NEVER.search(one)][-1:]
    return "\n".join(lines)


def _record(run: Run, topic: str) -> Pull | None:
    """The pull request about it that went in last; else one that is open."""
    reach(run, {"list_pull_requests": f"see what your own records say about {topic}", "read_pull_request": "read it"})
    for which in ("merged", "open"):
        named = [pull for pull in run.list(which, words=topic) if re.search(rf"\b{topic}", pull.title, re.IGNORECASE)]
        if named:
            return run.pull(named[0].repository, named[0].number)
    return None


def _in_table(page: Page, size: float, unit: str) -> str:
    """What the page's own table says of such a size, and of its coarsest."""
    sized = [(float(found[1].replace(",", ".")), row) for row in page.rows if (found := _sized(row[0], unit))]
    mine = next((row for value, row in sized if value == size), None)
    if mine is None or len(sized) < 2:
        return ""
    coarse = max(sized, key=lambda pair: pair[0])[1]
    return f" There {mine[0]} shows {' '.join(mine[1:])}, and {coarse[0]} only {' '.join(coarse[1:])}."


def _sized(cell: str, unit: str) -> re.Match[str] | None:
    return re.fullmatch(_SIZE.format(unit=_UNITS[unit]).removesuffix(r"\b"), cell.strip(), re.IGNORECASE)


def _steps(page: Page, text: str, size: float, unit: str) -> list[str]:
    """What “smoothed over 15 m” is with a grid of 5 m: three cells, which the page may advise."""
    for found in re.finditer(rf"\b(\w{{4,}}?)(?:e?d)\s+over\s+{_SIZE.format(unit=_UNITS[unit])}", text, re.IGNORECASE):
        times = float(found[2].replace(",", ".")) / size
        advised = [
            (one, match)
            for one in page.sentences
            if found[1][:5].lower() in one.lower() and (match := _TIMES.search(one)) is not None
        ]
        if not advised or times != int(times):
            continue
        sentence, match = advised[0]
        wanted = int(match[1]) if match[1].isdigit() else _NUMBERS.index(match[1].lower())
        word = _NUMBERS[int(times)] if times < len(_NUMBERS) else f"{times:g}"
        fits = "as the article advises" if wanted == times else f"and the article advises {match[1]}"
        own = f"It is {found[1].lower()}ed over {found[2]} {unit}, that is {word} {match[2]}"
        return [f"- {own}, {fits}: “{quoted(sentence, 200)}”"]
    return []
