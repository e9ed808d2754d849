"""Puts a snapshot on a SPARQL server: the manifest as under way, the graphs, a count, the manifest as whole.

Where the server holds an earlier snapshot from which the changes are kept, only these are sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol
from uuid import uuid4

import pyoxigraph as ox

from p4c_graph.errors import Busy, InputError, NoSnapshot, P4CError, StoreProblem, UnknownName
from p4c_graph.namespaces import RDF
from p4c_graph.progress import Progress, silent
from p4c_graph.settings import Settings
from p4c_graph.store import manifest
from p4c_graph.store.client import SERVER
from p4c_graph.store.dataset import Dataset
from p4c_graph.store.manifest import DEFAULT, UNION, Pushed
from p4c_graph.store.remote import Remote
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.store.statements import Patch, graph_of, read_patch
from p4c_graph.terms import Minter

Graph = str | None
"""The IRI of a graph, or None for the default graph."""

_DEFAULT = ox.DefaultGraph()
_PUT_STATEMENTS = 20_000
_INSERT_STATEMENTS = 500
"""Virtuoso compiles each INSERT DATA to a procedure of bounded length."""


@dataclass(frozen=True)
class PushReport:
    """What a push sent: all graphs, or the changes since the snapshot that was there before."""

    snapshot: str
    statements: int
    since: str | None


def push(settings: Settings, snapshot: Snapshot, progress: Progress | None = None) -> PushReport:
    """Makes the SPARQL server of the settings hold this snapshot.

    Raises InputError where no address to write to is set; StoreProblem, OverLimit or Busy where the server fails or
    another push is under way: readers are told then that the graph is half written.
    """
    if not (settings.sparql_update_url or settings.sparql_graph_store_url):
        raise InputError(
            "to push a snapshot, set P4C_SPARQL_GRAPH_STORE_URL or P4C_SPARQL_UPDATE_URL",
            parameter="sparql_update_url")
    remote = Remote(settings)
    try:
        return _Push(settings, snapshot, remote, progress or silent).run()
    finally:
        remote.close()


class Writer(Protocol):
    """Writes graphs."""

    def put(self, graph: Graph, triples: Iterable[ox.Triple]) -> Iterator[int]:
        """Makes these the content of a graph, which goes where there are none; yields how many were sent each time."""
        ...


class _ByGraphStore:
    """Writes by the graph store protocol."""

    def __init__(self, remote: Remote) -> None:
        self._remote, self._client = remote, remote.client

    def put(self, graph: Graph, triples: Iterable[ox.Triple]) -> Iterator[int]:
        empty = True
        for batch in _batches(triples, _PUT_STATEMENTS):
            written = ox.serialize(batch, format=ox.RdfFormat.N_TRIPLES) or b""
            self._remote.run(self._client.put(graph, written, add=not empty))
            empty = False
            yield len(batch)
        if empty:
            self._remote.run(self._client.delete(graph))


class _ByUpdate:
    """Writes by SPARQL Update."""

    def __init__(self, remote: Remote) -> None:
        self._remote, self._client = remote, remote.client

    def put(self, graph: Graph, triples: Iterable[ox.Triple]) -> Iterator[int]:
        self._remote.run(self._client.update(f"DROP SILENT {'DEFAULT' if graph is None else f'GRAPH <{graph}>'}"))
        yield from self.apply("INSERT", graph, triples)

    def apply(self, verb: str, graph: Graph, triples: Iterable[ox.Triple]) -> Iterator[int]:
        """Adds (INSERT) or removes (DELETE) statements."""
        for batch in _batches(triples, _INSERT_STATEMENTS):
            lines = (ox.serialize(batch, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
            data = lines if graph is None else f"GRAPH <{graph}> {{\n{lines}}}"
            self._remote.run(self._client.update(f"{verb} DATA {{ {data} }}"))
            yield len(batch)


def writer(settings: Settings, remote: Remote) -> Writer:
    """Whoever writes graphs to the server, by the graph store protocol where its address is set."""
    return _ByGraphStore(remote) if settings.sparql_graph_store_url else _ByUpdate(remote)


class _Push:
    """One push."""

    def __init__(self, settings: Settings, snapshot: Snapshot, remote: Remote, progress: Progress) -> None:
        self.settings, self.snapshot, self.remote, self.progress = settings, snapshot, remote, progress
        self.content = snapshot.manifest()
        self.base = settings.base_iri
        if self.content["base"] != self.base:
            raise InputError(
                f"Snapshot {snapshot.id} was built for {self.content['base']}, the setting base_iri is {self.base}",
                parameter="base_iri")
        self.update = _ByUpdate(remote) if settings.sparql_update_url else None
        self.writer = writer(settings, remote)
        self.sent = 0
        self.total = 0

    def run(self) -> PushReport:
        before = self._look()
        patches = self._patches(before)
        since = before.snapshot if before and patches is not None else None
        merged = before.merged if before and since else self._probe()
        mark = Pushed(self.snapshot.id, f"urn:uuid:{uuid4()}", "under way", _now(), merged)
        self._write_manifest(mark)
        if patches is None or not self._send_patches(patches, merged):
            since = None
            self._send_all(merged)
        missing = lack(self.remote, self.content, merged)
        if self._look() != mark:
            raise Busy(f"Another push to {SERVER[0].lower()}{SERVER[1:]} came between; it has the last word")
        if missing:
            raise StoreProblem(missing)
        self._write_manifest(replace(mark, state="whole", since=_now()))
        return PushReport(self.snapshot.id, self.sent, since)

    # ── what is there ────────────────────────────────────────────────────────────────────────────────────────

    def _look(self) -> Pushed | None:
        with suppress(NoSnapshot):
            return self.remote.run(manifest.look(
                self.remote.client, self.base, timeout=self.settings.sparql_bulk_timeout, limit="sparql_bulk_timeout"))
        return None

    def _probe(self) -> str:
        """Who can answer for the default graph: tried with one statement in two graphs."""
        mint = Minter(self.base)
        graphs = [mint.graph(f"probe-{i}") for i in (1, 2)]
        node = ox.NamedNode(graphs[0])
        triple = ox.Triple(node, ox.NamedNode(RDF.value), ox.Literal(str(uuid4())))
        try:
            for graph in graphs:
                self._quietly(graph, [triple])
            text = f"SELECT (COUNT(*) AS ?n) {{ {triple.subject} {triple.predicate} {triple.object} }}"
            seen = int(str(self.remote.query(text).tuples()[0][0]))
        finally:
            with suppress(P4CError):
                for graph in graphs:
                    self._quietly(graph, [])
        return {0: DEFAULT, 1: UNION}.get(seen, manifest.merged_graph(self.base))

    # ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────

    def _put(self, graph: Graph, triples: Iterable[ox.Triple]) -> None:
        for count in self.writer.put(graph, triples):
            self._count(count)

    def _quietly(self, graph: Graph, triples: Iterable[ox.Triple]) -> None:
        """Puts what is no statement of the snapshot."""
        for _ in self.writer.put(graph, triples):
            pass

    def _count(self, count: int) -> None:
        self.sent += count
        self.progress("push", self.sent, self.total)

    def _write_manifest(self, mark: Pushed) -> None:
        graph = manifest.manifest_graph(self.base)
        content = self.content if mark.state == "whole" else None
        self._quietly(graph, mark.describe(graph, content))

    def _send_all(self, merged: str) -> None:
        store = self.snapshot.open()
        graphs: dict[str, int] = self.content["graphs"]
        self.total = sum(graphs.values()) + (0 if merged == UNION else self.content["merged"])
        self.sent = 0
        for graph in graphs:
            self._put(graph, _triples(store, ox.NamedNode(graph)))
        if merged != UNION:
            self._put(None if merged == DEFAULT else merged, _triples(store, _DEFAULT))
        for graph in sorted(self._held() - graphs.keys() - {manifest.manifest_graph(self.base), merged}):
            self._put(graph, [])

    def _held(self) -> set[str]:
        """The graphs under our base that the server holds."""
        start = Minter(self.base).graph("")
        text = f'SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{start}")) }}'
        return {str(graph) for (graph,) in self.remote.query(text).tuples()}

    def _patches(self, before: Pushed | None) -> list[Patch] | None:
        """The changes from the snapshot that is there to this one, in their order; None where they are not kept."""
        if before is None or before.state != "whole" or self.update is None:
            return None
        if before.snapshot == self.snapshot.id:
            return []
        forward = _since(self.snapshot, before.snapshot)
        if forward is not None:
            return forward
        with suppress(UnknownName):
            back = _since(Snapshots(self.settings.store).get(before.snapshot), self.snapshot.id)
            if back is not None:
                return [Patch(patch.before, removed=patch.added, added=patch.removed) for patch in reversed(back)]
        return None

    def _send_patches(self, patches: list[Patch], merged: str) -> bool:
        """Sends the changes; whether the server holds what it should after that."""
        assert self.update
        self.total = sum(len(patch.removed) + len(patch.added) for patch in patches)
        self.sent = 0
        for patch in patches:
            for verb, quads in (("DELETE", patch.removed), ("INSERT", patch.added)):
                for graph, triples in _by_graph(quads, merged).items():
                    for count in self.update.apply(verb, graph, triples):
                        self._count(count)
        return lack(self.remote, self.content, merged) is None


def lack(dataset: Dataset, content: dict[str, Any], merged: str) -> str | None:
    """What a server does not hold as the manifest says, by count of each graph; None where all is there."""
    expected: dict[str, int] = dict(content["graphs"])
    if merged not in manifest.OWN:
        expected[merged] = content["merged"]
    found = dataset.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    held = {str(graph): int(str(count)) for graph, count in found.tuples()}
    if merged == DEFAULT:
        expected[""] = content["merged"]
        held[""] = int(str(dataset.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").tuples()[0][0]))
    for graph, count in expected.items():
        if held.get(graph, 0) != count:
            where = f"<{graph}>" if graph else "the default graph"
            return f"{SERVER} holds {held.get(graph, 0):,} of {count:,} statements of {where}."
    return None


def _since(snapshot: Snapshot, before: str) -> list[Patch] | None:
    """The changes since an earlier snapshot, oldest first; None where they are not kept."""
    patches = [read_patch(path) for path in snapshot.patches()]
    for i, patch in enumerate(patches):
        if patch.before == before:
            return patches[i:]
    return None


def _by_graph(quads: Iterable[ox.Quad], merged: str) -> dict[Graph, list[ox.Triple]]:
    """Statements by the graph they go to: those of the default graph to what stands for it."""
    found: dict[Graph, list[ox.Triple]] = defaultdict(list)
    for quad in quads:
        name = graph_of(quad)
        if name or merged != UNION:
            found[name or (None if merged == DEFAULT else merged)].append(quad.triple)
    return found


def _triples(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Triple]:
    return (quad.triple for quad in store.quads_for_pattern(None, None, None, graph))


def _batches(triples: Iterable[ox.Triple], size: int) -> Iterator[list[ox.Triple]]:
    source = iter(triples)
    while batch := list(islice(source, size)):
        yield batch


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
