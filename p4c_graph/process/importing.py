"""Import: what people filled in becomes a named graph of the store, and follows the file when that is edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.errors import InputError, InvalidData
from p4c_graph.intake.forms import FormRow
from p4c_graph.intake.names import FileNames, Names
from p4c_graph.intake.problems import CellError, Problem
from p4c_graph.intake.submission import MEDIA_TYPES, Destination, Reader, Reading
from p4c_graph.namespaces import RDF
from p4c_graph.pipeline import ChangeReport, change
from p4c_graph.process.differences import ResourceChange, differences
from p4c_graph.process.objections import in_order, objections
from p4c_graph.progress import Progress, silent
from p4c_graph.regions import Gazetteer
from p4c_graph.settings import Settings
from p4c_graph.store.draft import Draft
from p4c_graph.store.rows import StoreRows, iri_list
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.store.statements import graph_of, subject_of
from p4c_graph.terms import Minter, slugify
from p4c_graph.validation.report import ValidationReport

_ASKED = 200
"""IRIs that are asked about in one query."""
_ROUNDS = 20
"""Leaving out rows may break others that name what they described; this many times over."""

Attempt = Callable[[list[ox.Quad], bool], ChangeReport]
"""Puts quads into their graphs, or only tries to."""


@dataclass
class ImportReport:
    """What an import did, or would do: the reading, the difference, what was left out and why."""

    reading: Reading
    source: str
    graph: str
    change: ChangeReport | None = None
    """None where there were problems and nothing was tried."""
    changes: list[ResourceChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """All that is wrong, in the reading and by the shapes."""
    rejected: list[FormRow] = field(default_factory=list)
    """The rows that are wrong."""

    @property
    def snapshot(self) -> Snapshot | None:
        """The new snapshot, where one was made."""
        return self.change.snapshot if self.change else None

    @property
    def warnings(self) -> ValidationReport:
        """What the shapes would like to be better about the things that the file describes."""
        if self.change is None:
            return ValidationReport()
        described = {subject_of(quad) for quad in self.reading.quads if quad.predicate.value == RDF.type}
        return self.change.validation.about(described - {subject_of(quad) for quad in self.reading.described})


def import_file(
    settings: Settings, path: Path, *, source: str | None = None, dry_run: bool = False, partial: bool = False,
    language: str | None = None, by: str | None = None, synthetic: bool = False, progress: Progress | None = None,
) -> ImportReport:
    """Makes the graph ``import/{source}`` (default: the file's stem) hold what a file says, in a new snapshot.

    What was imported under that name before and is not in the file any more is taken out. Where anything is wrong,
    nothing is changed and the report says what; with ``partial`` the rows that are right go in. ``by`` is who
    imports, ``synthetic`` marks made-up data. Raises InputError where there is no such file, or where the source is
    described elsewhere, and what ``change`` raises but InvalidData.
    """
    progress = progress or silent
    progress("read", 0, 0)
    work = _Import(settings, path, source, synthetic)
    body = _content(path, settings.max_unpacked_bytes)
    report = work.read(body, language)
    who = work.organisation(by) if by else None

    def attempt(quads: list[ox.Quad], only_try: bool) -> ChangeReport:
        def edit(draft: Draft) -> None:
            for graph, said in _by_graph(quads).items():
                draft.put(graph, (quad.triple for quad in said))

        return change(settings, edit, title=f"Import of {path.name}", by=who, dry_run=dry_run or only_try,
                      progress=progress)

    work.apply(report, attempt, partial)
    progress("compare", 0, 0)
    report.changes = work.changes(report)
    report.problems = in_order(report.problems, report.reading)
    return report


class _Import:
    """One import: the file, and the snapshot it is to join."""

    def __init__(self, settings: Settings, path: Path, source: str | None, synthetic: bool) -> None:
        snapshot = Snapshots(settings.store).current()
        self._settings, self._path = settings, path
        self._minter = Minter(str(snapshot.manifest().get("base", settings.base_iri)))
        self._dataset = StoreRows(snapshot.open())
        self._names = Names(self._dataset, Gazetteer.load(snapshot.path / "regions.json"), self._minter)
        name = source or path.stem
        if not (slug := slugify(name)):
            what = f"{name!r} has no letter or digit; expected a name such as needs-2011 for --source"
            raise InputError(what, parameter="source")
        self._to = Destination(self._minter.graph(f"import/{slug}"), slug, name, synthetic=synthetic)
        self._check_source(slug)

    def _check_source(self, slug: str) -> None:
        """Raises InputError where another graph describes a source of that name: the two would be taken for one."""
        for graphs in self._others([self._minter.resource("source", slug)], "p4c:Source").values():
            raise InputError(f"{slug} is the name of a source in {min(graphs)} already; expected another for --source",
                             parameter="source")

    def read(self, body: bytes, language: str | None) -> ImportReport:
        """The report of an import that has been read, and not tried."""
        media_type = MEDIA_TYPES.get(self._path.suffix.lower(), self._path.suffix or "no ending")
        reader = Reader(self._settings, self._names)
        reading = reader.read(self._path.name, media_type, body, self._to, language=language)
        wrong = [row for row in reading.rows if row.problems]
        reading.notes += self._described_elsewhere(reading)
        return ImportReport(reading, self._to.source, self._to.graph, problems=list(reading.problems), rejected=wrong)

    def organisation(self, text: str) -> str:
        """The IRI of the organisation a name means, or the name where none is known by it."""
        try:
            return self._minter.resource("organisation", FileNames(self._names).slug("organisation", text))
        except CellError:
            return text

    def _described_elsewhere(self, reading: Reading) -> Iterator[Problem]:
        """Notes on rows about what another graph describes: they add to it, which may not be what was meant."""
        rows = [(row, row.own) for row in reading.rows if row.own]
        others = self._others({own for _, own in rows})
        for row, own in rows:
            if own in others:
                what = {"what": own.removeprefix(self._minter.resources),
                        "graph": min(others[own]).removeprefix(self._minter.graph(""))}
                yield Problem("described-already", what, row.form.sheet.name, row.number)

    def apply(self, report: ImportReport, attempt: Attempt, partial: bool) -> None:
        """Tries what was read; with ``partial`` again without the rows that the shapes object to, until none are.

        Where cells could not be read, what could is tried first, to tell everything.
        """
        reading = report.reading
        if reading.problems:
            if not reading.is_wrong_in_rows_only:
                return
            self._try_what_is_read(report, attempt, partial)
            if not partial:
                return
        for _ in range(_ROUNDS):
            if partial:
                self._leave_out_followers(report)
            if reading.rows and len(report.rejected) == len(reading.rows):
                return
            try:
                tried = attempt(reading.without(report.rejected), False)
            except InvalidData as error:
                objected = objections(error.report, reading)
                wrong = dict.fromkeys(row for row, _ in objected if row and row not in set(report.rejected))
                report.rejected += wrong
                again = partial and bool(wrong)
                report.problems += [problem for row, problem in objected if row or not again]
                if not again:
                    return
            else:
                report.change = tried
                return

    def changes(self, report: ImportReport) -> list[ResourceChange]:
        """What was changed, resource by resource."""
        if report.change is None:
            return []
        added, removed = map(self._of_the_content, (report.change.added, report.change.removed))
        return differences(added, removed, self._dataset, self._minter, report.reading.language)

    def _try_what_is_read(self, report: ImportReport, attempt: Attempt, partial: bool) -> None:
        """Takes note of what the shapes object to in what could be read, of rows that are wrong too.

        With ``partial``, those that are right are tried without the wrong ones afterwards.
        """
        try:
            attempt(report.reading.readable(), True)
        except InvalidData as error:
            wrong = set(report.rejected)
            found = [(row, problem) for row, problem in objections(error.report, report.reading)
                     if not partial or row in wrong]
            report.problems += [problem for _, problem in found]
            report.rejected += dict.fromkeys(row for row, _ in found if row and row not in wrong)

    def _leave_out_followers(self, report: ImportReport) -> None:
        """Rejects the rows that name what only rejected rows describe, and those that name these."""
        while True:
            rejected = set(report.rejected)
            kept = [row for row in report.reading.rows if row not in rejected]
            gone = {row.own for row in rejected if row.own} - {row.own for row in kept if row.own}
            gone -= self._others(gone).keys()
            followers = [(row, min(row.names & gone)) for row in kept if row.names & gone]
            if not followers:
                return
            for row, iri in followers:
                what = {"what": str(iri).removeprefix(self._minter.resources)}
                report.problems.append(Problem("names-left-out", what, row.form.sheet.name, row.number))
                report.rejected.append(row)

    def _others(self, iris: Collection[str], kind: str = "?class") -> dict[str, set[str]]:
        """Resource → the other graphs that say what it is, or that it is of a kind."""
        found: dict[str, set[str]] = defaultdict(set)
        ordered = sorted(iris)
        for start in range(0, len(ordered), _ASKED):
            values = iri_list(ordered[start:start + _ASKED])
            query = f"SELECT ?x ?graph WHERE {{ VALUES ?x {{ {values} }} GRAPH ?graph {{ ?x a {kind} }} }}"
            for iri, graph in self._dataset.rows(query):
                if graph != self._to.graph:
                    found[str(iri)].add(str(graph))
        return found

    def _of_the_content(self, quads: Iterable[ox.Quad]) -> list[ox.Quad]:
        """The quads but for those that only say where the others come from."""
        about = {self._minter.resource("source", self._to.source), self._to.graph}
        return [quad for quad in quads if subject_of(quad) not in about
                and not (isinstance(quad.object, ox.NamedNode) and quad.object.value in about)]


def _by_graph(quads: Iterable[ox.Quad]) -> dict[str, list[ox.Quad]]:
    found: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        found[graph_of(quad)].append(quad)
    return found


def _content(path: Path, limit: int) -> bytes:
    """The bytes of a file. Raises InputError where there is none, or it is too large to be read."""
    try:
        if path.stat().st_size > limit:
            raise InputError(f"{path}: has {path.stat().st_size:,} bytes, expected at most {limit:,} (the setting "
                             "max_unpacked_bytes)", parameter="file")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})", parameter="file") from None
