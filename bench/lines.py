"""N-Quads lines and the terms they consist of, as texts: quick to write in millions."""

from __future__ import annotations

from collections.abc import Iterator

from p4c_graph.namespaces import ROOT, SCHEME, XSD

GRAPH = f"{ROOT}graph/synthetic-world"
Pair = tuple[str, str]
"""A predicate and an object, as N-Triples terms."""


def about(subject: str, *pairs: Pair, graph: str = GRAPH) -> Iterator[str]:
    """A line for each of the pairs."""
    for predicate, value in pairs:
        yield f"{subject} {predicate} {value} <{graph}> .\n"


def res(kind: str, slug: str) -> str:
    """The IRI of a resource, as a term."""
    return f"<{ROOT}id/{kind}/{slug}>"


def concept(scheme: str, name: str) -> str:
    """The IRI of a concept, as a term."""
    return f"<{SCHEME}{scheme}/{name}>"


def text(value: str, language: str = "en") -> str:
    """A text in a language; the words used need no escapes."""
    return f'"{value}"@{language}'


def typed(value: object, datatype: str) -> str:
    """A typed literal."""
    return f'"{value}"^^<{XSD}{datatype}>'
