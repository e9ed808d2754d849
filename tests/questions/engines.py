"""The fixture graph in two engines, and their answers as plain values that can be compared."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import rdflib
import rdflib.plugins.sparql

from p4c_graph.namespaces import ROOT, XSD
from p4c_graph.questions import Resolver
from p4c_graph.regions import Gazetteer
from p4c_graph.store.rows import StoreRows

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
GOLDEN = FIXTURES / "golden"
Cell = str | int | float | bool | None
Rows = list[list[Cell]]

rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False


@cache
def oxigraph() -> ox.Store:
    """The fixture in pyoxigraph: named graphs, and all of them merged as the default graph."""
    path = FIXTURES / "questions.trig"
    store = ox.Store()
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TRIG, base_iri=ROOT):
        store.extend([quad, ox.Quad(*quad.triple)])
    return store


@cache
def rdflib_dataset() -> rdflib.Dataset:
    """The same statements in rdflib."""
    dataset = rdflib.Dataset(default_union=False)
    text = (oxigraph().dump(format=ox.RdfFormat.N_QUADS) or b"").decode()
    return dataset.parse(data=text, format="nquads")  # type: ignore[return-value]


@cache
def resolver() -> Resolver:
    """Finds the things of the fixture by name."""
    dataset = StoreRows(oxigraph())
    return Resolver(dataset, Gazetteer.read(dataset))


def by_oxigraph(query: str) -> Rows:
    solutions = oxigraph().query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return plain(solutions)


def by_rdflib(query: str) -> Rows:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib uses names of its own that it deprecates
        return plain(rdflib_dataset().query(query))  # type: ignore[arg-type]


def plain(rows: Iterable[Sequence[object]]) -> Rows:
    """Cells as JSON has them: numbers and booleans by value, resources without the base of their IRI."""
    return [[_cell(term) for term in row] for row in rows]


def _cell(term: object) -> Cell:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode | rdflib.URIRef):
        iri = term.value if isinstance(term, ox.NamedNode) else str(term)
        return iri.removeprefix(ROOT + "id/").removeprefix(ROOT)
    if isinstance(term, ox.Literal):
        text, datatype = term.value, term.datatype.value
    else:
        assert isinstance(term, rdflib.Literal)
        text, datatype = str(term), str(term.datatype or XSD.string)
    if datatype == XSD.boolean:
        return text in ("true", "1")
    if datatype in (XSD.integer, XSD.decimal, XSD.double):
        number = round(float(text), 6)
        return int(number) if number.is_integer() else number
    return text
