"""SPARQL updates and whole graphs, done to a draft: its named graphs are written to, its default graph follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.intake.rdf import without_blank_nodes
from p4c_graph.pipeline.changing import is_protected
from p4c_graph.store import operations
from p4c_graph.store.draft import Draft
from p4c_graph.store.operations import Operation
from p4c_graph.store.statements import graph_of, in_graph
from p4c_graph.terms import Minter

_DEFAULT_GRAPH = (
    "The update writes to the default graph, which is the merged set of the named graphs; "
    "name a GRAPH, or use WITH.")


def update(
    draft: Draft, text: str, minter: Minter, *, using: Sequence[str] = (), using_named: Sequence[str] = ()
) -> None:
    """Does a SPARQL update to a draft. What it makes of blank nodes are IRIs.

    Raises SyntaxProblem, Forbidden (LOAD, SERVICE), InputError where it writes to the default graph.
    """
    done = operations.operations(text, using=using, using_named=using_named, base=minter.base)
    if any(operation.writes_default for operation in done):
        raise InputError(_DEFAULT_GRAPH, parameter="update")
    for operation in done:
        _do(draft, operation, minter)


def _do(draft: Draft, operation: Operation, minter: Minter) -> None:
    match operation.kind:
        case "INSERT DATA":
            draft.add(without_blank_nodes(operations.statements_of(operation, minter.base), minter))
        case "DELETE DATA":
            draft.remove(operations.statements_of(operation, minter.base))
        case "CLEAR" | "DROP":
            for graph in _cleared(draft, operation.graphs[-1], minter):
                draft.put(graph, [])
        case "CREATE":
            return  # a graph that holds nothing is as good as none
        case "COPY" | "MOVE" | "ADD":
            _transfer(draft, operation)
        case "MODIFY":
            _modify(draft, operation, minter)


def _cleared(draft: Draft, name: str, minter: Minter) -> list[str]:
    if name == "DEFAULT":
        raise InputError(_DEFAULT_GRAPH, parameter="update")
    if name in ("ALL", "NAMED"):
        return [graph for graph in _named(draft) if not is_protected(graph, minter)]
    return [name]


def _transfer(draft: Draft, operation: Operation) -> None:
    source, target = operation.graphs
    if target == "DEFAULT" or (source == "DEFAULT" and operation.kind == "MOVE"):
        raise InputError(_DEFAULT_GRAPH, parameter="update")
    if source == target:
        return
    graph = ox.DefaultGraph() if source == "DEFAULT" else ox.NamedNode(source)
    triples = [quad.triple for quad in draft.store.quads_for_pattern(None, None, None, graph)]
    if operation.kind == "ADD":
        draft.add(in_graph(triples, target))
    else:
        draft.put(target, triples)
    if operation.kind == "MOVE":
        draft.put(source, [])


def _modify(draft: Draft, operation: Operation, minter: Minter) -> None:
    """Lets the engine do it to the store, and finds by comparison what has changed there."""
    before = _quads(draft)
    operations.run(operation, draft.store, minter.base)
    after = _quads(draft)
    added, removed = after - before, before - after
    for quad in added:
        draft.store.remove(quad)
    draft.store.extend(removed)
    draft.remove(removed)
    draft.add(without_blank_nodes(list(added), minter))


def _quads(draft: Draft) -> set[ox.Quad]:
    return {quad for quad in draft.store if graph_of(quad)}


def _named(draft: Draft) -> Iterable[str]:
    return [graph.value for graph in draft.store.named_graphs() if isinstance(graph, ox.NamedNode)]
