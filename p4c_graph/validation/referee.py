"""A second opinion: pySHACL over a copy of the default graph in rdflib's memory; for small graphs and tests.

Offline: no ``owl:imports``, no ``FROM`` that reads files.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import rdflib
import rdflib.plugins.sparql
from rdflib.term import Node

from p4c_graph.errors import InputError
from p4c_graph.namespaces import SH
from p4c_graph.validation.engine import as_shapes
from p4c_graph.validation.findings import Locate, Raw, build_report
from p4c_graph.validation.report import ValidationReport
from p4c_graph.validation.shapes import Shapes

rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False


def validate(
    store: ox.Store,
    shapes: Iterable[Path] | Shapes | None = None,
    *,
    focus: Collection[str] | None = None,
    locate: Locate | None = None,
) -> ValidationReport:
    """The same report as ``engine.validate``, found by pySHACL.

    It looks at all nodes even where there is a focus: its own option for that leaves out nested shapes.
    """
    shapes = as_shapes(shapes)
    with quiet():
        data = _graph(store)
        _, results, text = pyshacl.validate(
            data,
            shacl_graph=_graph(shapes.store),
            inplace=True,
            advanced=False,
            do_owl_imports=False,
        )
    if not isinstance(results, rdflib.Graph):
        raise InputError(f"pySHACL refuses the shapes: {text}")
    found = [raw for raw in findings_of(results) if focus is None or raw.focus in focus]
    return build_report(found, shapes, store, constraints=shapes.constraint_count(), locate=locate)


def _graph(store: ox.Store) -> rdflib.Graph:
    graph = rdflib.Graph()
    graph.parse(
        data=store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()),
        format="nt",
    )
    return graph


def findings_of(results: rdflib.Graph) -> Iterator[Raw]:
    """The findings of a report graph, one for each ``sh:result``."""
    report_of = rdflib.URIRef(SH.result)
    for result in set(results.objects(None, report_of)):
        value = results.value(result, rdflib.URIRef(SH.value))
        yield Raw(
            focus=_name(results.value(result, rdflib.URIRef(SH.focusNode))),
            value=None if value is None else _n_triples(value),
            shape=_name(results.value(result, rdflib.URIRef(SH.sourceShape))),
            component=_name(results.value(result, rdflib.URIRef(SH.sourceConstraintComponent))),
        )


def _name(term: Node | None) -> str:
    if isinstance(term, rdflib.BNode):
        return f"_:{term}"
    return _n_triples(term) if isinstance(term, rdflib.Literal) else str(term)


def _n_triples(term: Node) -> str:
    """The form pyoxigraph gives the same term, so that reports can be compared."""
    if isinstance(term, rdflib.Literal):
        if term.language:
            return str(ox.Literal(str(term), language=term.language))
        if term.datatype is not None:
            return str(ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype))))
        return str(ox.Literal(str(term)))
    return _name(term) if isinstance(term, rdflib.BNode) else str(ox.NamedNode(str(term)))


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps rdflib from logging every ill-typed literal: the shapes report those."""
    loggers = [logging.getLogger(name) for name in ("rdflib.term", "pyshacl", "pyshacl.validate")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
