"""Filled templates → quads row by row; every problem of every row, with sheet, row and column."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from p4c_graph.intake.cells import literal, plain
from p4c_graph.intake.csvw import VARIABLE, Column, Table
from p4c_graph.intake.headings import Form
from p4c_graph.intake.names import FileNames, checked_id
from p4c_graph.intake.problems import CellError, Problem
from p4c_graph.intake.sheets import Value
from p4c_graph.intake.tables import Row, Statements
from p4c_graph.namespaces import RDFS
from p4c_graph.store.statements import subject_of
from p4c_graph.terms import Minter, slugify

_ALONE = re.compile(r"id/([a-z-]+)/\{(\w[\w.]*)\}")


@dataclass(eq=False, slots=True)
class FormRow:
    """One row: its cells as they were, what it says, or what is wrong with it."""

    form: Form
    number: int
    cells: list[Value]
    values: Row = field(default_factory=dict)
    quads: list[ox.Quad] = field(default_factory=list)
    """What its cells say; where some are wrong, the others."""
    unread: set[str] = field(default_factory=set)
    """The columns whose cells are wrong."""
    unsaid: set[tuple[str | None, str]] = field(default_factory=set)
    """What the wrong cells would have said: subject, where it can be told, and property."""
    own: str | None = None
    """The IRI of what it is about, where that has an identifier."""
    names: set[str] = field(default_factory=set)
    """The IRIs of what its cells name."""
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: Column | None, error: CellError) -> None:
        """Takes note of a problem of one of its cells."""
        heading = None if column is None else self.form.headings.get(column.name, column.title(self.form.language))
        if column:
            self.unread.add(column.name)
        problem = Problem.of(error, sheet=self.form.sheet.name, row=self.number, column=heading)
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass(frozen=True)
class _Plan:
    """How the columns of a table are read."""

    table: Table
    identifier: Column | None
    kind: str | None
    """The kind of what its rows are about, where they have an identifier of their own."""
    references: dict[str, str]
    """Column → kind of resource it names."""
    labels: tuple[str, ...]
    """The columns that name what a row is about."""

    @classmethod
    def of(cls, table: Table) -> _Plan:
        about = _ALONE.fullmatch(table.about_url or "")
        identifier = table.by_name.get(about[2]) if about else None
        labels = tuple(c.name for c in table.written if c.property_url == RDFS.label and not c.about_url)
        return cls(table, identifier, about[1] if about else None, references(table), labels)


def references(table: Table) -> dict[str, str]:
    """Column → kind of resource that its cells name: that in whose template it stands alone."""
    found = {}
    for column in table.columns:
        for template in (column.value_url, column.about_url):
            if (match := _ALONE.fullmatch(template or "")) and match[2] in table.by_name:
                found[match[2]] = match[1]
    if own := _ALONE.fullmatch(table.about_url or ""):
        found.pop(own[2], None)
    return found


def read_forms(
    forms: Sequence[Form], names: FileNames, minter: Minter, *, graph: str, source: str
) -> list[FormRow]:
    """The rows of all forms of a file; what they say goes into ``graph``, whose source is ``source``."""
    ordered = sorted(forms, key=lambda form: (form.table.name != form.table.template, form.table.name))
    read = [(form, _Plan.of(form.table), list(_rows(form))) for form in ordered]
    for _, plan, rows in read:
        for row in rows:
            _read_values(row, plan, names)
            _identify(row, plan, names, final=False)
    for _, plan, rows in read:
        for row in rows:
            _resolve(row, plan, names, minter)
            _identify(row, plan, names, final=True)
            if plan.kind and plan.identifier and (slug := row.values[plan.identifier.name]):
                row.own = minter.resource(plan.kind, slug)
    found = [row for form in forms for other, _, rows in read if other is form for row in rows]
    _check_keys(found)
    for form in forms:
        statements = Statements(form.table, minter, graph=graph, language=form.language, source=source)
        for row in found:
            if row.form is form:
                _state(row, statements)
    return found


def _rows(form: Form) -> Iterator[FormRow]:
    """The rows that hold something in a column that is read."""
    for number, cells in form.rows:
        read = (cells[position] for position in form.columns if position < len(cells))
        if any(cell is not None and not (isinstance(cell, str) and not cell.strip()) for cell in read):
            yield FormRow(form, number, cells)


def _read_values(row: FormRow, plan: _Plan, names: FileNames) -> None:
    """Fills in the cells that take values and concepts; those that name resources stay as they are written."""
    values = {column.name: "" for column in plan.table.written}
    for position, column in row.form.columns.items():
        value = row.cells[position] if position < len(row.cells) else None
        try:
            values[column.name] = _value(value, column, plan, names, row.form.language)
        except CellError as error:
            row.wrong(column, error)
    for column in plan.table.written:
        if column.name not in row.unread:
            values[column.name] = values[column.name] or column.default
    row.values = values


def _value(value: Value, column: Column, plan: _Plan, names: FileNames, language: str) -> str:
    text = plain(value)
    if not text or column.name in plan.references:
        return text
    if column is plan.identifier:
        return checked_id(text)
    concepts = names.concepts(column, text, language)
    if concepts is not None:
        return (column.separator or ";").join(concepts)
    return literal(value, text, column)


def _identify(row: FormRow, plan: _Plan, names: FileNames, *, final: bool) -> None:
    """Makes the identifier of a row that has none, as far as its cells are read, and lets others name it."""
    column = plan.identifier
    if column is None or plan.kind is None:
        return
    if not row.values[column.name]:
        row.values[column.name] = _made(row, column, plan, final)
        if final and not row.values[column.name] and column.slug_of:
            _cannot_be_made(row, column, plan)
    if slug := row.values[column.name]:
        names.define(plan.kind, slug, [row.values[label] for label in plan.labels if row.values[label]])


def _cannot_be_made(row: FormRow, column: Column, plan: _Plan) -> None:
    """Objects to a row without identifier, unless what it would be made from is objected to anyway."""
    names = dict.fromkeys(name for template in column.slug_of for _, name in VARIABLE.findall(template))
    parts = [plan.table.by_name[name] for name in names]
    if not any(part.name in row.unread or (part.required and not row.values[part.name]) for part in [column, *parts]):
        titles = ", ".join(part.title(row.form.language) for part in parts)
        row.wrong(column, CellError("no-id", columns=titles))


def _made(row: FormRow, column: Column, plan: _Plan, final: bool) -> str:
    """The slug of the first template that can be filled; one that names resources only when these are known."""
    for template in column.slug_of:
        variables = [name for _, name in VARIABLE.findall(template)]
        if not final and any(name in plan.references for name in variables):
            return ""
        if all(row.values[name] for name in variables):
            return slugify(VARIABLE.sub(lambda found: row.values[found[2]], template))[:100].strip("-")
    return ""


def _resolve(row: FormRow, plan: _Plan, names: FileNames, minter: Minter) -> None:
    """Puts slugs in place of the names of resources."""
    for name, kind in plan.references.items():
        column, text = plan.table.by_name.get(name), row.values.get(name, "")
        if column is None or not text:
            continue
        parts = [part.strip() for part in text.split(column.separator)] if column.separator else [text]
        found = []
        for part in parts:
            try:
                found += [names.slug(kind, part)] if part else []
            except CellError as error:
                row.wrong(column, error)
        row.values[name] = (column.separator or ";").join(found)
        row.names.update(minter.resource(kind, slug) for slug in found)


def _check_keys(rows: list[FormRow]) -> None:
    """Objects to a row whose key another row of the same table has."""
    first: dict[tuple[str, ...], FormRow] = {}
    for row in rows:
        table = row.form.table
        key = tuple(row.values[name] for name in table.primary_key)
        if not all(key):
            continue
        if (other := first.setdefault((table.name, *key), row)) is not row:
            place = str(other.number) if other.form is row.form else f"{other.number} ({other.form.sheet.name})"
            row.wrong(table.by_name[table.primary_key[0]], CellError("duplicate", value=", ".join(key), first=place))


def _state(row: FormRow, statements: Statements) -> None:
    """Takes what the row says; one whose key another row has says nothing, for that would be said of another thing."""
    quads, wrong = statements.of(row.values)
    unread = set(row.unread)
    for column, error in wrong:
        if column.name not in unread:
            row.wrong(column, error)
    row.quads = [] if any(problem.code == "duplicate" for problem in row.problems) else quads
    if row.problems:
        row.unsaid = set(statements.unsaid(row.values, row.unread))


def problems_of(rows: Sequence[FormRow]) -> list[Problem]:
    """What is wrong with the rows, in their order."""
    return [problem for row in rows for problem in row.problems]


def places(rows: Sequence[FormRow]) -> dict[str, FormRow]:
    """IRI → the row it is described in; where several speak of it, the first that it is the main subject of."""
    found: dict[str, FormRow] = {}
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        said: dict[str, int] = defaultdict(int)
        for quad in row.quads:
            said[subject_of(quad)] += 1
        for iri, count in said.items():
            if count > counts[iri]:
                found[iri], counts[iri] = row, count
    return found
