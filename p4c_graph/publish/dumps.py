"""Dumps of a snapshot, whole and by graph: packed files, made when first asked for and kept beside the snapshots.

    {store}/published/{snapshot}/all.ttl.gz                      the merged set of all graphs
    {store}/published/{snapshot}/all.nq.gz                       all statements in their graphs
    {store}/published/{snapshot}/graph/{source}/{basis}.ttl.gz   one graph
    {store}/published/{snapshot}/….gz.json                       size and checksum of such a file
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import orjson
import pyoxigraph as ox

from p4c_graph.errors import StoreProblem, UnknownName
from p4c_graph.namespaces import PREFIXES
from p4c_graph.store import formats
from p4c_graph.store.dataset import AnySnapshot
from p4c_graph.store.formats import Format
from p4c_graph.store.snapshots import Snapshots
from p4c_graph.terms import Minter

WHOLE = "all"
FORMATS: tuple[Format, ...] = tuple(formats.by_name(name) for name in ("ttl", "nq", "jsonld"))


@dataclass(frozen=True)
class Dump:
    """One file: where it is, its bytes, their SHA-256, the format that is packed in it."""

    path: Path
    size: int
    sha256: str
    format: Format


class Dumps:
    """The dumps of one snapshot of a store folder."""

    def __init__(self, snapshot: AnySnapshot) -> None:
        self.snapshot = snapshot
        self._history = Snapshots(snapshot.path.parent.parent)
        self.folder = self._history.folder / "published" / snapshot.id
        manifest = snapshot.manifest()
        minter = Minter(manifest["base"])
        self.graphs = {f"graph/{iri.removeprefix(minter.graph(''))}": iri for iri in sorted(manifest["graphs"])}
        """Name of a dump → the graph in it."""

    def get(self, name: str, format: Format) -> Dump:
        """The dump of this name (``all``, ``graph/{source}/{basis}``), made now where it is not there yet.

        Raises UnknownName where there is no such graph, StoreProblem where it cannot be written.
        """
        if name != WHOLE and name not in self.graphs:
            raise UnknownName(f"There is no dump {name!r}; expected all, or graph/ and the name of a graph.")
        path = self.folder / file_name(name, format)
        about = path.with_name(path.name + ".json")
        if not about.exists():
            with self._writing():
                if not about.exists():
                    self._make(name, format, path, about)
        told = orjson.loads(about.read_bytes())
        return Dump(path, told["size"], told["sha256"], format)

    @cached_property
    def store(self) -> ox.Store:
        """The statements, read only."""
        return self.snapshot.open()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One maker of dumps at a time; those of snapshots that are gone are removed."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder.parent / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                kept = {self.snapshot.id, *(snapshot.id for snapshot in self._history.history())}
                for old in self.folder.parent.iterdir():
                    if old.is_dir() and old.name not in kept:
                        shutil.rmtree(old, ignore_errors=True)
                yield
        except OSError as error:
            raise StoreProblem(f"{self.folder} cannot be written to ({error.strerror})") from None

    def _make(self, name: str, format: Format, path: Path, about: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        started = path.with_name(f".{path.name}")
        with started.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
            _write(self.store, None if name == WHOLE else self.graphs[name], format, packed)
        with started.open("rb") as written:
            told: dict[str, Any] = {
                "size": os.path.getsize(started), "sha256": hashlib.file_digest(written, "sha256").hexdigest()}
        started.rename(path)
        about.write_bytes(orjson.dumps(told))


def file_name(name: str, format: Format) -> str:
    """The file of a dump, below the folder of dumps and below ``/dumps/``: ``all.ttl.gz``."""
    return f"{quote(name)}.{format.name}.gz"


def _write(store: ox.Store, graph: str | None, format: Format, output: gzip.GzipFile) -> None:
    """A graph, or the merged set of all; with their graphs where the format has them. Nothing is held in memory."""
    assert isinstance(format.engine, ox.RdfFormat)
    target: IO[bytes] = output  # type: ignore[assignment]
    if format.name == "nq":
        wanted = [graph] if graph else sorted(node.value for node in store.named_graphs())
        quads = (quad for iri in wanted for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(iri)))
        ox.serialize(quads, target, format.engine)
        return
    source = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    store.dump(target, format.engine, from_graph=source, prefixes=PREFIXES if format.with_prefixes else None)
