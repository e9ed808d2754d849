"""Import: a sheet is a graph; twice changes nothing, an edited one what was edited, a wrong one nothing at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pyoxigraph as ox
import pytest

from p4c_graph.errors import Forbidden, InputError, NoSnapshot
from p4c_graph.intake.headings import MESSAGE
from p4c_graph.intake.sources import Library
from p4c_graph.namespaces import DCT, P4C, RDF
from p4c_graph.process.differences import Kind
from p4c_graph.process.importing import ImportReport, import_file
from p4c_graph.process.rejected import rejected_file, rejected_path
from p4c_graph.process.workbooks import kinds, tables_of, template
from p4c_graph.settings import Settings, load
from p4c_graph.store.snapshots import Snapshots
from tests.intake.world import book, saved, texts

BASE = "https://w3id.org/pooling4clusters/"
HEADS = ["Identifier", "Name in English", "Provider", "Provider unknown", "Cost in euro"]
GOOD = [["a", "First", "fsa", None, 10], ["b", "Second", None, "yes", None]]


def sheet(path: Path, *rows: list[Any], title: str = "Practices", heads: list[str] = HEADS) -> Path:
    path.write_bytes(saved(book((title, [heads, *rows]))))
    return path


def held(settings: Settings, graph: str) -> set[ox.Triple]:
    store = Snapshots(settings.store).current().open()
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(f"{BASE}graph/{graph}"))}


def told(report: ImportReport) -> list[tuple[str, str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]]]:
    return [(c.kind.value, c.slug, {v.name: (v.removed, v.added) for v in c.values}) for c in report.changes]


# ── a sheet is a graph ──────────────────────────────────────────────────────────────────────────────────────


def test_a_sheet_becomes_a_graph_with_the_name_of_the_file(own: Settings, tmp_path: Path) -> None:
    report = import_file(own, sheet(tmp_path / "Our practices.xlsx", *GOOD))
    assert report.graph == f"{BASE}graph/import/our-practices"
    assert [(kind, slug) for kind, slug, _ in told(report)] == [("+", "practice/a"), ("+", "practice/b")]
    graph = held(own, "import/our-practices")
    practice = ox.NamedNode(f"{BASE}id/practice/a")
    assert ox.Triple(practice, ox.NamedNode(P4C.cost), ox.Literal("10", datatype=ox.NamedNode(
        "http://www.w3.org/2001/XMLSchema#decimal"))) in graph
    node = ox.NamedNode(report.graph)
    assert ox.Triple(node, ox.NamedNode(RDF.type), ox.NamedNode(P4C.SourceGraph)) in graph


@pytest.mark.parametrize(("by", "expected"), [
    ("Fondation Sophia Antipolis", f"<{BASE}id/organisation/fsa>"), ("Somebody", '"Somebody"'),
])
def test_who_imported_is_recorded(own: Settings, tmp_path: Path, by: str, expected: str) -> None:
    import_file(own, sheet(tmp_path / "x.xlsx", *GOOD), by=by)
    assert expected in {str(triple.object) for triple in held(own, "provenance")}


def test_the_name_may_be_given(own: Settings, tmp_path: Path) -> None:
    assert import_file(own, sheet(tmp_path / "x.xlsx", *GOOD), source="Spring 2012").source == "spring-2012"
    assert held(own, "import/spring-2012")


def test_importing_twice_changes_nothing(own: Settings, tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", *GOOD)
    first = import_file(own, path)
    again = import_file(own, path)
    assert first.snapshot
    assert again.change
    assert again.snapshot is None
    assert again.changes == []
    assert Snapshots(own.store).current().id == first.snapshot.id


def test_an_edited_sheet_shows_what_was_edited_and_applies_it(own: Settings, tmp_path: Path) -> None:
    import_file(own, sheet(tmp_path / "x.xlsx", *GOOD))
    edited = sheet(tmp_path / "x.xlsx", ["a", "First", "fsa", None, "12,5"], ["c", "Third", "fsa", None, None])
    tried = import_file(own, edited, dry_run=True)
    done = import_file(own, edited)
    assert told(tried) == told(done)
    assert [(kind, slug) for kind, slug, _ in told(done)] == [
        ("~", "practice/a"), ("-", "practice/b"), ("+", "practice/c")]
    assert told(done)[0][2] == {"cost in euro": (("10",), ("12.5",))}
    assert {triple.subject.value for triple in held(own, "import/x")} >= {f"{BASE}id/practice/c"}
    assert f"{BASE}id/practice/b" not in {triple.subject.value for triple in held(own, "import/x")}


def test_a_dry_run_changes_nothing(own: Settings, tmp_path: Path) -> None:
    before = Snapshots(own.store).current().id
    report = import_file(own, sheet(tmp_path / "x.xlsx", *GOOD), dry_run=True)
    assert len(report.changes) == 2
    assert report.snapshot is None
    assert Snapshots(own.store).current().id == before


def test_made_up_data_is_marked(own: Settings, tmp_path: Path) -> None:
    report = import_file(own, sheet(tmp_path / "x.xlsx", *GOOD), synthetic=True)
    kinds_of_graph = {t.object.value for t in held(own, "import/x")
                      if t.subject.value == report.graph and t.predicate.value == RDF.type}
    assert kinds_of_graph == {P4C.SourceGraph, P4C.SyntheticGraph}


def test_the_name_of_a_source_of_another_graph_is_refused(own: Settings, tmp_path: Path) -> None:
    (tmp_path / "y.ttl").write_text(
        f'<id/source/z> a <{P4C.Source}> ; <{DCT["title"]}> "Z" ; <{DCT.rights}> "free" .')
    import_file(own, tmp_path / "y.ttl")
    with pytest.raises(InputError, match=r"z is the name of a source in .*graph/import/y already"):
        import_file(own, sheet(tmp_path / "x.xlsx", *GOOD), source="z")


@pytest.mark.parametrize(("kind", "language"), [*((kind, "en") for kind in kinds()), ("field-tests", "fr")])
def test_the_example_of_every_template_conforms_to_the_shapes(
    own: Settings, tmp_path: Path, kind: str, language: str
) -> None:
    here = {"fondation-sophia-antipolis": "fsa", "pooling4clusters": "p4c", "european-networking": "trainings",
            "TR": "FR", "FRL03": "FRL0"}
    rows = {}
    for table in tables_of(kind):
        example = {c.name: c.examples.get(language) or c.examples.get("en", "") for c in table.written}
        rows[table.name] = [{name: here.get(text, text) for name, text in example.items()}]
    path = tmp_path / f"{kind}.xlsx"
    path.write_bytes(template(kind, language=language, rows=rows))
    report = import_file(own, path)
    assert texts(report.problems) == []
    assert report.snapshot


# ── mistakes ────────────────────────────────────────────────────────────────────────────────────────────────

BAD = [["a", "First", "fsa", None, 10], ["b", "Second", "Nobody at all", None, "dear"],
       ["c", "Third", None, None, None], ["d", None, "fsa", None, None]]


def test_a_wrong_sheet_changes_nothing_and_every_mistake_is_told_with_its_row(own: Settings, tmp_path: Path) -> None:
    before = Snapshots(own.store).current().id
    report = import_file(own, sheet(tmp_path / "x.xlsx", *BAD))
    assert report.change is None
    assert [line[:55] for line in texts(report.problems)] == [
        "sheet Practices, row 3, column Cost in euro: 'dear' is ",
        "sheet Practices, row 3, column Provider: 'Nobody at all",
        "sheet Practices, row 4, column Provider: The practice n",
        "sheet Practices, row 5, column Name in English: The pra"]
    assert {row.number for row in report.rejected} == {3, 4, 5}
    assert Snapshots(own.store).current().id == before


def test_with_partial_the_rows_that_are_right_go_in(own: Settings, tmp_path: Path) -> None:
    report = import_file(own, sheet(tmp_path / "x.xlsx", *BAD), partial=True)
    assert [(kind, slug) for kind, slug, _ in told(report)] == [("+", "practice/a")]
    assert {row.number for row in report.rejected} == {3, 4, 5}
    assert len(report.problems) == 4


def test_rows_that_name_a_row_left_out_are_left_out_too(own: Settings, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(saved(book(
        ("Practices", [HEADS, ["a", "A", None, None, None], ["b", "B", "fsa", None, None]]),
        ("Origins", [["Practice", "Region", "Status"], ["a", "FRL0", "Done"], ["b", "FRL0", "Done"]]))))
    report = import_file(own, path, partial=True)
    assert [(kind, slug) for kind, slug, _ in told(report)] == [("+", "application/b-origin"), ("+", "practice/b")]
    assert [(row.form.sheet.name, row.number) for row in report.rejected] == [("Practices", 2), ("Origins", 2)]


def test_rows_that_were_not_imported_go_to_a_file_of_the_same_kind_with_what_is_wrong(
    own: Settings, tmp_path: Path
) -> None:
    path = sheet(tmp_path / "x.xlsx", *BAD)
    report = import_file(own, path)
    assert rejected_path(path) == tmp_path / "x-rejected.xlsx"
    content = rejected_file(report.rejected, report.problems, ".xlsx", "en")
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content))["Practices"]]
    assert rows[0] == [*HEADS, MESSAGE["en"]]
    assert rows[1][:5] == ["b", "Second", "Nobody at all", None, "dear"]
    assert "Cost in euro: 'dear' is not a number" in rows[1][5]
    (tmp_path / "x-rejected.xlsx").write_bytes(content)
    again = import_file(own, tmp_path / "x-rejected.xlsx")
    assert len(again.problems) == len(report.problems)


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_no_formula_comes_out_of_the_file_of_rejected_rows(own: Settings, tmp_path: Path, ending: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Identifier,Name in English,Provider,Cost in euro\n=1+1,@SUM(A1),+HYPERLINK(1),-5\n")
    report = import_file(own, path)
    content = rejected_file(report.rejected, report.problems, ending, "en")
    if ending == ".csv":
        (_, cells) = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        assert cells[:4] == ["'=1+1", "'@SUM(A1)", "'+HYPERLINK(1)", "-5"]
        assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
    else:
        workbook = openpyxl.load_workbook(io.BytesIO(content))
        assert {cell.data_type for row in workbook.worksheets[0] for cell in row} <= {"s", "n"}


def test_what_takes_something_from_others_is_told_where_there_is_no_row_for_it(own: Settings, tmp_path: Path) -> None:
    import_file(own, sheet(tmp_path / "x.xlsx", *GOOD))
    heads, row = ["Practice", "Partner", "Date", "C4 Renewability"], ["b", "fsa", "2011-03-15", "New"]
    assert import_file(own, sheet(tmp_path / "judged.xlsx", row, title="Evaluations", heads=heads)).snapshot
    report = import_file(own, sheet(tmp_path / "x.xlsx", GOOD[0]), partial=True)
    assert report.change is None
    assert "The practice named is not described as a practice" in texts(report.problems)[0]
    assert report.problems[0].row is None


def test_a_row_about_what_another_graph_describes_is_noted(own: Settings, tmp_path: Path) -> None:
    report = import_file(own, sheet(tmp_path / "x.xlsx", ["trainings", None, "fsa", None, 99]))
    assert texts(report.reading.notes) == [
        "sheet Practices, row 2: practice/trainings is described in few already; the row adds to it"]
    assert [slug for _, slug, _ in told(report)] == ["practice/trainings"]


# ── other formats ───────────────────────────────────────────────────────────────────────────────────────────

TURTLE = f"""@prefix p4c: <{P4C}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<id/practice/t> a p4c:Practice ; rdfs:label "T"@en ;
  p4c:provider <id/organisation/fsa> .
"""
JSON = """{"@context": "https://w3id.org/pooling4clusters/context.jsonld", "id": "id/practice/t", "type": "Practice",
 "label": {"@value": "T", "@language": "en"}, "provider": "id/organisation/fsa"}"""
CSV = "id,label_en,provider\nt,T,fsa\n"


@pytest.mark.parametrize(("name", "content"), [("x.ttl", TURTLE), ("x.json", JSON), ("x.csv", CSV)])
def test_turtle_json_and_csv_are_imported_like_sheets(
    own: Settings, tmp_path: Path, name: str, content: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    assert [(kind, slug) for kind, slug, _ in told(import_file(own, path))] == [("+", "practice/t")]
    assert import_file(own, path).changes == []
    path.write_text(content.replace('"T"', '"U"').replace(",T,", ",U,"))
    (changed,) = import_file(own, path).changes
    assert (changed.kind, changed.label) == (Kind.CHANGED, "U")
    assert [(value.name, value.removed, value.added) for value in changed.values] == [
        ("label", ("T (en)",), ("U (en)",))]


def test_graphs_that_a_trig_file_names_hold_what_it_says(own: Settings, tmp_path: Path) -> None:
    path = tmp_path / "x.trig"
    head, body = TURTLE.split(" .\n", 1)
    path.write_text(f"{head} .\n<graph/mine> {{ {body} }}")
    import_file(own, path)
    assert len(held(own, "mine")) == 3
    path.write_text(f"{head} .\n<graph/ontology> {{ {body} }}")
    with pytest.raises(Forbidden, match="graph/ontology is protected"):
        import_file(own, path)


def test_a_mistake_in_turtle_is_told_with_its_line(own: Settings, tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(TURTLE.replace("fsa", "nobody"))
    (problem,) = import_file(own, path).problems
    assert problem.text() == "line 2: T: The provider named is not described as an organisation."


def test_a_shipped_table_is_imported_by_its_own_description(own: Settings, tmp_path: Path) -> None:
    heads = [column.name for column in next(t for t in Library.shipped().tables if t.name == "organisations").written]
    path = tmp_path / "organisations.csv"
    path.write_text(",".join(heads) + "\n" + ",".join(
        {"id": "o", "label": "O", "kind": "Chamber", "source": "s"}.get(head, "") for head in heads) + "\n")
    (problem,) = import_file(own, path).problems
    assert "'s' is not known as a source" in problem.text()


@pytest.mark.parametrize(("name", "content", "expected"), [
    ("x.txt", b"hello", "Files of the kind '.txt' are not read, expected .xlsx"),
    ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel format"), ("x.ttl", b"<a", "line 1"),
])
def test_what_cannot_be_read_is_answered(
    own: Settings, tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    (tmp_path / name).write_bytes(content)
    report = import_file(own, tmp_path / name)
    assert expected in texts(report.problems)[0]
    assert report.change is None


def test_a_file_that_is_not_there_or_too_large_is_answered(own: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.xlsx: cannot be read \(No such file"):
        import_file(own, tmp_path / "nowhere.xlsx")
    path = sheet(tmp_path / "x.xlsx", *GOOD)
    with pytest.raises(InputError, match="expected at most 100 "):
        import_file(load(store=own.store, max_unpacked_bytes=100), path)
    with pytest.raises(NoSnapshot):
        import_file(load(store=tmp_path / "empty"), path)
