"""Values → typed terms → their places in a query: never by replacing text inside strings, IRIs or comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

import pyoxigraph as ox
from rapidfuzz import process

from p4c_graph.errors import InputError, did_you_mean
from p4c_graph.questions.conditions import settle
from p4c_graph.questions.head import LIMIT, Head, Parameter
from p4c_graph.questions.resolver import check_choice
from p4c_graph.questions.text import row_limit, tokens
from p4c_graph.questions.values import literal, plain, shown, written

MOST_ROWS = 10_000
"""The most rows that ``limit`` may ask for."""

Term = ox.NamedNode | ox.Literal


class Names(Protocol):
    """Whoever knows which thing a name means: a Resolver."""

    def resolve(self, parameter: Parameter, text: str) -> str:
        """The IRI that a text stands for as a value of a parameter."""
        ...


def parameter_name(text: str) -> str:
    """A parameter's name as the head has it: ``target-group`` and ``target_group`` mean ``targetGroup``."""
    first, *rest = re.split("[-_]", text.strip("-_"))
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def bind(head: Head, body: str, values: Mapping[str, object], names: Names) -> str:
    """The query with the values in their places; those not given take their default, or are left open.

    Raises InputError that names the parameter and what was expected.
    """
    given = _given(head, values)
    terms: dict[str, Term] = {}
    limit: str | None = None
    for parameter in head.parameters:
        text = given.get(parameter.name, parameter.default)
        if text is None:
            if parameter.required:
                raise InputError(_missing(parameter), parameter=parameter.name)
        elif parameter is LIMIT:
            limit = _rows(text)
        else:
            terms[parameter.variable] = term(parameter, text, names)
    left_open = {parameter.variable for parameter in head.parameters} - terms.keys()
    return settle(place(body, terms, limit), left_open)


def term(parameter: Parameter, text: str, names: Names) -> Term:
    """The typed term that a text stands for as a value of a parameter."""
    if not parameter.is_literal:
        return ox.NamedNode(names.resolve(parameter, text))
    check_choice(parameter, text)
    return literal(parameter, text)


def place(body: str, terms: Mapping[str, Term], limit: str | None = None) -> str:
    """The query with a term in the place of each variable that is named, and another number of rows."""
    number = row_limit(body) if limit else None
    parts, at = [], 0
    for token in tokens(body):
        if token.kind == "variable" and token.text in terms:
            new = written(terms[token.text])
        elif limit and token == number:
            new = limit
        else:
            continue
        parts += [body[at:token.start], new]
        at = token.end
    return "".join([*parts, body[at:]])


def _given(head: Head, values: Mapping[str, object]) -> dict[str, str]:
    """Parameter → text, of those that were given and are not empty; unknown ones are refused."""
    known = [parameter.name for parameter in head.parameters]
    found: dict[str, str] = {}
    for key, value in values.items():
        name = key if key in known else parameter_name(key)
        if name not in known:
            near = [best for best, _, _ in process.extract(key, known, limit=1, score_cutoff=60)]
            takes = f"expected {', '.join(known)}" if known else "it has none"
            raise InputError(f"The question has no parameter {shown(key)}; {takes}.{did_you_mean(near)}",
                             parameter=shown(key)[1:-1])
        if name in found:
            raise InputError(f"{name} is given twice", parameter=name)
        if value is not None and (text := plain(value, name)):
            found[name] = text
    return found


def _missing(parameter: Parameter) -> str:
    example = f", such as {parameter.example}" if parameter.example else ""
    return f"{parameter.name} is missing; expected: {parameter.description.en.rstrip('.')}{example}"


def _rows(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= MOST_ROWS):
        raise InputError(f"limit is {shown(text)}; expected a whole number from 1 to {MOST_ROWS}", parameter="limit")
    return str(int(text))
