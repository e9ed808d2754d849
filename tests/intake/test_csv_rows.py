"""CSV files: headings, rows, cells; every message names file, row, column, value and what was expected."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.intake.sources import Library
from p4c_graph.intake.tables import read_csv, read_headings, subjects, table_quads
from p4c_graph.terms import Minter

LABEL = {"name": "label", "propertyUrl": "rdfs:label", "titles": {"en": ["label", "Name"], "fr": "Nom"}}
COST = {"name": "cost", "propertyUrl": "p4c:cost", "datatype": {"base": "decimal", "minimum": 0},
        "titles": {"en": "Cost in euro", "fr": "Coût en euros"}}
EACH_EXAMPLE = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("column", "value", "expected"), [
    ({"datatype": "decimal"}, "1,5", "'1,5' is not a number, expected digits and a point such as 12.5"),
    ({"datatype": "decimal"}, "1_000", "'1_000' is not a number"),
    ({"datatype": "decimal"}, "1e9", "'1e9' is not a number"),
    ({"datatype": "decimal"}, "NaN", "'NaN' is not a number"),
    ({"datatype": "decimal"}, "١٢", "'١٢' is not a number"),
    ({"datatype": "decimal"}, ".", "'.' is not a number"),
    ({"datatype": "integer"}, "3.7", "'3.7' is not a whole number, expected digits such as 12"),
    ({"datatype": "integer"}, "many", "'many' is not a whole number"),
    ({"datatype": {"base": "decimal", "minimum": 0}}, "-1", "'-1' is out of range, expected at least 0"),
    ({"datatype": {"base": "decimal", "maximum": 1}}, "1.01", "'1.01' is out of range, expected at most 1"),
    ({"datatype": {"base": "integer", "minimum": 0, "maximum": 3}}, "4", "expected at least 0 and at most 3"),
    ({"datatype": "boolean"}, "yes", "'yes' is not true or false"),
    ({"datatype": "boolean"}, "TRUE", "'TRUE' is not true or false"),
    ({"datatype": "gYear"}, "11", "'11' is not a year, expected four digits such as 2011"),
    ({"datatype": "gYear"}, "٢٠١١", "is not a year"),
    ({"datatype": "date"}, "2024-02-30", "'2024-02-30' is not a date, expected year-month-day such as 2011-06-30"),
    ({"datatype": "date"}, "2024-W01-1", "'2024-W01-1' is not a date"),
    ({"datatype": "date"}, "20240229", "'20240229' is not a date"),
    ({"datatype": "date"}, "30/06/2011", "'30/06/2011' is not a date"),
    ({"datatype": "anyURI"}, "www.example.org", "'www.example.org' is not an address such as https://example.org"),
    ({"datatype": "anyURI"}, "http://a/x> <y", "is not an address"),
    ({"datatype": "decimal", "separator": ";"}, "1;two;3", "'two' is not a number"),
    ({"datatype": "decimal", "suppressOutput": True}, "x", "'x' is not a number"),
    ({"required": True}, "", "is empty, expected a value"),
    ({"required": True, "null": "n/a", "suppressOutput": True}, "n/a", "is empty, expected a value"),
    ({"valueUrl": "{+value}"}, "example.org", "'example.org' is not an IRI, expected one such as https://"),
    ({"valueUrl": "{+value}"}, "http://a/%zz", "is not an IRI"),
])
def test_a_wrong_cell_is_refused_in_one_message_naming_file_row_column_value_and_expectation(
    sheet: Any, column: dict[str, Any], value: str, expected: str
) -> None:
    column = {"name": "value", "propertyUrl": "p4c:value", **column}
    table = sheet.describe(column)
    with pytest.raises(InputError) as refused:
        sheet.read(table, sheet.rows(["id", "value"], ["a", value]))
    message = str(refused.value)
    assert message.startswith(f"{sheet.path}, row 2, column value: ")
    assert expected in message
    assert "\n" not in message


def test_the_row_of_a_message_counts_rows_not_lines(sheet: Any) -> None:
    table = sheet.describe(LABEL, COST)
    content = 'id,label,cost\na,"two\nlines, ""quoted""",1\n\nb,B,dear\n'
    with pytest.raises(InputError, match=r"row 4, column cost: 'dear' is not a number"):
        sheet.read(table, content)
    assert ("id/thing/a", "label", '"two\nlines, "quoted""', "graph/src/verified") in sheet.read(
        table, content.replace("dear", "2"))


# ── files and headings ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("content", [
    "id,label,cost\na,A,1\n",
    "id,Name,Cost in euro\na,A,1\n",
    "ID,NOM,COÛT EN EUROS\na,A,1\n",
    "cost, label ,id\n1, A ,a\n",
    "id,Nom,Coût en euros\r\na,A,1\r\n",
    "\ufeffid,label,cost\na,A,1\n",
    "id,label,cost\na,A,1",
    "\nid,label,cost\n\na,A,1\n\n",
])
def test_headings_are_read_in_any_language_case_and_order(sheet: Any, content: str) -> None:
    said = sheet.read(sheet.describe(LABEL, COST), content)
    assert [(property_, told) for _, property_, told, _ in said] == [("label", '"A"'), ("cost", '"1"^^decimal')]


@pytest.mark.parametrize("content", ["id,cost\n", "id\n", "label,id\n"])
def test_a_table_may_leave_out_columns_and_have_no_rows(sheet: Any, content: str) -> None:
    assert sheet.read(sheet.describe(LABEL, COST), content) == []


def test_columns_that_are_left_out_are_empty(sheet: Any) -> None:
    virtual = {"name": "of", "virtual": True, "propertyUrl": "p4c:x", "valueUrl": "id/{cost}"}
    table = sheet.describe(LABEL, virtual, COST)
    assert [told for _, _, told, _ in sheet.read(table, "id,label\na,A\n")] == ['"A"']


@pytest.mark.parametrize(("content", "expected"), [
    (b"", "is empty, expected the headings of table things"),
    (b"\n\n", "is empty, expected the headings of table things"),
    (b"id,prize\n", "row 1: heading 'prize' is not of table things; expected id, label, cost"),
    (b"id;label;cost\n", "row 1: heading 'id;label;cost' is not of table things"),
    (b"id,label,\n", "row 1: heading '' is not of table things"),
    (b"label,cost\n", "row 1: heading 'id' is missing"),
    (b"id,label,Name\n", "row 1: heading 'label' is of column label, which is there twice"),
    (b"id,label,cost\na,A\n", "row 2: has 2 cells, expected 3"),
    (b"id,label,cost\na,A,1\nb,B,1,2\n", "row 3: has 4 cells, expected 3"),
    (b'id,label,cost\na,"A,1\n', "row 2: unexpected end of data"),
    (b'id,label,cost\na,"A"B,1\n', "row 2: ',' expected after '\"'"),
    (b'"id\n', "row 1: unexpected end of data"),
    (b"id,label,cost\na,A,1\nb,R\xe9seau,1\n", "line 3: is not UTF-8, expected a file in UTF-8"),
])
def test_a_file_that_is_no_such_table_is_refused(sheet: Any, content: bytes, expected: str) -> None:
    with pytest.raises(InputError) as refused:
        sheet.read(sheet.describe(LABEL, COST), content)
    message = str(refused.value)
    assert expected in message
    assert message.startswith(str(sheet.path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, sheet: Any) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: cannot be read \(No such file"):
        list(read_csv(tmp_path / "nowhere.csv", sheet.describe()))


def test_bytes_that_are_no_text_name_their_line(sheet: Any) -> None:
    sheet.path.write_bytes(b"id\n\xff\n")
    with pytest.raises(SyntaxProblem) as refused:
        read_headings(sheet.path)
    assert refused.value.line == 2


@EACH_EXAMPLE
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1, max_size=4))
@example(['"', ",", "\r", "\n"])
def test_any_text_that_a_cell_can_hold_is_read_back(sheet: Any, values: list[str]) -> None:
    columns = [{"name": f"c{i}", "propertyUrl": f"p4c:c{i}"} for i in range(len(values))]
    content = sheet.rows(["id", *(c["name"] for c in columns)], ["a", *values])
    said = {property_: told for _, property_, told, _ in sheet.read(sheet.describe(*columns), content)}
    assert said == {f"c{i}": f'"{value.strip()}"' for i, value in enumerate(values) if value.strip()}


# ── IRIs ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("value", "escaped"), [
    ("plain-1.2_3~", "plain-1.2_3~"),
    ("two words", "two%20words"),
    ("Côte d'Azur", "C%C3%B4te%20d%27Azur"),
    ("x> <y", "x%3E%20%3Cy"),
    ('"> . <a> <b> <c', "%22%3E%20.%20%3Ca%3E%20%3Cb%3E%20%3Cc"),
    ("../../graph/x", "..%2F..%2Fgraph%2Fx"),
    ("a?b=c#d", "a%3Fb%3Dc%23d"),
    ("100%", "100%25"),
    ("{id}", "%7Bid%7D"),
    ("http://elsewhere.org/", "http%3A%2F%2Felsewhere.org%2F"),
])
def test_a_cell_cannot_leave_its_place_in_an_iri(sheet: Any, value: str, escaped: str) -> None:
    assert sheet.cell({"valueUrl": "id/thing/{value}"}, value) == [f"id/thing/{escaped}"]


@pytest.mark.parametrize(("value", "iri"), [
    ("https://example.com/a b", "https://example.com/a%20b"),
    ("https://example.com/é?q=ü#ö", "https://example.com/%C3%A9?q=%C3%BC#%C3%B6"),
    ("https://example.com/> <https://b", "https://example.com/%3E%20%3Chttps://b"),
    ("https://example.com/a%20b", "https://example.com/a%20b"),
])
def test_an_address_is_kept_but_for_what_no_iri_may_hold(sheet: Any, value: str, iri: str) -> None:
    assert sheet.cell({"valueUrl": "{+value}"}, value) == [iri]


@EACH_EXAMPLE
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip))
def test_every_iri_that_a_template_makes_is_valid_and_holds_the_cell(sheet: Any, value: str) -> None:
    (iri,) = sheet.cell({"valueUrl": "id/thing/{value}/end"}, value)
    assert unquote(iri) == f"id/thing/{value.strip()}/end"
    assert re.fullmatch(r"id/thing/[A-Za-z0-9._~%-]+/end", iri)


# ── the shipped tables ──────────────────────────────────────────────────────────────────────────────────────


def test_every_shipped_table_is_read_under_any_base() -> None:
    library = Library.shipped()
    for file in library.facts():
        if file.table and file.table.name != "observations":
            quads = list(file.quads(Minter("https://elsewhere.example/")))
            assert quads, file.path
            assert {q.graph_name.value.split("/graph/")[0] for q in quads} == {"https://elsewhere.example"}
            assert all(isinstance(q.subject, ox.NamedNode) for q in quads)


def test_the_observations_are_read_whole() -> None:
    library = Library.shipped()
    (observations,) = (file for file in library.facts() if file.table and file.table.name == "observations")
    quads = list(observations.quads(Minter()))
    assert len({q.subject for q in quads}) == 28_786
    assert len(quads) > 6 * 28_786


def test_the_subjects_of_a_table_are_named_with_their_row(sheet: Any) -> None:
    place = {"name": "place", "aboutUrl": "id/place/{place}", "propertyUrl": "p4c:knows", "valueUrl": "id/thing/{id}"}
    table = sheet.describe(LABEL, place)
    sheet.path.write_text("id,label,place\na,A,\nb,B,here\n")
    start = "https://example.org/kb/"
    assert set(subjects(sheet.path, table, Minter(start))) == {
        (f"{start}id/thing/a", 2), (f"{start}id/thing/b", 3), (f"{start}id/place/here", 3),
    }


def test_quads_come_as_the_rows_are_read(sheet: Any) -> None:
    table = sheet.describe(COST)
    sheet.path.write_text("id,cost\na,1\nb,dear\n")
    quads = table_quads(sheet.path, table, Minter())
    assert next(quads).object == ox.Literal("1", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
    with pytest.raises(InputError, match="row 3"):
        next(quads)
