"""The plan as a sheet: filled in as far as it goes, completed by people, read back as results."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from p4c_graph import KnowledgeGraph
from p4c_graph.errors import InputError
from p4c_graph.namespaces import P4C
from p4c_graph.process.plansheet import write_plan

pytestmark = pytest.mark.slow


def complete(path: Path, **cells: str) -> None:
    """Writes cells by heading in every row that is filled in, and an answer for each workshop."""
    book = openpyxl.load_workbook(path)
    sheet, answers = book["Field tests"], book["Answers"]
    headings = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if test := sheet.cell(row, 1).value:
            for heading, value in cells.items():
                sheet.cell(row, headings[heading.replace("_", " ")]).value = value
            if sheet.cell(row, headings["Kind of test"]).value == "Workshop":
                sheet.cell(row, headings["Questionnaire"]).value = "Ten questions"
                answers.append([test, "Clusters", 20, 14])
    book.save(path)


def test_a_workbook_holds_a_row_a_proposal_and_reads_back_as_planned_tests(kg: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    plan = kg.plan("bep")
    write_plan(plan, path, kg.known_names, start="2026")
    found = kg.filled_sheet(path)
    assert [test.rpartition("/")[2] for test in found.tests] == ["bep-european-networking", "bep-trainings"]
    assert found.partner == plan.partner.id
    statuses = {t.object.value for t in found.triples if t.predicate.value == P4C.applicationStatus}  # type: ignore[union-attr]
    assert {status.rpartition("/")[2] for status in statuses} == {"planned"}


def test_a_table_has_the_same_columns(kg: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    write_plan(kg.plan("bep"), path, kg.known_names)
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    assert [row["Practice"] for row in rows] == ["trainings", "european-networking"]
    assert rows[0]["Presented by"] == "bsc-kranj"


@pytest.mark.parametrize(("name", "message"), [
    ("plan.pdf", r"ends in \.xlsx or \.csv"), ("there.xlsx", "is there already"),
    ("none/plan.csv", "cannot be written"),
])
def test_a_place_that_will_not_do_is_refused(kg: KnowledgeGraph, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "there.xlsx").write_text("mine")
    with pytest.raises(InputError, match=message):
        write_plan(kg.plan("bep"), tmp_path / name, kg.known_names)
    assert (tmp_path / "there.xlsx").read_text() == "mine"


def test_a_wrong_cell_is_refused_naming_sheet_row_and_column(kg: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_plan(kg.plan("bep"), path, kg.known_names)
    complete(path, Status="Dome")
    with pytest.raises(InputError, match=r"sheet Field tests, row 2, column Status: 'Dome'.*Did you mean") as refused:
        kg.filled_sheet(path)
    assert str(refused.value).startswith(str(path))


def test_plan_record_results_and_the_next_ranking(p4c: str, real_store: Path, tmp_path: Path) -> None:
    store, sheet = tmp_path / "store", tmp_path / "plan.xlsx"
    shutil.copytree(real_store, store)

    def run(*arguments: str) -> dict[str, object]:
        command = [p4c, *arguments, "--store", str(store), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)  # type: ignore[no-any-return]

    planned = run("plan", "--partner", "bep", "--out", str(sheet), "--record")
    assert planned["snapshot"]
    complete(sheet, Status="Done", Outcome="Positive", First_day="2026-04-01")
    done = run("record", "--file", str(sheet))
    assert done["removed"] == 2
    workshop, training = done["tests"]  # type: ignore[misc]
    assert (workshop["status"], workshop["outcome"], training["status"]) == ("done", "positive", "done")
    assert workshop["interest"][0]["share"]["low"] == pytest.approx(0.481, abs=5e-4)
    for change in workshop["effect"]:
        before, after = change["before"], change["after"]
        assert not before["components"]["evidence"]["known"]
        assert after["components"]["evidence"]["known"]
        assert after["components"]["context"]["expected"] > before["components"]["context"]["expected"]
        assert after["rank"] < before["rank"]
    assert run("record", "--file", str(sheet))["snapshot"] is None
    tests = KnowledgeGraph.open(store).ask("field-tests", partner="bep").rows()
    assert [row["statusLabel"] for row in tests] == ["Done", "Done"]
    assert run("plan", "--partner", "bep")["proposals"] == []
