"""The server's side of the loader and its workers: starts them, hears when they end, and ends them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from p4c_graph.errors import OverLimit, P4CError, StoreProblem
from p4c_graph.settings import Settings
from p4c_graph.store import wire
from p4c_graph.store.embedded import child_environment
from p4c_graph.store.lanes import Answer
from p4c_graph.store.wire import Frames, Head
from p4c_graph.store.worker import out_of_memory

_ENDING_SECONDS = 2.0


class WorkerProcess(asyncio.Protocol):
    """One worker: a process that answers one query at a time."""

    def __init__(self, loader: LoaderProcess, id: int, pid: int) -> None:
        self.loader, self.id, self.pid = loader, id, pid
        self.snapshot = loader.snapshot
        self.retired = False
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[Answer] = loop.create_future()
        self._frames = Frames()
        self._answered: Callable[[Answer], None] = self._is_ready
        self._transport: asyncio.Transport | None = None

    def ask(self, head: Head, body: bytes, answered: Callable[[Answer], None]) -> None:
        """Sends a query; ``answered`` is called once, unless the process ends before."""
        self._answered = answered
        if self._transport:
            self._transport.write(wire.frame(head, len(body)) + body)

    def release(self) -> None:
        """Lets the process end: it reads that the server has gone."""
        if self._transport:
            self._transport.close()

    def kill(self) -> None:
        """Ends the process at once."""
        self.loader.tell("kill", self.id)
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        if found := self._frames.feed(data):
            self._answered(found)

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the event loop; why the process ended is told by the loader."""
        self._transport = None

    def _is_ready(self, answer: Answer) -> None:
        if not self.ready.done():
            self.ready.set_result(answer)


class LoaderProcess:
    """One loader, which holds one snapshot, and the workers forked from it."""

    def __init__(
        self,
        snapshot: Path,
        settings: Settings,
        worker_ended: Callable[[WorkerProcess, P4CError], None],
        lost: Callable[[LoaderProcess], None],
    ) -> None:
        self.snapshot = snapshot
        self.facts: dict[str, Any] = {}
        self.workers: dict[int, WorkerProcess] = {}
        self.closed = False
        self._settings = settings
        self._worker_ended, self._lost = worker_ended, lost
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._rest = b""
        self._numbers = 0
        self._ready: asyncio.Future[dict[str, Any]] | None = None
        self._forking: dict[int, asyncio.Future[WorkerProcess]] = {}
        self._applying: asyncio.Future[None] | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid if self._process else 0

    @property
    def in_memory(self) -> bool:
        """Whether it holds the statements, and not only the folder where they are."""
        return self.facts.get("statements") is not None

    async def start(self) -> None:
        """Starts the process and waits until it holds the snapshot. Raises StoreProblem."""
        loop = asyncio.get_running_loop()
        self._ready = loop.create_future()
        ours, theirs = socket.socketpair()
        with theirs:
            configuration = {
                "socket": theirs.fileno(),
                "parent": os.getpid(),
                "store": str((self.snapshot / "store").absolute()),
                "memory_statements": self._settings.memory_statements,
                "worker_memory": self._settings.worker_memory_bytes,
            }
            # The process ends with the thread that starts it: the one of the event loop.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "p4c_graph.store.loader", orjson.dumps(configuration).decode()],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=child_environment(),
            )
        ours.setblocking(False)
        self._socket = ours
        loop.add_reader(ours.fileno(), self._hear)
        try:
            self.facts = await self._ready
        except BaseException:
            await self.close()
            raise

    async def fork(self) -> WorkerProcess:
        """A new worker that is ready. Raises StoreProblem."""
        self._numbers += 1
        id = self._numbers
        future: asyncio.Future[WorkerProcess] = asyncio.get_running_loop().create_future()
        self._forking[id] = future
        try:
            self.tell("fork", id)
            worker = await future
            head, _ = await worker.ready
        finally:
            self._forking.pop(id, None)
        wire.raise_error(head)
        return worker

    async def apply(self, patches: Sequence[Path], snapshot: Path) -> None:
        """Brings what the process holds to another snapshot; workers forked from now on see it.

        Raises StoreProblem where that fails; then the process is of no more use.
        """
        for patch in patches:
            self._applying = asyncio.get_running_loop().create_future()
            self.tell("apply", 0, path=str(patch.absolute()))
            await self._applying
        self.snapshot = snapshot

    def tell(self, do: str, id: int, **more: str) -> None:
        """Sends an order; one that has gone hears nothing."""
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.send(orjson.dumps({"do": do, "id": id, **more}) + b"\n")

    async def close(self) -> None:
        """Ends the process and its workers, and waits for it."""
        self.closed = True
        self._hang_up()
        self._fail_starting(StoreProblem("The process that holds the graph is being closed."))
        process = self._process
        if process is None:
            return
        deadline = asyncio.get_running_loop().time() + _ENDING_SECONDS
        if not self.facts:
            process.kill()  # it is still reading, and does not listen
        while process.poll() is None:
            if asyncio.get_running_loop().time() > deadline:
                process.kill()
            await asyncio.sleep(0.005)

    # ── what the loader says ─────────────────────────────────────────────────────────────────────────────

    def _hear(self) -> None:
        assert self._socket is not None
        try:
            data, descriptors, _, _ = socket.recv_fds(self._socket, 65536, 64)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if not data:
            self._gone()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            message = orjson.loads(line)
            match message["event"]:
                case "ready" | "failed":
                    self._started(message)
                case "forked":
                    self._forked(message["id"], message["pid"], descriptors.pop(0))
                case "applied":
                    self._applied(message["message"])
                case "ended":
                    self._ended(message["id"], message.get("status"), message.get("reason", ""))

    def _started(self, message: dict[str, Any]) -> None:
        assert self._ready is not None
        if self._ready.done():
            return
        if message["event"] == "ready":
            self._ready.set_result(message)
        else:
            self._ready.set_exception(StoreProblem(message["message"]))

    def _applied(self, problem: str) -> None:
        if problem:
            _fail(self._applying, StoreProblem(problem))
        elif self._applying and not self._applying.done():
            self._applying.set_result(None)

    def _forked(self, id: int, pid: int, descriptor: int) -> None:
        worker = WorkerProcess(self, id, pid)
        self.workers[id] = worker
        channel = socket.socket(fileno=descriptor)
        channel.setblocking(False)
        task = asyncio.ensure_future(
            asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=channel)
        )
        task.add_done_callback(lambda _: self._connected(id, worker, channel, task))

    def _connected(
        self, id: int, worker: WorkerProcess, channel: socket.socket, task: asyncio.Future[Any]
    ) -> None:
        future = self._forking.get(id)
        if task.cancelled() or task.exception() or future is None or future.done():
            channel.close()
            worker.release()
        else:
            future.set_result(worker)

    def _ended(self, id: int, status: int | None, reason: str) -> None:
        problem = _why(status, reason)
        worker = self.workers.pop(id, None)
        _fail(self._forking.get(id), problem)
        if worker:
            _fail(worker.ready, problem)
            worker.release()
            self._worker_ended(worker, problem)

    def _gone(self) -> None:
        """The process has ended by itself, and so have its workers."""
        self._hang_up()
        self._fail_starting(StoreProblem(f"The snapshot {self.snapshot.name} could not be loaded."))
        problem = StoreProblem("The process that holds the graph has ended; it is being started again.")
        workers = list(self.workers.values())
        self.workers.clear()
        for worker in workers:
            self._worker_ended(worker, problem)
        if not self.closed and self.facts:
            self._lost(self)

    def _fail_starting(self, problem: P4CError) -> None:
        for future in (self._ready, self._applying, *self._forking.values(), *(w.ready for w in self.workers.values())):
            _fail(future, problem)

    def _hang_up(self) -> None:
        for worker in self.workers.values():
            worker.release()
        if self._socket:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None


def _fail(future: asyncio.Future[Any] | None, problem: P4CError) -> None:
    if future and not future.done():
        future.set_exception(problem)
        future.exception()  # so that nobody complains where nobody waits for it


def _why(status: int | None, reason: str) -> P4CError:
    """What ended a worker, in a sentence: the signal tells, or the loader did."""
    if status in (-signal.SIGABRT, -signal.SIGKILL):
        problem: OverLimit = out_of_memory()
        return problem
    if status == -signal.SIGSEGV:
        return StoreProblem("The query broke the process that answered it; it may be nested too deeply.")
    return StoreProblem(f"The process that answered the query ended ({reason or f'status {status}'}).")
