"""A short way to write statements down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from p4c_graph.namespaces import XSD

Object = ox.NamedNode | ox.Literal


def say(subject: str, said: Mapping[str, Object | Iterable[Object] | None]) -> Iterator[ox.Triple]:
    """Property → one object, several, or None where there is nothing to say."""
    for name, objects in said.items():
        if objects is None:
            continue
        for found in (objects,) if isinstance(objects, ox.NamedNode | ox.Literal) else objects:
            yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(name), found)


def iri(address: str) -> ox.NamedNode:
    """A resource."""
    return ox.NamedNode(address)


def text(en: str, fr: str | None = None) -> list[ox.Literal]:
    """A text in English, and in French where there is one."""
    return [ox.Literal(en, language="en"), *([ox.Literal(fr, language="fr")] if fr else [])]


def typed(value: object, kind: str) -> ox.Literal:
    """A value of a datatype of XML Schema: ``typed(3, "integer")``."""
    return ox.Literal(str(value), datatype=ox.NamedNode(XSD[kind]))
