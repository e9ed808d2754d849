"""SPARQL updates and whole graphs as changes: named graphs are written to, the default graph follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from p4c_graph.errors import InputError, UnknownName
from p4c_graph.intake.rdf import parse, without_blank_nodes
from p4c_graph.pipeline.changing import ChangeReport, change, is_protected
from p4c_graph.settings import Settings
from p4c_graph.store import formats, operations
from p4c_graph.store.draft import Draft
from p4c_graph.store.operations import Operation
from p4c_graph.store.snapshots import named_quads
from p4c_graph.store.statements import graph_of, in_graph
from p4c_graph.terms import Minter

Mode = Literal["put", "post", "delete"]
_DEFAULT_GRAPH = (
    "The update writes to the default graph, which is the merged set of the named graphs; "
    "name a GRAPH, or use WITH.")


@dataclass(frozen=True)
class Written:
    """What a write came to: the snapshot it made (None where nothing changed), and what came and went."""

    snapshot: str | None
    added: int
    removed: int
    graphs: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, report: ChangeReport) -> Written:
        """The figures of a change."""
        made = report.snapshot.id if report.snapshot else None
        return cls(made, len(report.added), len(report.removed), report.by_graph())


def write_update(
    settings: Settings, text: str, *, using: Sequence[str] = (), using_named: Sequence[str] = (), by: str | None = None
) -> Written:
    """Does a SPARQL update; a new snapshot where it changes something. Raises what ``update`` and ``change`` raise."""

    def edit(draft: Draft) -> None:
        update(draft, text, Minter(draft.before.manifest()["base"]), using=using, using_named=using_named)

    return Written.of(change(settings, edit, title="SPARQL update", by=by))


def write_graph(
    settings: Settings, graph: str, mode: Mode, body: bytes = b"", format: str = "ttl", *, by: str | None = None
) -> Written:
    """Puts the statements of a body in place of those of a graph, adds them to it, or deletes it.

    ``format`` is the name of a graph format. Raises SyntaxProblem with the line, UnknownName where a graph is to be
    deleted that is not there, and what ``change`` raises.
    """

    def edit(draft: Draft) -> None:
        if mode == "delete":
            if not draft.triples(graph):
                raise UnknownName(f"There is no graph {graph}.", parameter="graph")
            draft.put(graph, [])
            return
        triples = _parsed(body, format, Minter(draft.before.manifest()["base"]))
        if mode == "post":
            draft.add(in_graph(triples, graph))
        else:
            draft.put(graph, triples)

    return Written.of(change(settings, edit, title=f"Graph {mode}", by=by))


def _parsed(body: bytes, format: str, minter: Minter) -> list[ox.Triple]:
    engine = formats.by_name(format, "CONSTRUCT").engine
    assert isinstance(engine, ox.RdfFormat)
    quads = parse(body, engine, minter, source="the body")
    if any(graph_of(quad) for quad in quads):
        raise InputError("the body names graphs of its own; expected the statements of one graph", parameter="graph")
    return [quad.triple for quad in quads]


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
            for graph in _cleared(draft, operation.graphs[-1]):
                draft.put(graph, [])
        case "CREATE":
            return  # a graph that holds nothing is as good as none
        case "COPY" | "MOVE" | "ADD":
            _transfer(draft, operation)
        case "MODIFY":
            _modify(draft, operation, minter)


def _cleared(draft: Draft, name: str) -> list[str]:
    if name == "DEFAULT":
        raise InputError(_DEFAULT_GRAPH, parameter="update")
    if name in ("ALL", "NAMED"):
        manifest = draft.before.manifest()
        return [graph for graph in _named(draft) if not is_protected(graph, manifest)]
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
    before = set(named_quads(draft.store))
    operations.run(operation, draft.store, minter.base)
    after = set(named_quads(draft.store))
    added, removed = after - before, before - after
    for quad in added:
        draft.store.remove(quad)
    draft.store.extend(removed)
    draft.remove(removed)
    draft.add(without_blank_nodes(list(added), minter))


def _named(draft: Draft) -> Iterable[str]:
    return [graph.value for graph in draft.store.named_graphs() if isinstance(graph, ox.NamedNode)]
