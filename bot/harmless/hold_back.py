"""The model's Markdown, made harmless while it streams: for Slack, and for readers of CommonMark."""

import re
from urllib.parse import urlsplit

from bot.harmless.fences import closes, opening
from bot.harmless.links import (
    AHEAD,
    LONGEST,
    OUTSIDE,
    REMOVED,
    Given,
    address_in,
    begins,
    broken,
    everything,
    is_given,
    is_mail,
    run,
    stays,
    without_addresses,
)

_JOINER = "\u2060"
"""Draws nothing and breaks markup: `<!channel>` with it reads the same and pings nobody."""
_LABEL, _ADDRESS, _CODE, _FENCE = 1_000, 2_500, 2_000, 3_000
"""Characters to wait for the end of a link's label, its address, a code span; for a code block to be sent whole."""

_DEPTH = 8
"""Brackets within brackets, beyond which nothing is a link: else 40,000 of them would take seconds."""

_SPECIAL = re.compile(r"[`\\!\[\]<@\n]")
_SPECIAL_OR_ENTITY = re.compile(r"[`\\!\[\]<@&\n]")
_WRITTEN_OUT = re.compile(r"&(?=#?\w{1,32};)(?!(?:amp|lt|gt|quot|nbsp);)")
"""A character by its number or name, as `&#46;` is a dot: it could hide that an address begins."""
_BRACKET, _PARENTHESIS = re.compile(r"[\[\]\n]"), re.compile(r"[()\n]")
_ENTITY = re.compile(r"<(?=!(?:channel|here|everyone|subteam|date)\b|[@#][A-Z])")
_SAFE = re.compile(r"(?:https?://|mailto:)[^\s<>]+", re.IGNORECASE)
_SCHEMES = ("http://", "https://", "mailto:")
_RELATIVE = re.compile(r"[\w./#%~?=&-]+")
_PINGS = ("channel", "here", "everyone")
_ENCODED = str.maketrans({char: f"%{ord(char):02X}" for char in '[]`|\\"'})

_Taken = tuple[int, str]
"""Where reading goes on, and what is shown for what was read."""


class _Unfinished(Exception):
    """What follows decides what this is."""


def neutralise(markdown: str, *, given: Given = everything) -> str:
    """`markdown` in which nobody is pinged, nothing is loaded, and each link is http, https or mail.

    Images become their words and their host, other links lose their address, HTML is shown as it was written. What
    is removed is said; code stays as it is, so that it can be copied. Of links, images and bare addresses that are not
    `given` only the words stay, and a note; in code such an address stays readable and opens nothing.
    """
    hold_back = HoldBack(given)
    return hold_back.feed(markdown) + hold_back.flush()


class HoldBack:
    """An answer that arrives in pieces: gives what can be shown already, keeps back what is not decided.

    Kept back are unfinished links, images and `<…>`, code spans, rows of tables, and code blocks up to 3,000
    characters; while not everything is `given`, the last word as well, which may become an address. Whatever the
    pieces, all that was shown, joined, is `neutralise` of the whole.
    """

    def __init__(self, given: Given = everything) -> None:
        self.given = given
        self._held = ""
        self._before = ""
        """The character before what is held: an address begins only at the beginning of a word."""
        self._judged, self._let = 0, -1
        self._at_line_start = True
        self._is_row = False
        self._fence = ""
        self._fence_is_deep = False

    def feed(self, delta: str) -> str:
        """What can be shown now that `delta` has come."""
        self._held += delta
        return self._release(final=False)

    def flush(self) -> str:
        """The rest: the answer is over."""
        return self._release(final=True)

    def _release(self, *, final: bool) -> str:
        shown: list[str] = []
        at = len(self._before)
        text = _Text(self._before + self._held, final=final, given=self.given)
        text.judged, text.let = at + self._judged, at + self._let
        while at < len(text.all):
            try:
                end, harmless = self._take(text, at)
            except _Unfinished:
                break
            shown.append(harmless)
            self._at_line_start = text.all[end - 1] == "\n"
            at = end
        self._held, self._before = text.all[at:], text.all[max(0, at - 1) : at]
        self._judged, self._let = text.judged - at, text.let - at
        return "".join(shown)

    def _take(self, text: "_Text", at: int) -> _Taken:
        if self._fence:
            return self._code_line(text, at)
        if self._at_line_start and (opened := self._block(text, at)):
            return opened
        text.is_row = self._is_row
        return _inline(text, at)

    def _block(self, text: "_Text", at: int) -> _Taken | None:
        """The opening line of a code block; waits for the end of a table's row."""
        start = at
        while (char := text.at(start)) in (" ", "\t"):
            start += 1
        self._is_row = char == "|"
        if self._is_row:
            text.line_end(at)
        if char not in ("`", "~") or text.slice(start, 3) != char * 3:
            return None
        end = text.line_end(at)
        fence = opening(text.all[at:end])
        if not fence:
            return None
        if not text.final and len(text.all) - at < _FENCE and not _is_closed(text, end, fence):
            raise _Unfinished
        self._fence, self._fence_is_deep = fence, start - at > 3 or "\t" in text.all[at:start]
        return end, _in_code(text, at, end, note="")

    def _code_line(self, text: "_Text", at: int) -> _Taken:
        end = text.line_end(at)
        line = text.all[at:end]
        if closes(line, self._fence):
            self._fence = ""
        code = _in_code(text, at, end, note=f" {REMOVED}")
        # Four blanks in, other readers of Markdown may see no code block here, so an image must not stand in it.
        return end, code.replace("![", f"!{_JOINER}[") if self._fence_is_deep else code


class _Text:
    """What has come so far; raises `_Unfinished` where an answer lies in what has not."""

    def __init__(self, text: str, *, final: bool, given: Given) -> None:
        self.all = text
        self.final = final
        self.given = given
        self.is_strict = given is not everything
        self.is_row = False
        """Whether this line is a table's."""
        self.judged = 0
        """Where the address ends that was found to be given; what stands in it is no address of its own."""
        self.let = 0
        """Where the label ends of the link that was found to be given."""
        self._address = -1
        last = text[-AHEAD:]
        blank = max((found.end() for found in OUTSIDE.finditer(last)), default=0)
        self.decided = len(text) if final else len(text) - len(last) + blank
        """Before here it is certain where addresses begin: they show themselves early."""

    def plain_end(self, at: int) -> int:
        """The index at which something else than plain words stands next."""
        special = (_SPECIAL_OR_ENTITY if self.is_strict else _SPECIAL).search(self.all, at)
        end = special.start() if special else len(self.all)
        if not self.is_strict:
            return end
        if at >= self.decided:
            raise _Unfinished
        return min(end, self.address(at), self.decided)

    def address(self, at: int) -> int:
        """Where the next address begins; the very end when there is none."""
        start = max(at, self.judged)
        if self.is_strict and self._address < start:
            found = begins(self.all, start)
            self._address = len(self.all) if found is None else found
        return self._address if self.is_strict else len(self.all)

    def run(self, at: int) -> str:
        """The word at `at`, whole."""
        word = run(self.all, at)
        if at + len(word) == len(self.all) and len(word) < LONGEST and not self.final:
            raise _Unfinished
        return word

    def lets(self, address: str, label: str = "") -> bool:
        """Whether a link to `address` may stand: it was given, or is a path, or the mail address that is its label."""
        if not self.is_strict or is_given(address, self.given):
            return True
        if is_mail(address):
            return address[len("mailto:") :].lower() in label.lower()
        return bool(_RELATIVE.fullmatch(address)) and begins(address, 0) is None

    def removed(self, end: int) -> str:
        """The note, for what ended at `end`; with what follows it must not become a link or a definition."""
        return f"{REMOVED}{_JOINER}" if self.at(end) in (":", "(", "[") else REMOVED

    def apart(self, at: int, label: str, more: str) -> str:
        """What stays of a link or an image at `at`: the words of its label, and `more`.

        They must not make an address together with what stands before them.
        """
        words = without_addresses(label) if self.is_strict else label
        before = self.all[max(0, at - 1) : at]
        is_apart = not before or before.isspace() or (before in "(*_" and words[:1].isalnum())
        space = "" if is_apart or not self.is_strict else " "
        return f"{space}{words}{' ' if words and more else ''}{more}"

    def at(self, index: int) -> str:
        return self.slice(index, 1)

    def slice(self, start: int, size: int) -> str:
        """`size` characters, fewer only at the very end."""
        if start + size > len(self.all) and not self.final:
            raise _Unfinished
        return self.all[start : start + size]

    def line_end(self, start: int) -> int:
        """The index after the line break, or the very end."""
        if end := self.all.find("\n", start) + 1:
            return end
        if not self.final:
            raise _Unfinished
        return len(self.all)

    def line(self, start: int, size: int) -> str:
        """The rest of the line, at most `size` characters of it."""
        rest = self.all[start : start + size]
        if "\n" not in rest and len(rest) < size and not self.final:
            raise _Unfinished
        return rest.partition("\n")[0]

    def closing(self, start: int, size: int, marks: re.Pattern[str]) -> int | None:
        """The index of the mark that closes the one at `start`, within its line and `size` characters."""
        depth = 0
        for mark in marks.finditer(self.all, start, start + size):
            if mark[0] == "\n":
                return None
            depth += 1 if mark[0] in "[(" else -1
            if not depth:
                return mark.start()
            if depth > _DEPTH:
                return None
        if len(self.all) < start + size and not self.final:
            raise _Unfinished
        return None

    def begins(self, start: int, choices: tuple[str, ...]) -> bool:
        """Whether one of `choices` stands at `start`, in whatever case."""
        rest = self.all[start : start + max(map(len, choices))].lower()
        if rest.startswith(choices):
            return True
        if not self.final and any(choice.startswith(rest) for choice in choices):
            raise _Unfinished
        return False


def _inline(text: _Text, at: int) -> _Taken:
    if (end := text.plain_end(at)) > at:
        return end, text.all[at:end]
    if text.address(at) == at:
        return _bare(text, at)
    match text.all[at]:
        case "\\":
            # Other escapes are no reason to trust what follows: Slack may not know them.
            return (at + 2, text.slice(at, 2)) if text.at(at + 1) in ("\\", "`") else (at + 1, "\\")
        case "`":
            return _code_span(text, at)
        case "!":
            return _image(text, at)
        case "[":
            return _link(text, at)
        case "]":
            return _link_tail(text, at)
        case "<":
            return _angle(text, at)
        case "@":
            return at + 1, f"@{_JOINER}" if text.begins(at + 1, _PINGS) else "@"
        case "&":
            return at + 1, f"&{_JOINER}" if _WRITTEN_OUT.match(text.all, at) else "&"
        case line_break:
            return at + 1, line_break


def _bare(text: _Text, at: int) -> _Taken:
    """An address that stands for itself."""
    word = text.run(at)
    address = address_in(word)
    if not stays(word, address, text.given, is_row=text.is_row):
        return at + len(address), text.removed(at + len(address))
    text.judged = at + len(address)
    return _inline(text, at)


def _code_span(text: _Text, at: int) -> _Taken:
    start = at
    while text.at(start) == "`":
        start += 1
    size = start - at
    line = text.all[start : start + _CODE].partition("\n")[0]
    for ticks in re.finditer("`+", line):
        if len(ticks[0]) == size and ticks.end() < _CODE and (start + ticks.end() < len(text.all) or text.final):
            end = start + ticks.end()
            return end, _in_code(text, at, end, note=f" {text.removed(end)}")
    text.line(start, _CODE)
    return start, text.all[at:start]


def _image(text: _Text, at: int) -> _Taken:
    if text.at(at + 1) != "[":
        return at + 1, "!"
    closing = _label_end(text, at + 1)
    if closing and text.at(closing + 1) == "(" and (found := _address(text, closing + 1)):
        end, address = found
        alt, host = _flat(text.all[at + 2 : closing]) or "image", _host(address)
        if not text.lets(address):
            return end, text.apart(at, alt, text.removed(end))
        return end, text.apart(at, alt, f"({host})" if host else "")
    return at + 1, f"!{_JOINER}"


def _link(text: _Text, at: int) -> _Taken:
    """A bracket, or a whole link that was not given; waits until it is there, or known to be none."""
    closing = _label_end(text, at)
    if closing and text.at(closing + 1) == "(" and (found := _address(text, closing + 1)):
        end, address = found
        label = text.all[at + 1 : closing]
        if not text.lets(address, label):
            return end, text.apart(at, _flat(label), text.removed(end))
        text.let = closing
    return at + 1, "["


def _link_tail(text: _Text, at: int) -> _Taken:
    """What follows a label: `](…)`, or `]: …` of a definition."""
    match text.at(at + 1):
        case "(":
            found = _address(text, at + 1)
            if found and not (at == text.let or text.lets(found[1])):
                return found[0], f"] {text.removed(found[0])}"
            return (found[0], _shown_address(found[1])) if found else (at + 1, f"]{_JOINER}")
        case ":":
            start = at + 2
            while text.at(start) in (" ", "\t", "<"):
                start += 1
            return at + 1, "]" if text.begins(start, _SCHEMES) else f"]{_JOINER}"
        case _:
            return at + 1, "]"


def _shown_address(address: str) -> str:
    if _SAFE.fullmatch(address):
        return f"]({address.translate(_ENCODED)})"
    return f"] ({address})" if _RELATIVE.fullmatch(address) else "] (link removed)"


def _angle(text: _Text, at: int) -> _Taken:
    following = text.at(at + 1)
    if text.begins(at + 1, _SCHEMES):
        line = text.all[at + 1 : at + 1 + _ADDRESS].partition("\n")[0]
        inner, closed, _ = line.partition(">")
        if not closed:
            text.line(at + 1, _ADDRESS)
        address, piped, label = inner.partition("|")
        if closed and not text.lets(address, address):
            end = at + len(inner) + 2
            return end, text.apart(at, _flat(label), text.removed(end))
        if closed and _SAFE.fullmatch(address):
            link = f"<{address.translate(_ENCODED)}>"
            return at + len(inner) + 2, text.apart(at, _flat(label), link) if piped else link
    acts = (following.isascii() and following.isalpha()) or following in tuple("/!?@#")
    return at + 1, f"<{_JOINER}" if acts else "<"


def _label_end(text: _Text, at: int) -> int | None:
    """The index of the bracket that closes the one at `at`, on the same line."""
    return text.closing(at, _LABEL, _BRACKET)


def _address(text: _Text, at: int) -> tuple[int, str] | None:
    """Where the parenthesis at `at` ends, and the address in it without its title; None when it ends on no line."""
    closing = text.closing(at, _ADDRESS, _PARENTHESIS)
    if closing is None:
        return None
    inner = text.all[at + 1 : closing].split(maxsplit=1)
    return closing + 1, inner[0].strip("<>") if inner else ""


def _is_closed(text: _Text, start: int, fence: str) -> bool:
    """Whether a line from `start` on, itself complete, closes the code block."""
    return any(closes(line, fence) for line in text.all[start:].split("\n")[:-1])


def _in_code(text: _Text, start: int, end: int, *, note: str) -> str:
    """Code as it is, but for what Slack reads even there, and addresses that were not given; then `note` follows."""
    code, has_foreign = broken(text.all[start:end], text.given) if text.is_strict else (text.all[start:end], False)
    if has_foreign:
        bare = code.rstrip("\n")
        code = f"{bare}{note}{code[len(bare) :]}"
    return _ENTITY.sub(f"<{_JOINER}", code)


def _flat(label: str) -> str:
    """Words without any markup."""
    return " ".join(re.sub(r"[\[\]()<>`!\\|@]", " ", label).split())


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
