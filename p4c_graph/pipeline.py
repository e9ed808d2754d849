"""Build: intake → validate → derive → snapshot. The one way by which data becomes a graph that is served."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from p4c_graph import __version__
from p4c_graph.errors import InvalidData, P4CError
from p4c_graph.intake.locate import Locator
from p4c_graph.intake.sources import Library, SourceFile, graph_descriptions
from p4c_graph.namespaces import P4C, PREFIXES, PROV, RDF, RDFS
from p4c_graph.questions import Library as Questions
from p4c_graph.questions import describe
from p4c_graph.regions import Gazetteer
from p4c_graph.settings import Settings
from p4c_graph.store.rows import StoreRows
from p4c_graph.store.snapshots import Snapshot, Snapshots, digest, write_statements
from p4c_graph.terms import Minter, compact, local_name
from p4c_graph.transfer import derived
from p4c_graph.transfer.columns import build_columns
from p4c_graph.transfer.features import read_features
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import read_model
from p4c_graph.validation.engine import validate
from p4c_graph.validation.report import Finding, ValidationReport

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, what is done of it, and how much it is in all (0: not known)."""

DERIVED = "derived/"
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
    settings: Settings, sources: Sequence[Path] = (), *, skip_invalid: bool = False, progress: Progress | None = None
) -> BuildReport:
    """Builds the shipped facts and the given files into a new current snapshot.

    Raises InvalidData or InputError, and changes nothing, where a source violates a shape or does not parse; with
    ``skip_invalid`` such a source is left out and named in the report.
    """
    return _Build(settings, progress or (lambda stage, done, total: None)).run(sources, skip_invalid)


def load(files: Sequence[SourceFile], minter: Minter, progress: Progress | None = None) -> ox.Store:
    """A store in memory of the given files and the question library, all graphs merged as default graph."""
    store = ox.Store()
    for done, file in enumerate(files):
        if progress:
            progress("read", done, len(files))
        _add(store, file.quads(minter))
    library = ox.NamedNode(minter.graph("questions"))
    _add(store, (ox.Quad(t.subject, t.predicate, t.object, library) for t in describe(Questions.shipped(), minter)))
    described = graph_descriptions((graph.value for graph in store.named_graphs()), minter)
    _add(store, described)
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


class _Build:
    """One build: its settings, and how long each stage took."""

    def __init__(self, settings: Settings, progress: Progress) -> None:
        self.settings, self.progress = settings, progress
        self.minter = Minter(settings.base_iri)
        self.library = Library.shipped()
        self.snapshots = Snapshots(settings.store)
        self.seconds: dict[str, float] = {}
        self._started = time.perf_counter()

    def _ended(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._started, 2)
        self._started = now

    def run(self, sources: Sequence[Path], skip_invalid: bool) -> BuildReport:
        with self.snapshots.writing() as work:
            store, report, left_out = self._read_and_validate(sources, skip_invalid)
            matcher, gazetteer = self._derive(store)
            fingerprint = digest(quad for quad in store if quad.graph_name != _DEFAULT)
            classes = _count_classes(store)
            graphs = list(store.named_graphs())
            counts = {graph.value: _count(store, graph.value) for graph in graphs}
            self.progress("snapshot", 0, 0)
            write_statements(store, work)
            gazetteer.save(work / "regions.json")
            matcher.columns.save(work)
            self._ended("snapshot")
            before = self.snapshots.history()[-1:]
            snapshot = self.snapshots.publish(work, {
                "digest": fingerprint, "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "program": __version__, "model": matcher.model.version, "base": self.settings.base_iri,
                "statements": sum(counts.values()), "merged": _count(store, None), "graphs": counts,
                "classes": classes, "seconds": self.seconds, "left_out": left_out,
            }, keep=self.settings.keep_snapshots)
        same = [old.id for old in before if old.path.exists() and old.id.endswith(fingerprint[:12])]
        return BuildReport(
            snapshot, self.seconds, sum(counts.values()), len(graphs), classes, fingerprint,
            same[0] if same else None, left_out, report,
        )

    def _read_and_validate(
        self, sources: Sequence[Path], skip_invalid: bool
    ) -> tuple[ox.Store, ValidationReport, dict[str, str]]:
        shipped = self.library.model() + self.library.facts()
        given = [file for path in sources for file in self.library.of(path)]
        left_out: dict[str, str] = {}
        if skip_invalid:
            given = [file for file in given if not self._unreadable(file, left_out)]
        while True:
            store = load(shipped + given, self.minter, self.progress)
            self._ended("read")
            report = check(store, self.library, given + shipped, self.minter, self.progress)
            self._ended("validate")
            if report.conforms:
                return store, report, left_out
            bad = [file for file in given if any(f.location and f.location.file == str(file.path)
                                                 for f in report.violations)]
            if not skip_invalid or not bad:
                raise InvalidData(_summary(report), report)
            for file in bad:
                left_out[str(file.path)] = _summary(report)
            given = [file for file in given if file not in bad]

    def _unreadable(self, file: SourceFile, left_out: dict[str, str]) -> bool:
        try:
            for _ in file.quads(self.minter):
                pass
        except P4CError as error:
            left_out[str(file.path)] = str(error)
            return True
        return False

    def _derive(self, store: ox.Store) -> tuple[Matcher, Gazetteer]:
        """Adds the derived graphs, each with what generated it."""
        queries = sorted((self.library.folder / "sparql" / "derive").glob("*.rq"))
        for done, path in enumerate(queries):
            self.progress("derive", done, len(queries) + 2)
            constructed = store.query(path.read_text("utf-8"), prefixes=PREFIXES)
            assert isinstance(constructed, ox.QueryTriples)
            self._add_derived(store, path.stem.split("-", 1)[1], list(constructed), f"sparql/derive/{path.name}")
        dataset = StoreRows(store)
        gazetteer, model = Gazetteer.read(dataset), read_model(dataset)
        columns = build_columns(read_features(dataset), gazetteer, model)
        matcher = Matcher(columns, gazetteer, model, "", self.minter.resource("", "")[:-1])
        for done, (name, triples) in enumerate((
            ("similarity", derived.similarities(matcher)), ("suitability", derived.suitabilities(matcher)),
        )):
            self.progress("derive", len(queries) + done, len(queries) + 2)
            self._add_derived(store, name, triples, model.iri)
        self._ended("derive")
        return matcher, gazetteer

    def _add_derived(self, store: ox.Store, name: str, triples: Iterable[ox.Triple], used: str) -> None:
        graph = ox.NamedNode(self.minter.graph(DERIVED + name))
        provenance = ox.NamedNode(self.minter.graph("provenance"))
        activity = ox.NamedNode(self.minter.resource("activity", f"derive-{name}"))
        by = ox.NamedNode(used) if "://" in used else ox.Literal(used)
        described = [
            (graph, RDF.type, ox.NamedNode(P4C.DerivedGraph)), (graph, PROV.wasGeneratedBy, activity),
            (activity, RDF.type, ox.NamedNode(PROV.Activity)),
            (activity, PROV.used if isinstance(by, ox.NamedNode) else RDFS.comment, by),
            (activity, RDFS.label, ox.Literal(f"Derivation of {name}", language="en")),
            (activity, RDFS.label, ox.Literal(f"Dérivation : {name}", language="fr")),
        ]
        about = [ox.Triple(s, ox.NamedNode(p), o) for s, p, o in described]
        for target, found in ((graph, triples), (provenance, about)):
            _add(store, (ox.Quad(t.subject, t.predicate, t.object, g) for t in found for g in (target, _DEFAULT)))


def _add(store: ox.Store, quads: Iterable[ox.Quad]) -> None:
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


def _summary(report: ValidationReport) -> str:
    """The first violations in words, and how many there are."""
    first = [_sentence(finding) for finding in report.violations[:3]]
    more = len(report.violations) - len(first)
    return " ".join(first) + (f" And {more} more: see p4c validate." if more > 0 else "")


def _sentence(finding: Finding) -> str:
    where = f"{finding.location}: " if finding.location else ""
    return f"{where}{finding.label or compact(finding.focus)}: {finding.message()}"
