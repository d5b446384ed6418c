"""Gmail's search language: words, "phrases", operators, `OR`, `-`, `()` and `{}`."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from playground.google import mime
from playground.google.errors import Refusal, invalid
from playground.google.mailbox import Mail, Mailbox

Test: TypeAlias = Callable[[Mail], bool]

# "All dates used in the search query are interpreted as midnight on that date in the PST timezone" (Gmail API guide).
_DATES_IN = ZoneInfo("America/Los_Angeles")
_TOKEN = re.compile(
    r'\s*(?:(?P<mark>[(){}|])|(?P<minus>-(?=\S))|(?:(?P<field>[A-Za-z_0-9]+):)?(?P<rest>"[^"]*"|[^\s"(){}|]+|))'
)
_FOLDERS = {"draft": "DRAFT", "drafts": "DRAFT"}
_STATES = {"unread": "UNREAD", "starred": "STARRED", "important": "IMPORTANT", "sent": "SENT", "draft": "DRAFT"}
_AGES = {"h": timedelta(hours=1), "d": timedelta(days=1), "m": timedelta(days=30), "y": timedelta(days=365)}
_BETWEEN = ("AND", "OR", "|")
_SIZES = {"": 1, "k": 1024, "m": 1024**2}


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it was understood."""

    fits: Test
    hides: frozenset[str]
    """Labels whose mails are only found when asked for: trash and spam."""

    def meets(self, mail: Mail) -> bool:
        return not mail.labels & self.hides and self.fits(mail)


def understood(query: str, box: Mailbox, now: datetime, *, with_trash: bool = False) -> Search:
    """What `query` asks of mails in `box`; a 400 when its brackets or quotes do not close."""
    places = {place.lower() for place in re.findall(r"\b(?:in|label|is):(\w+)", query)}
    hidden = {"TRASH", "SPAM"} - {place.upper() for place in places}
    hides = frozenset[str]() if with_trash or "anywhere" in places else frozenset(hidden)
    return Search(_Parser(query, box, now).whole(), hides)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    """A bracket, `|`, `-`, `OR`, `AND`, `is` for an operator alone, or `word`."""
    field: str = ""
    text: str = ""
    is_phrase: bool = False


class _Parser:
    """Reads a query from left to right; what stands beside each other must both hold."""

    def __init__(self, query: str, box: Mailbox, now: datetime) -> None:
        self._query = query
        self._tokens = _tokens(query)
        self._terms = Terms(box, now)

    def whole(self) -> Test:
        return self._series("", "", _both)

    def _term(self, field: str, end: str) -> Test:
        if not self._tokens or self._tokens[0].kind == end:
            return _always
        token = self._tokens.pop(0)
        match token.kind:
            case "-":
                inner = self._term(field, end)
                return lambda mail: not inner(mail)
            case "(":
                return self._group(")", field, _both)
            case "{":
                return self._group("}", field, _either)
            case ")" | "}":
                raise _unclear(self._query)
            case "is":
                return self._term(token.field, end)
            case _:
                return self._terms.test(token.field or field, token.text, is_phrase=token.is_phrase)

    def _group(self, end: str, field: str, joined: Callable[[list[Test]], Test]) -> Test:
        """What stands in brackets; an operator before them holds for each word in them."""
        test = self._series(end, field, joined)
        if not self._tokens:
            raise _unclear(self._query)
        self._tokens.pop(0)
        return test

    def _series(self, end: str, field: str, joined: Callable[[list[Test]], Test]) -> Test:
        """All terms up to `end`; `OR` binds more tightly than standing beside each other."""
        tests: list[Test] = []
        while self._tokens and self._tokens[0].kind != end:
            if self._tokens[0].kind not in _BETWEEN:
                tests.append(self._term(field, end))
            elif self._tokens.pop(0).kind != "AND" and tests:
                tests[-1] = _either([tests[-1], self._term(field, end)])
        return joined(tests)


class Terms:
    """What each operator asks of a mail."""

    def __init__(self, box: Mailbox, now: datetime) -> None:
        self._box = box
        self._now = now

    def test(self, field: str, text: str, *, is_phrase: bool) -> Test:
        """The test for `field:text`; an operator that Gmail does not know is searched for as a word."""
        match field:
            case "" | "around":
                wanted = words(text)
                return lambda mail: _within(wanted, _all_words(mail))
            case "from":
                return self._people(text, "From")
            case "to":
                return self._people(text, "To", "Cc", "Bcc")
            case "cc" | "bcc":
                return self._people(text, field.title())
            case "deliveredto":
                return self._people(text, "To", "Cc", "Bcc")
            case "subject":
                wanted = words(text)
                return lambda mail: _within(wanted, words(mail.subject))
            case "list":
                return lambda mail: text.lower() in mime.header(mail.parsed, "List-Id").lower()
            case "rfc822msgid":
                return lambda mail: mail.message_id.strip("<>") == text.strip("<>")
            case "filename":
                return lambda mail: any(_named(text, part.get_filename() or "") for part in mime.files(mail.parsed))
            case "is" | "in" | "label" | "has" | "category":
                return self._state(field, text)
            case "after" | "newer" | "before" | "older" | "newer_than" | "older_than":
                return self._time(field, text)
            case "larger" | "smaller" | "size":
                return _size(field, text)
            case _:
                return self.test("", f"{field} {text}", is_phrase=is_phrase)

    def _people(self, text: str, *headers: str) -> Test:
        if text.lower() == "me":
            own = self._box.account.email
            return lambda mail: any(address.addr_spec.lower() == own for address in mail.people(*headers))
        wanted = words(text)
        return lambda mail: any(_within(wanted, words(str(address))) for address in mail.people(*headers))

    def _state(self, field: str, text: str) -> Test:
        name = text.lower()
        match field, name:
            case "in", "anywhere":
                return _always
            case "in", "archive":
                return lambda mail: not mail.labels & {"INBOX", "TRASH", "SPAM", "DRAFT", "SENT"}
            case "is", "read":
                return lambda mail: "UNREAD" not in mail.labels
            case "is", _ if name in _STATES:
                return _labelled(_STATES[name])
            case "has", "attachment":
                return lambda mail: bool(mime.files(mail.parsed))
            case "has", ("userlabels" | "nouserlabels"):
                is_wanted = name == "userlabels"
                return lambda mail: any(label.startswith("Label_") for label in mail.labels) is is_wanted
            case "category", _:
                return _labelled(f"CATEGORY_{'PERSONAL' if name == 'primary' else name.upper()}")
            case (("in" | "label"), _):
                found = self._box.label(_FOLDERS.get(name, text))
                return _labelled(found.id) if found else _never
            case _:
                return _never

    def _time(self, field: str, text: str) -> Test:
        limit = self._now - _age(text) if field.endswith("_than") else _moment(text)
        if field in ("after", "newer", "newer_than"):
            return lambda mail: mail.at >= limit
        return lambda mail: mail.at < limit


def words(text: str) -> list[str]:
    """The words of `text` as the search compares them: no accents, no case, no plural s."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return [_stem(word) for word in re.findall(r"\w+", plain.casefold())]


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word


def _all_words(mail: Mail) -> list[str]:
    people = " ".join(str(address) for address in mail.people("From", "To", "Cc", "Bcc"))
    names = " ".join(part.get_filename() or "" for part in mime.files(mail.parsed))
    return words(f"{mail.subject} \n {people} \n {mail.text} \n {names}")


def _within(wanted: list[str], found: list[str]) -> bool:
    """Whether `wanted` stands in `found`, word by word in this order."""
    size = len(wanted)
    return any(found[start : start + size] == wanted for start in range(len(found) - size + 1))


def _labelled(label: str) -> Test:
    return lambda mail: label in mail.labels


def _named(wanted: str, name: str) -> bool:
    return name.lower().endswith(f".{wanted.lower()}") or _within(words(wanted), words(name))


def _size(field: str, text: str) -> Test:
    found = re.fullmatch(r"(\d+)([kKmM]?)[bB]?", text)
    if found is None:
        return _never
    size = int(found[1]) * _SIZES[found[2].lower()]
    return (lambda mail: len(mail.raw) < size) if field == "smaller" else (lambda mail: len(mail.raw) > size)


def _moment(text: str) -> datetime:
    """Midnight of a date in Pacific time, or seconds since 1970 as they are; a 400 for anything else."""
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text), UTC)
        first, *others = (int(part) for part in re.split(r"[/\-.]", text))
        year, month, day = (first, *others) if first > 31 else (others[-1], first, *others[:-1])
        return datetime(year, month, day, tzinfo=_DATES_IN)
    except (ValueError, IndexError, OverflowError, OSError) as error:
        raise invalid(f"Invalid date in query: {text}") from error


def _age(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,4})([hdmy])", text.lower())
    if found is None:
        raise invalid(f"Invalid age in query: {text}")
    return int(found[1]) * _AGES[found[2]]


def _tokens(query: str) -> list[Token]:
    found: list[Token] = []
    if query.count('"') % 2:
        raise _unclear(query)
    for match in _TOKEN.finditer(query):
        rest = match["rest"] or ""
        if match["mark"] or match["minus"]:
            found.append(Token(match["mark"] or "-"))
        elif rest in ("OR", "AND") and not match["field"]:
            found.append(Token(rest))
        elif rest:
            field = (match["field"] or "").lower()
            found.append(Token("word", field, rest.strip('"'), is_phrase=rest.startswith('"')))
        elif match["field"]:
            found.append(Token("is", match["field"].lower()))
    return found


def _both(tests: list[Test]) -> Test:
    return lambda mail: all(test(mail) for test in tests)


def _either(tests: list[Test]) -> Test:
    return lambda mail: any(test(mail) for test in tests) or not tests


def _always(_mail: Mail) -> bool:
    return True


def _never(_mail: Mail) -> bool:
    return False


def _unclear(query: str) -> Refusal:
    return invalid(f"Invalid query: {query}")
