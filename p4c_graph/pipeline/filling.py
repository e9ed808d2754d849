"""A store in the making: what is put into it stands in its named graph, and in the default graph.

In memory, or on disk where that would be too much for memory. What comes in numbers goes in as text, which the engine
reads faster than it takes statements from Python.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.intake.rdf import syntax_problems
from p4c_graph.intake.sources import SourceFile
from p4c_graph.store.statements import write_statements
from p4c_graph.terms import Minter

_BATCH = 50_000
_MUCH = 4_000_000
"""Bytes of text."""
_TRIPLES, _QUADS = ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS


class Filling:
    """The store of a build, in memory or in a folder; asked as any store, written to only here."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.store = ox.Store() if folder is None else ox.Store(str(folder))

    def read(self, file: SourceFile, minter: Minter) -> Iterator[None]:
        """Puts the statements of a file into the store, and stops after each large part of it. Raises InputError."""
        if file.lines is None:
            self.add(file.quads(minter))
            yield
            return
        own = file.own_graph(minter)
        with ThreadPoolExecutor(1) as beside:
            for piece in file.lines.pieces():
                merging = beside.submit(self._merge, piece.triples())
                with syntax_problems(str(file.path), piece.before):
                    self._load(piece.text, piece.format, own, lenient=False)
                    merging.result()
                yield

    def graphs(self) -> list[str]:
        """The named graphs, sorted."""
        return sorted(str(graph.value) for graph in self.store.named_graphs())

    def put(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Adds the statements of a graph that does not exist yet; none of them has a blank node."""
        lines = ox.serialize(triples, format=_TRIPLES) or b""
        self._load(lines, _TRIPLES, ox.NamedNode(graph))
        self._merge(lines)

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Adds statements to named graphs."""
        quads = iter(quads)
        while batch := list(islice(quads, _BATCH)):
            self._load(ox.serialize(batch, format=_QUADS) or b"", _QUADS)
            self._merge(ox.serialize((quad.triple for quad in batch), format=_TRIPLES) or b"")

    def _merge(self, lines: bytes) -> None:
        """Adds statements to the default graph."""
        self._load(lines, _TRIPLES)

    def _load(
        self, text: bytes, rdf_format: ox.RdfFormat, graph: ox.NamedNode | None = None, *, lenient: bool = True
    ) -> None:
        # On disk, what is large goes past the log into files of its own; of little that would make many files.
        in_bulk = self.folder is not None and len(text) > _MUCH
        (self.store.bulk_load if in_bulk else self.store.load)(text, rdf_format, to_graph=graph, lenient=lenient)

    def write(self, work: Path) -> None:
        """Writes the files of the statements into a snapshot's folder: the end of the store."""
        if self.folder is None:
            write_statements(self.store, work)
        else:
            self.store.optimize()
            self.store.flush()
        self._close()

    def discard(self) -> None:
        """Ends with the store and removes it."""
        self._close()
        if self.folder is not None:
            shutil.rmtree(self.folder)

    def _close(self) -> None:
        # The engine holds on to the files until nothing refers to the store.
        del self.store
