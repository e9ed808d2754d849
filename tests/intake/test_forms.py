"""Filled templates: what is read, and every mistake people make in sheets, each answered with its place."""

from __future__ import annotations

import time
from typing import Any

import pytest
from openpyxl.comments import Comment

from p4c_graph.intake.submission import CSV
from tests.intake.world import book, read, said, saved, texts, with_xml

NEEDS = ["Region", "Name", "Themes", "Target groups", "Date"]
NEED = ["FRL0", "Help abroad", "Training", "Clusters", "2011-03-15"]
PRACTICES = ["Identifier", "Name in English", "Provider", "Provider unknown", "Cost in euro", "Sectors (NACE sections)"]


def needs(*rows: list[Any], headings: list[Any] | None = None) -> bytes:
    return saved(book(("Needs", [headings or NEEDS, *rows])))


def practices(*rows: list[Any]) -> bytes:
    return saved(book(("Practices", [PRACTICES, *rows])))


# ── what is read ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_becomes_what_the_description_of_its_table_says() -> None:
    reading = read(needs(NEED))
    assert texts(reading.problems) == []
    assert said(reading) == {
        ("need/frl0-help-abroad", "rdf:type", "p4c:Need"), ("region/FRL0", "p4c:need", "need/frl0-help-abroad"),
        ("need/frl0-help-abroad", "rdfs:label", "Help abroad@en"),
        ("need/frl0-help-abroad", "p4c:theme", "https://w3id.org/pooling4clusters/scheme/theme/training"),
        ("need/frl0-help-abroad", "p4c:targetGroup", "https://w3id.org/pooling4clusters/scheme/target-group/clusters"),
        ("need/frl0-help-abroad", "dct:date", "2011-03-15"),
        ("need/frl0-help-abroad", "dct:source", "source/test"),
    }
    assert {quad.graph_name.value for quad in reading.quads} == {
        "https://w3id.org/pooling4clusters/graph/import/test"}


def test_the_same_sheet_in_french_says_the_same_in_french() -> None:
    french = read(needs(
        ["FR82", "Aide à l'étranger", "Formation", "clusters", "15 mars 2011"],
        headings=["Région", "Nom", "Thèmes", "Groupes cibles", "Date"]))
    assert french.problems == []
    assert french.language == "fr"
    assert ("need/frl0-aide-a-l-etranger", "rdfs:label", "Aide à l'étranger@fr") in said(french)
    assert ("need/frl0-aide-a-l-etranger", "p4c:theme",
            "https://w3id.org/pooling4clusters/scheme/theme/training") in said(french)


@pytest.mark.parametrize("region", [
    "FRL0", "frl0", "FR82", "Provence Alpes Cote d'Azur", "provence-alpes-côte d’azur",
    "Provence-Alpes-Côte d’Azur (FRL0)", "https://w3id.org/pooling4clusters/id/region/FRL0",
])
def test_a_region_is_found_by_code_of_any_version_name_or_address(region: str) -> None:
    assert ("region/FRL0", "p4c:need", "need/frl0-help-abroad") in said(read(needs([region, *NEED[1:]])))


@pytest.mark.parametrize("practice", [
    "trainings", "Trainings of cluster managers", "formations", "https://w3id.org/pooling4clusters/id/practice/trainings",
    "Trainings of cluster managers (trainings)", " TRAININGS of cluster  managers",
])
def test_a_practice_is_found_by_slug_name_or_address(practice: str) -> None:
    sheet = book(("Evaluations", [["Practice", "Partner", "Date", "C5 Effectiveness", "Scale"],
                                  [practice, "fsa", "2011-03-15", 4, "own"]]),
                 ("Scales", [["Identifier", "Name", "Lowest value", "Highest value"], ["own", "1 to 5", 1, 5]]))
    reading = read(saved(sheet))
    assert texts(reading.problems) == []
    assert ("evaluation/trainings-fsa-2011-03-15-C5", "p4c:onPractice", "practice/trainings") in said(reading)


@pytest.mark.parametrize(("cell", "expected"), [
    ("Water supply; sewerage, waste management and remediation activities", {"E"}),
    ("Construction; Water supply; sewerage, waste management and remediation activities; A", {"F", "E", "A"}),
    ("c;j", {"C", "J"}), ("Industrie manufacturière ; J", {"C", "J"}), ("", set()), ("n/a", set()),
])
def test_a_cell_of_several_concepts_takes_names_with_semicolons_in_them(cell: str, expected: set[str]) -> None:
    reading = read(practices(["a", "A", "fsa", None, None, cell]))
    assert texts(reading.problems) == []
    assert {o for _, p, o in said(reading) if p == "p4c:sector"} == {f"nace:{section}" for section in expected}


def test_a_blank_judgement_says_nothing_at_all() -> None:
    sheet = book(
        ("Evaluations", [["Practice", "Partner", "Date", "Scale", "C1.1 Financial impact (initiative)",
                          "C4 Renewability", "C5 Effectiveness"], ["trainings", "fsa", "2011-03-15", "s", 3, "new"]]),
        ("Scales", [["Identifier", "Name", "Lowest value", "Highest value"], ["s", "1 to 5", 1, 5]]))
    found = said(read(saved(sheet)))
    assert {subject for subject, _, _ in found if subject.startswith("evaluation/")} == {
        "evaluation/trainings-fsa-2011-03-15-C1.1", "evaluation/trainings-fsa-2011-03-15-C4"}
    assert ("evaluation/trainings-fsa-2011-03-15-C1.1", "p4c:onScale", "scale/s") in found
    assert not any(s == "evaluation/trainings-fsa-2011-03-15-C4" and p == "p4c:onScale" for s, p, _ in found)


def test_sheets_of_one_workbook_may_name_each_others_things() -> None:
    sheet = book(
        ("Tests", [["Name", "Partner", "Practice", "Region", "Status"], ["Trial", "fsa", "New one", "EE00", "Done"]]),
        ("Answers", [["Field test", "Target group", "Number asked", "Number interested"], ["Trial", "Clusters", 9, 4]]),
        ("Practices", [["Name in English", "Provider unknown"], ["New one", "yes"]]))
    reading = read(saved(sheet))
    assert texts(reading.problems) == []
    assert ("practice/new-one", "p4c:application", "application/fsa-new-one") in said(reading)
    assert ("application/fsa-new-one", "p4c:responses", "responses/fsa-new-one-clusters") in said(reading)


# ── sheets as people leave them ─────────────────────────────────────────────────────────────────────────────


def test_columns_may_be_moved_and_there_may_be_titles_above_the_headings() -> None:
    moved = read(saved(book(("x", [["Our needs, 2011"], [], ["Date", "Themes", "Name", "Region", "Target groups"],
                                   ["2011-03-15", "Training", "Help abroad", "FRL0", "Clusters"]]))))
    assert said(moved) == said(read(needs(NEED)))


def test_marks_case_and_accents_of_headings_do_not_matter() -> None:
    assert said(read(needs(NEED, headings=[" REGION *", "name", "thèmes", "target groups*", "DATE "]))) == said(
        read(needs(NEED)))


def test_an_extra_column_is_left_out_and_named() -> None:
    reading = read(needs([*NEED, "ask Anna"], headings=[*NEEDS, "Remarks"]))
    assert texts(reading.notes) == ["sheet Needs, row 1: the column 'Remarks' is not of table Needs and was left out"]
    assert reading.problems == []


def test_a_renamed_column_is_asked_about() -> None:
    reading = read(needs(NEED, headings=["Region", "Name", "Themess", "Target groups", "Date"]))
    assert texts(reading.problems) == [
        "sheet Needs, row 1: the heading 'Themess' is not of table Needs and would be lost. Did you mean Themes?"]
    assert reading.quads == []


def test_a_missing_required_column_is_named() -> None:
    reading = read(saved(book(("Needs", [["Name", "Themes"], ["Help", "Training"]]))))
    assert texts(reading.problems) == ["sheet Needs, row 1: the heading 'Region' of table Needs is missing"]


def test_a_column_that_is_there_twice_is_named() -> None:
    reading = read(needs([*NEED, "x"], headings=[*NEEDS, "Nom"]))
    assert texts(reading.problems) == ["sheet Needs, row 1: the heading 'Nom' is of column Name, which is there twice"]


def test_cells_without_a_heading_are_named() -> None:
    assert texts(read(needs([*NEED, None, "lost"])).problems) == [
        "sheet Needs, row 1, column G: has cells, but no heading; expected a heading, or an empty column"]


def test_a_value_merged_downwards_counts_for_each_row() -> None:
    sheet = book(("Needs", [NEEDS, NEED, [None, "Second", "Skills", None, None]]))
    sheet["Needs"].merge_cells("A2:A3")
    assert ("region/FRL0", "p4c:need", "need/frl0-second") in said(read(saved(sheet)))


def test_what_is_stored_below_the_first_of_merged_cells_is_not_read() -> None:
    body = saved(book(("Needs", [NEEDS, NEED, ["EE00", "Second", "Skills", None, None], ["EE00"]])))
    merged = b'</sheetData><mergeCells><mergeCell ref="A2:A4"/></mergeCells>'
    found = said(read(with_xml(body, b"</sheetData>", merged)))
    assert ("region/FRL0", "p4c:need", "need/frl0-second") in found
    assert "EE00" not in str(found)


def test_a_value_merged_across_columns_is_refused() -> None:
    sheet = book(("Needs", [NEEDS, NEED]))
    sheet["Needs"].merge_cells("B2:C2")
    assert "sheet Needs, row 2: the cells 'B2:C2' are merged across columns, expected one cell a column" in texts(
        read(saved(sheet)).problems)


def test_hidden_rows_are_read_and_said_to_be() -> None:
    sheet = book(("Needs", [NEEDS, NEED, ["EE00", "Other", "Skills", None, None]]))
    sheet["Needs"].row_dimensions[3].hidden = True
    reading = read(saved(sheet))
    assert texts(reading.notes) == ["sheet Needs: hidden rows were read too: 3"]
    assert ("region/EE00", "p4c:need", "need/ee00-other") in said(reading)


def test_a_hidden_sheet_is_not_read_and_said_not_to_be() -> None:
    sheet = book(("Needs", [NEEDS, NEED]), ("Old", [NEEDS, ["EE00", "Old", "Skills", None, None]]))
    sheet["Old"].sheet_state = "hidden"
    reading = read(saved(sheet))
    assert texts(reading.notes) == ["sheet Old: the sheet is hidden and was not read; show it to have it read"]
    assert len(reading.rows) == 1


def test_blank_rows_and_blanks_after_the_last_row_are_passed_over() -> None:
    reading = read(needs(NEED, [None] * 5, ["  ", "\u00a0", "", None, None], ["EE00", "Other ", " Skills ", None, None],
                         [" ", None, None, None, None]))
    assert texts(reading.problems) == []
    assert len(reading.rows) == 2


def test_formulas_are_never_evaluated() -> None:
    reading = read(needs(["FRL0", "=1+1", "Training", None, "=TODAY()"]))
    assert texts(reading.problems) == [
        "sheet Needs, row 2, column Name: holds the formula '=1+1', which is not evaluated; expected a value: copy the "
        "cell and paste its value",
        "sheet Needs, row 2, column Date: holds the formula '=TODAY()', which is not evaluated; expected a value: copy "
        "the cell and paste its value"]


def test_error_cells_are_refused() -> None:
    sheet = book(("Needs", [NEEDS, NEED]))
    sheet["Needs"]["B2"].value = "#N/A"
    sheet["Needs"]["B2"].data_type = "e"
    assert texts(read(saved(sheet)).problems) == [
        "sheet Needs, row 2, column Name: holds the error '#N/A', expected a value, or nothing where it is unknown"]


def test_comments_and_other_sheets_are_no_data() -> None:
    sheet = book(("Needs", [NEEDS, NEED]), ("Notes", [["buy", "milk"]]), ("Example", [
        ["This sheet is not read."], [], NEEDS, ["EE00", "Example", "Skills", None, None]]))
    sheet["Needs"]["A1"].comment = Comment("a note", "me")
    reading = read(saved(sheet))
    assert texts(reading.notes) == ["sheet Notes: the sheet was passed over: it has no headings of a template"]
    assert len(reading.rows) == 1


def test_an_empty_sheet_says_so() -> None:
    assert texts(read(needs()).problems) == ["The file holds no row and no statement; expected at least one."]
    assert "the headings are of no known table" in texts(read(saved(book(("Sheet", [])))).problems)[0]


# ── mistakes ────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_mistakes_of_a_file_are_told_at_once_with_sheet_row_column_value_and_expectation() -> None:
    reading = read(needs(
        ["Provense Alpes Cote", "First", "Trainig", "Clusters", "30/02/2011"],
        ["FRL0", "Second", "Skills", "Everybody", None],
        [None, "Third", "Skills", None, None], ["FRL0", "Good", "Skills", None, None]))
    told = texts(reading.problems)
    assert [line.split(":")[0] for line in told] == [
        "sheet Needs, row 2, column Themes", "sheet Needs, row 2, column Date", "sheet Needs, row 2, column Region",
        "sheet Needs, row 3, column Target groups", "sheet Needs, row 4, column Region"]
    assert "'Trainig' is not in the list, expected Financing, Cluster management" in told[0]
    assert "Did you mean Training" in told[0]
    assert "'30/02/2011' is not a date" in told[1]
    assert "FRL0 (Provence-Alpes-Côte d’Azur)" in told[2]
    assert ("need/frl0-good", "rdf:type", "p4c:Need") in said(reading)
    assert not any("second" in subject for subject, _, _ in said(reading))


def test_mistakes_are_told_in_the_language_of_the_template() -> None:
    reading = read(needs(["FRL0", "Premier", "Formatoin", None, "hier"],
                         headings=["Région", "Nom", "Thèmes", "Groupes cibles", "Date"]))
    told = texts(reading.problems, reading.language)
    assert told[0].startswith("feuille Needs, ligne 2, colonne Thèmes\u00a0: «\u00a0Formatoin\u00a0» ne figure pas")
    assert "Vouliez-vous dire Formation" in told[0]
    assert "n'est pas une date, attendu année-mois-jour" in told[1]


def test_a_name_that_is_nearly_known_is_answered_with_what_was_meant() -> None:
    (problem,) = read(practices(["a", "A", "Fondation Sofia Antipolis", None, None, None])).problems
    assert problem.text() == (
        "sheet Practices, row 2, column Provider: 'Fondation Sofia Antipolis' is not known as an organisation, "
        "expected its identifier, its address here or its name. Did you mean Fondation Sophia Antipolis (fsa)?")


def test_a_name_that_two_things_have_is_answered_with_both() -> None:
    (problem,) = read(practices(["a", "A", "BSC Kranj", None, None, None])).problems
    assert "'BSC Kranj' fits several, expected one of bsc; bsc-2." in problem.text()


def test_an_identifier_that_is_there_twice_is_told_with_the_first_row() -> None:
    (problem,) = read(practices(["a", "A", "fsa", None, None, None], ["a", "B", "fsa", None, None, None])).problems
    assert problem.text() == (
        "sheet Practices, row 3, column Identifier: 'a' stands in row 2 too, expected it once")


def test_an_identifier_is_made_from_the_name_and_kept_where_it_is_given() -> None:
    found = said(read(practices([None, "Łódź – clusters & growth", "fsa", None, None, None],
                                ["my-id", "Other", "fsa", None, None, None])))
    assert {s for s, p, _ in found if p == "rdf:type"} == {"practice/lodz-clusters-growth", "practice/my-id"}


@pytest.mark.parametrize("wrong", ["a b", "é", "-a", "a/b", "<x>", "a" * 200])
def test_an_identifier_that_would_make_no_good_address_is_refused(wrong: str) -> None:
    (problem,) = read(practices([wrong, "A", "fsa", None, None, None])).problems
    assert "is not an identifier" in problem.text()


def test_numbers_out_of_range_name_the_range() -> None:
    (problem,) = read(practices(["a", "A", "fsa", None, -5, None])).problems
    assert problem.text() == "sheet Practices, row 2, column Cost in euro: '-5' is out of range, expected at least 0"


def test_near_matches_of_a_wrong_column_take_no_time() -> None:
    started = time.perf_counter()
    reading = read(practices(*([f"a{n}", "A", f"Nobody {n}", None, None, None] for n in range(3000))))
    assert len(reading.problems) == 3000
    assert time.perf_counter() - started < 10


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("content", [
    "Region,Name,Themes,Date\nFRL0,Help abroad,Training,2011-03-15\n",
    "Region;Name;Themes;Date\r\nFRL0;Help abroad;Training;15/03/2011\r\n",
    "Region\tName\tThemes\tDate\nFRL0\tHelp abroad\tTraining\t15 March 2011\n",
    "sep=;\nRegion;Name;Themes;Date\nFRL0;Help abroad;Training;2011-03-15\n",
    "\ufeffRegion,Name,Themes,Date,\nFRL0,Help abroad,\"Training\",2011-03-15,\n,,,,\n",
    "region,label,themes,date\nFRL0,Help abroad,training,2011-03-15\n",
])
def test_csv_of_any_common_kind_is_read(content: str) -> None:
    reading = read(content, CSV, name="needs.csv")
    assert texts(reading.problems) == []
    assert ("need/frl0-help-abroad", "dct:date", "2011-03-15") in said(reading)


def test_utf_16_is_read_and_other_encodings_are_refused() -> None:
    content = "Region;Name;Themes\nFRL0;Réseau;Formation\n"
    assert read(b"\xff\xfe" + content.encode("utf-16-le"), CSV).problems == []
    (problem,) = read(content.encode("cp1252"), CSV).problems
    assert problem.text() == "Line 2 is not UTF-8, expected a file in UTF-8: in Excel, save it as “CSV UTF-8”."


def test_a_csv_that_may_be_of_two_tables_is_named_after_one() -> None:
    content = "Identifier,Name in English\nx,X\n"
    assert texts(read(content, CSV).problems) == [
        "the headings may be of organisations, practices, projects; name the sheet, or the file, after one of them"]
    assert read(content, CSV, name="projects.csv").rows[0].form.table.name == "projects"


# ── size ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_beyond_the_limit_are_refused() -> None:
    (problem,) = read(needs(*[["FRL0", f"n{n}", "Skills", None, None] for n in range(11)]), max_rows=10).problems
    assert problem.text() == "There are more than 10 rows, expected at most that; split the file."


@pytest.mark.slow
def test_20_000_rows_are_read_in_reasonable_time() -> None:
    rows = [[f"p-{n}", f"Practice {n}", "fsa" if n % 2 else "Fondation Sophia Antipolis", None, 12.5 * n, "C; J"]
            for n in range(20_000)]
    body = practices(*rows)
    started = time.perf_counter()
    reading = read(body)
    seconds = time.perf_counter() - started
    assert reading.problems == []
    assert len(reading.rows) == 20_000
    assert seconds < 40
