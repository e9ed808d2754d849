"""A snapshot's statements on disk: packed whole, or as what was packed before and patches to it; and their digest.

A patch is an RDF Patch (Apache Jena): a header with the snapshot it starts from, then lines that delete (``D``) and
add (``A``) statements, those of the default graph too.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from p4c_graph.errors import StoreProblem
from p4c_graph.namespaces import PROV

STORE = "store"
STATEMENTS = "statements.nq.gz"
PATCHES = "patches"
_MODULUS = 1 << 256
_TIMES = frozenset({PROV.endedAtTime, PROV.invalidatedAtTime})
_TIMES_WRITTEN = frozenset(f"<{iri}>".encode() for iri in _TIMES)
_PROVENANCE = "/provenance"


def write_statements(store: ox.Store, work: Path) -> None:
    """Writes the statements of a store in memory into a folder: as RocksDB, and packed."""
    disk = ox.Store(str(work / STORE))
    with ThreadPoolExecutor(1) as beside, _packed(len(store), work) as packed:

        def take(lines: bytes) -> None:
            loading = beside.submit(disk.bulk_load, lines, ox.RdfFormat.N_QUADS, lenient=True)
            packed.write(lines)
            loading.result()

        _dump(store, take)
    disk.optimize()
    disk.flush()


def pack(store: ox.Store, work: Path) -> None:
    """Writes a store's statements into a folder packed, instead of the patches that are there."""
    (work / STATEMENTS).unlink(missing_ok=True)
    shutil.rmtree(work / PATCHES, ignore_errors=True)
    with _packed(len(store), work) as packed:
        _dump(store, packed.write)


@contextmanager
def _packed(count: int, work: Path) -> Iterator[gzip.GzipFile]:
    """The file of packed N-Quads, their count in its first line."""
    with gzip.GzipFile(work / STATEMENTS, "wb", compresslevel=1, mtime=0) as packed:
        packed.write(b"# %d\n" % count)
        yield packed


def _dump(store: ox.Store, take: Callable[[bytes], object], graph: str | None = None, size: int = 32_000_000) -> None:
    """Hands on the lines of a store, or of one graph of it without its name, in pieces of about so many bytes."""
    pieces = _Pieces(take, size)
    to = cast("IO[bytes]", pieces)
    if graph is None:
        store.dump(to, ox.RdfFormat.N_QUADS)
    else:
        store.dump(to, ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph))
    pieces.pass_on()


class _Pieces:
    """A file to be written to, in which the text is never whole."""

    def __init__(self, take: Callable[[bytes], object], size: int) -> None:
        self._take, self._size = take, size
        self._parts: list[bytes] = []
        self._held = 0

    def write(self, part: bytes) -> int:
        self._parts.append(part)
        self._held += len(part)
        if self._held >= self._size:
            self.pass_on()
        return len(part)

    def flush(self) -> None:
        pass  # half a line would be passed on

    def pass_on(self) -> None:
        lines, newline, rest = b"".join(self._parts).rpartition(b"\n")
        self._parts, self._held = [rest], len(rest)
        if newline:
            self._take(lines + newline)


def link(before: Path, work: Path) -> None:
    """A snapshot's statements in another folder, to be written to: what never changes is linked, the rest copied."""
    shutil.copytree(before / STORE, work / STORE, copy_function=_link_tables)
    for part in (STATEMENTS, PATCHES):
        if (before / part).is_dir():
            shutil.copytree(before / part, work / part, copy_function=os.link)
        elif (before / part).exists():
            os.link(before / part, work / part)


def _link_tables(source: str, target: str) -> None:
    (os.link if source.endswith(".sst") else shutil.copy2)(source, target)


# ── patches ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Patch:
    """What one snapshot has and the one before has not, and the reverse; default graph and named graphs."""

    before: str
    removed: list[ox.Quad]
    added: list[ox.Quad]


def write_patch(path: Path, patch: Patch) -> None:
    """Writes a patch, its lines sorted."""
    path.parent.mkdir(exist_ok=True)
    lines = [f'H prev "{patch.before}" .']
    for letter, quads in (("D", patch.removed), ("A", patch.added)):
        written = (ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").decode().split("\n")
        lines += sorted(f"{letter} {line}" for line in written if line)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def read_patch(path: Path) -> Patch:
    """What ``write_patch`` wrote. Raises StoreProblem where the file is not whole."""
    try:
        head, *lines = path.read_text("utf-8").removesuffix("\n").split("\n")
        _, key, before, _ = head.split(" ")
        if key != "prev":
            raise ValueError(f"header {key}")
        removed, added = (_parsed(line[2:] for line in lines if line.startswith(f"{letter} ")) for letter in "DA")
    except (OSError, ValueError, SyntaxError) as error:
        raise StoreProblem(f"The changes in {path.name} cannot be read: {error}") from None
    return Patch(before.strip('"'), removed, added)


def _parsed(lines: Iterable[str]) -> list[ox.Quad]:
    return list(ox.parse("\n".join(lines).encode(), ox.RdfFormat.N_QUADS, lenient=True))


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────


def graph_of(quad: ox.Quad) -> str:
    """The IRI of the graph a statement stands in; empty for the default graph."""
    return "" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value


def subject_of(statement: ox.Quad | ox.Triple) -> str:
    """The IRI (or name of the blank node) a statement speaks of."""
    assert not isinstance(statement.subject, ox.Triple)
    return statement.subject.value


def in_graph(triples: Iterable[ox.Triple], graph: str | None = None) -> Iterator[ox.Quad]:
    """Triples as statements of a named graph, or of the default graph."""
    node = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    return (ox.Quad(triple.subject, triple.predicate, triple.object, node) for triple in triples)


# ── digest ────────────────────────────────────────────────────────────────────────────────────────────────────────


def digest(quads: Iterable[ox.Quad], *, less: Iterable[ox.Quad] = (), start: str = "0") -> str:
    """The digest of statements; ``start`` is the digest of others they come to, and ``less`` of those that go.

    The sum of the SHA-256 of each statement as N-Quads, modulo 2^256: equal sets give equal digests in any order, and a
    change costs the statements that change. It tells contents apart; it is no signature. Times of import, in the graph
    of provenance, do not count.
    """
    total = int(start, 16) + sum(map(_weight, quads)) - sum(map(_weight, less))
    return f"{total % _MODULUS:064x}"


class Sum:
    """The digest of a store's named graphs and the number of statements in each, added up graph by graph."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._total = 0

    @property
    def digest(self) -> str:
        """The digest of what has been added, as ``digest`` says it of statements."""
        return digest((), start=f"{self._total:x}")

    def add(self, store: ox.Store, graphs: Iterable[str]) -> None:
        """Adds graphs of a store: their text is read as a stream, no statement becomes a Python object."""
        for graph in graphs:
            self.counts[graph] = 0
            _dump(store, partial(self._add, graph), graph, 1_000_000)

    def _add(self, graph: str, text: bytes) -> None:
        lines, ending = text[:-1].split(b"\n"), f"<{graph}> .\n".encode()
        self.counts[graph] += len(lines)
        if graph.endswith(_PROVENANCE):
            lines = [line for line in lines if line.split(b" ", 2)[1] not in _TIMES_WRITTEN]
        self._total += sum(_number(line[:-1] + ending) for line in lines)


def _weight(quad: ox.Quad) -> int:
    if quad.predicate.value in _TIMES and graph_of(quad).endswith(_PROVENANCE):
        return 0
    return _number(f"{quad} .\n".encode())


def _number(line: bytes) -> int:
    return int.from_bytes(hashlib.sha256(line).digest())
