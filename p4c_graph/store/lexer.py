"""A SPARQL lexer that errs on the side of seeing too much.

The engine's own lexer depends on the grammar around a token: it takes ``SERVICEex:s`` for the keyword
and a name where the prefix is unknown, and ``?a<?b#>`` for a comparison and a comment where an
expression stands. So this lexer keeps words and names whole (the guard looks *inside* them), reads
strings exactly by the grammar and stops where one is not well-formed, and tells which IRIs may as well be
a less-than sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Kind = Literal["name", "iri", "open", "close", "quote", "escape", "end"]
"""``quote``: a string that is not well-formed; ``escape``: a backslash where none may stand."""

Token = tuple[Kind, int, int]
"""What a piece of a query is, and where it begins and ends."""

_HEX = "[0-9A-Fa-f]"
_CODE_POINT = rf"\\u(?![Dd][89A-Fa-f]){_HEX}{{4}}|\\U(?!0000[Dd][89A-Fa-f])(?:000{_HEX}|0010){_HEX}{{4}}"
_ESCAPED = rf"""\\[tbnrf\\"']|{_CODE_POINT}"""
_STRINGS = "|".join(
    rf"{q}{q}{q}(?:[^{q}\\]++|{q}(?!{q}{q})|{_ESCAPED})*{q}{q}{q}"
    rf"|{q}(?!{q}{q})(?:[^{q}\\\r\n]++|{_ESCAPED})*{q}"
    for q in "\"'"
)
_IRI = rf"""<(?:[^<>"{{}}|^`\\\x00-\x20]++|\\u{_HEX}{{4}}|\\U{_HEX}{{8}})*>"""
_LOCAL_ESCAPED = rf"%{_HEX}{_HEX}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:(?:[\w:]|{_LOCAL_ESCAPED})(?:[\w:.\-]++|{_LOCAL_ESCAPED})*)?"


def _pattern(brackets: str) -> re.Pattern[str]:
    return re.compile(
        rf"""
        (?: [^\w<"'\#?$@\\:{brackets}]++                              # white space, punctuation, operators
          | \#[^\r\n]*+                                               # comment
          | [?$]\w*+                                                  # variable
          | @(?:[A-Za-z]++(?:-[A-Za-z0-9]++)*)?                       # language
          | <(?!{_IRI[1:]})                                           # less than
          | {_STRINGS}
          | \\[^uU\r\n]
        )*
        (?: (?P<name> \w[\w.\-]*+(?: :{_LOCAL} )? | :{_LOCAL} )      # word, number or prefixed name
          | (?P<iri> {_IRI} )
          | (?P<open> [{{(\[] ) | (?P<close> [}})\]] )
          | (?P<quote> ["'] ) | (?P<escape> \\ ) | (?P<end> \Z )
        )""",
        re.VERBOSE,
    )


_FLAT = _pattern("")
_NESTED = _pattern(r"{}()\[\]")
_ESCAPES = re.compile(rf"\\u({_HEX}{{4}})|\\U({_HEX}{{8}})")
_HIERARCHICAL = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\r\n]*+)*")


def tokens(text: str, start: int = 0, *, brackets: bool = True) -> Iterator[Token]:
    """The words, names and IRIs, and the brackets if wanted, from ``start`` to the end or the first flaw.

    Takes time in proportion to the text.
    """
    for found in (_NESTED if brackets else _FLAT).finditer(text, start):
        kind: Kind = found.lastgroup  # type: ignore[assignment]
        if kind == "end":
            return
        yield kind, *found.span(kind)
        if kind == "quote" or kind == "escape":
            return


def may_be_less_than(iri: str) -> bool:
    """Whether what looks like an IRI, read as a less-than sign, would open a comment or a string inside.

    ``<http://…>`` cannot: nothing that starts with ``http://`` is an expression.
    """
    return ("#" in iri or "'" in iri) and not _HIERARCHICAL.match(iri)


def skip_blank(text: str, start: int) -> int:
    """Where the next token begins, after white space and comments."""
    found = _BLANK.match(text, start)
    return found.end() if found else start


def unescape(text: str) -> str:
    r"""The text with its code point escapes (``\\u0041``) replaced; impossible ones are left as they are."""
    return _ESCAPES.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1] or found[2], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else found[0]
