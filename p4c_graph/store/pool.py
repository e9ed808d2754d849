"""The pool of worker processes in which all SPARQL of the server is evaluated, each query with a deadline.

    server ── asks ──► worker, worker, …    (evaluate; killed at the deadline)
       └───── orders ─► loader ── forks ──► (holds the snapshot in memory; the workers share it)

A snapshot that follows by a change is applied by the loader; any other gets a new loader. The workers of the old
snapshot end when they have answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from p4c_graph.errors import InputError, P4CError, StoreProblem
from p4c_graph.settings import Settings
from p4c_graph.store import formats, wire
from p4c_graph.store.answers import QueryAnswer
from p4c_graph.store.formats import Form, Format
from p4c_graph.store.guard import check_query
from p4c_graph.store.lanes import Lane, Ticket
from p4c_graph.store.processes import LoaderProcess, WorkerProcess
from p4c_graph.store.snapshots import Snapshot
from p4c_graph.store.statements import read_patch

LaneName = Literal["visitors", "pages"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0
_MOST_PATCHES = 20
"""Beyond so many changes at once, a loader that reads the snapshot anew is quicker."""


@dataclass(frozen=True)
class QueryJob:
    """A query and how it is to be answered; what is None is as the settings say, or the text."""

    text: str
    format: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    timeout: float | None = None
    max_bytes: int | None = None

    @property
    def size(self) -> int:
        """How many characters its texts have."""
        return len(self.text) + sum(map(len, (*(self.default_graphs or ()), *(self.named_graphs or ()))))


@dataclass(frozen=True)
class JobResult:
    """An answer as bytes, from which snapshot, and how long its evaluation took."""

    body: bytes
    form: Form
    format: Format
    seconds: float
    snapshot: Path

    def answer(self) -> QueryAnswer:
        """The answer as rows, a boolean or a graph."""
        return QueryAnswer.read(self.body, self.format, self.form)


class Pool(ABC):
    """Answers queries over one snapshot at a time: who may ask when, and within which limits.

    What answers is a matter of the two kinds: processes of this machine, or requests to a SPARQL server.
    """

    remote = False
    """Whether another server evaluates, whose own extensions are refused."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        room = settings.query_queue
        self.lanes: dict[LaneName, Lane] = {
            "visitors": Lane("visitors", settings.query_workers, room, fair=True),
            "pages": Lane("pages", settings.page_workers, room),
        }
        self._strangers = itertools.count()

    @property
    @abstractmethod
    def snapshot(self) -> Path:
        """The folder of the snapshot that is served; on a SPARQL server, its name alone. Raises StoreProblem."""

    @abstractmethod
    async def close(self) -> None:
        """Ends all that runs; queries under way fail."""

    async def query(
        self, job: QueryJob, *, lane: LaneName = "visitors", client: str | None = None
    ) -> JobResult:
        """The answer of a query.

        Raises SyntaxProblem, Forbidden or InputError for the query; OverLimit where it takes too long or too
        much; Busy where there is no room; StoreProblem.
        """
        form: Form = check_query(job.text, remote=self.remote).form  # type: ignore[assignment]
        format = formats.by_name(job.format, form) if job.format else formats.default(form)
        self.snapshot  # noqa: B018  raises where there is none
        settings, line = self._settings, self.lanes[lane]
        head = {
            "format": format.name,
            "default_graphs": job.default_graphs,
            "named_graphs": job.named_graphs,
            "bytes": min(job.max_bytes or settings.max_result_bytes, settings.max_result_bytes),
            "rows": settings.max_result_rows,
        }
        try:
            body = job.text.encode()
        except UnicodeEncodeError:
            raise InputError("The query holds half of a character (a lone surrogate).") from None
        ticket = Ticket(
            head,
            body,
            client or f"nobody {next(self._strangers)}",
            min(job.timeout or settings.query_timeout, settings.query_timeout),
            asyncio.get_running_loop().create_future(),
        )
        line.enter(ticket)
        try:
            told, answer = await ticket.future
        except asyncio.CancelledError:
            line.abandon(ticket)
            raise
        wire.raise_error(told)
        assert ticket.worker
        return JobResult(answer, told["form"], format, told["seconds"], ticket.worker.snapshot)

    def status(self) -> dict[str, Any]:
        """What is going on, for health checks and metrics."""
        return {
            "lanes": {
                lane.name: {
                    "workers": lane.size,
                    "idle": len(lane.idle),
                    "running": len(lane.running),
                    "waiting": lane.waiting,
                    **{name: lane.counts[name] for name in ("answered", "timed_out", "refused", "failed")},
                }
                for lane in self.lanes.values()
            },
        }


class QueryPool(Pool):
    """Answers queries from several processes of this machine."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._loader: LoaderProcess | None = None
        self._loaders: set[LoaderProcess] = set()
        self._lane_of: dict[WorkerProcess, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._switching = asyncio.Lock()
        self._closed = False

    @property
    def snapshot(self) -> Path:
        """The folder of the snapshot that is served. Raises StoreProblem before ``start``."""
        return self._current().snapshot

    async def start(self, snapshot: Path) -> None:
        """Loads a snapshot and starts the workers. Raises StoreProblem."""
        await self.switch(snapshot)

    async def switch(self, snapshot: Path) -> None:
        """Serves another snapshot from now on; queries under way end on the old one.

        Raises StoreProblem where it cannot be loaded; then the old one stays.
        """
        async with self._switching:
            await self._switch(snapshot)

    async def close(self) -> None:
        """Ends all processes; queries under way fail."""
        self._closed = True
        self._loader = None
        for task in self._tasks:
            task.cancel()
        for lane in self.lanes.values():
            lane.fail_all(StoreProblem("The server is closing."))
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(loader.close() for loader in self._loaders))
        self._loaders.clear()
        self._lane_of.clear()

    def status(self) -> dict[str, Any]:
        """What is going on, for health checks and metrics."""
        loader = self._loader
        return {
            "snapshot": loader.snapshot.name if loader else None,
            "in_memory": bool(loader and loader.facts.get("statements") is not None),
            "load_seconds": loader.facts.get("seconds") if loader else None,
            "without_network": loader.facts.get("without_network", []) if loader else [],
            **super().status(),
        }

    def _current(self) -> LoaderProcess:
        if self._loader is None:
            raise StoreProblem("The query pool is not started, or closed.")
        return self._loader

    # ── what happens to processes ────────────────────────────────────────────────────────────────────────

    async def _switch(self, snapshot: Path) -> None:
        if self._closed:
            raise StoreProblem("The query pool is closed.")
        loader = self._loader
        patches = _patches_between(loader.snapshot, snapshot) if loader and loader.in_memory else None
        if loader is None or patches is None:
            await self._load(snapshot)
            return
        try:
            await loader.apply(patches, snapshot)
            self._relieve(await self._staff(loader))
        except P4CError:
            await self._load(snapshot)

    async def _load(self, snapshot: Path) -> None:
        """Starts a loader of its own for a snapshot; the one before ends with its last worker."""
        loader = LoaderProcess(snapshot, self._settings, self._worker_ended, self._loader_lost)
        self._loaders.add(loader)
        try:
            await loader.start()
            workers = await self._staff(loader)
        except BaseException:
            await self._end(loader)
            raise
        old, self._loader = self._loader, loader
        self._relieve(workers)
        if old and not old.workers:
            self._spawn(self._end(old))

    async def _staff(self, loader: LoaderProcess) -> list[tuple[WorkerProcess, Lane]]:
        return [(await loader.fork(), lane) for lane in self.lanes.values() for _ in range(lane.size)]

    def _relieve(self, workers: list[tuple[WorkerProcess, Lane]]) -> None:
        """Puts new workers in the place of those that are there, which end when they have answered."""
        for lane in self.lanes.values():
            lane.retire_all()
        for worker, lane in workers:
            self._enlist(worker, lane)

    def _enlist(self, worker: WorkerProcess, lane: Lane) -> None:
        if worker.id in worker.loader.workers:
            self._lane_of[worker] = lane
            lane.add(worker)
        else:  # it ended at once
            self._spawn(self._replace(worker.loader, lane))

    def _worker_ended(self, worker: WorkerProcess, reason: P4CError) -> None:
        loader, lane = worker.loader, self._lane_of.pop(worker, None)
        if lane:
            lane.lost(worker, reason)
            if loader is self._loader and not loader.closed and not worker.retired:
                self._spawn(self._replace(loader, lane))
        if loader is not self._loader and loader.facts and not loader.workers:
            self._spawn(self._end(loader))

    async def _replace(self, loader: LoaderProcess, lane: Lane) -> None:
        pause = _FIRST_PAUSE
        while loader is self._loader and not loader.closed:
            try:
                worker = await loader.fork()
            except P4CError:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            if loader is self._loader and worker.snapshot == loader.snapshot:
                self._enlist(worker, lane)
            else:
                worker.release()
            return

    def _loader_lost(self, loader: LoaderProcess) -> None:
        if loader is self._loader:
            self._spawn(self._load_again(loader))

    async def _load_again(self, lost: LoaderProcess) -> None:
        await self._end(lost)
        pause = _FIRST_PAUSE
        while True:
            async with self._switching:
                if self._loader is not lost:
                    return
                with contextlib.suppress(P4CError):
                    await self._switch(lost.snapshot)
                    return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _end(self, loader: LoaderProcess) -> None:
        await loader.close()
        self._loaders.discard(loader)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._closed:
            work.close()
            return
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _patches_between(old: Path, new: Path) -> list[Path] | None:
    """The patches that lead from one snapshot to another, or None where there are none."""
    patches = Snapshot(new).patches()
    after = [patch for patch in patches if patch.stem > old.name]
    if after and len(after) <= _MOST_PATCHES and read_patch(after[0]).before == old.name:
        return after
    return None
