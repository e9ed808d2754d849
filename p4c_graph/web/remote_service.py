"""What a running server holds where a SPARQL server has the graph: it follows the manifest there."""

from __future__ import annotations

import asyncio
import logging

from p4c_graph.api import KnowledgeGraph
from p4c_graph.errors import Busy, P4CError, StoreProblem
from p4c_graph.pipeline import local_copy
from p4c_graph.settings import Settings
from p4c_graph.store.pool import Pool, QueryPool
from p4c_graph.store.remote_pool import RemotePool
from p4c_graph.store.snapshots import Snapshot
from p4c_graph.web.service import Service

_FOLLOW_SECONDS = 1.0
_log = logging.getLogger("p4c_graph.web")


class RemoteService(Service):
    """The state of such a server process.

    Visitors' queries see a new snapshot first, since what was there before is gone; the rest follows when it is copied.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._remote: RemotePool | None = None
        self._trouble: P4CError | None = None

    @property
    def graph(self) -> KnowledgeGraph:
        """The snapshot that is served. Raises Busy before the first one is read, or what is wrong with the server."""
        if self._graph is None:
            raise self._trouble or Busy("The snapshot on the SPARQL server is being read", retry_after=5)
        return self._graph

    @property
    def pool(self) -> Pool:
        """What answers queries. Raises Busy before the first look at the server, or what is wrong with it."""
        if self._remote is None:
            raise Busy("The snapshot on the SPARQL server is being read", retry_after=5)
        if not self._remote.local:
            self._remote.held()
        return self._remote

    async def start(self) -> None:
        """Follows the manifest from now on."""
        self._remote = RemotePool(self.settings)
        self._follower = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Ends the follower, all requests and all query processes."""
        await super().stop()
        if self._remote:
            await self._remote.close()

    async def refresh(self) -> None:
        """Serves what the server holds now, without waiting for the follower. Raises StoreProblem, Busy."""
        assert self._remote
        async with self._opening:
            await self._look(self._remote)

    async def _look(self, pool: RemotePool) -> None:
        held = await pool.look()
        if self._graph and self._graph.snapshot.id == held.id:
            return
        snapshot = await asyncio.to_thread(local_copy, held, self.settings)
        graph = await self._loaded(snapshot)
        if isinstance(snapshot, Snapshot):
            local = pool.local or QueryPool(self.settings)
            await local.switch(snapshot.path)
            pool.local = local
        self._graph = graph

    async def _follow(self) -> None:
        """What is wrong is logged once, and told to those who ask for what is not there."""
        while True:
            try:
                await self.refresh()
                self._trouble = None
            except (P4CError, OSError) as error:
                trouble = error if isinstance(error, P4CError) else StoreProblem(str(error))
                if str(trouble) != str(self._trouble):
                    _log.warning("the SPARQL server cannot be followed; what is served stays: %s", trouble)
                self._trouble = trouble
            await asyncio.sleep(_FOLLOW_SECONDS)
