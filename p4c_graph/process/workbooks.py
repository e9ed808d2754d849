"""Spreadsheet templates: sheets to fill in, with lists to choose from, notes and an example, as CSVW has them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from p4c_graph.errors import UnknownName
from p4c_graph.intake.cells import FORMULA_STARTS
from p4c_graph.intake.csvw import Column, Table
from p4c_graph.intake.forms import references
from p4c_graph.intake.headings import NOT_READ
from p4c_graph.intake.names import REGION, Names
from p4c_graph.intake.sources import Library
from p4c_graph.intake.tables import Row
from p4c_graph.intake.vocabulary import Vocabulary
from p4c_graph.languages import check_language
from p4c_graph.namespaces import XSD
from p4c_graph.process.workbook_words import GUIDE, WORDS

_LAST_ROW = 1_048_576
_LONGEST_LIST = 5000
_REQUIRED, _OPTIONAL = PatternFill("solid", fgColor="1F4E5F"), PatternFill("solid", fgColor="5B8A8A")
_HEADING = Font(bold=True, color="FFFFFF")
_TITLE = Font(bold=True, size=14)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def kinds(library: Library | None = None) -> list[str]:
    """The templates there are."""
    tables = (library or Library.shipped()).templates
    return list(dict.fromkeys(sorted(str(table.template) for table in tables)))


def tables_of(kind: str, library: Library | None = None) -> list[Table]:
    """The sheets of a template, its own first. Raises UnknownName naming the templates there are."""
    library = library or Library.shipped()
    found = [table for table in library.templates if table.template == kind]
    if not found:
        known = kinds(library)
        raise UnknownName(f"No template is called {kind!r}; expected one of {', '.join(known)}.", parameter="kind")
    return sorted(found, key=lambda table: (table.name != kind, table.name))


def template(
    kind: str, *, language: str = "en", names: Names | None = None, rows: Mapping[str, Sequence[Row]] | None = None
) -> bytes:
    """The workbook of a template, empty or with rows (by name of table, cells as they stand in tables).

    ``names`` gives the lists of practices, organisations… of a snapshot. Raises UnknownName, or InputError where the
    language is neither English nor French.
    """
    check_language(language)
    tables = tables_of(kind)
    book = _Book(language, names)
    book.guide(tables)
    for table in tables:
        book.form(table, (rows or {}).get(table.name, []))
    book.examples(tables)
    return book.bytes()


def _example(table: Table, language: str) -> Row:
    return {column.name: column.examples.get(language) or column.examples.get("en", "") for column in table.written}


class _Book:
    """A workbook in the making."""

    def __init__(self, language: str, names: Names | None) -> None:
        self.language, self.words = language, WORDS[language]
        self._names = names
        self._vocabulary = names.vocabulary if names else Vocabulary.shipped()
        self._book = Workbook()
        self._book.properties.creator = "p4c"
        first = self._book.active
        assert isinstance(first, Worksheet)
        self._guide = first
        self._lists = self._book.create_sheet(self.words["lists"])
        self._lists.sheet_state = "hidden"
        self._ranges: dict[tuple[str, ...], str] = {}

    def bytes(self) -> bytes:
        """The workbook as a file."""
        self._book.move_sheet(self._lists, len(self._book.sheetnames))
        buffer = io.BytesIO()
        self._book.save(buffer)
        return buffer.getvalue()

    # ── sheets ─────────────────────────────────────────────────────────────────────────────────────────────────

    def guide(self, tables: Sequence[Table]) -> None:
        """The sheet that says what to do."""
        sheet = self._guide
        sheet.title = self.words["guide"]
        sheet.column_dimensions["A"].width = 34
        sheet.column_dimensions["B"].width = 90
        write_text(sheet, 1, 1, NOT_READ[self.language])
        number = 3
        for line in GUIDE[self.language]:
            write_text(sheet, number, 1, line).alignment = _WRAPPED
            sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=2)
            sheet.row_dimensions[number].height = 16 * (1 + len(line) // 120)
            number += 1
        for table in tables:
            number += 1
            write_text(sheet, number, 1, self._title(table)).font = _TITLE
            write_text(sheet, number, 2, table.notes.get(self.language, "")).alignment = _WRAPPED
            for column in table.written:
                number += 1
                mark = self.words["required"] if column.required and not column.default else ""
                write_text(sheet, number, 1, column.title(self.language) + mark).alignment = _WRAPPED
                write_text(sheet, number, 2, self._note(column)).alignment = _WRAPPED

    def form(self, table: Table, rows: Iterable[Row]) -> None:
        """A sheet to fill in."""
        sheet = self._book.create_sheet(self._title(table), len(self._book.sheetnames) - 1)
        self._headings(sheet, 1, table, notes=True)
        sheet.freeze_panes = "B2"
        named = references(table)
        for index, column in enumerate(table.written, 1):
            letter = get_column_letter(index)
            if column.datatype == XSD.date:
                sheet.column_dimensions[letter].number_format = "yyyy-mm-dd"
            if check := self._check(column, named.get(column.name)):
                check.add(f"{letter}2:{letter}{_LAST_ROW}")
                sheet.add_data_validation(check)
        for number, row in enumerate(rows, 2):
            self._row(sheet, number, table, row)

    def examples(self, tables: Sequence[Table]) -> None:
        """The sheet with an example row of each sheet."""
        sheet = self._book.create_sheet(self.words["example"], len(self._book.sheetnames) - 1)
        write_text(sheet, 1, 1, NOT_READ[self.language])
        number = 3
        for table in tables:
            write_text(sheet, number, 1, self._title(table)).font = _TITLE
            self._headings(sheet, number + 1, table, notes=False)
            self._row(sheet, number + 2, table, _example(table, self.language))
            number += 4

    def _headings(self, sheet: Worksheet, number: int, table: Table, *, notes: bool) -> None:
        for index, column in enumerate(table.written, 1):
            title = column.title(self.language)
            cell = write_text(sheet, number, index, title[:1].upper() + title[1:])
            cell.font, cell.alignment = _HEADING, _WRAPPED
            cell.fill = _REQUIRED if column.required and not column.default else _OPTIONAL
            if notes:
                comment = Comment(self._note(column), "p4c", height=120, width=320)
                cell.comment = comment
                sheet.column_dimensions[get_column_letter(index)].width = max(16, min(len(title) + 4, 34))

    def _row(self, sheet: Worksheet, number: int, table: Table, row: Row) -> None:
        for index, column in enumerate(table.written, 1):
            if text := row.get(column.name, ""):
                self._cell(sheet, number, index, column, text)

    def _cell(self, sheet: Worksheet, number: int, index: int, column: Column, text: str) -> None:
        """Writes a cell as a person of this language would."""
        choices = self._vocabulary.choices(column)
        if choices:
            labels = {choice.slug: choice.label(self.language) for choice in choices}
            parts = text.split(column.separator) if column.separator else [text]
            write_text(sheet, number, index, "; ".join(labels.get(part, part) for part in parts))
        elif column.datatype == XSD.boolean:
            write_text(sheet, number, index, self.words["yes" if text == "true" else "no"])
        elif column.datatype in (XSD.decimal, XSD.integer, XSD.gYear) and not column.separator:
            sheet.cell(number, index, int(text) if text.removeprefix("-").isdigit() else Decimal(text))
        elif column.datatype == XSD.date and not column.separator:
            sheet.cell(number, index, date.fromisoformat(text)).number_format = "yyyy-mm-dd"
        else:
            write_text(sheet, number, index, text)

    def _title(self, table: Table) -> str:
        return table.title(self.language)[:31]

    def _note(self, column: Column) -> str:
        return column.notes.get(self.language) or column.notes.get("en", "")

    # ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _check(self, column: Column, kind: str | None) -> DataValidation | None:
        """What the program offers for a cell, and what it warns of."""
        several = bool(column.separator)
        if choices := self._vocabulary.choices(column):
            return self._list([choice.label(self.language) for choice in choices], binding=not several)
        if kind and self._names:
            return self._list(self._named(kind), binding=False)
        if column.datatype == XSD.boolean:
            return self._list([self.words["yes"], self.words["no"]], binding=True)
        if column.datatype not in (XSD.decimal, XSD.integer) or several:
            return None
        low, high = column.minimum, column.maximum
        if low is None:
            return None
        check = DataValidation(
            "whole" if column.datatype == XSD.integer else "decimal", formula1=str(low),
            operator="greaterThanOrEqual" if high is None else "between",
            formula2=None if high is None else str(high), allow_blank=True, showErrorMessage=True)
        check.errorTitle, check.error = self.words["wrong"], self._note(column)[:220]
        return check

    def _list(self, values: Sequence[str], *, binding: bool) -> DataValidation | None:
        """A list to choose from; others may be written where it is not binding."""
        if not values:
            return None
        key = tuple(values[:_LONGEST_LIST])
        if key not in self._ranges:
            column = len(self._ranges) + 1
            for number, value in enumerate(key, 1):
                write_text(self._lists, number, column, value)
            letter = get_column_letter(column)
            self._ranges[key] = f"{quote_sheetname(self._lists.title)}!${letter}$1:${letter}${len(key)}"
        check = DataValidation("list", formula1=self._ranges[key], allow_blank=True, showErrorMessage=binding)
        check.errorTitle, check.error = self.words["wrong"], self.words["choose"]
        return check

    def _named(self, kind: str) -> list[str]:
        """The resources of a kind, by name; with the slug where two have the same."""
        assert self._names
        if kind == REGION:
            return sorted((f"{label} ({slug})" for slug, label in self._names.regions()), key=str.casefold)
        there = self._names.there(kind)
        labels = {slug: self._names.shown(kind, slug, self.language) for slug in there}
        taken = list(labels.values())
        return sorted((label if taken.count(label) == 1 else f"{label} ({slug})" for slug, label in labels.items()),
                      key=str.casefold)


def write_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Writes a text as text: what begins like a formula is none."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.value = text
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True
    return cell
