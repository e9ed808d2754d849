"""The rows of a file that were not imported, as a file of the same kind with a column that says what is wrong."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from p4c_graph.errors import InputError
from p4c_graph.intake.cells import plain
from p4c_graph.intake.csvtext import csv_text
from p4c_graph.intake.forms import FormRow
from p4c_graph.intake.headings import MESSAGE
from p4c_graph.intake.problems import CellError, Problem
from p4c_graph.intake.sheets import Fault, Formula, Percent, Value
from p4c_graph.process.workbooks import write_text


def rejected_path(path: Path) -> Path:
    """Where the rows that were not imported are put: ``needs.xlsx`` → ``needs-rejected.xlsx``."""
    return path.with_name(f"{path.stem}-rejected{path.suffix}")


def check_rejected_path(path: Path) -> None:
    """Raises InputError where rejected rows cannot be written to a file of this name."""
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise InputError(f"{path}: expected a file name that ends in .xlsx or .csv", parameter="rejected")


def rejected_file(rows: Sequence[FormRow], problems: Sequence[Problem], ending: str, language: str) -> bytes:
    """The rows with their cells as they were and what is wrong with each, as a workbook or as CSV.

    Raises InputError where rows of several sheets would go into one CSV file.
    """
    told = _messages(rows, problems, language)
    if ending == ".csv" and len({row.form for row in rows}) > 1:
        raise InputError("the rows are of several sheets; expected a file that ends in .xlsx", parameter="rejected")
    return _csv(rows, told, language) if ending == ".csv" else _workbook(rows, told, language)


def _messages(rows: Sequence[FormRow], problems: Sequence[Problem], language: str) -> dict[FormRow, str]:
    """Row → what is wrong with it."""
    by_place: dict[tuple[str | None, int | None], list[str]] = defaultdict(list)
    for problem in problems:
        text = problem.message(language)
        by_place[problem.sheet, problem.row].append(f"{problem.column}: {text}" if problem.column else text)
    return {row: "\n".join(dict.fromkeys(by_place[row.form.sheet.name, row.number])) for row in rows}


def _workbook(rows: Sequence[FormRow], told: dict[FormRow, str], language: str) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for form in dict.fromkeys(row.form for row in rows):
        sheet = book.create_sheet(form.sheet.name)
        heads = form.sheet.rows[form.first - 1][1]
        last = max([len(heads), *(len(row.cells) for row in rows if row.form is form)]) + 1
        for index, head in enumerate([*heads, *[None] * (last - 1 - len(heads)), MESSAGE[language]], 1):
            write_text(sheet, 1, index, _text(head)).font = Font(bold=True)
        number = 1
        for row in rows:
            if row.form is not form:
                continue
            number += 1
            for index, cell in enumerate(row.cells, 1):
                if isinstance(cell, Percent):
                    sheet.cell(number, index, cell.number).number_format = "0.0###%"
                elif isinstance(cell, str | Formula | Fault):
                    write_text(sheet, number, index, _text(cell))
                elif cell is not None:
                    sheet.cell(number, index, cell)
            write_text(sheet, number, last, told[row]).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.freeze_panes = "B2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _csv(rows: Sequence[FormRow], told: dict[FormRow, str], language: str) -> bytes:
    form = rows[0].form
    heads = form.sheet.rows[form.first - 1][1]
    cells = ([*map(_text, row.cells), *[""] * (len(heads) - len(row.cells)), told[row]] for row in rows)
    return csv_text([*map(_text, heads), MESSAGE[language]], cells).encode("utf-8-sig")


def _text(cell: Value) -> str:
    """A cell as it stood there, whatever it is."""
    if isinstance(cell, Formula | Fault):
        return cell.text
    try:
        return cell if isinstance(cell, str) else plain(cell)
    except CellError:
        return str(cell)
