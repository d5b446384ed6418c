"""A page in one file: asks nothing of any other place, and runs nothing but what its policy names by its hash."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from itertools import count
from pathlib import Path

import nh3
from pydantic import JsonValue

from documents.chart import Chart
from documents.charts import svg
from documents.document import Unreadable
from documents.visible import visible
from documents.writing_blocks import Block, blocks
from documents.writing_markdown import read
from documents.writing_served import BAR
from documents.writing_tables import table_of

HERE = Path(__file__).parent
MAX_SLIDES = 80
MAX_PAGE = 4_000_000
"""Characters of the finished page."""
LONG = 2_500
"""Characters of text from which on a list of contents helps."""
TAGS = (
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "hr", "br"),
    *("strong", "em", "s", "code", "span"),
    *("div", "table", "thead", "tbody", "tr", "th", "td"),
)
"""What a text becomes; everything else that stood in it is shown as it was typed."""
ATTRIBUTES = {
    "div": {"class", "role", "tabindex", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "hr": {"id"},
    "ol": {"start"},
    "p": {"class"},
    "pre": {"tabindex"},
    "span": {"class"},
    "table": {"class"},
    "td": {"class"},
    "th": {"class"},
}


def page(body: bytes, options: Mapping[str, JsonValue]) -> bytes:
    """A job: Markdown as a report, or as slides."""
    title, by = str(options["title"]), str(options["by"])
    found = _without_title(list(blocks(read(body.decode()))), title)
    written = _slides(found, title, by) if options["form"] == "slides" else _report(found, title, by)
    if len(written) > MAX_PAGE:
        raise Unreadable(f"The page became {len(written):,} characters long. Leave out what nobody reads.")
    return written.encode()


def policy(form: str) -> str:
    """What a browser may do with a page: use its own style, of slides its own script, and nothing else."""
    script = f" script-src {_hash(_file('slides.js'))};" if form == "slides" else ""
    return (
        f"default-src 'none'; style-src {_hash(_file('writing.css'))};{script} img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _without_title(found: Sequence[Block], title: str) -> Sequence[Block]:
    """The blocks without a first heading that says the title again."""
    first = found[0] if found else None
    again = first is not None and first.kind == "heading" and _plain(first.text) == _plain(title)
    return found[1:] if again else found


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _frame(form: str, title: str, inside: str) -> str:
    script = f"<script>{_file('slides.js')}</script>" if form == "slides" else ""
    return (
        '<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(form)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f'<meta name="robots" content="noindex">\n<title>{_text(title)}</title>\n<link rel="icon" href="data:,">\n'
        f"<style>{_file('writing.css')}</style>\n</head>\n"
        f'<body class="{form}">\n{BAR}\n{inside}\n{script}</body>\n</html>\n'
    )


def _text(text: str) -> str:
    return escape(visible(text))


# A report: everything on one page.


def _report(found: Sequence[Block], title: str, by: str) -> str:
    top = min((block.level for block in found if block.kind == "heading"), default=1)
    numbered = list(zip(found, count(1), strict=False))
    body = _drawn([_block(block, number, top) for block, number in numbered], found)
    headings = [(block, number) for block, number in numbered if block.kind == "heading" and block.level == top]
    inside = (
        f'<main id="main"><header class="head"><h1>{_text(title)}</h1>{_by(by)}</header>\n'
        f"{_contents(headings, found)}{body}</main>"
    )
    return _frame("report", title, inside)


def _by(by: str) -> str:
    return f'<p class="by">{_text(by)}</p>' if by else ""


def _block(block: Block, number: int, top: int) -> str:
    match block.kind:
        case "heading":
            tag = f"h{min(block.level - top + 2, 4)}"
            return f'<{tag} id="p{number}">{block.html}</{tag}>'
        case "rule":
            return "<hr>"
        case "chart":
            return f'<hr id="c{number}">'
        case "text":
            return block.html


def _contents(headings: Sequence[tuple[Block, int]], found: Sequence[Block]) -> str:
    if len(headings) < 4 or sum(len(block.html) for block in found) < LONG:
        return ""
    lines = "".join(f'<li><a href="#p{number}">{_text(block.text)}</a></li>' for block, number in headings)
    return f'<nav class="contents" aria-labelledby="contents"><h2 id="contents">Contents</h2><ol>{lines}</ol></nav>\n'


def _drawn(pieces: Sequence[str], found: Sequence[Block], first: int = 1) -> str:
    """The blocks behind a second wall, and only then the charts, which are ours."""
    html = nh3.clean(
        "\n".join(pieces),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(),
        link_rel=None,
    )
    for number, block in enumerate(found, first):
        if block.chart is not None:
            html = html.replace(f'<hr id="c{number}">', _figure(block.chart), 1)
    return html


def _figure(chart: Chart) -> str:
    unit = f' <span class="quiet">{_text(chart.unit)}</span>' if chart.unit else ""
    return (
        f"<figure><figcaption>{_text(chart.title)}{unit}</figcaption>"
        f'<div class="wide">{svg(chart)}</div><div class="small">{svg(chart, width=340)}</div>'
        f"<details><summary>Show as table</summary>{table_of(chart)}</details></figure>"
    )


# Slides: one after the other, each as high as the window.


def _slides(found: Sequence[Block], title: str, by: str) -> str:
    parts = [part for part in _parts(found) if part]
    if len(parts) > MAX_SLIDES:
        raise Unreadable(f"Slides are at most {MAX_SLIDES}, got {len(parts)}. Keep one message for each.")
    opens = parts.pop(0) if parts and not _is_heading(parts[0][0]) else []
    first = f"<h1>{_text(title)}</h1>{_by(by)}{_inside(opens, 1)}"
    inside, number = [first], len(opens) + 1
    for part in parts:
        inside.append(_inside(part, number))
        number += len(part)
    slides = "\n".join(_slide(html, at, len(inside)) for at, html in enumerate(inside, 1))
    return _frame("slides", title, f'<main id="main">{slides}</main>')


def _parts(found: Sequence[Block]) -> Iterator[list[Block]]:
    """The blocks of each slide: one begins at each rule, and at each large heading."""
    part: list[Block] = []
    for block in found:
        if block.kind == "rule" or (_is_heading(block) and block.level <= 2):
            yield part
            part = []
        if block.kind != "rule":
            part.append(block)
    yield part


def _is_heading(block: Block) -> bool:
    return block.kind == "heading"


def _inside(part: Sequence[Block], first: int) -> str:
    top = min((block.level for block in part if _is_heading(block)), default=1)
    return _drawn([_block(block, at, top) for at, block in enumerate(part, first)], part, first)


def _slide(html: str, at: int, most: int) -> str:
    back = f'<a href="#s{at - 1}">Back</a>' if at > 1 else "<span></span>"
    on = f'<a href="#s{at + 1}">Next</a>' if at < most else '<a href="#s1">To the start</a>' if most > 1 else ""
    turn = f'<nav class="turn" aria-label="From slide {at}">{back}<span>{at} / {most}</span>{on}</nav>'
    named = f'id="s{at}" tabindex="-1" aria-label="Slide {at} of {most}"'
    return f'<section class="slide" {named}><div class="on">{html}</div>{turn}</section>'
