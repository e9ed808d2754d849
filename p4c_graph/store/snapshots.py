"""Snapshots: immutable, numbered, checksummed copies of the graph; ``current`` points at one.

    {store}/current                  the id of the snapshot that is served, one line
    {store}/snapshots/{id}/store     the statements (RocksDB; nothing ever writes to it again)
    {store}/snapshots/{id}/statements.nq.gz   the same, packed: what a server loads into memory, and
    {store}/snapshots/{id}/patches/{id}.rdfp  what has changed since they were packed, a file a change
    {store}/snapshots/{id}/manifest.json
    {store}/snapshots/{id}/…         what the parts keep with it (regions, columns)

A snapshot is written beside the others under a hidden name and renamed when it is whole; the pointer is
replaced by a rename too, and an old snapshot is hidden before it is removed. So a crash at any moment leaves
the last good snapshot in place, and every one that is listed whole.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import pyoxigraph as ox

from p4c_graph.errors import Busy, NoSnapshot, StoreProblem, UnknownName
from p4c_graph.store.dataset import AnySnapshot
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.statements import PATCHES, STORE, graph_of

ADVICE = "go back with: p4c snapshots rollback, or build anew with: p4c build"
_LOCK_PAUSE = 0.02
_ID = re.compile(r"\d{6}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Snapshot:
    """One snapshot on disk."""

    path: Path

    @property
    def id(self) -> str:
        """Number and beginning of the digest: ``000012-3fa94c0d11be``."""
        return self.path.name

    @property
    def number(self) -> int:
        """Its place in the history, from 1."""
        return int(self.id.split("-")[0])

    def manifest(self) -> dict[str, Any]:
        """Digest, time, counts per graph and class, versions, duration."""
        try:
            found: dict[str, Any] = orjson.loads((self.path / "manifest.json").read_bytes())
        except (OSError, ValueError) as error:
            raise self.damaged(error) from None
        return found

    def damaged(self, why: object) -> StoreProblem:
        """What to raise where a file of the snapshot cannot be read."""
        return StoreProblem(f"Snapshot {self.id} is damaged ({why}); {ADVICE}")

    def patches(self) -> list[Path]:
        """What has changed since the statements were packed, oldest first; each is named after its snapshot."""
        return sorted((self.path / PATCHES).glob("*.rdfp"))

    @cached_property
    def dataset(self) -> Embedded:
        """Its statements, to be queried. Raises StoreProblem where they cannot be read."""
        return Embedded(self.open())

    def open(self) -> ox.Store:
        """Its statements, read only. Raises StoreProblem where they cannot be read."""
        try:
            return ox.Store.read_only(str(self.path / STORE))
        except (OSError, RuntimeError) as error:
            raise self.damaged(error) from None


class Snapshots:
    """The history of one store folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._all = folder / "snapshots"
        self._pointer = folder / "current"

    def history(self) -> list[Snapshot]:
        """All whole snapshots, oldest first."""
        if not self._all.is_dir():
            return []
        return [Snapshot(path) for path in sorted(self._all.iterdir()) if _ID.fullmatch(path.name)]

    def current(self) -> Snapshot:
        """The one that is served. Raises NoSnapshot where nothing has been built."""
        with suppress(FileNotFoundError):
            path = self._all / self._pointer.read_text("utf-8").strip()
            if path.is_dir() and _ID.fullmatch(path.name):
                return Snapshot(path)
        raise NoSnapshot(f"No snapshot in {self.folder}; make one with: p4c build")

    def get(self, name: str, *, parameter: str | None = None) -> Snapshot:
        """The snapshot of this id or number. Raises UnknownName listing those that are kept."""
        for snapshot in self.history():
            if name in (snapshot.id, str(snapshot.number)):
                return snapshot
        kept = ", ".join(snapshot.id for snapshot in self.history())
        raise UnknownName(f"There is no snapshot {name!r}; kept are: {kept or 'none'}.", parameter=parameter)

    def before_current(self) -> Snapshot:
        """The snapshot made before the current one. Raises UnknownName where it is the first."""
        current = self.current()
        older = [snapshot for snapshot in self.history() if snapshot.number < current.number]
        if not older:
            raise UnknownName(f"The current snapshot {current.id} is the oldest that is kept.")
        return older[-1]

    @contextmanager
    def writing(self, *, patience: float = 0.0) -> Iterator[Path]:
        """A folder in which to prepare the next snapshot; one writer at a time.

        Raises Busy where another process is still writing after ``patience`` seconds. What is left there when the
        block ends is removed.
        """
        try:
            self._all.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("w")
        except OSError as error:
            raise StoreProblem(f"{self.folder} cannot be written to ({error.strerror})") from None
        with lock:
            _lock(lock.fileno(), patience, f"Another build is writing to {self.folder}; try again when it ends")
            for left_over in self._all.glob(".*"):
                shutil.rmtree(left_over, ignore_errors=True)
            # A name of its own: the engine holds on to a store by its path as long as anything refers to it.
            work = self._all / f".preparing-{secrets.token_hex(4)}"
            work.mkdir()
            try:
                with self._failures():
                    yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Turns what the disk says no to into one clear error; nothing is changed then."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or error
            raise StoreProblem(f"{self.folder} cannot be read or written ({reason}); nothing was changed. "
                               "p4c doctor tells more.") from None
        except RuntimeError as error:
            if "Corruption" not in str(error):
                raise
            raise StoreProblem(f"The store in {self.folder} is damaged ({error}); {ADVICE}") from None

    def next_id(self, digest: str) -> str:
        """The id of the next snapshot, which has this digest."""
        history = self.history()
        number = history[-1].number + 1 if history else 1
        return f"{number:06d}-{digest[:12]}"

    def publish(self, work: Path, manifest: dict[str, Any], *, keep: int) -> Snapshot:
        """The prepared folder as the new current snapshot; older ones than the last ``keep`` are removed."""
        final = self._all / self.next_id(manifest["digest"])
        manifest = {"id": final.name, **manifest}
        _write(work / "manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        _sync_tree(work)
        work.rename(final)
        _sync(self._all)
        snapshot = Snapshot(final)
        self.point_to(snapshot)
        for old in self.history()[:-keep]:
            hidden = old.path.rename(self._all / f".removed-{old.id}")
            shutil.rmtree(hidden, ignore_errors=True)
        return snapshot

    def point_to(self, snapshot: Snapshot) -> None:
        """Makes a kept snapshot the current one, in one atomic step."""
        temporary = self.folder / "current.new"
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            _write(temporary, snapshot.id.encode() + b"\n")
            temporary.replace(self._pointer)
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(frozen=True)
class Difference:
    """What one snapshot has and another has not, named graphs only."""

    added: set[ox.Quad]
    removed: set[ox.Quad]

    def by_graph(self) -> dict[str, tuple[int, int]]:
        """Graph → statements added, removed."""
        added = Counter(graph_of(quad) for quad in self.added)
        removed = Counter(graph_of(quad) for quad in self.removed)
        return {graph: (added[graph], removed[graph]) for graph in sorted(added.keys() | removed.keys())}


def difference(before: AnySnapshot, after: AnySnapshot) -> Difference:
    """The statements added and removed between two snapshots."""
    old, new = set(named_quads(before.open())), set(named_quads(after.open()))
    return Difference(new - old, old - new)


def named_quads(store: ox.Store) -> Iterator[ox.Quad]:
    """The statements of the named graphs of a store, without the merged set of them."""
    for graph in store.named_graphs():
        yield from store.quads_for_pattern(None, None, None, graph)


def _lock(file: int, patience: float, busy: str) -> None:
    """Locks a file, or raises Busy where it is still locked after so many seconds."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Busy(busy) from None
            time.sleep(_LOCK_PAUSE)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_tree(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        _sync(path)
