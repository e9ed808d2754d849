"""Everything wrong at once: cells that cannot be read, and what the shapes object to in the others; nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from p4c_graph.process.importing import ImportReport, import_file
from p4c_graph.settings import Settings
from p4c_graph.store.snapshots import Snapshots
from tests.intake.world import book, saved, texts

HEADS = ["Identifier", "Name in English", "Provider", "Provider unknown", "Cost in euro", "Sectors (NACE sections)"]
ORIGINS = ["Practice", "Region", "Status", "First year", "Last year"]


def imported(
    own: Settings, folder: Path, practices: list[list[Any]], origins: list[list[Any]] | None = None,
    heads: list[str] = HEADS, **options: Any,
) -> ImportReport:
    path = folder / "x.xlsx"
    path.write_bytes(saved(book(("Practices", [heads, *practices]), ("Origins", [ORIGINS, *(origins or [])]))))
    return import_file(own, path, **options)


NO_PROVIDER = "Practices, row 2, column Provider: The practice names no provider"
NO_NAME = "Practices, row 2, column Name in English: The practice has no name"
BACKWARDS = "Origins, row 2, column First year: It ends before it starts"
DEAR = "Practices, row 2, column Cost in euro: 'dear' is not a number"


@pytest.mark.parametrize(("practice", "origin", "expected"), [
    (["a", "A", None, None, "dear", None], None, [DEAR, NO_PROVIDER]),
    (["a", None, None, None, "dear", None], None, [DEAR, NO_NAME, NO_PROVIDER]),
    (["a", "A", None, "perhaps", None, None], None, ["row 2, column Provider unknown: 'perhaps' is"]),
    (["a", "A", "Nobody", None, None, None], None, ["row 2, column Provider: 'Nobody' is not known"]),
    (["a", "=A1", "fsa", None, None, None], None, ["row 2, column Name in English"]),
    (["a", "A", "fsa", None, "dear", None], ["a", "FRL0", "Done", 2009, 2003], [DEAR, BACKWARDS]),
    (["a", "A", "fsa", None, "dear", None], ["A", "FRL0", "Done", None, None], [DEAR]),
    (["a", "A", "fsa", None, None, None], ["a", "FRL0", "Perhaps", 2009, 2003],
     ["Origins, row 2, column Status: 'Perhaps'", BACKWARDS]),
    (["a", "A", "fsa", None, None, None], ["a", "FRL0", "Done", "soon", 2003],
     ["Origins, row 2, column First year: 'soon'"]),
    (["a", "A", "fsa", None, None, None], ["a", "Nowhere", "Done", None, None],
     ["Origins, row 2, column Region: 'Nowhere'"]),
])
def test_cells_and_shapes_are_told_together_and_nothing_that_only_follows(
    own: Settings, tmp_path: Path, practice: list[Any], origin: list[Any] | None, expected: list[str]
) -> None:
    before = Snapshots(own.store).current().id
    report = imported(own, tmp_path, [practice], [origin] if origin else None)
    found = texts(report.problems)
    assert len(found) == len(expected), found
    for text, start in zip(found, expected, strict=True):
        assert start in text
    assert report.change is None
    assert Snapshots(own.store).current().id == before


def test_a_row_with_the_identifier_of_another_says_nothing_of_it(own: Settings, tmp_path: Path) -> None:
    report = imported(own, tmp_path, [["a", "A", "fsa", None, None, None], ["a", "Other", "fsa", None, None, None]])
    (problem,) = report.problems
    assert (problem.code, problem.row) == ("duplicate", 3)


def test_problems_are_told_sheet_by_sheet_and_row_by_row(own: Settings, tmp_path: Path) -> None:
    report = imported(
        own, tmp_path, [["a", "A", None, None, None, None], ["b", "B", "Nobody", None, "dear", None]],
        [["a", "FRL0", "Perhaps", None, None], ["b", "FRL0", "Done", 2009, 2003]])
    assert [(p.sheet, p.row) for p in report.problems] == [
        ("Practices", 2), ("Practices", 3), ("Practices", 3), ("Origins", 2), ("Origins", 3)]
    assert NO_PROVIDER in texts(report.problems)[0], "that another row's provider is unread excuses this one nothing"


def test_with_partial_all_is_told_of_the_rows_left_out_and_the_others_go_in(own: Settings, tmp_path: Path) -> None:
    report = imported(own, tmp_path, [["a", "A", None, None, "dear", None], ["b", "B", "fsa", None, None, None]],
                      partial=True)
    assert [DEAR in texts(report.problems)[0], NO_PROVIDER in texts(report.problems)[1]] == [True, True]
    assert [change.slug for change in report.changes] == ["practice/b"]


def test_where_headings_are_doubtful_what_can_be_read_is_told_and_nothing_that_only_follows(
    own: Settings, tmp_path: Path
) -> None:
    heads = ["Identifierr", *HEADS[1:]]
    report = imported(
        own, tmp_path, [["a", "A", "fsa", None, "dear", None]], [["a", "FRL0", "Perhaps", None, None]], heads)
    found = texts(report.problems)
    assert "'Identifierr'" in found[0]
    assert DEAR in found[1]
    assert "Origins, row 2, column Status: 'Perhaps'" in found[2]
    assert len(found) == 3
    assert report.rejected == []
