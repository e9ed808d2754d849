"""What people send or import, in any of the formats: its quads, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

import pyoxigraph as ox

from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.intake import rdf
from p4c_graph.intake.cells import check_text
from p4c_graph.intake.forms import FormRow, places, problems_of, read_forms
from p4c_graph.intake.headings import Form, is_for_people, recognise
from p4c_graph.intake.locate import subjects
from p4c_graph.intake.names import FileNames, Names
from p4c_graph.intake.problems import CellError, Problem, shown
from p4c_graph.intake.sheets import Limits, Sheet, read_delimited, read_workbook
from p4c_graph.namespaces import DCT, P4C, RDF
from p4c_graph.settings import Settings
from p4c_graph.terms import concept
from p4c_graph.validation.report import Location

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MEDIA_TYPES: dict[str, str] = {
    ".xlsx": XLSX,
    ".xls": "application/vnd.ms-excel",
    ".csv": CSV,
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".ttl": "text/turtle",
    ".trig": "application/trig",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
}
"""Ending of a file → its media type, of all that is read."""
_RDF = {
    "application/json": ox.RdfFormat.JSON_LD,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}
_WORKBOOKS = (XLSX, MEDIA_TYPES[".xls"])
_OF_HEADINGS = frozenset({"empty", "no-id", "duplicate", "unknown-name", "ambiguous-name"})
"""What may be wrong with a row because a heading or a sheet was not recognised."""
_RIGHTS = {
    "en": "Given by its author for use in this graph.",
    "fr": "Donné par son auteur pour servir dans ce graphe.",
}


@dataclass(frozen=True)
class Destination:
    """Where the statements of a file go: the graph, and the source that they are said to come from.

    ``strict`` is for what comes from strangers: it describes resources only, in no graph but that one, and in no
    JSON-LD context but ours.
    """

    graph: str
    source: str
    title: str
    strict: bool = False
    synthetic: bool = False
    """Whether it is made-up data."""


@dataclass
class Reading:
    """What a file says, row by row where it has rows, and what is wrong with it."""

    name: str
    language: str
    quads: list[ox.Quad] = field(default_factory=list)
    """What the rows without problems say, or the whole of a file of RDF."""
    problems: list[Problem] = field(default_factory=list)
    """All that is wrong; where there is any, the quads are only a part."""
    notes: list[Problem] = field(default_factory=list)
    """What is worth knowing and stops nothing."""
    rows: list[FormRow] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    """IRI → line, of a file of RDF."""
    described: list[ox.Quad] = field(default_factory=list)
    """What is said of the file itself; part of the quads."""

    def without(self, rows: Iterable[FormRow]) -> list[ox.Quad]:
        """The quads but for what these rows say."""
        left_out = set(rows)
        return self._said(row for row in self.rows if row not in left_out) if left_out else self.quads

    def readable(self) -> list[ox.Quad]:
        """What could be read, of rows with problems too: to be tried, never to be kept."""
        return self._said(self.rows)

    def _said(self, rows: Iterable[FormRow]) -> list[ox.Quad]:
        return list(dict.fromkeys([*(quad for row in rows for quad in row.quads), *self.described]))

    @property
    def is_wrong_in_rows_only(self) -> bool:
        """Whether there are problems, and all of them in single rows, so that the others can be read without them."""
        return 0 < len(self.problems) == len(problems_of(self.rows))

    @cached_property
    def _places(self) -> dict[str, FormRow]:
        return places(self.rows)

    def row_of(self, iri: str) -> FormRow | None:
        """The row that describes a resource."""
        return self._places.get(iri)

    def locate(self, iri: str) -> Location | None:
        """Where a resource stands in the file: sheet and row, or line."""
        if row := self.row_of(iri):
            return Location(self.name, sheet=row.form.sheet.name, row=row.number)
        return Location(self.name, line=self.lines[iri]) if iri in self.lines else None


class Reader:
    """Reads files for one snapshot: the tables and limits, and the names that are known there."""

    def __init__(self, settings: Settings, names: Names) -> None:
        self._names, self._minter = names, names.minter
        self._limits = Limits(settings.max_unpacked_bytes, settings.max_rows)
        self._settings = settings

    def read(
        self, name: str, media_type: str, body: bytes, destination: Destination, *, language: str | None = None
    ) -> Reading:
        """What a file of this name and media type says. Never raises: problems are in the reading.

        ``language`` is that of headings that are in none, and of messages; by default the one of the headings.
        """
        reading = Reading(shown(name), language or "en")
        kind = media_type.partition(";")[0].strip().lower()
        limit = self._settings.max_body_bytes if destination.strict else self._settings.max_unpacked_bytes
        try:
            if len(body) > limit:
                raise CellError("too-large", size=len(body), limit=limit)
            if kind in _WORKBOOKS or (kind in ("", "application/octet-stream") and body.startswith(b"PK")):
                self._read_forms(reading, read_workbook(body, self._limits), destination, language)
            elif kind == CSV:
                self._read_forms(reading, [read_delimited(body, self._limits)], destination, language)
            elif kind in _RDF:
                self._read_rdf(reading, body, _RDF[kind], destination)
            else:
                raise CellError("unknown-type", value=kind, expected=", ".join(MEDIA_TYPES))
        except CellError as error:
            reading.problems.append(Problem.of(error))
        if len(reading.quads) > (most := self._settings.max_import_statements):
            reading.problems.append(Problem("too-many-statements", {"count": len(reading.quads), "limit": most}))
        if not reading.quads and not reading.problems:
            reading.problems.append(Problem("nothing"))
        if reading.quads or reading.rows:
            reading.described = list(self._described(destination))
        if reading.quads:
            reading.quads.extend(reading.described)
        return reading

    # ── sheets ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_forms(
        self, reading: Reading, sheets: list[Sheet], destination: Destination, language: str | None
    ) -> None:
        for sheet in sheets:
            if is_for_people(sheet) or not sheet.rows:
                continue
            try:
                stem = PurePath(reading.name).stem
                form = recognise(sheet, self._names.tables, name=stem, language=language)
            except CellError as error:
                reading.problems += [Problem.of(error, sheet=sheet.name)] if sheet.shown else []
                continue
            if not sheet.shown:
                # The lists of a template are on a hidden sheet; a form on one would be lost without a word.
                reading.notes += [Problem("hidden-sheet", {}, sheet.name)] if form else []
            elif form:
                reading.forms.append(form)
                reading.problems.extend(form.problems)
                reading.notes.extend(form.notes)
            else:
                reading.notes.append(Problem("sheet-passed-over", {}, sheet.name))
        if not reading.forms and not reading.problems:
            names = ", ".join(sorted({table.template for table in self._names.tables if table.template}))
            reading.notes.clear()
            raise CellError("unknown-table", tables=names)
        if reading.forms and language is None:
            reading.language = reading.forms[0].language
        rows = read_forms(
            reading.forms, FileNames(self._names), self._minter, graph=destination.graph, source=destination.source)
        if reading.problems:
            # Where headings are wrong, rows lack the columns below them: what the others hold is told, and no more.
            reading.problems += [problem for problem in problems_of(rows) if problem.code not in _OF_HEADINGS]
            return
        reading.rows = rows
        reading.problems.extend(problems_of(rows))
        reading.quads = list(dict.fromkeys(quad for row in rows if not row.problems for quad in row.quads))

    # ── RDF ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_rdf(
        self, reading: Reading, body: bytes, rdf_format: ox.RdfFormat, destination: Destination
    ) -> None:
        try:
            quads = rdf.parse(body, rdf_format, self._minter, source=reading.name, only_our_context=destination.strict)
        except (SyntaxProblem, InputError) as error:
            raise CellError("syntax", why=error) from None
        graph, default = ox.NamedNode(destination.graph), ox.DefaultGraph()
        reading.lines = dict(reversed(list(subjects(body.decode("utf-8", "replace"), self._minter))))
        reading.problems.extend({problem.text(): problem for problem in self._objections(quads, destination)}.values())
        if not reading.problems:
            reading.quads = list(dict.fromkeys(
                ox.Quad(q.subject, q.predicate, q.object, graph) if q.graph_name == default else q for q in quads))

    def _objections(self, quads: Iterable[ox.Quad], destination: Destination) -> Iterator[Problem]:
        """What is wrong with statements one by one."""
        own = (ox.DefaultGraph(), ox.NamedNode(destination.graph))
        start = self._minter.resources
        for quad in quads:
            if isinstance(quad.object, ox.Literal):
                try:
                    check_text(quad.object.value)
                except CellError as error:
                    yield Problem.of(error, column=quad.predicate.value)
            if destination.strict and quad.graph_name not in own:
                yield Problem("own-graph", {"value": str(quad.graph_name)})
            subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else str(quad.subject)
            if destination.strict and not subject.startswith(start):
                yield Problem("not-a-resource", {"value": subject, "expected": start})

    def _described(self, destination: Destination) -> Iterator[ox.Quad]:
        """What is said of the file itself as a source, and of its graph."""
        graph = ox.NamedNode(destination.graph)
        node = ox.NamedNode(self._minter.resource("source", destination.source))
        said: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
            (node, RDF.type, ox.NamedNode(P4C.Source)),
            (node, DCT["title"], ox.Literal(destination.title)),
            *((node, DCT.rights, ox.Literal(text, language=language)) for language, text in _RIGHTS.items()),
            (graph, RDF.type, ox.NamedNode(P4C.SourceGraph)),
            (graph, DCT.source, node),
            (graph, P4C.basis, ox.NamedNode(concept("basis", "verified"))),
        ]
        if destination.synthetic:
            said.append((graph, RDF.type, ox.NamedNode(P4C.SyntheticGraph)))
        yield from (ox.Quad(subject, ox.NamedNode(predicate), value, graph) for subject, predicate, value in said)
