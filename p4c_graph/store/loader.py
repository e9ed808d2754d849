"""``python -m p4c_graph.store.loader CONFIGURATION``: holds a snapshot and forks workers from it.

One thread, no network, and it never evaluates a query. It talks with the server over a socket, in lines of
JSON: the server says ``fork``, ``kill``, ``apply`` (a patch that leads to the next snapshot); the loader says
``ready`` or ``failed``, ``forked`` (with the server's end of the worker's socket), ``applied``, ``ended``. Where
the server goes, the loader ends with all its workers.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from p4c_graph.errors import P4CError
from p4c_graph.store import jsonld, sandbox, worker
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.statements import read_patch


class Loader:
    """The state of the process: what it holds, and its children by the server's number for them."""

    def __init__(self, configuration: dict[str, Any]) -> None:
        self._server = socket.socket(fileno=configuration["socket"])
        self._store = Path(configuration["store"])
        self._most_in_memory: int = configuration["memory_statements"]
        self._worker_memory: int = configuration["worker_memory"]
        self._dataset: Embedded | Path = self._store
        self._children: dict[int, int] = {}
        self._child_ended, self._signalled = socket.socketpair()

    def run(self, parent: int) -> None:
        """Prepares itself, then does what the server says until it goes."""
        sandbox.end_with_parent(parent)
        sandbox.ignore_keyboard()
        sandbox.no_core_dumps()
        sandbox.deep_stack()
        without_network = sandbox.leave_network()
        sandbox.end_with_parent(parent)  # a new namespace may have undone it
        started = time.perf_counter()
        try:
            loaded = Embedded.load_into_memory(self._store, limit=self._most_in_memory)
        except P4CError as error:
            self._tell({"event": "failed", "message": str(error)})
            return
        self._dataset = loaded or self._store
        jsonld.write(())  # so that the workers need not load a library and read the context each
        gc.collect()
        gc.freeze()
        sandbox.return_memory()
        self._tell({
            "event": "ready",
            "statements": len(loaded) if loaded else None,
            "seconds": time.perf_counter() - started,
            "without_network": without_network,
        })
        self._listen()

    def _listen(self) -> None:
        for end in (self._child_ended, self._signalled):
            end.setblocking(False)
        signal.set_wakeup_fd(self._signalled.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        rest = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._server, selectors.EVENT_READ)
            selector.register(self._child_ended, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._child_ended:
                        self._child_ended.recv(4096)
                        self._reap()
                        continue
                    data = self._server.recv(65536)
                    if not data:
                        self._end()
                        return
                    *lines, rest = (rest + data).split(b"\n")
                    for line in lines:
                        self._do(**orjson.loads(line))

    def _do(self, do: str, id: int, path: str = "") -> None:
        if do == "fork":
            self._fork(id)
        elif do == "apply":
            self._apply(Path(path))
        elif do == "kill":
            with suppress(ProcessLookupError, KeyError):
                os.kill(self._children[id], signal.SIGKILL)

    def _fork(self, id: int) -> None:
        servers_end, workers_end = socket.socketpair()
        me = os.getpid()
        with servers_end, workers_end:
            try:
                pid = os.fork()
            except OSError as error:
                self._tell({"event": "ended", "id": id, "reason": f"no process: {error.strerror}"})
                return
            if pid == 0:
                self._be_worker(me, servers_end, workers_end)
            self._children[id] = pid
            line = orjson.dumps({"event": "forked", "id": id, "pid": pid}) + b"\n"
            socket.send_fds(self._server, [line], [servers_end.fileno()])

    def _apply(self, patch: Path) -> None:
        """Brings what is held to the next snapshot; workers that run already keep what they share with it."""
        message = ""
        try:
            assert isinstance(self._dataset, Embedded)
            self._dataset.apply(read_patch(patch))
        except P4CError as error:
            message = str(error)
        self._tell({"event": "applied", "message": message})

    def _be_worker(self, parent: int, servers_end: socket.socket, workers_end: socket.socket) -> None:
        """Turns this new process into a worker; does not return."""
        status = 1
        try:
            sandbox.end_with_parent(parent)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for unneeded in (servers_end, self._server, self._child_ended, self._signalled):
                unneeded.close()
            worker.serve(workers_end, self._dataset, self._worker_memory)
            status = 0
        except OSError:  # the server has gone
            status = 0
        finally:
            os._exit(status)

    def _reap(self) -> None:
        numbers = {pid: id for id, pid in self._children.items()}
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if (id := numbers.get(pid)) is not None:
                    del self._children[id]
                    self._tell({"event": "ended", "id": id, "status": os.waitstatus_to_exitcode(status)})

    def _tell(self, message: dict[str, Any]) -> None:
        self._server.sendall(orjson.dumps(message) + b"\n")

    def _end(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        for pid in self._children.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Runs the loader that the command line describes."""
    configuration = orjson.loads(sys.argv[1])
    with suppress(BrokenPipeError, ConnectionResetError):
        Loader(configuration).run(configuration["parent"])
    os._exit(0)


if __name__ == "__main__":
    main()
