"""SOQL text to a tree, by recursive descent, knowing no object. What it cannot read is MALFORMED_QUERY at a place."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import NoReturn

from syncer.sandbox.salesforce.errors import ApiError
from syncer.sandbox.salesforce.soql_errors import malformed, unexpected
from syncer.sandbox.salesforce.soql_tree import (
    Both,
    Compare,
    Condition,
    Function,
    Item,
    Literal,
    Not,
    Order,
    Path,
    Query,
    without_alias,
)  # fmt: skip

LONGEST = 100_000
DEEPEST_OFFSET = 2000
FIELDS_LIMIT = 200
AGGREGATES = ("count", "count_distinct", "sum", "min", "max", "avg")


_TOKEN = re.compile(
    r"""\s+
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    |(?P<date>\d{4}-\d\d-\d\d)
    |(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))
    |(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    |(?P<sign><=|>=|!=|<>|[=<>(),:])""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_PERIOD = re.compile(
    r"TODAY|YESTERDAY|TOMORROW|(?:THIS|LAST|NEXT)_(?:WEEK|MONTH|QUARTER|YEAR)|(?:LAST|NEXT)_90_DAYS"
    r"|(?:LAST|NEXT)_N_(?:DAYS|WEEKS|MONTHS|QUARTERS|YEARS)|N_(?:DAYS|WEEKS|MONTHS|QUARTERS|YEARS)_AGO"
)
_CLAUSES = ("where", "group", "having", "order", "limit", "offset", "for", "all", "with", "using")
_NOT_HERE = ("having", "with", "using", "for", "typeof")


@functools.lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """The query as a tree. ApiError MALFORMED_QUERY, or NUMBER_OUTSIDE_VALID_RANGE for a too large OFFSET."""
    if len(text) > LONGEST:
        raise ApiError("MALFORMED_QUERY", f"SOQL statements cannot be longer than {LONGEST} characters.")
    return _Parser(text).query()


def decode_string(raw: str, at: int, text: str) -> str:
    """A string's value from what stands between its quotes."""

    def one(found: re.Match[str]) -> str:
        letter = found.group(1)
        if letter[0] == "u" and len(letter) == 5:
            return chr(int(letter[1:], 16))
        if letter not in _ESCAPES:
            raise malformed(text, at, f"Illegal character sequence '\\{letter}' in string literal")
        return _ESCAPES[letter]

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|.)", one, raw, flags=re.DOTALL)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind == "word" else ""


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise unexpected(text, at, text[at])
        if match.lastgroup:
            found.append(_Token(match.lastgroup, match.group(), at))
        at = match.end()
    return [*found, _Token("end", "<EOF>", len(text))]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0

    @property
    def _now(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._now
        self._next += 1
        return token

    def _unexpected(self, token: _Token) -> NoReturn:
        raise unexpected(self._text, token.at, token.text)

    def _refuse(self, token: _Token) -> NoReturn:
        raise malformed(self._text, token.at, f"{token.text} is not imitated by this stand-in")

    def _skip(self, *texts: str) -> bool:
        """Whether the next token was one of these words or signs, and is now behind us."""
        if self._now.kind in ("word", "sign") and self._now.text.lower() in texts:
            self._next += 1
            return True
        return False

    def _need(self, text: str) -> None:
        if not self._skip(text):
            self._unexpected(self._now)

    def _path(self) -> Path:
        token = self._take()
        if token.kind != "word":
            self._unexpected(token)
        return Path(tuple(token.text.split(".")), token.at)

    def _count(self) -> int:
        token = self._take()
        if token.kind != "number" or not token.text.isdigit():
            self._unexpected(token)
        return int(token.text)

    def query(self) -> Query:
        self._need("select")
        items = [self._item()]
        while self._skip(","):
            items.append(self._item())
        self._need("from")
        sobject = self._path()
        alias = self._alias()
        where = self._condition() if self._skip("where") else None
        groups, orders = self._groups(), self._orders()
        limit = self._count() if self._skip("limit") else None
        offset = self._offset()
        all_rows = self._skip("all")
        if all_rows:
            self._need("rows")
        if self._now.word in _NOT_HERE:
            self._refuse(self._now)
        if self._now.kind != "end":
            self._unexpected(self._now)
        query = Query(self._text, tuple(items), sobject, where, groups, orders, limit, offset, all_rows)
        return without_alias(query, {sobject.text.lower(), alias.lower()})

    def _alias(self) -> str:
        self._skip("as")
        if self._now.kind == "word" and self._now.word not in _CLAUSES:
            return self._take().text
        return ""

    def _groups(self) -> tuple[Path, ...]:
        if not self._skip("group"):
            return ()
        self._need("by")
        groups = [self._path()]
        while self._skip(","):
            groups.append(self._path())
        return tuple(groups)

    def _orders(self) -> tuple[Order, ...]:
        if not self._skip("order"):
            return ()
        self._need("by")
        orders = [self._order()]
        while self._skip(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        what = self._item().what
        descending = self._skip("desc")
        if not descending:
            self._skip("asc")
        first = not descending
        if self._skip("nulls"):
            first = self._now.word == "first"
            if not self._skip("first", "last"):
                self._unexpected(self._now)
        return Order(what, descending, first)

    def _offset(self) -> int:
        if not self._skip("offset"):
            return 0
        offset = self._count()
        if offset > DEEPEST_OFFSET:
            raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {DEEPEST_OFFSET}")
        return offset

    def _item(self) -> Item:
        token = self._now
        if token.text == "(" or token.word in _NOT_HERE:
            self._refuse(token)
        path = self._path()
        what: Path | Function = path
        if self._skip("("):
            name = path.text.lower()
            if name not in (*AGGREGATES, "fields"):
                self._refuse(token)
            what = Function(name, None if name == "count" and self._now.text == ")" else self._path(), token.at)
            self._need(")")
        return Item(what, self._item_alias())

    def _item_alias(self) -> str | None:
        token = self._now
        if token.kind != "word" or token.word in ("from", "asc", "desc", "nulls", "limit", "offset", "all"):
            return None
        after = self._tokens[self._next + 1]
        if after.text != "," and after.word != "from":
            self._unexpected(token)
        return self._take().text

    def _condition(self) -> Condition:
        """Chains are of AND or of OR: mixed without parentheses they are a syntax error, as in the real one."""
        parts = [self._simple()]
        joint = self._now.word
        if joint not in ("and", "or"):
            return parts[0]
        while self._skip(joint):
            parts.append(self._simple())
        if self._now.word in ("and", "or"):
            self._unexpected(self._now)
        return Both(tuple(parts), joint == "and")

    def _simple(self) -> Condition:
        if self._skip("not"):
            return Not(self._simple())
        if self._skip("("):
            inside = self._condition()
            self._need(")")
            return inside
        return self._comparison()

    def _comparison(self) -> Compare:
        path = self._path()
        token = self._take()
        operator = {"<>": "!="}.get(token.text, token.text.lower())
        if operator == "not" and self._skip("in"):
            operator = "not in"
        if operator in ("in", "not in"):
            return Compare(path, operator, self._list())
        if operator in ("includes", "excludes") or self._now.text == "(":
            self._refuse(token)
        if operator not in ("=", "!=", "<", "<=", ">", ">=", "like"):
            self._unexpected(token)
        return Compare(path, operator, (self._literal(like=operator == "like"),))

    def _list(self) -> tuple[Literal, ...]:
        self._need("(")
        if self._now.word == "select":
            self._refuse(self._now)
        values = [self._literal()]
        while self._skip(","):
            values.append(self._literal())
        self._need(")")
        return tuple(values)

    def _literal(self, *, like: bool = False) -> Literal:
        token = self._take()
        if token.kind == "string":
            raw = token.text[1:-1]
            return Literal("string", raw if like else decode_string(raw, token.at, self._text))
        if token.kind in ("number", "date", "datetime"):
            return Literal(token.kind, float(token.text) if token.kind == "number" else token.text)
        if token.word in ("true", "false"):
            return Literal("boolean", token.word == "true")
        if token.word == "null":
            return Literal("null", None)
        if token.kind == "word" and _PERIOD.fullmatch(token.text.upper()):
            return Literal("period", (token.text.upper(), self._count() if self._skip(":") else None))
        return self._unexpected(token)
