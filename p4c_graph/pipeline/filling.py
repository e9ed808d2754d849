"""A store in the making: what is put into it stands in its named graph, and in the default graph.

It is asked in memory, where it fits, while the files of the snapshot are written beside. What comes in numbers goes in
as text, which the engine reads faster than it takes statements from Python.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from enum import Enum
from functools import partial
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.intake.rdf import syntax_problems
from p4c_graph.intake.sources import SourceFile
from p4c_graph.store.bulk import BulkWriter
from p4c_graph.store.statements import STORE, Sum, graph_of, pack
from p4c_graph.terms import Minter

_BATCH = 50_000
_TRIPLES, _QUADS = ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS


class Held(Enum):
    """What of the statements is held in memory; the rest is on disk alone."""

    ALL = "the named graphs and the merged set"
    MERGED = "the merged set"
    NONE = "nothing"

    @classmethod
    def of(cls, statements: int, most: int) -> Held:
        """What there is room for, of so many statements in named graphs: ``most`` may be in memory."""
        return cls.ALL if 2 * statements <= most else cls.MERGED if statements <= most else cls.NONE


class Filling:
    """The statements of a build, in memory and in the folder of a snapshot; without a folder, in memory alone."""

    def __init__(self, work: Path | None = None, held: Held = Held.ALL) -> None:
        self._work, self._held = work, held
        self._memory = None if held == Held.NONE else ox.Store()
        self._disk = work and BulkWriter(work / STORE)
        self._graphs: set[str] = set()
        self._beside = ThreadPoolExecutor(2)
        self._sum = Sum()
        self._adding: Future[None] | None = None

    @property
    def store(self) -> ox.Store:
        """The merged set, as the default graph of a store to be asked."""
        return self.named if self._memory is None else self._memory

    @property
    def named(self) -> ox.Store:
        """A store of the named graphs."""
        if self._disk and self._held != Held.ALL:
            return self._disk.settle()
        assert self._memory is not None
        return self._memory

    def graphs(self) -> list[str]:
        """The named graphs, sorted."""
        return sorted(self._graphs)

    def total(self) -> Sum:
        """The digest of all graphs, and how many statements each has."""
        if self._adding:
            self._adding.result()
        self._sum.add(self.named, [graph for graph in self.graphs() if graph not in self._sum.counts])
        return self._sum

    def merged(self) -> int:
        """How many statements the merged set has."""
        return len(self.store) - (sum(self.total().counts.values()) if self.store is self.named else 0)

    def read(self, file: SourceFile, minter: Minter) -> Iterator[None]:
        """Puts the statements of a file into the store, and stops after each large part of it. Raises InputError."""
        if file.lines is None:
            self.add(file.quads(minter))
            yield
            return
        own = file.own_graph(minter)
        for piece in file.lines.pieces():
            errors = partial(syntax_problems, str(file.path), piece.before)
            with errors():
                triples, graphs = piece.split()
                self._graphs |= {graph or own.value for graph in graphs}
                self._hold(piece.text, piece.format, triples, own)
            if self._disk:
                self._disk.load(piece.text, piece.format, own, errors=errors)
                if self._memory is None:
                    self._disk.load(triples, _TRIPLES)
                else:
                    self._disk.defer(triples)
            yield

    def filled(self, unsettled: str) -> None:
        """All files are read: beside what follows the disk gets the rest, and the graphs but one are added up."""
        settled = [graph for graph in self.graphs() if graph != unsettled]
        self._adding = self._beside.submit(self._sum.add, self.named, settled)
        if self._disk:
            self._disk.settle()
            self._disk.catch_up()

    def put(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Adds the statements of a graph that does not exist yet; none of them has a blank node."""
        node = ox.NamedNode(graph)
        self.add(ox.Quad(triple.subject, triple.predicate, triple.object, node) for triple in triples)

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Adds statements to named graphs."""
        quads = iter(quads)
        while batch := list(islice(quads, _BATCH)):
            self._graphs.update(map(graph_of, batch))
            named = ox.serialize(batch, format=_QUADS) or b""
            triples = ox.serialize((quad.triple for quad in batch), format=_TRIPLES) or b""
            self._hold(named, _QUADS, triples)
            if self._disk:
                self._disk.add(named, _QUADS)
                self._disk.add(triples, _TRIPLES)

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Brings the files of the snapshot into their last form beside what is read meanwhile: the end of the store."""
        assert self._work
        assert self._disk
        self._disk.settle()
        finishing = self._beside.submit(self._disk.finish)
        yield
        if self._held == Held.ALL:
            pack(self.named, self._work)
        finishing.result()
        self._disk.close()
        self._disk = None

    def close(self) -> None:
        """Ends with the store; files that are not whole are removed."""
        self._beside.shutdown()
        if self._work and self._disk:
            self._disk.close()
            shutil.rmtree(self._work / STORE)

    def _hold(self, named: bytes, rdf_format: ox.RdfFormat, triples: bytes, own: ox.NamedNode | None = None) -> None:
        """Keeps in memory what is to be kept there. Raises SyntaxError where what is merged cannot be read."""
        if self._memory is None:
            return
        self._memory.bulk_load(triples, _TRIPLES, lenient=own is None)
        if self._held == Held.ALL:
            self._memory.bulk_load(named, rdf_format, to_graph=own, lenient=True)
