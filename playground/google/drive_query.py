"""Drive's search language, the `q` of files.list: parsing and matching."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

# https://developers.google.com/workspace/drive/api/guides/ref-search-terms
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>'(?:\\.|[^'\\])*')
      | (?P<mark>[()]|<=|>=|!=|=|<|>)
      | (?P<word>[A-Za-z]+)
    )""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PHRASE = re.compile(r'"([^"]*)"')
_ORDER: Mapping[str, Callable[[datetime, datetime], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}


class BadQuery(ValueError):
    """What Drive answers with 400 `Invalid Value`."""


class Searched(Protocol):
    """A file as a query sees it, with the person who asks already in mind."""

    @property
    def name(self) -> str: ...
    @property
    def words(self) -> str:
        """All that can be read in it."""
        ...

    @property
    def mime_type(self) -> str: ...
    @property
    def created(self) -> datetime: ...
    @property
    def modified(self) -> datetime: ...
    @property
    def trashed(self) -> bool: ...
    @property
    def shared_with_me(self) -> bool: ...
    @property
    def visibility(self) -> str: ...
    def is_in(self, value: str, collection: str) -> bool:
        """Whether the address or id `value` is one of its parents, owners, writers or readers."""
        ...


Test: TypeAlias = Callable[[Searched], bool]


@dataclass(frozen=True, slots=True)
class Query:
    test: Test
    words: tuple[str, ...]
    """What was looked for in the full text; such an answer comes in the order of relevance."""

    def score(self, file: Searched) -> int:
        """How well `file` fits: a word of the name counts most."""
        name, text = _words(file.name), _words(file.words)
        return sum(20 * name.count(word) + text.count(word) for word in self.words)


def parse(text: str) -> Query:
    """What `text` asks for; BadQuery when Drive would not understand it."""
    if not text.strip():
        return Query(lambda _: True, ())
    reader = _Reader(_tokens(text))
    test = reader.either()
    if reader.left:
        raise BadQuery(text)
    return Query(test, tuple(reader.words))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    text = text.rstrip()
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise BadQuery(text)
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self.words: list[str] = []

    @property
    def left(self) -> bool:
        return bool(self._tokens)

    def either(self) -> Test:
        tests = [self._both()]
        while self._takes("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda file: any(test(file) for test in tests)

    def _both(self) -> Test:
        tests = [self._maybe_not()]
        while self._takes("and"):
            tests.append(self._maybe_not())
        return tests[0] if len(tests) == 1 else lambda file: all(test(file) for test in tests)

    def _maybe_not(self) -> Test:
        if self._takes("not"):
            test = self._maybe_not()
            return lambda file: not test(file)
        if self._takes("("):
            test = self.either()
            self._need(")")
            return test
        return self._term()

    def _term(self) -> Test:
        first = self._next()
        if first.kind == "quoted":
            self._need("in")
            return _within(_unquoted(first), self._next().text)
        field, sign = first.text, self._next().text
        value = self._next()
        plain = _unquoted(value) if value.kind == "quoted" else ""
        if field in _FLAGS:
            return _flag(field, sign, value)
        if value.kind != "quoted":
            raise BadQuery(value.text)
        if field == "fullText" and sign == "contains":
            self.words += _words(plain)
            return _full_text(plain)
        return _comparison(field, sign, plain)

    def _next(self) -> _Token:
        if not self._tokens:
            raise BadQuery("")
        return self._tokens.pop(0)

    def _takes(self, word: str) -> bool:
        if self._tokens and self._tokens[0].kind != "quoted" and self._tokens[0].text.lower() == word:
            self._tokens.pop(0)
            return True
        return False

    def _need(self, word: str) -> None:
        if not self._takes(word):
            raise BadQuery(word)


def _unquoted(token: _Token) -> str:
    return re.sub(r"\\(.)", r"\1", token.text[1:-1])


def _within(value: str, collection: str) -> Test:
    if collection not in ("parents", "owners", "writers", "readers"):
        raise BadQuery(collection)
    return lambda file: file.is_in(value, collection)


_FLAGS: Mapping[str, Callable[[Searched], bool]] = {
    "trashed": lambda file: file.trashed,
    "sharedWithMe": lambda file: file.shared_with_me,
    # Nobody in the seed marks a file with a star.
    "starred": lambda _: False,
}


def _flag(field: str, sign: str, value: _Token) -> Test:
    if sign not in ("=", "!=") or value.text not in ("true", "false"):
        raise BadQuery(field)
    wanted = (value.text == "true") == (sign == "=")
    return lambda file: _FLAGS[field](file) == wanted


def _comparison(field: str, sign: str, value: str) -> Test:
    match field, sign:
        case "name", "contains":
            return lambda file: _begins(file.name, value)
        case "mimeType", "contains":
            return lambda file: file.mime_type.startswith(value)
        case (("name" | "mimeType" | "visibility"), ("=" | "!=")):
            attribute = operator.attrgetter("mime_type" if field == "mimeType" else field)
            return lambda file: (attribute(file).lower() == value.lower()) == (sign == "=")
        case (("modifiedTime" | "createdTime"), _) if sign in _ORDER:
            moment, compare = _moment(value), _ORDER[sign]
            attribute = operator.attrgetter("modified" if field == "modifiedTime" else "created")
            return lambda file: compare(attribute(file), moment)
        case _:
            raise BadQuery(f"{field} {sign}")


def _begins(name: str, value: str) -> bool:
    """Drive matches the beginnings of words in a name, and nothing within a word."""
    words = _words(name)
    return all(any(word.startswith(part) for word in words) for part in _words(value))


def _full_text(value: str) -> Test:
    """Whole words in the name or the text, in any order; in double quotes, one after the other."""
    phrases = [_words(phrase) for phrase in _PHRASE.findall(value)]
    words = _words(_PHRASE.sub(" ", value))

    def test(file: Searched) -> bool:
        found = _words(f"{file.name}\n{file.words}")
        return set(words) <= set(found) and all(_follows(found, phrase) for phrase in phrases)

    return test


def _follows(found: list[str], phrase: list[str]) -> bool:
    return any(found[n : n + len(phrase)] == phrase for n in range(len(found)))


def _words(text: str) -> list[str]:
    return [match.lower() for match in _WORD.findall(text)]


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadQuery(text) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
