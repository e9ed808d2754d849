"""A store on disk in the making: statements go in as text, beside whatever else goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Semaphore

import pyoxigraph as ox

_PART = 32_000_000
"""Bytes of small parts that are put together before they go to the engine."""
_WAITING = 4
"""Texts that may be in memory at a time; who brings one more waits."""
_LATER = ".later.nt"


class BulkWriter:
    """Loads statements into a new store on disk, two texts at a time: the engine works without Python."""

    def __init__(self, folder: Path) -> None:
        self._store = ox.Store(str(folder))
        self._later = folder.with_name(_LATER)
        self._sizes: list[int] = []
        self._rest: Future[None] | None = None
        self._threads = ThreadPoolExecutor(2)
        self._room = Semaphore(_WAITING)
        self._jobs: list[Future[None]] = []
        self._small: dict[ox.RdfFormat, list[bytes]] = {}

    def add(self, text: bytes, rdf_format: ox.RdfFormat) -> None:
        """Takes statements that the engine wrote itself; they are loaded together with what comes after them."""
        parts = self._small.setdefault(rdf_format, [])
        parts.append(text)
        if sum(map(len, parts)) >= _PART:
            self._pass_on(rdf_format)

    def load(
        self, text: bytes, rdf_format: ox.RdfFormat, graph: ox.NamedNode | None = None, *,
        lenient: bool = True, errors: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Takes a text; what stands outside a graph goes into the one given. ``errors`` says what a mistake becomes."""
        self._room.acquire()
        job = self._threads.submit(self._load, text, rdf_format, graph, lenient, errors)
        job.add_done_callback(lambda _: self._room.release())
        self._jobs.append(job)

    def defer(self, triples: bytes) -> None:
        """Takes N-Triples of the default graph that nobody asks the store for before it is finished."""
        with self._later.open("ab") as file:
            self._sizes.append(file.write(triples))

    def catch_up(self) -> None:
        """Begins to load what was deferred, beside what goes on."""
        if self._sizes:
            self._rest = self._threads.submit(self._load_later)

    def settle(self) -> ox.Store:
        """The store, with all in it that was taken but what was deferred. Raises what a text or the disk caused."""
        for rdf_format in self._small:
            self._pass_on(rdf_format)
        for job in self._jobs:
            job.result()
        self._jobs.clear()
        return self._store

    def finish(self) -> None:
        """Brings the files of the store into their last form; it may be read meanwhile."""
        store = self.settle()
        if self._rest:
            self._rest.result()
        store.optimize()
        store.flush()

    def close(self) -> None:
        """Ends with the store; what is still waiting is not loaded. Nothing may refer to the store any more."""
        self._sizes.clear()  # a build that fails does not wait for all that was deferred
        self._threads.shutdown(cancel_futures=True)
        self._later.unlink(missing_ok=True)
        # The engine holds on to the files until nothing refers to the store.
        del self._store

    def _load_later(self) -> None:
        with self._later.open("rb") as file:
            for size in self._sizes:
                self._store.bulk_load(file.read(size), ox.RdfFormat.N_TRIPLES, lenient=True)

    def _pass_on(self, rdf_format: ox.RdfFormat) -> None:
        if text := b"".join(self._small[rdf_format]):
            self.load(text, rdf_format)
        self._small[rdf_format].clear()

    def _load(
        self, text: bytes, rdf_format: ox.RdfFormat, graph: ox.NamedNode | None, lenient: bool,
        errors: Callable[[], AbstractContextManager[None]],
    ) -> None:
        with errors():
            self._store.bulk_load(text, rdf_format, to_graph=graph, lenient=lenient)
