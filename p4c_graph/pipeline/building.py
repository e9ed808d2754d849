"""Build: intake → validate → derive → snapshot, of the shipped facts and the files a user adds."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from p4c_graph import __version__
from p4c_graph.errors import InvalidData, NoSnapshot, P4CError
from p4c_graph.intake.locate import Locator
from p4c_graph.intake.sources import Library, SourceFile, graph_descriptions
from p4c_graph.pipeline.derivation import PROVENANCE, Derivation, Progress, derive
from p4c_graph.pipeline.pushing import push_where_configured
from p4c_graph.pipeline.report import summary
from p4c_graph.pipeline.written import Written
from p4c_graph.questions import Library as Questions
from p4c_graph.questions import describe
from p4c_graph.settings import Settings
from p4c_graph.store.rows import StoreRows
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.store.statements import digest, graph_of, in_graph, write_statements
from p4c_graph.terms import Minter, local_name
from p4c_graph.validation.engine import validate
from p4c_graph.validation.report import ValidationReport

_MERGE = "INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
_BATCH = 50_000
_DEFAULT = ox.DefaultGraph()


@dataclass(frozen=True)
class BuildReport:
    """What a build did: the snapshot, its manifest, what was left out and why, the validation report."""

    snapshot: Snapshot
    seconds: dict[str, float]
    statements: int
    graphs: int
    classes: dict[str, int]
    digest: str
    unchanged_since: str | None
    left_out: dict[str, str] = field(default_factory=dict)
    validation: ValidationReport | None = None


def build(
    settings: Settings, sources: Sequence[Path] = (), *, skip_invalid: bool = False, facts: bool = True,
    forget: bool = False, progress: Progress | None = None,
) -> BuildReport:
    """Builds the shipped facts (unless ``facts`` is false) and the given files into a new current snapshot.

    Graphs that were written to in the store since the last build are carried over, and win over files, unless
    ``forget`` is true. Raises InvalidData or InputError, and changes nothing, where a source violates a shape or does
    not parse; with ``skip_invalid`` such a source is left out and named in the report.
    """
    work = _Build(settings, facts, forget, progress or (lambda stage, done, total: None))
    return work.run(sources, skip_invalid)


def load(
    files: Sequence[SourceFile], minter: Minter, progress: Progress | None = None, written: Written | None = None
) -> ox.Store:
    """A store in memory of the given files and the question library, all graphs merged as default graph."""
    store = ox.Store()
    for done, file in enumerate(files):
        if progress:
            progress("read", done, len(files))
        _extend(store, file.quads(minter))
    library = ox.NamedNode(minter.graph("questions"))
    _extend(store, (ox.Quad(t.subject, t.predicate, t.object, library) for t in describe(Questions.shipped(), minter)))
    if written:
        for iri in written.graphs:
            store.remove_graph(ox.NamedNode(iri))
        _extend(store, written.quads)
    described = graph_descriptions((graph.value for graph in store.named_graphs()), minter)
    _extend(store, described)
    for graph in list(store.named_graphs()):
        store.update(_MERGE.format(graph=graph.value))
    return store


def check(
    store: ox.Store, library: Library, files: Sequence[SourceFile], minter: Minter, progress: Progress | None = None
) -> ValidationReport:
    """The validation report of a store; findings say in which of the files their subject stands."""
    if progress:
        progress("validate", 0, 0)
    return validate(store, library.shapes, locate=Locator(files, minter))


class _Graphs:
    """The store of a build as derivation writes to it."""

    def __init__(self, store: ox.Store) -> None:
        self.store = store

    def put(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Adds the statements of a graph that does not exist yet; none of them has a blank node."""
        # The engine reads text faster than it takes statements one by one from Python.
        lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        for target in (ox.NamedNode(graph), ox.DefaultGraph()):
            self.store.load(lines, format=ox.RdfFormat.N_TRIPLES, to_graph=target)

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Adds statements, to the default graph too."""
        _extend(self.store, (both for quad in quads for both in (quad, *in_graph([quad.triple]))))


class _Build:
    """One build: its settings, and how long each stage took."""

    def __init__(self, settings: Settings, facts: bool, forget: bool, progress: Progress) -> None:
        self.settings, self.progress = settings, progress
        self.minter = Minter(settings.base_iri)
        self.library = Library.shipped()
        self.shipped = self.library.model() + (self.library.facts() if facts else self.library.foundations())
        self.snapshots = Snapshots(settings.store)
        self.forget = forget
        self.written = Written.nothing()
        self.seconds: dict[str, float] = {}
        self._started = time.perf_counter()

    def _ended(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._started, 2)
        self._started = now

    def run(self, sources: Sequence[Path], skip_invalid: bool) -> BuildReport:
        with self.snapshots.writing() as work:
            given = [file for path in sources for file in self.library.of(path)]
            store, report, left_out = self._read_and_validate(given, skip_invalid)
            derived = derive(_Graphs(store), self.library, self.minter, self.progress)
            self._ended("derive")
            before = self.snapshots.history()[-1:]
            manifest = self._written(store, derived, work)
            self._ended("snapshot")
            snapshot = self.snapshots.publish(
                work, {**manifest, "seconds": self.seconds, "left_out": left_out}, keep=self.settings.keep_snapshots)
            if push_where_configured(self.settings, snapshot, self.progress):
                self._ended("push")
        fingerprint = manifest["digest"]
        same = [old.id for old in before if old.path.exists() and old.id.endswith(fingerprint[:12])]
        return BuildReport(
            snapshot, self.seconds, manifest["statements"], len(manifest["graphs"]), manifest["classes"], fingerprint,
            same[0] if same else None, left_out, report,
        )

    def _written(self, store: ox.Store, derived: Derivation, work: Path) -> dict[str, Any]:
        """Writes the files of the snapshot; its manifest."""
        self.progress("snapshot", 0, 0)
        fingerprint = digest(quad for quad in store if quad.graph_name != _DEFAULT)
        counts = {graph.value: _count(store, graph.value) for graph in list(store.named_graphs())}
        write_statements(store, work)
        derived.save(work)
        return {
            "digest": fingerprint, "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "program": __version__, "model": derived.matcher.model.version, "base": self.settings.base_iri,
            "statements": sum(counts.values()), "merged": _count(store, None), "graphs": counts,
            "classes": _count_classes(store), "written": sorted(self.written.graphs),
            "foundations": sorted(_graphs_of(self.library.foundations(), self.minter)),
        }

    def _read_and_validate(
        self, given: list[SourceFile], skip_invalid: bool
    ) -> tuple[ox.Store, ValidationReport, dict[str, str]]:
        left_out: dict[str, str] = {}
        if skip_invalid:
            given = [file for file in given if not self._unreadable(file, left_out)]
        while True:
            self.written = self._kept(given)
            store = load(self.shipped + given, self.minter, self.progress, self.written)
            self._ended("read")
            report = check(store, self.library, given + self.shipped, self.minter, self.progress)
            self._ended("validate")
            if report.conforms:
                return store, report, left_out
            bad = [file for file in given if any(f.location and f.location.file == str(file.path)
                                                 for f in report.violations)]
            if not skip_invalid or not bad:
                raise InvalidData(summary(report), report)
            for file in bad:
                left_out[str(file.path)] = summary(report)
            given = [file for file in given if file not in bad]

    def _kept(self, given: Collection[SourceFile]) -> Written:
        """What was written into the store since the last build; a file that is given now wins over it."""
        if self.forget:
            return Written.nothing()
        try:
            current = self.snapshots.current()
        except NoSnapshot:
            return Written.nothing()
        named = _graphs_of(given, self.minter)
        return Written.of(current, self.minter.graph(PROVENANCE), without=named)

    def _unreadable(self, file: SourceFile, left_out: dict[str, str]) -> bool:
        try:
            for _ in file.quads(self.minter):
                pass
        except P4CError as error:
            left_out[str(file.path)] = str(error)
            return True
        return False


def _graphs_of(files: Iterable[SourceFile], minter: Minter) -> set[str]:
    """The graphs that files write to."""
    return {graph_of(quad) for file in files for quad in file.quads(minter)}


def _extend(store: ox.Store, quads: Iterable[ox.Quad]) -> None:
    batch: list[ox.Quad] = []
    for quad in quads:
        batch.append(quad)
        if len(batch) == _BATCH:
            store.extend(batch)
            batch.clear()
    store.extend(batch)


def _count(store: ox.Store, graph: str | None) -> int:
    pattern = "?s ?p ?o" if graph is None else f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    return int(StoreRows(store).single(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"))


def _count_classes(store: ox.Store) -> dict[str, int]:
    """Class → members, for the classes of the ontology and for organisations."""
    query = """SELECT ?class (COUNT(*) AS ?n) WHERE { ?s a ?class }
      GROUP BY ?class HAVING (STRSTARTS(STR(?class), STR(p4c:)) || ?class = org:Organization)"""
    return dict(sorted((local_name(str(name)), int(str(n))) for name, n in StoreRows(store).rows(query)))
