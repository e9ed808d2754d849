"""Build: intake → validate → derive → snapshot, of the shipped facts and the files a user adds."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from p4c_graph import __version__
from p4c_graph.errors import InvalidData, NoSnapshot, P4CError
from p4c_graph.intake.locate import Locator
from p4c_graph.intake.sources import Library, SourceFile, graph_descriptions
from p4c_graph.pipeline.classes import count_classes
from p4c_graph.pipeline.derivation import PROVENANCE, Derivation, derive
from p4c_graph.pipeline.filling import Filling, Held
from p4c_graph.pipeline.pushing import push_where_configured
from p4c_graph.pipeline.report import summary
from p4c_graph.pipeline.written import Written
from p4c_graph.progress import Progress, silent
from p4c_graph.questions import Library as Questions
from p4c_graph.questions import describe
from p4c_graph.settings import Settings
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.store.statements import graph_of
from p4c_graph.terms import Minter
from p4c_graph.validation.engine import validate
from p4c_graph.validation.report import ValidationReport


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
    work = _Build(settings, facts, forget, progress or silent)
    return work.run(sources, skip_invalid)


def load(files: Sequence[SourceFile], minter: Minter, progress: Progress | None = None) -> ox.Store:
    """A store in memory of the given files and the question library: all graphs merged, as default graph."""
    filling = Filling(held=Held.MERGED)
    _read(filling, files, minter, progress or silent)
    _complete(filling, minter)
    return filling.store


def _read(filling: Filling, files: Sequence[SourceFile], minter: Minter, progress: Progress) -> None:
    total, done = sum(file.parts for file in files), 0
    progress("read", done, total)
    for file in files:
        for _ in filling.read(file, minter):
            done += 1
            progress("read", done, total)


def _complete(filling: Filling, minter: Minter) -> None:
    """Adds what no file says: the question library, and what is known of a graph by its name."""
    library = ox.NamedNode(minter.graph("questions"))
    filling.add(ox.Quad(t.subject, t.predicate, t.object, library) for t in describe(Questions.shipped(), minter))
    filling.add(list(graph_descriptions(filling.graphs(), minter)))


def check(
    store: ox.Store, library: Library, files: Sequence[SourceFile], minter: Minter, progress: Progress | None = None
) -> ValidationReport:
    """The validation report of a store; findings say in which of the files their subject stands."""
    told = partial(progress or silent, "validate")
    return validate(store, library.shapes, locate=Locator(files, minter), progress=told)


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
        given = [file for path in sources for file in self.library.of(path)]
        with self.snapshots.writing() as work:
            filling, report, left_out = self._read_and_validate(given, skip_invalid, work)
            with closing(filling):
                derived = derive(filling, self.library, self.minter, self.progress)
                self._ended("derive")
                before = self.snapshots.history()[-1:]
                manifest = self._written(filling, derived, work)
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

    def _written(self, filling: Filling, derived: Derivation, work: Path) -> dict[str, Any]:
        """Writes the files of the snapshot; its manifest."""
        self.progress("snapshot", 0, 0)
        derived.save(work)
        with filling.finishing():
            return self._manifest(filling, derived.matcher.model.version)

    def _manifest(self, filling: Filling, model: str) -> dict[str, Any]:
        total = filling.total()
        return {
            "digest": total.digest, "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "program": __version__, "model": model, "base": self.settings.base_iri,
            "statements": sum(total.counts.values()), "merged": filling.merged(),
            "graphs": {graph: total.counts[graph] for graph in filling.graphs()},
            "classes": count_classes(filling.store), "written": sorted(self.written.graphs),
            "foundations": sorted(_graphs_of(self.library.foundations(), self.minter)),
        }

    def _read_and_validate(
        self, given: list[SourceFile], skip_invalid: bool, work: Path
    ) -> tuple[Filling, ValidationReport, dict[str, str]]:
        left_out: dict[str, str] = {}
        if skip_invalid:
            given = [file for file in given if not self._unreadable(file, left_out)]
        while True:
            lines = sum(file.lines.count for file in given if file.lines)
            filling = Filling(work, Held.of(lines, self.settings.memory_statements))
            with ExitStack() as unless_good:
                unless_good.callback(filling.close)
                self._fill(filling, given)
                self._ended("read")
                report = check(filling.store, self.library, given + self.shipped, self.minter, self.progress)
                self._ended("validate")
                if report.conforms:
                    unless_good.pop_all()
                    return filling, report, left_out
            bad = [file for file in given if any(f.location and f.location.file == str(file.path)
                                                 for f in report.violations)]
            if not skip_invalid or not bad:
                raise InvalidData(summary(report), report)
            for file in bad:
                left_out[str(file.path)] = summary(report)
            given = [file for file in given if file not in bad]

    def _fill(self, filling: Filling, given: list[SourceFile]) -> None:
        """Reads what is given, what was written, and the shipped files, but for graphs that were written to."""
        _read(filling, given, self.minter, self.progress)
        self.written = self._kept(filling.graphs())
        for file in self.shipped:
            filling.add(quad for quad in file.quads(self.minter) if graph_of(quad) not in self.written.graphs)
        filling.add(self.written.quads)
        _complete(filling, self.minter)
        filling.filled(self.minter.graph(PROVENANCE))

    def _kept(self, given: Collection[str]) -> Written:
        """What was written into the store since the last build; a graph that a file is given for now wins over it."""
        if self.forget:
            return Written.nothing()
        try:
            current = self.snapshots.current()
        except NoSnapshot:
            return Written.nothing()
        return Written.of(current, self.minter.graph(PROVENANCE), without=given)

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
