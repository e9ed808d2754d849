"""Workbooks and CSV files as rows of cells, within limits: nothing is evaluated, expanded or fetched."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.styles.numbers import is_datetime
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.worksheet.cell_range import CellRange

from p4c_graph.intake.problems import CellError, Problem, shown


@dataclass(frozen=True)
class Formula:
    """A formula: its text, never its value."""

    text: str


@dataclass(frozen=True)
class Fault:
    """An error value such as ``#N/A``."""

    text: str


@dataclass(frozen=True)
class Percent:
    """A number shown as a percentage: 0.125 for 12.5 %."""

    number: float


Value = str | int | float | bool | date | datetime | time | timedelta | Formula | Fault | Percent | None


@dataclass(frozen=True)
class Limits:
    """How much of a file is read."""

    unpacked: int
    rows: int


@dataclass
class Sheet:
    """One sheet: its rows that hold something, by number, each a list of cells from column A on."""

    name: str | None
    rows: list[tuple[int, list[Value]]]
    problems: list[Problem] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    """The rows that hold something and are hidden."""
    shown: bool = True
    """Whether people see the sheet when they open the workbook."""


# ── workbooks ───────────────────────────────────────────────────────────────────────────────────────────────

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST_PARTS = 2000
_CHUNK = 4096
_TRUE = ("1", "true")
_MOST_MERGED = 100
"""Merged areas that may lie side by side, on all rows of a sheet."""
_NOT_WELL_MADE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError,
    TypeError, ValueError, expat.ExpatError, zipfile.BadZipFile, zlib.error,
)
"""What the libraries that read archives, XML and workbooks raise on one that is not well made."""


def read_workbook(body: bytes, limits: Limits) -> list[Sheet]:
    """The sheets of an .xlsx workbook. Raises CellError saying why it is not read."""
    _check_package(body, limits)
    try:
        with warnings.catch_warnings():
            # It warns of extensions that it does not keep; nothing is kept here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, keep_links=False)
            sheets = [_sheet(sheet, limits) for sheet in book.worksheets]
    except CellError:
        raise
    except _NOT_WELL_MADE as error:
        raise CellError("not-a-workbook", why=shown(str(error)) or type(error).__name__) from None
    if not sheets:
        raise CellError("not-a-workbook", why="it has no sheet")
    return sheets


def _check_package(body: bytes, limits: Limits) -> None:
    """Refuses what is no plain .xlsx, or would unpack to more than the limit."""
    if body.startswith(_OLE):
        raise CellError("password" if _ENCRYPTED in body else "old-excel")
    try:
        package = zipfile.ZipFile(io.BytesIO(body))
    except _NOT_WELL_MADE as error:
        raise CellError("not-a-workbook", why=shown(str(error))) from None
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise CellError("password")
    # A part never unpacks to more than it declares: the library stops reading there.
    size = sum(part.file_size for part in parts)
    if size > limits.unpacked or len(parts) > _MOST_PARTS:
        raise CellError("unpacks-too-large", size=size, limit=limits.unpacked)
    if not any(part.filename.startswith("xl/") for part in parts):
        kind = next((shown(part.filename) for part in parts), "nothing")
        raise CellError("not-a-workbook", why=f"an archive that begins with {kind}")
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")):
            _check_prolog(package, part)


class _Begun(Exception):
    """The first element of a document has come."""


def _check_prolog(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuses a document type, with which all declarations of entities begin, whatever library reads on."""
    def refuse(*_: object) -> None:
        raise CellError("entities")

    def begun(*_: object) -> None:
        raise _Begun

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, begun
    try:
        with package.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
    except _Begun:
        return
    except CellError:
        raise
    except _NOT_WELL_MADE as error:
        raise CellError("not-a-workbook", why=f"{shown(part.filename)}: {shown(str(error))}") from None


def _sheet(sheet: Any, limits: Limits) -> Sheet:
    """What a sheet holds, read row by row: cells that are only formatted are never kept."""
    book = sheet.parent
    found = Sheet(sheet.title, [], shown=sheet.sheet_state == "visible")
    rows: dict[int, dict[int, Value]] = defaultdict(dict)
    with sheet._get_source() as stream:
        # The public iterators fill every gap up to the last cell, wherever that is, and tell of no merged cells.
        parser = WorkSheetParser(stream, sheet._shared_strings, epoch=book.epoch, date_formats=book._date_formats,
                                 timedelta_formats=book._timedelta_formats)
        for number, cells in parser.parse():
            for cell in cells:
                if cell["value"] not in (None, ""):
                    rows[cell["row"]][cell["column"]] = _value(ReadOnlyCell(sheet, **cell))
            if parser.row_dimensions.pop(str(number), {}).get("hidden") in _TRUE and number in rows:
                found.hidden.append(number)
            if len(rows) > limits.rows + 1:
                raise CellError("too-many-rows", limit=limits.rows)
    _spread_merged(rows, _merged(parser), found, limits)
    found.hidden = [number for number in found.hidden if number in rows]
    found.rows = [(number, [cells.get(column) for column in range(1, max(cells) + 1)])
                  for number, cells in sorted(rows.items())]
    return found


def _merged(parser: WorkSheetParser) -> list[CellRange]:
    """The areas of merged cells, from top to bottom."""
    areas = parser.merged_cells.mergeCell if parser.merged_cells else ()
    found = [CellRange(ref) for ref in sorted({area.ref for area in areas})]
    return sorted(found, key=lambda area: (area.min_row, area.min_col))


def _spread_merged(
    rows: dict[int, dict[int, Value]], areas: list[CellRange], found: Sheet, limits: Limits
) -> None:
    """Merged downwards, one value stands for several rows, where these hold something; across, it is objected to."""
    numbers, seen = sorted(rows), 0
    for area in areas:
        value = rows.get(area.min_row, {}).get(area.min_col)
        if value is not None and area.max_col > area.min_col:
            found.problems.append(Problem("merged-across", {"value": area.coord}, found.name, area.min_row))
        within = numbers[bisect_left(numbers, area.min_row):bisect_right(numbers, area.max_row)]
        seen += len(within)
        if seen > limits.rows * _MOST_MERGED:
            raise CellError("not-a-workbook", why="its merged cells lie over each other")
        for number in within:
            _spread(rows[number], value, area, is_first=number == area.min_row)
    for number in numbers:
        if not rows[number]:
            del rows[number]


def _spread(cells: dict[int, Value], value: Value, area: CellRange, *, is_first: bool) -> None:
    """Puts the value of merged cells in place of what is stored below the first of them and nobody sees."""
    for column in [column for column in cells if area.min_col <= column <= area.max_col]:
        if not (is_first and column == area.min_col):
            del cells[column]
    if cells and value is not None:
        cells[area.min_col] = value


def _value(cell: ReadOnlyCell) -> Value:
    value = cell.value
    if cell.data_type == "f":
        return Formula(str(getattr(value, "text", value)))
    if cell.data_type == "e":
        return Fault(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Percent(value) if "%" in cell.number_format and not is_datetime(cell.number_format) else value
    return value if isinstance(value, str | bool | date | time | timedelta) else str(value)


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────

_DELIMITERS = ",;\t"
_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def read_delimited(body: bytes, limits: Limits) -> Sheet:
    """The rows of a CSV file with commas, semicolons or tabs. Raises CellError saying why it is not read."""
    lines = io.StringIO(_text(body), newline="")
    first = lines.readline()
    delimiter = first.strip()[4:] if (declared := first.startswith("sep=")) else _delimiter(first)
    if not declared:
        lines.seek(0)
    rows: list[tuple[int, list[Value]]] = []
    for number, cells in _records(lines, delimiter or ",", 1 + declared):
        if any(cell and not cell.isspace() for cell in cells):
            rows.append((number, list(cells)))
        if len(rows) > limits.rows + 1:
            raise CellError("too-many-rows", limit=limits.rows)
    return Sheet(None, rows)


def _records(lines: io.StringIO, delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from enumerate(csv.reader(lines, delimiter=delimiter[:1], strict=True), first)
    except csv.Error as error:
        raise CellError("not-csv", why=error) from None


def _delimiter(line: str) -> str:
    """The delimiter that a line of headings has most of, outside quotes."""
    plain = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=plain.count)


def _text(body: bytes) -> str:
    encoding = _BOMS.get(body[:2], "utf-8-sig")
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise CellError("not-utf-8", line=str(body.count(b"\n", 0, error.start) + 1)) from None
