"""The pool over a SPARQL server: queries go there as requests, under the same lanes, shares and limits.

The site's own queries are answered here, where there is a copy of the snapshot.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from p4c_graph.errors import Busy, NoSnapshot, P4CError, StoreProblem
from p4c_graph.settings import Settings
from p4c_graph.store import manifest, wire, worker
from p4c_graph.store.answers import QueryAnswer
from p4c_graph.store.client import Raw, SparqlClient
from p4c_graph.store.formats import Form
from p4c_graph.store.guard import QueryInfo, check_query
from p4c_graph.store.lanes import Answer, Lane
from p4c_graph.store.pool import JobResult, LaneName, Pool, QueryJob, QueryPool
from p4c_graph.store.remote import RemoteSnapshot, read_answer, self_contained
from p4c_graph.store.wire import Head

_GRACE = 5.0
"""The lane ends a query at its deadline; the request has so many seconds more, should it not."""


class RemotePool(Pool):
    """Answers queries by a SPARQL server. An answer counts only where the server holds the same snapshot after it."""

    remote = True

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.client = SparqlClient(settings, connections=settings.query_workers + settings.page_workers + 1)
        self.local: QueryPool | None = None
        """Answers the site's own queries from a copy."""
        self._held: RemoteSnapshot | None = None
        self._problem: P4CError | None = None
        for lane in self.lanes.values():
            for _ in range(lane.size):
                lane.add(_Request(self, lane))

    @property
    def snapshot(self) -> Path:
        """The name of the snapshot that the server holds. Raises what is wrong with it."""
        return Path(self.held().id)

    def held(self) -> RemoteSnapshot:
        """The snapshot that the server holds. Raises what was wrong when it was last looked at."""
        if self._problem:
            raise self._problem.with_traceback(None)
        if self._held is None:
            raise NoSnapshot("The SPARQL server has not been looked at yet.")
        return self._held

    async def look(self) -> RemoteSnapshot:
        """Looks at the manifest: what is served from now on. Raises NoSnapshot, Busy, StoreProblem, OverLimit."""
        try:
            pushed = await manifest.look(
                self.client, self._settings.base_iri, timeout=self._settings.query_timeout)
            if problem := pushed.problem():
                raise problem
            if self._held is None or self._held.pushed != pushed:
                self._held = await RemoteSnapshot.read(self.client, self._settings)
        except P4CError as error:
            self._problem = error
            raise
        self._problem = None
        return self._held

    async def query(
        self, job: QueryJob, *, lane: LaneName = "visitors", client: str | None = None
    ) -> JobResult:
        """The answer of a query, as ``Pool`` promises."""
        if lane == "pages" and self.local:
            return await self.local.query(job, lane=lane, client=client)
        return await super().query(job, lane=lane, client=client)

    async def evaluate(self, text: str, head: Head) -> tuple[RemoteSnapshot, QueryInfo, Raw]:
        """The answer of the server and the one snapshot that it comes from."""
        held = self.held()
        info = check_query(text, remote=True)
        form: Form = info.form  # type: ignore[assignment]
        default, named = held.default.scope(info, head["default_graphs"], head["named_graphs"])
        timeout = self._settings.query_timeout + _GRACE
        raw = await self.client.query(
            self_contained(text, info), form, timeout=timeout, most=self._settings.max_result_bytes,
            default_graphs=default, named_graphs=named)
        if await manifest.look(self.client, self._settings.base_iri, timeout=timeout) != held.pushed:
            raise Busy("The graph on the SPARQL server is being replaced; try again.", retry_after=2)
        return held, info, raw

    async def close(self) -> None:
        """Ends all requests; queries under way fail."""
        running = [request for lane in self.lanes.values() for request in lane.running]
        for lane in self.lanes.values():
            lane.fail_all(StoreProblem("The server is closing."))
        for request in running:
            assert isinstance(request, _Request)
            request.stop()
        await self.client.close()
        if self.local:
            await self.local.close()

    def status(self) -> dict[str, Any]:
        """What is going on, for health checks and metrics."""
        return {
            "snapshot": self._held.id if self._held else None,
            "problem": str(self._problem) if self._problem else None, **super().status(),
            "copy": self.local.status() if self.local else None,
        }


class _Request:
    """Takes the place of a worker in a lane: one request at a time."""

    retired = False

    def __init__(self, pool: RemotePool, lane: Lane) -> None:
        self._pool, self._lane = pool, lane
        self._task: asyncio.Task[None] | None = None
        self.snapshot = Path()

    def ask(self, head: Head, body: bytes, answered: Callable[[Answer], None]) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(head, body, answered))

    def release(self) -> None:
        """Nothing: between requests it holds nothing."""

    def kill(self) -> None:
        self.stop()
        asyncio.get_running_loop().call_soon(self._lane.add, _Request(self._pool, self._lane))

    def stop(self) -> None:
        """Breaks the request off."""
        if self._task:
            self._task.cancel()

    async def _run(self, head: Head, body: bytes, answered: Callable[[Answer], None]) -> None:
        started = time.perf_counter()
        try:
            held, info, raw = await self._pool.evaluate(body.decode(), head)
        except P4CError as error:
            return answered((wire.error_head(error), b""))
        self.snapshot = Path(held.id)
        told, content = await asyncio.to_thread(worker.answer, _Come(info, raw), head, body)
        told.pop("retire", None)
        if told.get("error") in ("SyntaxProblem", "InputError"):  # the query was taken: the answer is bad
            told = wire.error_head(manifest.damaged())
        return answered(({**told, "seconds": time.perf_counter() - started}, bytes(content)))


class _Come:
    """An answer that has come, as a dataset that answers one query."""

    def __init__(self, info: QueryInfo, raw: Raw) -> None:
        self._info, self._raw = info, raw

    def query(
        self, text: str, *, default_graphs: Sequence[str] | None = None, named_graphs: Sequence[str] | None = None
    ) -> QueryAnswer:
        return read_answer(self._raw, self._info, trusting=True)
