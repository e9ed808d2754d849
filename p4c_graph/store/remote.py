"""The graph on another server: a dataset that asks it, and the snapshot that was pushed to it."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pyoxigraph as ox

from p4c_graph.errors import Busy, InputError, OverLimit
from p4c_graph.namespaces import PREFIXES
from p4c_graph.settings import Settings
from p4c_graph.store import manifest
from p4c_graph.store.answers import QueryAnswer, lexical
from p4c_graph.store.client import SERVER, Raw, SparqlClient
from p4c_graph.store.formats import Form
from p4c_graph.store.guard import QueryInfo, check_query
from p4c_graph.store.manifest import Pushed
from p4c_graph.store.statements import in_graph

Result = TypeVar("Result")
Scope = tuple[Sequence[str], Sequence[str]]

NOWHERE = "urn:x-p4c:no-graph"
"""A graph that is never there: names the empty default graph, or no named graph, where leaving out means all."""

_MOST_BYTES = 1_000_000_000
_ROUND = 1000
"""Limits of rows are multiples of this; Virtuoso gives one more. Such a graph is taken for cut where it may be."""


def self_contained(text: str, info: QueryInfo) -> str:
    """A query with the prefixes declared that the project's own stores know without."""
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in sorted(info.undeclared)) + text


@dataclass(frozen=True)
class Default:
    """What stands for the default graph on a server, and which named graphs there are besides."""

    merged: str = manifest.DEFAULT
    graphs: tuple[str, ...] = ()

    def scope(
        self, info: QueryInfo, default_graphs: Sequence[str] | None, named_graphs: Sequence[str] | None
    ) -> Scope:
        """The dataset to be named with a query: what was asked for, or the merged graph and all others.

        A server that needs a merged graph takes all graphs for what is not named; so there everything is named, FROM
        too, as far as the query can see it.
        """
        asked = default_graphs is not None or named_graphs is not None
        if self.merged in manifest.OWN:
            return (tuple(default_graphs or ()), tuple(named_graphs or ())) if asked else ((), ())
        default = tuple(default_graphs or ()) if asked else info.default_graphs
        named = tuple(named_graphs or ()) if asked else info.named_graphs
        if asked or default or named:
            return default or (NOWHERE,), named or (NOWHERE,)
        return (self.merged,), self.graphs if "GRAPH" in info.keywords else ()


def read_answer(raw: Raw, info: QueryInfo, *, trusting: bool = False) -> QueryAnswer:
    """An answer that came whole. Raises StoreProblem where it did not.

    With ``trusting`` a cut table is found only when it is read: then SyntaxProblem is raised.
    """
    form: Form = info.form  # type: ignore[assignment]
    if form == "ASK":
        return manifest.read_boolean(raw)
    if form == "SELECT":
        return QueryAnswer.read(raw.body, raw.format, form) if trusting else manifest.read_table(raw)
    try:
        triples = list(QueryAnswer.read(raw.body, raw.format, form).triples())
    except InputError:
        raise manifest.damaged() from None
    if raw.may_be_cut and len(triples) >= _ROUND and len(triples) % _ROUND <= 1:
        raise OverLimit(
            f"{SERVER} gives exactly {len(triples):,} statements, and has probably cut the graph (its "
            "ResultSetMaxRows); ask for less.", limit="ResultSetMaxRows")
    return QueryAnswer(triples, form, info.prefixes)


class Remote:
    """A dataset on a SPARQL server, for callers without an event loop; ``close`` ends its connections."""

    def __init__(self, settings: Settings, default: Default | None = None) -> None:
        self._settings, self._default = settings, default or Default()
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, name="p4c SPARQL client", daemon=True)
        thread.start()
        self._client = self.run(_made(settings))
        self.close = weakref.finalize(self, _close, self._loop, thread, self._client)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What a coroutine gives that runs where the client lives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @property
    def client(self) -> SparqlClient:
        """The client, for ``run``."""
        return self._client

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> QueryAnswer:
        """The answer of a query, as ``Dataset`` promises; the project's prefixes need not be declared."""
        info = check_query(text, remote=True)
        form: Form = info.form  # type: ignore[assignment]
        default, named = self._default.scope(info, default_graphs, named_graphs)
        raw = self.run(self._client.query(
            self_contained(text, info), form, timeout=self._settings.sparql_bulk_timeout, most=_MOST_BYTES,
            limit="sparql_bulk_timeout", default_graphs=default, named_graphs=named))
        return read_answer(raw, info)

    def graph(self, iri: str) -> list[ox.Triple]:
        """All statements of a graph: by the graph store protocol where its address is set, which has fewer limits."""
        text = "CONSTRUCT WHERE { ?s ?p ?o }"
        if self._settings.sparql_graph_store_url:
            raw = self.run(self._client.get(iri, most=_MOST_BYTES))
            return list(read_answer(raw, check_query(text)).triples())
        return list(self.query(text, default_graphs=[iri]).triples())

    def rows(self, query: str) -> Iterator[tuple[str | None, ...]]:
        """IRIs and lexical values of a SELECT, in the order of its variables."""
        for row in self.query(query).terms():
            yield tuple(None if term is None else lexical(term) for term in row)


async def _made(settings: Settings) -> SparqlClient:
    return SparqlClient(settings, connections=1)


def _close(loop: asyncio.AbstractEventLoop, thread: threading.Thread, client: SparqlClient) -> None:
    if thread is threading.current_thread():  # collected as garbage where it lives
        loop.call_soon(loop.stop)
        return
    asyncio.run_coroutine_threadsafe(client.close(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


@dataclass(frozen=True)
class RemoteSnapshot:
    """The snapshot that a SPARQL server holds, as it was at one moment."""

    settings: Settings
    pushed: Pushed
    content: dict[str, Any]

    @classmethod
    def current(cls, settings: Settings) -> RemoteSnapshot:
        """The snapshot that was pushed last. Raises NoSnapshot, Busy where it is half written, StoreProblem."""
        reader = Remote(settings)
        try:
            return reader.run(cls.read(reader.client, settings))
        finally:
            reader.close()

    @classmethod
    async def read(cls, client: SparqlClient, settings: Settings) -> RemoteSnapshot:
        """The same, by a client of the running loop."""
        pushed = await manifest.look(client, settings.base_iri, timeout=settings.query_timeout)
        if problem := pushed.problem():
            raise problem
        content = await manifest.read_manifest(
            client, settings.base_iri, pushed, timeout=settings.query_timeout)
        return cls(settings, pushed, content)

    @property
    def id(self) -> str:
        """The id it has in the store folder from which it was pushed."""
        return self.pushed.snapshot

    @property
    def number(self) -> int:
        """Its place in the history of that store folder."""
        return int(self.id.split("-")[0])

    @property
    def path(self) -> Path:
        """Where it would be in the store folder of the settings; what is made of it may be kept beside."""
        return self.settings.store / "snapshots" / self.id

    def manifest(self) -> dict[str, Any]:
        """Digest, time, counts per graph and class, versions."""
        return self.content

    def patches(self) -> list[Path]:
        """Nothing: a server keeps no changes."""
        return []

    @cached_property
    def default(self) -> Default:
        """What a query sees that names no dataset."""
        return Default(self.pushed.merged, tuple(self.content["graphs"]))

    @cached_property
    def dataset(self) -> Remote:
        """Its statements."""
        return Remote(self.settings, self.default)

    def open(self) -> ox.Store:
        """A copy of its statements in memory, graph by graph. Raises Busy where it is replaced meanwhile."""
        store = ox.Store()
        for graph in self.content["graphs"]:
            triples = self.dataset.graph(graph)
            store.extend([*in_graph(triples, graph), *in_graph(triples)])
        self.confirm()
        return store

    def confirm(self) -> None:
        """Raises Busy where another snapshot has come in its place meanwhile, or is coming."""
        base, seconds = self.settings.base_iri, self.settings.query_timeout
        if self.dataset.run(manifest.look(self.dataset.client, base, timeout=seconds)) != self.pushed:
            raise Busy("Another snapshot is being pushed to the SPARQL server; try again", retry_after=5)
