"""The text of a question: the `#+` lines at its head, the tokens of its body, and what it selects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

HEAD = "#+"
"""What a line of the head starts with, as in grlc."""

Kind = Literal["variable", "word", "number", "open", "close", "other"]

_STRINGS = "|".join(
    rf"{q}{q}{q}(?:[^{q}\\]|\\.|{q}(?!{q}{q}))*{q}{q}{q}|{q}(?:[^{q}\\\r\n]|\\.)*{q}" for q in "\"'"
)
_TOKEN = re.compile(
    rf"""
      \s+ | \#[^\r\n]*                          # white space, comment
    | <[^<>"{{}}|^`\\\x00-\x20]*>               # IRI
    | {_STRINGS}
    | @[A-Za-z]+(?:-[A-Za-z0-9]+)*              # language
    | [?$](?P<variable>\w+)
    | (?P<word>[^\W\d][\w.\-]*(?::[\w.\-]*)?|:[\w.\-]*)     # keyword, function, prefixed name
    | (?P<number>\d[\d.eE]*)
    | (?P<open>[{{(\[]) | (?P<close>[}})\]])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of a query: what it is, how it reads, where it stands, how many brackets are open around it."""

    kind: Kind
    text: str
    start: int
    end: int
    depth: int


def split(text: str) -> tuple[str, str]:
    """(head, body): the lines at the top that start with ``#+``, without that mark, and the query below them."""
    lines = text.splitlines(keepends=True)
    count = next((i for i, line in enumerate(lines) if not line.startswith(HEAD)), len(lines))
    return "".join(line.removeprefix(HEAD) for line in lines[:count]), "".join(lines[count:])


def tokens(body: str) -> Iterator[Token]:
    """The tokens of a query in order; comments, strings, IRIs and language tags are passed over whole."""
    depth = 0
    for found in _TOKEN.finditer(body):
        kind: Kind | None = found.lastgroup  # type: ignore[assignment]
        if kind is None:
            continue
        depth -= kind == "close"
        yield Token(kind, found[kind], *found.span(), depth)
        depth += kind == "open"


def variables(body: str) -> set[str]:
    """The names of all variables of a query."""
    return {token.text for token in tokens(body) if token.kind == "variable"}


def selected(body: str) -> list[str]:
    """The columns of a SELECT query, in order; none where it is no SELECT or selects ``*``."""
    found: list[str] = []
    inside = after_as = False
    for token in tokens(body):
        word = token.text.upper()
        if token.kind == "word" and token.depth == 0 and word == "SELECT":
            inside = True
        elif inside and token.depth == 0 and (word == "WHERE" or (token.kind == "open" and token.text == "{")):
            break
        elif inside and token.kind == "variable" and (token.depth == 0 or (after_as and token.depth == 1)):
            found.append(token.text)
        after_as = token.kind == "word" and word == "AS"
    return found


def row_limit(body: str) -> Token | None:
    """The number after the LIMIT of the whole query, where it has one."""
    before = ""
    limit: Token | None = None
    for token in tokens(body):
        if token.depth == 0 and token.kind == "number" and before == "LIMIT":
            limit = token
        before = token.text.upper() if token.kind == "word" else ""
    return limit
