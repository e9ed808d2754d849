"""Validation in the store's own engine: one query a constraint, whatever the size of the graph."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.namespaces import RDF
from p4c_graph.validation.compile import Compiler, Query
from p4c_graph.validation.findings import Locate, Raw, build_report, subclasses
from p4c_graph.validation.report import Checked, ValidationReport
from p4c_graph.validation.shapes import Shapes, name_of


def validate(
    store: ox.Store,
    shapes: Iterable[Path] | Shapes | None = None,
    *,
    focus: Collection[str] | None = None,
    locate: Locate | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ValidationReport:
    """What the shapes (default: those of the project) object to in the store's default graph.

    ``focus`` limits the check to these nodes: then the time does not depend on the size of the graph.
    ``locate`` says where a node stands in its file; ``progress`` is told how many constraints are checked, of how many.
    Raises InputError where the shapes use what the engine does not know.
    """
    shapes = as_shapes(shapes)
    compiler = Compiler(shapes, subclasses(store), focus, None if focus is None else _kinds(store, focus))
    queries = list(compiler.queries())
    if focus is not None and not focus:
        return ValidationReport(constraints=len(queries))
    found: list[Raw] = []
    for done, raw in enumerate(_found(store, queries, all_nodes=focus is None)):
        if progress:
            progress(done, len(queries))
        found += raw
    checked = _checked(store, compiler)
    return build_report(found, shapes, store, checked=checked, constraints=len(queries), locate=locate)


def _kinds(store: ox.Store, focus: Collection[str]) -> dict[str, frozenset[str]]:
    """The classes of each of some nodes."""
    found: dict[str, frozenset[str]] = {}
    for iri in focus:
        try:
            quads = store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(RDF.type), None, ox.DefaultGraph())
        except ValueError:
            continue  # the compiler says that it is no IRI
        found[iri] = frozenset(name_of(quad.object) for quad in quads)
    return found


def as_shapes(shapes: Iterable[Path] | Shapes | None) -> Shapes:
    """The shapes given, read where they are files; by default those of the project."""
    if shapes is None:
        return Shapes.shipped()
    return shapes if isinstance(shapes, Shapes) else Shapes.load(shapes)


def _found(store: ox.Store, queries: Iterable[Query], *, all_nodes: bool) -> Iterator[list[Raw]]:
    """What each query finds. Over all nodes each core takes one, for the engine works without Python."""
    if not all_nodes:
        yield from map(partial(_run, store), queries)
        return
    with ThreadPoolExecutor(os.cpu_count()) as cores:
        yield from cores.map(partial(_run, store), queries)


def _run(store: ox.Store, query: Query) -> list[Raw]:
    rows = store.query(query.text)
    assert isinstance(rows, ox.QuerySolutions)
    found = []
    for row in rows:
        value = row["value"]
        found.append(
            Raw(name_of(row["this"]), None if value is None else str(value), query.shape.iri, query.component))
    return found


def _checked(store: ox.Store, compiler: Compiler) -> list[Checked]:
    checked = []
    for count in compiler.counts():
        rows = store.query(count.text)
        assert isinstance(rows, ox.QuerySolutions)
        number = int(next(rows)["count"].value)
        checked.append(Checked(count.shape.iri, count.shape.labels, number))
    return checked
