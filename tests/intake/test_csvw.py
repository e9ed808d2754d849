"""CSVW: what a table description makes of a row (csv2rdf, minimal mode), and what it may not say."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.intake.csvw import GRAPH, read_table, read_tables

P4C = "https://w3id.org/pooling4clusters/ontology#"
LABEL = {"name": "label", "propertyUrl": "rdfs:label"}


# ── what a row becomes ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("column", "value", "expected"), [
    ({}, "plain", ['"plain"']),
    ({"lang": "fr"}, "réseau", ['"réseau"@fr']),
    ({"separator": ";"}, "a; b ;;c;", ['"a"', '"b"', '"c"']),
    ({"separator": ";", "lang": "en"}, "a;b", ['"a"@en', '"b"@en']),
    ({"separator": ";", "datatype": "integer"}, "1;2", ['"1"^^integer', '"2"^^integer']),
    ({"separator": ";", "valueUrl": "id/theme/{value}"}, "x;y z", ["id/theme/x", "id/theme/y%20z"]),
    ({"valueUrl": "id/region/{value}"}, "FRL0", ["id/region/FRL0"]),
    ({"valueUrl": "https://example.com/{value}"}, "a/b", ["https://example.com/a%2Fb"]),
    ({"valueUrl": "{+value}"}, "https://example.com/a?b=c#d", ["https://example.com/a?b=c#d"]),
    ({"valueUrl": "id/thing/{id}{#value}"}, "part", ["id/thing/a#part"]),
    ({"valueUrl": "id/{id}-{value}"}, "2011", ["id/a-2011"]),
    ({"null": "n/a"}, "n/a", []),
    ({"null": ["-", "n/a"], "valueUrl": "id/x/{value}"}, "-", []),
    ({"datatype": "decimal"}, "", []),
    ({"datatype": "decimal"}, "12.50", ['"12.50"^^decimal']),
    ({"datatype": "decimal"}, "+.5", ['"0.5"^^decimal']),
    ({"datatype": "decimal"}, "-0.000000000000000001", ['"-0.000000000000000001"^^decimal']),
    ({"datatype": {"base": "decimal", "minimum": 0.1, "maximum": 0.3}}, "0.1", ['"0.1"^^decimal']),
    ({"datatype": {"base": "decimal", "minimum": 0.1, "maximum": 0.3}}, "0.3", ['"0.3"^^decimal']),
    ({"datatype": "integer"}, "+007", ['"7"^^integer']),
    ({"datatype": "integer"}, "12.0", ['"12"^^integer']),
    ({"datatype": "integer"}, "9" * 5000, [f'"{"9" * 5000}"^^integer']),
    ({"datatype": "boolean"}, "true", ['"true"^^boolean']),
    ({"datatype": "gYear"}, "2011", ['"2011"^^gYear']),
    ({"datatype": "date"}, "2024-02-29", ['"2024-02-29"^^date']),
    ({"datatype": "anyURI"}, "https://example.org/ü", ['"https://example.org/ü"^^anyURI']),
    ({"suppressOutput": True}, "x", []),
    ({"propertyUrl": None}, "x", []),
])
def test_a_cell_becomes_what_its_column_says(
    sheet: Any, column: dict[str, Any], value: str, expected: list[str]
) -> None:
    assert sheet.cell(column, value) == expected


def test_each_column_may_have_its_own_subject_and_graph(sheet: Any) -> None:
    table = sheet.describe(
        LABEL,
        {"name": "place", "aboutUrl": "id/place/{place}", "propertyUrl": "p4c:knows", "valueUrl": "id/thing/{id}",
         GRAPH: "graph/{source}/inferred"},
        {"name": "source", "propertyUrl": "dct:source", "valueUrl": "id/source/{source}"},
    )
    assert sheet.read(table, "id,label,place,source\na,A,here,book\n") == [
        ("id/thing/a", "label", '"A"', "graph/src/verified"),
        ("id/place/here", "knows", "id/thing/a", "graph/book/inferred"),
        ("id/thing/a", "source", "id/source/book", "graph/src/verified"),
    ]


def test_a_virtual_column_speaks_of_every_row_whose_cells_it_mentions_are_filled(sheet: Any) -> None:
    table = sheet.describe(
        {"name": "type", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": f"{P4C}Practice"},
        {"name": "place"},
        {"name": "at", "virtual": True, "propertyUrl": "p4c:inRegion", "valueUrl": "id/region/{place}"},
    )
    assert [(subject, told) for subject, _, told, _ in sheet.read(table, "id,place\na,X\nb,\n")] == [
        ("id/thing/a", f"{P4C}Practice"), ("id/thing/a", "id/region/X"), ("id/thing/b", f"{P4C}Practice"),
    ]


@pytest.mark.parametrize("where", ["aboutUrl", "valueUrl", GRAPH])
@pytest.mark.parametrize("empty", ["", "n/a"])
def test_a_template_that_mentions_an_empty_cell_yields_nothing(sheet: Any, where: str, empty: str) -> None:
    table = sheet.describe(
        {"name": "note", "propertyUrl": "p4c:note", where: "id/{other}"}, {"name": "other", "null": ["n/a"]}
    )
    assert sheet.read(table, f"id,note,other\na,text,{empty}\n") == []
    assert len(sheet.read(table, "id,note,other\na,text,x\n")) == 1


def test_what_the_schema_says_holds_for_columns_that_say_nothing_else(sheet: Any) -> None:
    table = sheet.describe(
        LABEL, {**LABEL, "name": "other", "lang": "fr"}, lang="en", null="?", separator="|",
    )
    assert [told for _, _, told, _ in sheet.read(table, "id,label,other\na,x|y,?\nb,?,z\n")] == [
        '"x"@en', '"y"@en', '"z"@fr',
    ]


# ── descriptions ────────────────────────────────────────────────────────────────────────────────────────────


def test_bounds_are_exact_numbers(sheet: Any) -> None:
    column = sheet.describe({"name": "v", "datatype": {"base": "decimal", "minimum": 0.1}}).columns[1]
    assert column.minimum == Decimal("0.1")
    assert column.maximum is None


@pytest.mark.parametrize(("columns", "expected"), [
    ([{"name": "v", "datatype": "hexBinary"}], "column v: datatype 'hexBinary' is not one of string, decimal"),
    ([{"name": "v", "datatype": {"base": "decimal", "format": "#0"}}], "column v: format of a datatype is not read"),
    ([{"name": "v", "propertyUrl": "nobody:knows"}], "column v: propertyUrl 'nobody:knows' is no absolute IRI"),
    ([{"name": "v", "propertyUrl": "value"}], "column v: propertyUrl 'value' is no absolute IRI"),
    ([{"name": "v", "valueUrl": "id/{typo}"}], "column v: template 'id/{typo}' has variables that are no columns"),
    ([{"name": "v", "valueUrl": "id/{v,id}"}], "column v: template 'id/{v,id}' has variables that are no columns"),
    ([{"name": "v", "aboutUrl": "id/{?v}"}], "column v: template 'id/{?v}' has variables that are no columns"),
    ([{"name": "v", "virtual": True}, {"name": "w", "valueUrl": "id/{v}"}], "column w: template 'id/{v}'"),
    ([{"name": "v", "virtual": True, "propertyUrl": "rdf:type"}], "column v: is virtual, expected valueUrl"),
    ([{"name": "v", "titles": {"fr": "nom"}}, {"name": "w", "titles": ["Nom"]}], "heading 'nom' is also that of"),
    ([{"name": "v", "titles": "ID"}], "heading 'id' is also that of another column"),
    ([{"titles": "nameless"}], "a column has no name"),
])
def test_a_description_that_cannot_be_followed_is_refused_naming_file_and_column(
    sheet: Any, columns: list[dict[str, Any]], expected: str
) -> None:
    with pytest.raises(InputError, match=re.escape(expected)) as refused:
        sheet.describe(*columns)
    assert str(refused.value).startswith(f"{sheet.folder / 'things.json'}: ")


@pytest.mark.parametrize("missing", ["aboutUrl", GRAPH])
def test_a_column_that_would_say_something_of_nothing_or_nowhere_is_refused(tmp_path: Path, missing: str) -> None:
    described = {
        "url": "x.csv", GRAPH: "graph/x", "aboutUrl": "id/{id}", "tableSchema": {"columns": [{"name": "id"}, LABEL]},
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps({key: value for key, value in described.items() if key != missing}))
    with pytest.raises(InputError, match=r"x\.json: column label: expected aboutUrl and"):
        read_table(path)


@pytest.mark.parametrize(("text", "line"), [
    ("{\n'a': 1}", "line 2"), ("", "line 1"), ("[]", ""), ('{"url": "x"}', ""), ('{"tableSchema": {}}', ""),
])
def test_a_file_that_is_no_description_is_refused(tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(SyntaxProblem if line else InputError, match=re.escape(str(path))) as refused:
        read_table(path)
    assert line in str(refused.value)


def test_the_shipped_descriptions_are_read_with_their_headings_and_keys(root: Path) -> None:
    tables = {table.name: table for table in read_tables(root / "ontology" / "tables")}
    assert list(tables) == sorted(tables)
    observations = tables["observations"]
    assert observations.url == "regions/observations.csv"
    assert observations.title("en") == "Observations"
    assert observations.primary_key == ("nuts_code", "indicator", "year")
    assert tables["practices"].primary_key == ("id",)
    assert {observations.by_heading[h].name for h in ("year", "année", "nuts_code")} == {"year", "nuts_code"}
    assert "type" not in observations.by_heading, "a virtual column has no heading"
