"""The ontology and its shapes as the graphs they are published as."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.errors import UnknownName
from p4c_graph.namespaces import ONTOLOGY, OWL, P4C
from p4c_graph.publish.addresses import is_iri
from p4c_graph.store.answers import Term
from p4c_graph.store.steps import Steps
from p4c_graph.terms import Minter


def ontology(minter: Minter) -> Steps[list[ox.Triple]]:
    """All that the ontology's own graph says, by one query."""
    graph = ox.NamedNode(minter.graph("ontology"))
    rows = yield f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    return sorted((ox.Triple(*row) for row in rows), key=_order)  # type: ignore[arg-type]


def version_of(triples: Iterable[ox.Triple]) -> str:
    """The version the ontology says it has."""
    said = {t.predicate.value: t.object for t in triples if t.subject == ox.NamedNode(ONTOLOGY)}
    version = said[OWL.versionInfo]
    assert isinstance(version, ox.Literal)
    return version.value


def check_version(wanted: str, triples: Iterable[ox.Triple]) -> None:
    """Raises UnknownName where the ontology served is of another version."""
    if wanted != (here := version_of(triples)):
        raise UnknownName(f"There is no version {wanted} of the ontology here; the one served is {here}.", near=[here])


def term(name: str) -> str:
    """The IRI of a term of the ontology, by its name as it stands in an address. Raises UnknownName."""
    if not is_iri(P4C[name]):
        raise UnknownName(f"There is no term {name!r} in the ontology.")
    return P4C[name]


@cache
def shapes(files: tuple[Path, ...]) -> list[ox.Triple]:
    """The statements of the shape files, their blank nodes named by what they say (RDFC 1.0)."""
    found = ox.Dataset(quad for path in files for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in found), key=_order)


def _order(triple: ox.Triple) -> tuple[bool, str, str, str]:
    """The ontology first, then its terms by name; of each the properties and objects in order."""
    subject: Term = triple.subject
    return str(subject) != f"<{ONTOLOGY}>", str(subject), triple.predicate.value, str(triple.object)
