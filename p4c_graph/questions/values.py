"""Literal values of parameters: what a person or program gives → a typed literal, safe to stand in a query."""

from __future__ import annotations

import re
from decimal import Decimal

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.namespaces import XSD
from p4c_graph.questions.head import Parameter

LONGEST = 1000
"""Characters a value may have."""

_EXPECTED = {
    XSD.integer: (re.compile(r"[+-]?[0-9]{1,18}"), "a whole number such as 10"),
    XSD.decimal: (re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})"), "a number such as 0.5"),
    XSD.gYear: (re.compile(r"[0-9]{4}"), "a year of four digits such as 2011"),
    XSD.boolean: (re.compile("true|false|1|0", re.IGNORECASE), "true or false"),
    XSD.language: (re.compile("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*"), "a language tag such as en or fr"),
}
_ESCAPED = {
    '"': r'\"', "\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f",
    r"\u": r"\\\U00000075", r"\U": r"\\\U00000055",
}


def plain(value: object, parameter: str) -> str:
    """A value as text without white space around it. Raises InputError where it is no single, readable value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float | Decimal):
        raise InputError(f"{parameter} is a {type(value).__name__}; expected one text or number", parameter=parameter)
    text = str(value).strip()
    if len(text) > LONGEST:
        raise InputError(f"{parameter} has {len(text)} characters; expected at most {LONGEST}", parameter=parameter)
    if any("\ud800" <= c <= "\udfff" or c == "\0" for c in text):
        raise InputError(f"{parameter} holds a character that is not valid Unicode text", parameter=parameter)
    return text


def literal(parameter: Parameter, text: str) -> ox.Literal:
    """The literal a text stands for; of a language tag, the language. Raises InputError that names the parameter."""
    if parameter.type == XSD.string:
        return ox.Literal(text)
    pattern, expected = _EXPECTED[parameter.type]
    if not pattern.fullmatch(text):
        raise InputError(f"{parameter.name} is {shown(text)}; expected {expected}", parameter=parameter.name)
    if parameter.type == XSD.language:
        return ox.Literal(text.split("-")[0].lower())
    if parameter.type == XSD.boolean:
        text = "true" if text.lower() in ("true", "1") else "false"
    return ox.Literal(text, datatype=ox.NamedNode(parameter.type))


def written(term: ox.Literal | ox.NamedNode) -> str:
    r"""A term as it stands in a query.

    A ``u`` after a backslash is written as a code point, since some engines expand ``\\u`` before they read strings.
    """
    if isinstance(term, ox.NamedNode):
        return str(term)
    text = '"' + re.sub(r'\\[uU]?|["\n\r\t\b\f]', lambda found: _ESCAPED[found[0]], term.value) + '"'
    return text if term.datatype.value == XSD.string else f"{text}^^{term.datatype}"


def shown(text: str) -> str:
    """A value in a message: quoted, on one line, not too long."""
    return repr(text if len(text) <= 60 else text[:57] + "…")
