"""Change: a new snapshot that differs from the current one by some statements; what they touch is checked, derived."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from p4c_graph import __version__
from p4c_graph.errors import Forbidden, InvalidData
from p4c_graph.intake.sources import Library
from p4c_graph.namespaces import DCT, P4C, PROV, RDF, RDFS, SKOS, XSD
from p4c_graph.pipeline.classes import classes_after, count_classes
from p4c_graph.pipeline.derivation import PROVENANCE, Derivation, Touched, derive, derive_again
from p4c_graph.pipeline.pushing import push_where_configured
from p4c_graph.pipeline.report import summary
from p4c_graph.progress import Progress, silent
from p4c_graph.settings import Settings
from p4c_graph.store.draft import Draft
from p4c_graph.store.rows import StoreRows, iri_list
from p4c_graph.store.snapshots import Difference, Snapshot, Snapshots
from p4c_graph.store.statements import Sum, digest, graph_of, subject_of
from p4c_graph.terms import Minter
from p4c_graph.validation.engine import validate
from p4c_graph.validation.report import ValidationReport
from p4c_graph.validation.shapes import Shapes

PROTECTED = ("ontology", "scheme/", "questions", "derived/", PROVENANCE)
"""Graphs, or beginnings of their names, that nobody writes to: they come from the shipped files or are computed.

So do the foundations (the transfer model, its indicators, sources), which the manifest names.
"""
_FEW = 2_000
"""A change that touches more nodes than this is checked and derived like a build."""
_PATIENCE = 10.0
_WIDE = frozenset({
    *(P4C[name] for name in (
        "Region", "Indicator", "Observation", "Scale", "TransferModel", "ModelFeature", "ModelComponent",
        "AdoptionFeature", "CodeChange", "Project", "Partnership")),
    SKOS.Concept, SKOS.ConceptScheme, "http://www.w3.org/ns/adms#Identifier",
})
"""What derivation reads everywhere: a change of one of these touches more than can be told from it."""
_NARROW = frozenset({P4C.need, P4C.policy, P4C.completeFor, P4C.selection, RDFS.seeAlso})
"""What may be said of a region or project without touching more than what is re-read anyway.

That a project made a selection is nothing that derivation reads: what the selection says of practices is.
"""


@dataclass(frozen=True)
class ChangeReport:
    """What a change did: the new snapshot (None where nothing changed, or it was only tried), and the difference."""

    snapshot: Snapshot | None
    added: set[ox.Quad]
    removed: set[ox.Quad]
    validation: ValidationReport
    seconds: dict[str, float] = field(default_factory=dict)

    def by_graph(self) -> dict[str, tuple[int, int]]:
        """Graph → statements added, removed."""
        return Difference(self.added, self.removed).by_graph()


def change(
    settings: Settings, edit: Callable[[Draft], None], *, title: str, by: str | None = None, dry_run: bool = False,
    progress: Progress | None = None,
) -> ChangeReport:
    """Makes a new current snapshot that differs from the current one by what ``edit`` does to a draft of it.

    ``title`` says what is done, ``by`` who does it (the IRI of an organisation, or a name). Looks only at what the
    change touches, where that can be told. Raises, and changes nothing: InvalidData where the result violates a shape,
    Forbidden where a protected graph is written to, Busy, NoSnapshot, and what ``edit`` raises.
    """
    snapshots = Snapshots(settings.store)
    with snapshots.writing(patience=_PATIENCE) as work:
        return _Change(settings, snapshots, work, progress).run(edit, title, by, dry_run)


def is_protected(graph: str, manifest: Mapping[str, Any]) -> bool:
    """Whether nobody writes to this graph of a snapshot with this manifest."""
    start = Minter(manifest["base"]).graph("")
    named = graph.startswith(start) and graph.removeprefix(start).startswith(PROTECTED)
    return named or graph in manifest.get("foundations", ())


class _Change:
    """One change: its draft, and how long each stage took."""

    def __init__(self, settings: Settings, snapshots: Snapshots, work: Path, progress: Progress | None) -> None:
        self.settings, self.snapshots = settings, snapshots
        self.progress = progress or silent
        before = snapshots.current()
        self.manifest = before.manifest()
        held = self.manifest["statements"] + self.manifest["merged"]
        self.draft = Draft(before, work, fits=held <= settings.memory_statements)
        self.minter = Minter(str(self.manifest["base"]))
        self.seconds: dict[str, float] = {}
        self._started = time.perf_counter()

    def _ended(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._started, 3)
        self._started = now

    def run(self, edit: Callable[[Draft], None], title: str, by: str | None, dry_run: bool) -> ChangeReport:
        draft = self.draft
        self.progress("write", 0, 0)
        edit(draft)
        self._ended("edit")
        added, removed = draft.added, draft.removed
        written = set(map(graph_of, chain(added, removed)))
        for graph in written:
            if is_protected(graph, self.manifest):
                raise Forbidden(
                    f"The graph {graph} is protected: it comes from the shipped files or is computed; "
                    "expected another graph.")
        if not added and not removed:
            return ChangeReport(None, added, removed, ValidationReport(), self.seconds)
        nodes = self._spoken_of()
        touched = None if nodes is None else self._touched(nodes)
        if touched is None:
            draft.go_on_in_memory()
        report = self._validated(everywhere=nodes is None)
        if dry_run:
            return ChangeReport(None, added, removed, report, self.seconds)
        if nodes is not None or not draft.go_on_anew():
            added, removed = set(added), set(removed)  # what is derived is not to be among them
        self._record(title, by, written)
        derived = self._derived(touched)
        self._ended("derive")
        snapshot = self._published(derived, written)
        self._ended("snapshot")
        if push_where_configured(self.settings, snapshot, self.progress):
            self._ended("push")
        return ChangeReport(snapshot, added, removed, report, self.seconds)

    def _spoken_of(self) -> set[str] | None:
        """The nodes that the change speaks of, or None where they are more than a few."""
        found: set[str] = set()
        for quad in chain(self.draft.added, self.draft.removed):
            found.add(subject_of(quad))
            if isinstance(quad.object, ox.NamedNode):
                found.add(quad.object.value)
            if len(found) > _FEW:
                return None
        return found

    def _validated(self, everywhere: bool) -> ValidationReport:
        focus = None if everywhere else set(_focus(self.draft, self.manifest))
        if focus and len(focus) > _FEW:
            focus = None
        report = validate(self.draft.store, _shapes(), focus=focus, progress=partial(self.progress, "validate"))
        self._ended("validate")
        if not report.conforms:
            raise InvalidData(summary(report), report)
        return report

    def _record(self, title: str, by: str | None, graphs: Collection[str]) -> None:
        """Says in the graph of provenance who wrote which graphs and when, and which resources were withdrawn."""
        draft = self.draft
        activity = ox.NamedNode(self.minter.resource("activity", f"change-{self._fingerprint(title)}"))
        now = ox.Literal(datetime.now(UTC).isoformat(timespec="seconds"), datatype=ox.NamedNode(XSD.dateTime))
        statements: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
            (activity, RDF.type, ox.NamedNode(PROV.Activity)), (activity, RDFS.label, ox.Literal(title)),
            (activity, PROV.endedAtTime, now),
        ]
        if by:
            agent = ox.NamedNode(by) if "://" in by else None
            statements.append((activity, PROV.wasAssociatedWith, agent) if agent
                              else (activity, DCT.contributor, ox.Literal(by)))
        provenance = self.minter.graph(PROVENANCE)
        withdrawn = self._withdrawn(provenance)
        for graph in map(ox.NamedNode, graphs):
            draft.remove(list(draft.store.quads_for_pattern(
                graph, ox.NamedNode(PROV.wasGeneratedBy), None, ox.NamedNode(provenance))))
            statements.append((graph, PROV.wasGeneratedBy, activity))
        statements += [(resource, PROV.invalidatedAtTime, now) for resource in withdrawn]
        draft.add(ox.Quad(s, ox.NamedNode(p), o, ox.NamedNode(provenance)) for s, p, o in statements)

    def _fingerprint(self, title: str) -> str:
        """The name of the change, made from what it is and what it comes to."""
        found = hashlib.sha256(f"{self.manifest['digest']}\n{title}".encode())
        for line in chain(_lines(self.draft.added), ["-"], _lines(self.draft.removed)):
            found.update(f"\n{line}".encode())
        return found.hexdigest()[:16]

    def _withdrawn(self, provenance: str) -> list[ox.NamedNode]:
        """The resources of which nothing is said any more; those that have returned lose their mark."""
        draft, start = self.draft, self.minter.resources
        subjects = {subject_of(quad) for quad in chain(draft.added, draft.removed)}
        resources = [ox.NamedNode(iri) for iri in sorted(subjects) if iri.startswith(start)]
        mark, graph = ox.NamedNode(PROV.invalidatedAtTime), ox.NamedNode(provenance)
        draft.remove([quad for node in resources for quad in draft.store.quads_for_pattern(node, mark, None, graph)])
        return [node for node in resources if not self._is_described(node)]

    def _is_described(self, node: ox.NamedNode) -> bool:
        said = map(graph_of, self.draft.store.quads_for_pattern(node, None, None, None))
        return any(graph and not is_protected(graph, self.manifest) for graph in said)

    def _derived(self, touched: Touched | None) -> Derivation:
        library = Library.shipped()
        if touched:
            again = derive_again(
                self.draft, library, self.minter, self.draft.before.path, touched, self.progress)
            if again:
                return again
        return derive(self.draft, library, self.minter, self.progress)

    def _touched(self, nodes: Collection[str]) -> Touched | None:
        """What is to be derived again where these nodes are spoken of, or None where that is everything."""
        quads = self.draft.added | self.draft.removed
        subjects = set(map(subject_of, quads))
        practices: set[str] = set()
        for store in (self.draft.store, self.draft.old):
            rows = StoreRows(store)
            kinds = rows.rows(f"SELECT ?s ?kind WHERE {{ {_values('s', subjects)} ?s a ?kind }}")
            wide = {str(s) for s, kind in kinds if kind in _WIDE}
            if any(subject_of(quad) in wide and quad.predicate.value not in _NARROW for quad in quads):
                return None
            for query in (_PRACTICES_NAMED.format(values=_values("practice", nodes)),
                          _PRACTICES_TOUCHED.format(values=_values("s", subjects))):
                practices.update(str(iri) for (iri,) in rows.rows(query))
        return Touched(frozenset(practices), frozenset(nodes))

    def _published(self, derived: Derivation, written: Collection[str]) -> Snapshot:
        self.progress("snapshot", 0, 0)
        draft, before = self.draft, self.manifest
        counted = self._counted_anew() if draft.anew else self._counted_on()
        draft.write(self.snapshots.next_id(counted["digest"]))
        derived.save(draft.work)
        return self.snapshots.publish(draft.work, {
            **before, **counted, "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "parent": draft.before.id, "program": __version__, "model": derived.matcher.model.version,
            "seconds": self.seconds, "written": sorted({*before.get("written", ()), *written}),
        }, keep=self.settings.keep_snapshots)

    def _counted_on(self) -> dict[str, Any]:
        """Digest and counts of the snapshot, by what has come and gone since the one before."""
        draft, before = self.draft, self.manifest
        gained, lost = draft.merged()
        counts = Counter(before["graphs"])
        counts.update(map(graph_of, draft.added))
        counts.subtract(map(graph_of, draft.removed))
        graphs = {graph: count for graph, count in counts.items() if count > 0}
        return {
            "digest": digest(draft.added, less=draft.removed, start=before["digest"]),
            "statements": sum(graphs.values()), "merged": before["merged"] + len(gained) - len(lost),
            "graphs": graphs, "classes": classes_after(before["classes"], gained, lost),
        }

    def _counted_anew(self) -> dict[str, Any]:
        """Digest and counts of the snapshot, by all that it holds."""
        store, total = self.draft.store, Sum()
        total.add(store, sorted(graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)))
        graphs = {graph: count for graph, count in total.counts.items() if count}
        statements = sum(graphs.values())
        return {"digest": total.digest, "statements": statements, "merged": len(store) - statements,
                "graphs": graphs, "classes": count_classes(store)}


def _lines(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Statements as sorted lines, of which few are held at a time."""
    by_subject: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        by_subject[str(quad.subject)].append(quad)
    for subject in sorted(by_subject):
        yield from sorted(map(str, by_subject[subject]))


@cache
def _shapes() -> Shapes:
    """The shapes of the project, read once a process."""
    return Shapes.shipped()


def _focus(draft: Draft, manifest: Mapping[str, Any]) -> Iterator[str]:
    """The nodes that shapes may judge otherwise after a change: what it speaks of, and what asserted points there."""
    resources = Minter(manifest["base"]).resources
    for quad in draft.added | draft.removed:
        yield subject_of(quad)
        if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(resources):
            yield quad.object.value  # terms and concepts are not judged by what uses them
    for subject in {quad.subject for quad in draft.added | draft.removed}:
        for quad in draft.store.quads_for_pattern(None, None, subject, None):
            if (graph := graph_of(quad)) and not is_protected(graph, manifest):
                yield subject_of(quad)


def _values(variable: str, iris: Iterable[str]) -> str:
    return f"VALUES ?{variable} {{ {iri_list(iris)} }}"


_PRACTICES_NAMED = "SELECT DISTINCT ?practice WHERE {{ {values} ?practice a p4c:Practice }}"
_PRACTICES_TOUCHED = """
SELECT DISTINCT ?practice WHERE {{
  {{ {values} ?practice p4c:application ?s }} UNION {{ {values} ?practice p4c:condition ?s }}
  UNION {{ {values} ?practice p4c:provider ?s }}
  UNION {{ {values} ?application p4c:result ?s . ?practice p4c:application ?application }}
  UNION {{ {values} ?application p4c:responses ?s . ?practice p4c:application ?application }}
  UNION {{ {values} ?application p4c:operator ?s . ?practice p4c:application ?application }}
  UNION {{ {values} ?application p4c:partner ?s . ?practice p4c:application ?application }}
  UNION {{ {values} ?application p4c:presenter ?s . ?practice p4c:application ?application }}
  UNION {{ {values} ?application p4c:attendedBy ?s . ?practice p4c:application ?application }}
  UNION {{ {values} ?s p4c:onPractice ?practice }}
  UNION {{ {values} ?s prov:hadMember ?practice }}
  UNION {{ {values} ?s p4c:produced ?catalogue . ?catalogue prov:hadMember ?practice }}
}}"""
"""The practices whose derived statements or features may depend on what is said of a node."""
