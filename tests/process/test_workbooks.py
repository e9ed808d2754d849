"""Templates: what a person finds in them, and that they come back as statements our shapes accept."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest

from p4c_graph.errors import InputError, UnknownName
from p4c_graph.intake.csvw import Table
from p4c_graph.intake.headings import NOT_READ
from p4c_graph.intake.sources import Library
from p4c_graph.process.workbook_words import GUIDE, WORDS
from p4c_graph.process.workbooks import kinds, tables_of, template
from tests.intake.world import NAMES, book, read, saved, texts

KINDS = ["conditions", "evaluations", "field-tests", "needs", "organisations", "practices", "regions"]
TABLES = Library.shipped().templates


def opened(kind: str, language: str = "en") -> Any:
    return openpyxl.load_workbook(io.BytesIO(template(kind, language=language, names=NAMES)))


def list_of(book: Any, sheet: str, heading: str) -> list[str]:
    """The values offered below a heading."""
    letter = next(cell.column_letter for cell in book[sheet][1] if cell.value == heading)
    check = next(c for c in book[sheet].data_validations.dataValidation if str(c.sqref).startswith(f"{letter}2:"))
    name, area = check.formula1.split("!")
    return [cell.value for (cell,) in book[name.strip("'")][area.replace("$", "")]]


def test_there_is_a_template_for_each_step_of_the_process() -> None:
    assert kinds() == KINDS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_empty_template_is_read_without_complaint(kind: str, language: str) -> None:
    reading = read(template(kind, language=language, names=NAMES))
    assert [form.table.template for form in reading.forms] == [kind] * len(tables_of(kind))
    assert reading.language == language
    assert {p.code for p in reading.problems} <= {"nothing"}
    assert {p.code for p in reading.notes} <= {"no-rows"}


@pytest.mark.parametrize("kind", KINDS)
def test_headings_are_frozen_and_each_has_a_note(kind: str) -> None:
    book = opened(kind, "fr")
    for table in tables_of(kind):
        sheet = book[table.titles["fr"]]
        assert sheet.freeze_panes == "B2"
        assert len(sheet[1]) == len(table.written)
        for cell, column in zip(sheet[1], table.written, strict=True):
            assert cell.value.casefold() == column.title("fr").casefold()
            assert cell.comment.text == column.notes["fr"]


def test_lists_offer_concepts_classes_and_things_in_the_language_of_the_template() -> None:
    french = opened("field-tests", "fr")
    assert list_of(french, "Tests de terrain", "Issue") == ["Positive", "Négative", "Mitigée", "Inconnue"]
    assert list_of(french, "Tests de terrain", "Type de test") == ["Mise en œuvre concrète", "Atelier"]
    assert list_of(french, "Tests de terrain", "Pratique") == ["European networking", "Formations"]
    assert list_of(french, "Tests de terrain", "Partenaire") == [
        "BSC Kranj (bsc)", "BSC Kranj (bsc-2)", "Fondation Sophia Antipolis"]
    assert "Provence-Alpes-Côte d’Azur (FRL0)" in list_of(french, "Tests de terrain", "Région")
    assert list_of(french, "Résultats", "Objectif et non résultat") == ["oui", "non"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_value_of_every_list_is_understood_when_it_comes_back(kind: str, language: str) -> None:
    offered = opened(kind, language)
    for table in tables_of(kind):
        sheet = offered[table.titles[language]]
        checks = [check for check in sheet.data_validations.dataValidation if check.type == "list"]
        headings = [sheet[f"{str(check.sqref).split(':')[0].rstrip('2')}1"].value for check in checks]
        for heading in headings:
            values = list_of(offered, sheet.title, heading)
            others = [column.title(language) for column in table.written]
            others = [other for other in others if other.casefold() != heading.casefold()]
            filled = book((sheet.title, [[heading, *others], *([value] for value in values)]))
            answers = [p for p in read(saved(filled)).problems if p.column == heading and p.code != "empty"]
            assert texts(answers) == []


def test_the_workbook_says_what_to_do_and_shows_an_example() -> None:
    book = opened("practices", "fr")
    assert book.sheetnames == ["Lisez-moi", "Pratiques", "Origines", "Exemple", "Listes"]
    assert book["Lisez-moi"]["A1"].value == book["Exemple"]["A1"].value == NOT_READ["fr"]
    assert book["Listes"].sheet_state == "hidden"
    text = " ".join(str(cell.value) for row in book["Lisez-moi"] for cell in row)
    assert all(line in text for line in GUIDE["fr"])
    assert "Missions commerciales communes" in [cell.value for row in book["Exemple"] for cell in row]


def test_no_cell_of_a_template_is_a_formula() -> None:
    rows = {"needs": [{"region": "FRL0", "label": "=1+1", "description": "@x"}]}
    book = openpyxl.load_workbook(io.BytesIO(template("needs", rows=rows)))
    assert all(cell.data_type != "f" for sheet in book.worksheets for row in sheet for cell in row)
    assert book["Needs"]["C2"].value == "=1+1"


def test_rows_that_are_written_into_a_template_come_back_as_they_were() -> None:
    rows = {"field-tests": [{
        "id": "t", "label": "Trial", "practice": "trainings", "kind": "Workshop", "partner": "fsa", "region": "FRL0",
        "status": "planned", "start": "2012-03-01", "target_groups": "clusters;smes", "sectors": "E;F"}]}
    reading = read(template("field-tests", language="fr", names=NAMES, rows=rows))
    assert texts(reading.problems) == []
    assert {name: value for name, value in reading.rows[0].values.items() if value} == rows["field-tests"][0]


def test_unknown_templates_and_languages_are_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="expected one of conditions, evaluations"):
        template("recipes")
    with pytest.raises(InputError, match="expected en or fr"):
        template("needs", language="de")


# ── the descriptions ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_headings_notes_and_an_example_in_both_languages(table: Table) -> None:
    assert table.titles.keys() == table.notes.keys() == {"en", "fr"}
    for column in table.written:
        assert column.titles.keys() == column.notes.keys() == {"en", "fr"}, column.name
        assert column.examples, column.name
        for text in (*column.notes.values(), *(t for titles in column.titles.values() for t in titles)):
            assert text == text.strip()
            assert text


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_headings_fit_into_a_sheet(table: Table) -> None:
    assert all(len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) for title in table.titles.values())


def test_words_are_there_in_both_languages() -> None:
    assert WORDS["en"].keys() == WORDS["fr"].keys()
    assert len(GUIDE["en"]) == len(GUIDE["fr"])
