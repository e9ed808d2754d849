"""Rows → quads, by the CSVW description of their table; messages name file, row, column and value."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Set
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.files import read_file
from p4c_graph.intake.csvw import SOURCE, UNDETERMINED, VARIABLE, Column, Table
from p4c_graph.intake.problems import CellError
from p4c_graph.namespaces import XSD
from p4c_graph.terms import Minter

Row = dict[str, str]
Terms = list[ox.NamedNode] | list[ox.Literal]
Expander = Callable[[Row], ox.NamedNode | None]
Emitter = Callable[[Row], list[ox.Quad]]
_REMEMBERED = 4096
"""How many expanded templates and literals of a column are remembered: rows repeat what others say."""


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def read_headings(path: Path) -> list[str]:
    """The headings of a CSV file; none where it is empty."""
    return next(_records(path), (1, []))[1]


def read_csv(path: Path, table: Table) -> Iterator[tuple[int, Row]]:
    """Row number (the headings are row 1) and cells by column name; a null or absent cell is empty.

    Raises InputError where a heading is unknown, missing or given twice, or a row has more or fewer cells.
    """
    records = _records(path)
    number, headings = next(records, (1, []))
    if not headings:
        raise InputError(f"{path}: is empty, expected the headings of table {table.name}")
    columns = _columns(f"{path}, row {number}", headings, table)
    absent = {column.name: "" for column in table.written if column not in columns}
    for number, cells in records:
        if len(cells) != len(columns):
            raise InputError(f"{path}, row {number}: has {len(cells)} cells, expected {len(columns)}")
        row = {c.name: "" if cell in c.null else cell for c, cell in zip(columns, cells, strict=True)}
        yield number, {**absent, **row} if absent else row


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file that are not blank, with their numbers; spaces around the cells are dropped."""
    content = read_file(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SyntaxProblem("is not UTF-8, expected a file in UTF-8", source=str(path), line=line) from None
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            if cells:
                yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InputError(f"{path}, row {number + 1}: {error}") from None


def _columns(where: str, headings: list[str], table: Table) -> list[Column]:
    """The column of each heading."""
    for heading in headings:
        if heading.casefold() not in table.by_heading:
            known = ", ".join(table.by_name)
            raise InputError(f"{where}: heading {heading!r} is not of table {table.name}; expected {known}")
    found = [table.by_heading[heading.casefold()] for heading in headings]
    for heading, column in zip(headings, found, strict=True):
        if found.count(column) > 1:
            raise InputError(f"{where}: heading {heading!r} is of column {column.name}, which is there twice")
    for column in table.columns:
        if column.required and column not in found:
            raise InputError(f"{where}: heading {column.name!r} is missing")
    return found


# ── statements ──────────────────────────────────────────────────────────────────────────────────────────────


class Statements:
    """What the rows of one table say.

    ``graph`` takes all of it instead of the graphs of the description, ``language`` is that of texts whose column
    leaves it to the sheet, ``source`` what ``{_source}`` stands for.
    """

    def __init__(
        self, table: Table, minter: Minter, *, graph: str | None = None, language: str | None = None, source: str = ""
    ) -> None:
        self._expanders: dict[str, Expander] = {}
        self._minter, self._graph, self._language, self._source = minter, graph, language, source
        self._table = table
        self._emitters = [(column, self._emitter(column, table)) for column in table.columns]
        templates = {column.about_url or table.about_url for column in table.columns if column.speaks}
        self._subjects = [self._expander(template) for template in sorted(t for t in templates if t)]

    def of(self, row: Row) -> tuple[list[ox.Quad], list[tuple[Column, CellError]]]:
        """The quads of a row, and what is wrong with its cells."""
        quads: list[ox.Quad] = []
        wrong: list[tuple[Column, CellError]] = []
        row = {**row, SOURCE: self._source}
        for column, emit in self._emitters:
            try:
                quads.extend(emit(row))
            except CellError as error:
                wrong.append((column, error))
        return quads, wrong

    def unsaid(self, row: Row, unread: Set[str]) -> Iterator[tuple[str | None, str]]:
        """Subject and property of what a row does not say where some columns cannot be read.

        Where the subject cannot be told, it is None; then nothing is told of what the row itself is about.
        """
        row = {**row, SOURCE: self._source}
        for column in self._table.columns:
            about = column.about_url or self._table.about_url
            if column.property_url and column.speaks and about and unread & {
                column.reads, column.where, *variables(about), *variables(column.value_url)
            }:
                if unread.isdisjoint(variables(about)):
                    if subject := self._expander(about)(row):
                        yield subject.value, column.property_url
                elif about != self._table.about_url:
                    yield None, column.property_url

    def subjects(self, row: Row) -> Iterator[str]:
        """The IRIs of what a row speaks of. Raises CellError."""
        row = {**row, SOURCE: self._source}
        return (node.value for expand in self._subjects if (node := expand(row)))

    def _expander(self, template: str) -> Expander:
        if template not in self._expanders:
            self._expanders[template] = _expander(template, self._minter)
        return self._expanders[template]

    def _emitter(self, column: Column, table: Table) -> Emitter:
        """A function that turns one cell of a row (or virtual cell) into its quads."""
        objects_of = _objects(column, self._expander, self._language)
        about, graph = column.about_url or table.about_url, column.graph or table.graph
        if not (column.property_url and column.speaks and about and (graph or self._graph)):

            def check(row: Row) -> list[ox.Quad]:
                objects_of(row)
                return []

            return check
        subject_of, predicate = self._expander(about), ox.NamedNode(column.property_url)
        graph_of = self._expander(str(graph)) if self._graph is None else _constant(self._graph)

        def emit(row: Row) -> list[ox.Quad]:
            if column.where and not row[column.where]:
                return []
            objects = objects_of(row)
            if objects and (subject := subject_of(row)) and (graph := graph_of(row)):
                return [ox.Quad(subject, predicate, term, graph) for term in objects]
            return []

        return emit


def table_quads(path: Path, table: Table, minter: Minter) -> Iterator[ox.Quad]:
    """The quads of a CSV file, row by row. Raises InputError with file, row, column, value, expectation."""
    statements = Statements(table, minter)
    for number, row in read_csv(path, table):
        quads, wrong = statements.of(row)
        for column, error in wrong:
            raise InputError(f"{path}, row {number}, column {column.name}: {error}")
        yield from quads


def subjects(path: Path, table: Table, minter: Minter) -> Iterator[tuple[str, int]]:
    """(IRI, row) of what each row speaks of."""
    statements = Statements(table, minter)
    for number, row in read_csv(path, table):
        yield from ((iri, number) for iri in statements.subjects(row))


def variables(template: str | None) -> set[str]:
    """The columns that a template names."""
    return {name for _, name in VARIABLE.findall(template or "")}


def _constant(iri: str) -> Expander:
    node = ox.NamedNode(iri)
    return lambda row: node


def _objects(
    column: Column, expander: Callable[[str], Expander], language: str | None
) -> Callable[[Row], Terms]:
    """A function that gives the objects of one cell of a row: none where it is empty."""
    name, separator = column.reads or "", column.separator

    def values_of(row: Row) -> list[str]:
        text = row[name]
        if not text and column.required:
            raise CellError("empty")
        if separator:
            return [value for part in text.split(separator) if (value := part.strip())]
        return [text] if text else []

    if column.value_url is None:
        tag = language if column.lang == UNDETERMINED else column.lang
        literal = lru_cache(maxsize=_REMEMBERED)(lambda value: _literal(value, column, tag))
        return lambda row: [literal(value) for value in values_of(row)] if name else []
    node_of = expander(column.value_url)
    if not (name and separator):
        return lambda row: [node] if (not name or values_of(row)) and (node := node_of(row)) else []
    return lambda row: [node for value in values_of(row) if (node := node_of({**row, name: value}))]


def _expander(template: str, minter: Minter) -> Expander:
    """A function that expands a URI template by a row, to None where it mentions an empty cell."""
    first, *rest = VARIABLE.split(template)
    parts = list(zip(rest[::3], rest[1::3], rest[2::3], strict=True))
    first = _start(template, minter) + first

    @lru_cache(maxsize=_REMEMBERED)
    def expanded(*values: str) -> ox.NamedNode | None:
        if not all(values):
            return None
        filled = (_escaped(value, part[0]) + part[2] for value, part in zip(values, parts, strict=True))
        iri = first + "".join(filled)
        try:
            return ox.NamedNode(iri)
        except ValueError as error:
            raise CellError("not-an-iri", value=iri, why=error) from None

    names = [name for _, name, _ in parts]
    return lambda row: expanded(*[row[name] for name in names])


def _start(template: str, minter: Minter) -> str:
    """What comes before a template: the base, unless it is an absolute IRI or a cell that holds one."""
    return "" if re.match(r"[a-z][a-z0-9+.-]*:|\{\+", template) else minter.base


@lru_cache(maxsize=_REMEMBERED)
def _escaped(value: str, operator: str) -> str:
    reserved = ":/?#[]@!$&'()*+,;=%" if operator else ""
    return ("#" if operator == "#" else "") + quote(value, safe="-._~" + reserved)


# ── literals ────────────────────────────────────────────────────────────────────────────────────────────────

_FORMS = {
    XSD.decimal: (r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", "not-a-number"),
    XSD.integer: (r"[+-]?[0-9]+(\.0*)?", "not-whole"),
    XSD.boolean: ("true|false", "not-boolean"),
    XSD.gYear: ("[0-9]{4}", "not-a-year"),
    XSD.date: ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "not-a-date"),
    XSD.anyURI: (r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", "not-an-address"),
}
"""Datatype → the form of its values, and the code of what a value that has another form is not."""


def _literal(value: str, column: Column, language: str | None) -> ox.Literal:
    """The literal of one value; raises CellError saying what the column takes."""
    datatype = column.datatype
    if datatype == XSD.string:
        return ox.Literal(value, language=language) if language else ox.Literal(value)
    form, problem = _FORMS[datatype]
    if not re.fullmatch(form, value) or (datatype == XSD.date and not _is_date(value)):
        raise CellError(problem, value=value)
    if datatype in (XSD.decimal, XSD.integer):
        value = _numeral(value, column)
    return ox.Literal(value, datatype=ox.NamedNode(datatype))


def _numeral(value: str, column: Column) -> str:
    """The number as the engine writes it; raises CellError where it is out of range."""
    number, low, high = Decimal(value), column.minimum, column.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise CellError("out-of-range", value=value, bounds={
            "en": " and ".join([f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None)),
            "fr": " et ".join([f"au moins {low}"] * (low is not None) + [f"au plus {high}"] * (high is not None)),
        })
    return format(Decimal(value.partition(".")[0]) if column.datatype == XSD.integer else number, "f")


def _is_date(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False
