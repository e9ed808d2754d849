"""Statements about one thing after the other: what the steps of the process write."""

from __future__ import annotations

import re

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.namespaces import RDF, RDFS, XSD

_DATES = {
    "date": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
    "gYear": re.compile(r"(18|19|20)\d\d"),
}
Value = ox.NamedNode | ox.Literal


class Statements:
    """A set of triples, grown one thing at a time."""

    def __init__(self) -> None:
        self.triples: set[ox.Triple] = set()

    def say(self, subject: str, predicate: str, *values: Value | str | None) -> None:
        """States each value of a subject; a text is an IRI, None says nothing."""
        for value in values:
            if value is not None:
                term = ox.NamedNode(value) if isinstance(value, str) else value
                self.triples.add(ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), term))

    def thing(self, subject: str, *kinds: str, en: str | None = None, fr: str | None = None) -> None:
        """States what something is, and its names."""
        self.say(subject, RDF.type, *kinds)
        self.say(subject, RDFS.label, text(en, "en"), text(fr, "fr"))


def text(value: str | None, language: str) -> ox.Literal | None:
    """A text in a language; None where there is none."""
    return ox.Literal(value.strip(), language=language) if value and value.strip() else None


def whole(value: int) -> ox.Literal:
    """An xsd:integer."""
    return ox.Literal(value)


def boolean(value: bool) -> ox.Literal:
    """An xsd:boolean."""
    return ox.Literal(value)


def day(value: str, parameter: str) -> ox.Literal:
    """A year or a day as the graph writes it. Raises InputError that names the parameter."""
    for kind, pattern in _DATES.items():
        if pattern.fullmatch(value.strip()):
            return ox.Literal(value.strip(), datatype=ox.NamedNode(XSD[kind]))
    raise InputError(f"{parameter} is {value!r}; expected a day such as 2026-03-31, or a year", parameter=parameter)
