"""JQL text as a tree of clauses."""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

_TOKEN = re.compile(
    r"""
    (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<operator><=|>=|!=|!~|=|~|<|>)
    |(?P<mark>[(),])
    |(?P<logic>&&|\|\||&|\||!)
    |(?P<word>(?:[^\s"'()=!<>~,&|\\]|\\.)+)
    """,
    re.VERBOSE | re.DOTALL,
)
_RESERVED = re.compile(r"[@#$%^*/+?;{}`\[\]]")
_CUSTOM = re.compile(r"cf\[\d+\]", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_LOGIC = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "was", "changed", "order", "by", "asc", "desc", "empty", "null"})
_DEEPEST = 60
_OPERATORS = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"

Operator: TypeAlias = Literal["=", "!=", "~", "!~", "<", ">", "<=", ">=", "in", "not in", "is", "is not"]
_SIMPLE: dict[str, Operator] = {"=": "=", "!=": "!=", "~": "~", "!~": "!~", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


class JqlError(Exception):
    """The query cannot be read or means nothing; the message is Jira's."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int

    @property
    def keyword(self) -> str:
        """The word in lower case when it is one of the language's own."""
        if self.kind == "logic":
            return _LOGIC[self.text]
        return self.text.lower() if self.kind == "word" and self.text.lower() in _KEYWORDS else ""


@dataclass(frozen=True, slots=True)
class Value:
    text: str


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Empty:
    """`EMPTY` or `NULL`."""


Operand: TypeAlias = Value | Function | Empty


@dataclass(frozen=True, slots=True)
class Clause:
    field: str
    operator: Operator
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Not:
    what: "Tree"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple["Tree", ...]


Tree: TypeAlias = Clause | Not | All | Any


@dataclass(frozen=True, slots=True)
class Order:
    field: str
    is_descending: bool | None
    """None where the query leaves it to the field."""


@dataclass(frozen=True, slots=True)
class Query:
    where: Tree | None
    order: tuple[Order, ...]


def parsed(text: str) -> Query:
    """Read a whole query. Raises JqlError in Jira's words."""
    return _Reader(text).query()


class _Reader:
    """Goes through the tokens once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0
        self._depth = 0

    def query(self) -> Query:
        where = None if self._peek().kind == "end" or self._peek().keyword == "order" else self._any()
        order = self._order()
        if (rest := self._peek()).kind != "end":
            raise self._expected("either 'OR' or 'AND'", rest)
        return Query(where, order)

    def _any(self) -> Tree:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Tree:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Tree:
        if self._depth > _DEEPEST:
            raise JqlError("The query is too deeply nested.")
        self._depth += 1
        found = self._not_or_group()
        self._depth -= 1
        return found

    def _not_or_group(self) -> Tree:
        if self._take("not"):
            return Not(self._one())
        if self._peek().text == "(" and self._peek().kind == "mark":
            self._advance()
            inner = self._any()
            self._close()
            return inner
        return self._clause()

    def _clause(self) -> Clause:
        field = self._field()
        operator = self._operator()
        if operator in ("in", "not in"):
            return Clause(field, operator, self._operands())
        operand = self._operand()
        if operator in ("is", "is not") and not isinstance(operand, Empty):
            raise JqlError(f"The operator '{operator}' only supports 'EMPTY' and 'NULL'.")
        return Clause(field, operator, (operand,))

    def _field(self) -> str:
        token = self._advance()
        if token.kind not in ("word", "string") or token.keyword:
            raise self._expected("a field name", token)
        return _plain(token)

    def _operator(self) -> Operator:
        token = self._advance()
        if token.kind == "operator":
            return _SIMPLE[token.text]
        match token.keyword:
            case "in":
                return "in"
            case "is":
                return "is not" if self._take("not") else "is"
            case "not" if self._take("in"):
                return "not in"
            case "was" | "changed":
                raise JqlError(f"The playground's Jira does not know the operator '{token.text}'.")
            case _:
                said = f"Expecting operator but got '{token.text}'. The valid operators are {_OPERATORS}."
                raise self._wrong(said, token)

    def _operands(self) -> tuple[Operand, ...]:
        if self._peek().text != "(":
            # A function may stand for a whole list.
            return (self._operand(),)
        self._advance()
        found = [self._operand()]
        while self._peek().text == "," and self._peek().kind == "mark":
            self._advance()
            found.append(self._operand())
        self._close()
        return tuple(found)

    def _operand(self) -> Operand:
        token = self._advance()
        if token.keyword in ("empty", "null"):
            return Empty()
        if token.kind not in ("word", "string") or token.keyword:
            raise self._expected("either a value, list or function", token)
        if token.kind == "word" and self._peek().text == "(" and self._peek().kind == "mark":
            return Function(token.text, self._arguments())
        return Value(_plain(token))

    def _arguments(self) -> tuple[str, ...]:
        self._advance()
        found: list[str] = []
        while self._peek().text != ")" and self._peek().kind != "end":
            token = self._advance()
            if token.text != "," or token.kind != "mark":
                found.append(_plain(token))
        self._close()
        return tuple(found)

    def _order(self) -> tuple[Order, ...]:
        if not self._take("order"):
            return ()
        if not self._take("by"):
            raise self._expected("'by'", self._peek())
        found: list[Order] = []
        while not found or (self._peek().text == "," and self._advance()):
            field = self._field()
            is_descending = True if self._take("desc") else False if self._take("asc") else None
            found.append(Order(field, is_descending))
        return tuple(found)

    def _close(self) -> None:
        token = self._advance()
        if token.text != ")" or token.kind != "mark":
            raise self._expected("')'", token)

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _advance(self) -> Token:
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _take(self, keyword: str) -> bool:
        """Go on past `keyword` when it comes next."""
        if self._peek().keyword != keyword:
            return False
        self._advance()
        return True

    def _expected(self, what: str, token: Token) -> JqlError:
        if token.kind == "end":
            return JqlError(f"Error in the JQL Query: Expecting {what} before the end of the query.")
        return self._wrong(f"Expecting {what} but got '{token.text}'.", token)

    def _wrong(self, said: str, token: Token) -> JqlError:
        line = self._text.count("\n", 0, token.at) + 1
        column = token.at - self._text.rfind("\n", 0, token.at)
        return JqlError(f"Error in the JQL Query: {said} (line {line}, character {column})")


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text, at)
        found.append(token := Token(str(match.lastgroup), match[0], at))
        if token.kind == "word" and not _CUSTOM.fullmatch(token.text) and (odd := _RESERVED.search(token.text)):
            said = f"The character '{odd[0]}' is a reserved JQL character."
            code = f"\\u{ord(odd[0]):04x}"
            raise JqlError(
                f"Error in the JQL Query: {said} You must enclose it in a string or use the escape '{code}'."
            )
        at = match.end()
    return [*found, Token("end", "", at)]


def _unreadable(text: str, at: int) -> JqlError:
    if text[at] in "\"'":
        said = f"The quoted string '{text[at + 1 :]}' has not been completed."
    else:
        said = f"The character '{text[at]}' is not allowed here."
    return JqlError(f"Error in the JQL Query: {said} (line 1, character {at + 1})")


def _plain(token: Token) -> str:
    """What a word or a quoted string says."""
    text = token.text[1:-1] if token.kind == "string" else token.text
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    said = match[1]
    return chr(int(said[1:], 16)) if len(said) == 5 else {"n": "\n", "t": "\t", "r": "\r"}.get(said, said)
