"""Submissions: what a partner sends becomes a named graph of its own, with who, when and from what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

import pyoxigraph as ox

from p4c_graph.errors import Forbidden, InvalidData, Rejected, UnknownName
from p4c_graph.intake.names import Names
from p4c_graph.intake.problems import Problem
from p4c_graph.intake.submission import Destination, Reader, Reading
from p4c_graph.namespaces import P4C
from p4c_graph.pipeline import ChangeReport, change
from p4c_graph.pipeline.derivation import DERIVED, PROVENANCE
from p4c_graph.process.objections import in_order, objection, objections
from p4c_graph.regions import Gazetteer, Rows
from p4c_graph.settings import Settings
from p4c_graph.store.draft import Draft
from p4c_graph.store.rows import StoreRows
from p4c_graph.store.statements import graph_of, subject_of
from p4c_graph.terms import Minter, compact

GRAPHS = "submission/"
_JOINS = frozenset(P4C[name] for name in ("application", "condition", "need", "supports", "result", "responses"))
"""What a submission may say of a resource that is described elsewhere: that something of its own belongs to it."""
_LISTED = """
SELECT ?graph ?title ?by ?label ?time WHERE {{
  GRAPH <{provenance}> {{ ?graph prov:wasGeneratedBy ?change . ?change rdfs:label ?title ; prov:endedAtTime ?time
    OPTIONAL {{ ?change prov:wasAssociatedWith|dct:contributor ?by }} }}
  FILTER(STRSTARTS(STR(?graph), "{start}"))
  OPTIONAL {{ ?by rdfs:label ?label }}
}} ORDER BY DESC(?time) ?graph ?label"""


@dataclass(frozen=True)
class Submission:
    """One submission that was accepted and not withdrawn."""

    id: str
    graph: str
    title: str
    by: str
    """The IRI of the organisation, or a name."""
    organisation: str | None
    """What the organisation is called, where that is known."""
    time: str

    def to_dict(self) -> dict[str, str | None]:
        """As JSON."""
        return {"id": self.id, "graph": self.graph, "title": self.title, "by": self.by,
                "organisation": self.organisation, "time": self.time}


@dataclass(frozen=True)
class Accepted:
    """What became of a submission: its graph, the resources it describes, the snapshot (None where only tried)."""

    id: str
    graph: str
    snapshot: str | None
    statements: int
    resources: list[str]
    warnings: list[str]
    seconds: dict[str, float]


def submit(
    settings: Settings, id: str, name: str, media_type: str, body: bytes, *, by: str, language: str | None = None,
    dry_run: bool = False,
) -> Accepted:
    """Takes what a partner sends into the graph ``submission/{id}``, in a new snapshot, or only tries.

    ``name`` is that of the file, ``by`` the IRI of the organisation. Looks only at what the submission touches. Raises
    Rejected with all that is wrong, each thing with its sheet and row or line, in the caller's language; then nothing
    is changed.
    """
    title = PurePath(name).name or id
    found: list[tuple[Reading, list[Problem]]] = []

    def edit(draft: Draft, only_try: bool) -> None:
        minter = Minter(draft.before.manifest()["base"])
        names = Names(StoreRows(draft.store), Gazetteer.load(draft.before.path / "regions.json"), minter)
        to = Destination(minter.graph(GRAPHS + id), f"submission-{id}", title, strict=True)
        reading = Reader(settings, names).read(name, media_type, body, to, language=language)
        quads = reading.readable() if reading.is_wrong_in_rows_only else reading.quads
        problems = [*reading.problems, *_trespasses(quads, draft, minter)]
        found[:] = [(reading, problems)]
        if problems and not only_try:
            raise _rejected(problems, reading)
        draft.add(quads)

    def attempt(*, only_try: bool) -> ChangeReport:
        return change(settings, partial(edit, only_try=only_try), title=f"Submission of {title}", by=by,
                      dry_run=dry_run or only_try)

    try:
        report = attempt(only_try=False)
    except InvalidData as error:
        reading = found[0][0]
        raise _rejected([problem for _, problem in objections(error.report, reading)], reading) from None
    except Rejected:
        if not found[0][0].is_wrong_in_rows_only:
            raise
        try:
            attempt(only_try=True)  # what could be read, so that everything is told
        except InvalidData as error:
            reading, problems = found[0]
            problems += [problem for _, problem in objections(error.report, reading)]
            raise _rejected(in_order(problems, reading), reading) from None
        raise
    return _accepted(id, report, found[0][0])


def withdraw(settings: Settings, id: str, *, by: str | None, title: str = "Submission withdrawn") -> ChangeReport:
    """Takes the graph of a submission out again, in a new snapshot; what only it described is marked as withdrawn.

    ``by`` is the organisation that withdraws, or None for an administrator, who may withdraw any. Raises UnknownName,
    Forbidden where it is another's, InvalidData where others build on it.
    """

    def edit(draft: Draft) -> None:
        minter = Minter(draft.before.manifest()["base"])
        submission = get(StoreRows(draft.store), minter, id)
        if by is not None and submission.by != by:
            raise Forbidden(f"Submission {id} is of another organisation; only it or an administrator withdraws it.")
        draft.put(submission.graph, [])

    return change(settings, edit, title=title, by=by)


def submissions(dataset: Rows, minter: Minter, *, by: str | None = None) -> list[Submission]:
    """The submissions that stand, latest first; ``by`` limits them to one organisation."""
    start = minter.graph(GRAPHS)
    query = _LISTED.format(provenance=minter.graph(PROVENANCE), start=start)
    held = {str(graph) for (graph,) in dataset.rows(
        f'SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?g a p4c:SourceGraph }} FILTER(STRSTARTS(STR(?g), "{start}")) }}')}
    found: dict[str, Submission] = {}
    for graph, title, who, label, time in dataset.rows(query):
        if str(graph) in held and by in (None, who):
            found.setdefault(str(graph), Submission(
                str(graph).removeprefix(start), str(graph), str(title), str(who or ""), label, str(time)))
    return list(found.values())


def get(dataset: Rows, minter: Minter, id: str) -> Submission:
    """The submission of this id. Raises UnknownName where there is none, or it was withdrawn."""
    for submission in submissions(dataset, minter):
        if submission.id == id:
            return submission
    raise UnknownName(f"There is no submission {id!r}; it may have been withdrawn.", parameter="id")


def _accepted(id: str, report: ChangeReport, reading: Reading) -> Accepted:
    warnings = [objection(finding, reading)[1].text(reading.language) for finding in report.validation.warnings]
    graph = next((graph_of(quad) for quad in report.added), "")
    resources = sorted({subject_of(quad) for quad in report.added} - {graph})
    made = report.snapshot.id if report.snapshot else None
    return Accepted(id, graph, made, len(report.added), resources, warnings, report.seconds)


def _trespasses(quads: Iterable[ox.Quad], draft: Draft, minter: Minter) -> Iterator[Problem]:
    """What a submission says of resources that others describe."""
    described: dict[str, str | None] = {}
    for quad in quads:
        subject = subject_of(quad)
        if subject not in described:
            described[subject] = next(_elsewhere(subject, draft, minter), None)
        if (graph := described[subject]) and quad.predicate.value not in _JOINS:
            yield Problem("not-yours", {"value": subject, "graph": graph, "found": compact(quad.predicate.value)})
            described[subject] = None  # once a resource is enough


def _elsewhere(subject: str, draft: Draft, minter: Minter) -> Iterator[str]:
    computed = (minter.graph(DERIVED), minter.graph(PROVENANCE))
    for quad in draft.store.quads_for_pattern(ox.NamedNode(subject), None, None, None):
        if (graph := graph_of(quad)) and not graph.startswith(computed) and quad.predicate.value not in _JOINS:
            yield graph


def _rejected(problems: list[Problem], reading: Reading) -> Rejected:
    told = [
        {"message": problem.message(reading.language), "place": problem.place(reading.language), "sheet": problem.sheet,
         "row": problem.row, "column": problem.column, "near": list(problem.near)} for problem in problems
    ]
    first = problems[0].text(reading.language)
    more = {"en": f" And {len(problems) - 1} more.", "fr": f" Et {len(problems) - 1} de plus."}
    return Rejected(first + (more[reading.language] if len(problems) > 1 else ""), told)
