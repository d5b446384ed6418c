"""Addresses in the model's words: where one begins, how far it reaches, and what is left of one that nobody gave."""

import re
from html import unescape
from typing import Protocol

REMOVED = "[link removed: it came from the page, not from you]"
"""What stands where a link stood."""
LONGEST = 2_500
"""Characters of an address; a longer one is nobody's."""
AHEAD = 700
"""Characters after which it is certain whether an address begins: the bounds in `_BEGINS` add up to less."""

# Browsers read each of these for a dot.
_DOT = r"\\?[.。．｡]"
_HOST = (
    rf"(?:[^\W_](?:[\w-]{{0,61}}\w)?{_DOT}){{1,8}}"
    # What ends like a file is a file, unless a country ends like that.
    r"(?!(?:[jt]sx?|json|ya?ml|toml|s?css|html?|txt|csv|xml|java|rb|php|sql|cpp|hpp|go|lock|cfg|ini|log|exe)\b)"
    r"(?:xn--[\w-]{2,58}|[^\W\d_]{2,24})\.?"
)
_USER = r"(?:[\w.+%~:;=$,'-]{1,100}@)?"
_BEGINS = re.compile(
    r"[a-z][a-z0-9+.-]{0,30}\\?:[/\\]{2,20}(?=[^\s/\\])"
    r"|https?\\?:[/\\](?=\S)"
    r"|mailto\\?:(?=\S)"
    rf"|(?<!\w)www\d{{0,3}}{_DOT}(?=\w)"
    rf"|(?:(?<![/\\])[/\\]{{2,20}}|(?<![\w/])){_USER}{_HOST}(?::\d{{1,5}})?(?=[/\\?#]\S)",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"[^\w.。．｡+%~:;=$,'@/\\?#&-]")
"""What stands in no beginning of an address: blanks, brackets, and the commas of languages without blanks."""
_RUN = re.compile(rf"[^\s<>]{{0,{LONGEST}}}")
_IN_WORDS = re.compile(r"[^\s<>`\"“”|\[\]{}]+")
_IN_CODE = re.compile(r"[^\s<>`\"'|\[\]{}()]+")
_LEFT_OVER = re.compile(r"[.,;:!?'\"`*_~()\[\]{}|…“”‘’»›]*?(?:\]\(|$)")
_CLOSERS = ".,;:!?'*_~)…”’»›"
_MAIL = re.compile(r"mailto:[^\s@?&#/\\%:;,]+@[^\s@?&#/\\%:;,]+", re.IGNORECASE)
_BROKEN = str.maketrans({".": "[.]", "。": "[.]", "．": "[.]", "｡": "[.]", ":": "[:]"})


class Given(Protocol):
    """Says whether the person, or a tool itself, gave an address: such a one may stand in an answer."""

    def __call__(self, address: str, /) -> bool: ...


def everything(_address: str, /) -> bool:
    """Whatever the model writes: nobody else has had a word in it."""
    return True


def begins(text: str, at: int) -> int | None:
    """Where the first address from `at` on begins."""
    found = _BEGINS.search(text, at)
    return found.start() if found else None


def run(text: str, at: int) -> str:
    """What stands at `at` without a blank, at most as long as an address."""
    found = _RUN.match(text, at)
    return found[0] if found else ""


def address_in(words: str) -> str:
    """The address with which `words` begin, without the marks that close a sentence."""
    found = _IN_WORDS.match(words)
    whole = found[0] if found else words[:1]
    bare = whole
    while bare and bare[-1] in _CLOSERS and not (bare[-1] == ")" and bare.count("(") >= bare.count(")")):
        bare = bare[:-1]
    return bare or whole


def stays(words: str, address: str, given: Given, *, is_row: bool) -> bool:
    """Whether the `address` with which `words` begin was given, and readers of Markdown cannot take it for longer."""
    if len(words) >= LONGEST or not (is_given(address, given) or is_mail(address)):
        return False
    rest = words[len(address) :]
    return bool(_LEFT_OVER.match(rest.partition("|")[0] if is_row else rest))


def is_given(address: str, given: Given) -> bool:
    return given(address) or given(unescape(address))


def is_mail(address: str) -> bool:
    """Whether it is nothing but somebody's e-mail address: no subject and no body that would carry anything out."""
    return bool(_MAIL.fullmatch(address))


def without_addresses(words: str) -> str:
    """`words` in which each address is an ellipsis."""
    kept, at = "", 0
    while (start := begins(words, at)) is not None:
        kept, at = f"{kept}{words[at:start]}…", start + len(address_in(run(words, start)))
    kept += words[at:]
    return "" if kept.strip() == "…" else kept


def broken(code: str, given: Given) -> tuple[str, bool]:
    """`code` in which each address that nobody gave can be read and not opened, and whether there was one."""
    kept, at, found_one = "", 0, False
    while (start := begins(code, at)) is not None:
        found = _IN_CODE.match(code, start)
        address = found[0] if found else code[start]
        is_fine = is_given(address, given) or is_mail(address)
        kept, at = f"{kept}{code[at:start]}{address if is_fine else defanged(address)}", start + len(address)
        found_one |= not is_fine
    return kept + code[at:], found_one


def defanged(address: str) -> str:
    """The usual way to write an address so that no program opens it: `hxxps[:]//evil[.]example`."""
    return re.sub("^http", "hxxp", address, flags=re.IGNORECASE).translate(_BROKEN)
