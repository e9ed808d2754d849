"""The next snapshot in the making: a writable copy of the current one that knows what changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.store.answers import QueryAnswer
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.snapshots import Snapshot
from p4c_graph.store.statements import (
    PATCHES,
    STATEMENTS,
    STORE,
    Patch,
    graph_of,
    in_graph,
    link,
    pack,
    write_patch,
    write_statements,
)

Statement = TypeVar("Statement", ox.Quad, ox.Triple)
_DEFAULT = ox.DefaultGraph()
_MANY = 20_000
"""So many statements are put into a graph in memory, where there is room."""
_NOT_ELSEWHERE = """DELETE {{ ?s ?p ?o }} WHERE {{
  GRAPH {graph} {{ ?s ?p ?o }}
  FILTER NOT EXISTS {{ GRAPH ?other {{ ?s ?p ?o }} FILTER (?other != {graph}) }} }}"""
"""Takes from the default graph what stands in no other graph than one."""
_REPACK = 10
"""Patches this many times larger than the packed statements (about half of what these are unpacked) are packed."""


class Draft:
    """A snapshot's statements, to be changed graph by graph; the default graph follows as the merged set.

    A copy of the disk store is changed, or, from ``go_on_in_memory`` on, one in memory, where each statement costs a
    fraction. ``fits`` says whether there is room for that.
    """

    def __init__(self, before: Snapshot, work: Path, *, fits: bool = False) -> None:
        self.before, self.work = before, work
        self.added: set[ox.Quad] = set()
        """What the named graphs hold now and did not before."""
        self.removed: set[ox.Quad] = set()
        """What the named graphs held before and do not now."""
        link(before.path, work)
        try:
            self.store = ox.Store(str(work / STORE))
        except (OSError, RuntimeError) as error:
            raise before.damaged(error) from None
        self.old = before.open()
        self._fits = fits
        self._disk: ox.Store | None = None
        self.anew = False
        """Whether the snapshot will be written from memory, as a build writes it, and no change is taken note of."""

    @property
    def in_memory(self) -> bool:
        """Whether the statements are held in memory."""
        return self._disk is not None or self.anew

    def go_on_in_memory(self) -> bool:
        """Whether the statements are held in memory from now on: worth its seconds where much is asked or changed.

        They are not where there is no room for them. Raises StoreProblem.
        """
        if self._fits and not self.in_memory:
            copy = Embedded.load_into_memory(self.before.path / STORE, with_plain=False)
            assert copy is not None
            copy.apply(self._patch())
            self._disk, self.store = self.store, copy.store
        return self.in_memory

    def go_on_anew(self) -> bool:
        """Whether the snapshot is written from memory, as a build writes it: most of it is new.

        What changes is not taken note of from now on: neither ``added`` and ``removed`` nor a patch will tell of it.
        """
        if not self.anew and self.go_on_in_memory():
            self._disk, self.anew = None, True
            for part in (STORE, PATCHES):
                shutil.rmtree(self.work / part, ignore_errors=True)
            (self.work / STATEMENTS).unlink(missing_ok=True)
        return self.anew

    def triples(self, graph: str) -> set[ox.Triple]:
        """What a named graph holds now."""
        return {quad.triple for quad in self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))}

    def query(self, text: str) -> QueryAnswer:
        """The answer of a query over the draft as it is now."""
        return Embedded(self.store).query(text)

    def put(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Lets a graph hold just these statements; with none it is gone. Raises InputError on blank nodes."""
        node, rest = ox.NamedNode(graph), map(_checked, triples)
        first = list(islice(rest, _MANY))
        if len(first) == _MANY:
            self.go_on_in_memory()
        if self.anew:
            self._forget(node)
            self._fill(node, chain(first, rest))
        elif (old := self._quads(node)) or not self.in_memory:
            new = _as_stored(in_graph(chain(first, rest), graph))
            self.remove(old - new)
            self._add(new - old)
        else:
            self._fill(node, chain(first, rest))
            self.note(self.store.quads_for_pattern(None, None, None, node), ())

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Adds statements to named graphs. Raises InputError on blank nodes, or without a graph."""
        self._add(_as_stored(map(_checked, map(_named, quads))))

    def remove(self, quads: Iterable[ox.Quad]) -> None:
        """Takes statements from named graphs; what is not there is passed over."""
        gone = [quad for quad in _as_stored(map(_checked, map(_named, quads))) if quad in self.store]
        self._delete(gone)
        self._delete(in_graph(quad.triple for quad in gone if not self._stands(quad)))
        self.note((), gone)

    def note(self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> None:
        """Takes note of statements of named graphs that have come or gone."""
        if self.anew:
            return
        for quad in added:
            if quad in self.removed:
                self.removed.discard(quad)
            else:
                self.added.add(quad)
        for quad in removed:
            if quad in self.added:
                self.added.discard(quad)
            else:
                self.removed.add(quad)

    def merged(self) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """What the default graph has gained, and what it has lost."""
        gained = set(in_graph(quad.triple for quad in self.added))
        lost = set(in_graph(quad.triple for quad in self.removed))
        return [quad for quad in gained if quad not in self.old], [quad for quad in lost if quad not in self.store]

    def write(self, id: str) -> None:
        """Finishes the files of the snapshot that is to have this id: no more changes after it."""
        if self.anew:
            write_statements(self.store, self.work)
            return
        patch = self._patch()
        if self._disk is not None:
            _delete(self._disk, patch.removed)
            self._disk.extend(patch.added)
            self.store, self._disk = self._disk, None
        self.store.flush()
        write_patch(self.work / PATCHES / f"{id}.rdfp", patch)
        patched, packed = sum(path.stat().st_size for path in (self.work / PATCHES).iterdir()), self.work / STATEMENTS
        if packed.exists() and patched > _REPACK * packed.stat().st_size:
            pack(self.store, self.work)
        del self.store  # closed, so that nothing tidies up in its files any more

    def _patch(self) -> Patch:
        """What leads from the snapshot before to the draft as it is now."""
        gained, lost = self.merged()
        return Patch(self.before.id, [*self.removed, *lost], [*self.added, *gained])

    def _quads(self, graph: ox.NamedNode) -> set[ox.Quad]:
        return set(self.store.quads_for_pattern(None, None, None, graph))

    def _add(self, quads: Iterable[ox.Quad]) -> None:
        """Adds statements as the engine gives them."""
        new = [quad for quad in quads if quad not in self.store]
        self.store.extend([*new, *in_graph(quad.triple for quad in new)])
        self.note(new, ())

    def _fill(self, graph: ox.NamedNode, triples: Iterator[ox.Triple]) -> None:
        """Adds the statements of a graph that holds none: as text, which the engine reads faster than one by one."""
        while batch := list(islice(triples, _MANY)):
            text = ox.serialize(batch, format=ox.RdfFormat.N_TRIPLES) or b""
            self.store.bulk_load(text, ox.RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        self.store.update(f"INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")

    def _forget(self, graph: ox.NamedNode) -> None:
        """Takes away all statements of a graph."""
        self.store.update(_NOT_ELSEWHERE.format(graph=graph))
        self.store.clear_graph(graph)

    def _delete(self, quads: Iterable[ox.Quad]) -> None:
        if self.in_memory:
            for quad in quads:
                self.store.remove(quad)
        else:
            _delete(self.store, quads)

    def _stands(self, quad: ox.Quad) -> bool:
        """Whether the statement of a quad stands in another named graph."""
        same = self.store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        return any(other.graph_name != _DEFAULT for other in same)


def _delete(store: ox.Store, quads: Iterable[ox.Quad]) -> None:
    """Takes statements from a store, all in one step: on disk each step of its own costs a transaction."""
    lines = [
        f"GRAPH <{graph}> {{ {_triple(quad)} }}" if (graph := graph_of(quad)) else _triple(quad) for quad in quads]
    if lines:
        store.update("DELETE DATA {\n" + "\n".join(lines) + "\n}")


def _triple(quad: ox.Quad) -> str:
    return f"{quad.subject} {quad.predicate} {quad.object} ."


def _as_stored(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Statements as the engine gives them back: it normalises numbers and times on storing."""
    store = ox.Store()
    store.bulk_extend(quads)
    return set(store)


def _named(quad: ox.Quad) -> ox.Quad:
    if isinstance(quad.graph_name, ox.DefaultGraph):
        raise InputError(f"The statement {quad} stands in no named graph; expected one.", parameter="graph")
    return quad


def _checked(statement: Statement) -> Statement:
    if any(isinstance(term, ox.BlankNode) for term in statement):
        raise InputError(f"The statement {statement} has a blank node; expected an IRI.")
    return statement
