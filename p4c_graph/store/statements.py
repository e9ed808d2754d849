"""A snapshot's statements on disk: packed whole, or as what was packed before and patches to it; and their digest.

A patch is an RDF Patch (Apache Jena): a header with the snapshot it starts from, then lines that delete (``D``) and
add (``A``) statements, those of the default graph too.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.errors import StoreProblem
from p4c_graph.namespaces import PROV

STORE = "store"
STATEMENTS = "statements.nq.gz"
PATCHES = "patches"
_MODULUS = 1 << 256
_TIMES = frozenset({PROV.endedAtTime, PROV.invalidatedAtTime})


def write_statements(store: ox.Store, work: Path) -> None:
    """Writes a store's statements into a folder: as RocksDB, and packed."""
    plain = work / "statements.nq"
    store.dump(plain, ox.RdfFormat.N_QUADS)
    disk = ox.Store(str(work / STORE))
    disk.bulk_load(path=plain, format=ox.RdfFormat.N_QUADS, lenient=True)
    disk.optimize()
    disk.flush()
    _pack(plain, len(store), work)


def pack(store: ox.Store, work: Path) -> None:
    """Writes a store's statements into a folder packed, instead of the patches that are there."""
    plain = work / "statements.nq"
    store.dump(plain, ox.RdfFormat.N_QUADS)
    (work / STATEMENTS).unlink(missing_ok=True)
    shutil.rmtree(work / PATCHES, ignore_errors=True)
    _pack(plain, len(store), work)


def _pack(plain: Path, count: int, work: Path) -> None:
    """Packs a file of N-Quads, with their count in the first line, and removes it."""
    with plain.open("rb") as lines, gzip.GzipFile(work / STATEMENTS, "wb", compresslevel=1, mtime=0) as packed:
        packed.write(b"# %d\n" % count)
        shutil.copyfileobj(lines, packed, 1 << 20)
    plain.unlink()


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


def _weight(quad: ox.Quad) -> int:
    if quad.predicate.value in _TIMES and graph_of(quad).endswith("/provenance"):
        return 0
    return int.from_bytes(hashlib.sha256(f"{quad} .\n".encode()).digest(), "big")
