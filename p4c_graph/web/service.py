"""What a running server holds: the current snapshot, its matcher, and the query pool; it follows the pointer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress

from p4c_graph.api import KnowledgeGraph
from p4c_graph.errors import Busy, NoSnapshot, P4CError
from p4c_graph.settings import Settings
from p4c_graph.store.pool import Pool, QueryPool
from p4c_graph.store.remote import RemoteSnapshot
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.web.cache import Answered, Cache
from p4c_graph.web.writer import Writer

_FOLLOW_SECONDS = 1.0
_REFUSED_SECONDS = 60.0
_log = logging.getLogger("p4c_graph.web")


class Service:
    """The state of one server process. ``graph`` and ``pool`` always belong to one snapshot."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.answers: Cache[Answered] = Cache(settings.cache_bytes)
        """(snapshot, job) → answer of a query."""
        self.writer = Writer(settings)
        self._opening = asyncio.Lock()
        self._refused: dict[str, float] = {}
        """Snapshots that could not be opened → when they are tried again."""
        self._pool: QueryPool | None = None
        self._graph: KnowledgeGraph | None = None
        self._follower: asyncio.Task[None] | None = None

    @property
    def graph(self) -> KnowledgeGraph:
        """The snapshot that is served. Raises NoSnapshot before the first one."""
        if self._graph is None:
            raise NoSnapshot("Nothing has been built here yet; p4c build makes the first snapshot.")
        return self._graph

    @property
    def pool(self) -> Pool:
        """The query processes. Raises Busy while they are reading the first snapshot."""
        if self._pool is None:
            raise Busy(
                "The server has just started and is still reading the graph; in a few seconds it answers.",
                french="Le serveur vient de démarrer et lit encore le graphe ; il répondra dans quelques secondes.",
                retry_after=5)
        return self._pool

    async def start(self) -> None:
        """Opens the current snapshot, if there is one, and follows the pointer from now on.

        Matches are answered at once; SPARQL as soon as the query processes have read the snapshot.
        """
        self._graph = await self._last_good()
        self._follower = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Ends the follower and all query processes."""
        if self._follower:
            self._follower.cancel()
            with suppress(asyncio.CancelledError):
                await self._follower
        await self.writer.close()
        if self._pool:
            await self._pool.close()

    async def refresh(self) -> None:
        """Serves the current snapshot from now on, without waiting for the follower. Raises StoreProblem."""
        await self._open(Snapshots(self.settings.store).current())

    async def _loaded(self, snapshot: Snapshot | RemoteSnapshot) -> KnowledgeGraph:
        graph = KnowledgeGraph(snapshot, self.settings)
        await asyncio.to_thread(lambda: graph.matcher)
        return graph

    async def _last_good(self) -> KnowledgeGraph | None:
        """The current snapshot, or where it is damaged the latest before it that is not."""
        snapshots = Snapshots(self.settings.store)
        with suppress(NoSnapshot):
            current = snapshots.current()
            for snapshot in reversed([s for s in snapshots.history() if s.number <= current.number]):
                try:
                    return await self._loaded(snapshot)
                except (P4CError, OSError) as error:
                    _log.error("snapshot %s cannot be served: %s", snapshot.id, error)
        return None

    async def _open(self, snapshot: Snapshot) -> None:
        """Makes a snapshot the one that is served, queries and matches together."""
        async with self._opening:
            if self._pool and self._pool.snapshot == snapshot.path:
                return
            known = self._graph is not None and self._graph.snapshot.id == snapshot.id
            graph = self._graph if known else await self._loaded(snapshot)
            if self._pool is None:
                pool = QueryPool(self.settings)
                await pool.start(snapshot.path)
                self._pool = pool
            else:
                await self._pool.switch(snapshot.path)
            self._graph = graph

    async def _follow(self) -> None:
        while True:
            with suppress(NoSnapshot):
                await self._open_current(Snapshots(self.settings.store).current())
            await asyncio.sleep(_FOLLOW_SECONDS)

    async def _open_current(self, current: Snapshot) -> None:
        """Serves the current snapshot, or where it cannot be opened goes on with the one before."""
        now = asyncio.get_running_loop().time()
        for snapshot in self._to_be_served(current):
            if now < self._refused.get(snapshot.id, 0.0):
                continue
            try:
                await self._open(snapshot)
                return
            except (P4CError, OSError) as error:
                self._refused[snapshot.id] = now + _REFUSED_SECONDS
                _log.error("snapshot %s cannot be served: %s", snapshot.id, error)

    def _to_be_served(self, current: Snapshot) -> Iterator[Snapshot]:
        """The current snapshot, and as long as no query is answered the last good one too."""
        yield current
        if self._pool is None and self._graph and self._graph.snapshot != current:
            assert isinstance(self._graph.snapshot, Snapshot)
            yield self._graph.snapshot
