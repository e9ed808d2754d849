"""``p4c template`` and ``p4c import`` as people type them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import openpyxl
import pytest

from p4c_graph.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "import.md"
ROW = {"Region": "Provence Alpes Cote d'Azur", "Name": "Help abroad", "Themes": "Training; Skills"}


class Shell:
    """Runs the command in a folder, on a store of its own."""

    def __init__(self, p4c: str, folder: Path, settings: Settings) -> None:
        self.p4c, self.folder, self.store = p4c, folder, settings.store

    def __call__(self, line: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "P4C_STORE": str(self.store), "COLUMNS": "200"}
        done = subprocess.run([self.p4c, *shlex.split(line)[1:]], cwd=self.folder, env=environment, timeout=120,
                              capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture
def shell(p4c: str, tmp_path: Path, own: Settings) -> Shell:
    (tmp_path / "here").mkdir()
    return Shell(p4c, tmp_path / "here", own)


def fill(path: Path, sheet: str, *rows: dict[str, object]) -> None:
    book = openpyxl.load_workbook(path)
    places = {cell.value: cell.column for cell in book[sheet][1]}
    for number, row in enumerate(rows, 2):
        for heading, value in row.items():
            book[sheet].cell(number, places[heading]).value = value
    book.save(path)


def test_the_commands_of_the_page_run_in_order(shell: Shell) -> None:
    (block,) = re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    make, look, do = (line.removeprefix("$ ") for line in block.splitlines())
    assert shell(make).stdout.startswith("Wrote needs.xlsx")
    fill(shell.folder / "needs.xlsx", "Needs", ROW)
    assert "+ Help abroad (need/frl0-help-abroad)" in shell(look).stdout
    assert "Nothing was written." in shell(look).stdout
    assert "Imported as needs: 1 added, 0 removed, 1 changed" in shell(do).stdout
    assert shell(do).stdout == "Nothing changes: the graph holds it already.\n"


def test_a_wrong_sheet_is_answered_in_its_language_and_its_rows_put_aside(shell: Shell) -> None:
    shell("p4c template needs besoins.xlsx --lang fr")
    fill(shell.folder / "besoins.xlsx", "Besoins",
         {"Région": "Nulle part", "Nom": "A"}, {"Région": "FRL0", "Nom": "B", "Thèmes": "Formation"})
    done = shell("p4c import besoins.xlsx --rejected à-corriger.csv", code=1)
    assert "feuille Besoins, ligne 2, colonne Région" in done.stderr
    assert "Rien n'a été importé : un point à corriger." in done.stdout
    assert "Nulle part" in (shell.folder / "à-corriger.csv").read_text("utf-8-sig")
    partly = shell("p4c import besoins.xlsx --partial --json", code=1)
    report = json.loads(partly.stdout)
    assert report["left_out"] == 1
    assert report["snapshot"]
    assert [change["id"].rsplit("/", 1)[-1] for change in report["changes"]] == ["frl0-b", "FRL0"]
    assert report["problems"][0]["row"] == 2
    assert (shell.folder / "besoins-rejected.xlsx").exists()


def test_of_many_mistakes_each_kind_is_shown_and_counted(shell: Shell) -> None:
    rows = [*[f"FRL0,Need {n},Training,2011-99-0{n % 9}" for n in range(1, 200)],
            "Nowhere,A,Training,", "FRL0,B,Juggling,2011-03-01"]
    (shell.folder / "needs.csv").write_text("\n".join(["Region,Name,Themes,Date", *rows]))
    told = shell("p4c import needs.csv --dry-run", code=1)
    lines = told.stderr.splitlines()
    assert len(lines) < 60
    assert "more like it, from row" in told.stderr
    for text in ("row 2, column Date", "row 201, column Region", "row 202, column Themes"):
        assert text in told.stderr
    number = len(json.loads(shell("p4c import needs.csv --dry-run --json", code=1).stdout)["problems"])
    assert f"{number} things to put right" in told.stdout
    assert len(shell("p4c import needs.csv --dry-run --all", code=1).stderr.splitlines()) == number


def test_a_dry_run_writes_no_file(shell: Shell) -> None:
    (shell.folder / "needs.csv").write_text("Region,Name,Themes\nNowhere,A,Training\n")
    shell("p4c import needs.csv --dry-run", code=1)
    assert sorted(path.name for path in shell.folder.iterdir()) == ["needs.csv"]


@pytest.mark.parametrize(("line", "expected"), [
    ("p4c template recipes x.xlsx", "No template is called 'recipes'"),
    ("p4c template needs x.ods", "expected a file name that ends in .xlsx"),
    ("p4c template needs there.xlsx", "is there already, and may be filled in"),
    ("p4c template needs nowhere/x.xlsx", "nowhere/x.xlsx: cannot be written"),
    ("p4c template needs x.xlsx --lang de", "expected en or fr"),
    ("p4c import nowhere.xlsx", "nowhere.xlsx: cannot be read"),
    ("p4c import there.xlsx --lang de", "--lang is 'de'"),
    ("p4c import there.xlsx --source !!", "has no letter or digit"),
    ("p4c import there.xlsx --rejected x.txt", "x.txt: expected a file name that ends in .xlsx or .csv"),
])
def test_what_cannot_be_done_is_one_line_and_exit_2(shell: Shell, line: str, expected: str) -> None:
    (shell.folder / "there.xlsx").write_bytes(b"x")
    (message,) = shell(line, code=2).stderr.splitlines()
    assert expected in message
