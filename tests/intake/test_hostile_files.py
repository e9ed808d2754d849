"""Files that are no template, or that mean harm: a clear answer to each, nothing fetched, nothing expanded."""

from __future__ import annotations

import io
import json
import random
import tracemalloc
import zipfile
from typing import Any

import openpyxl
import pytest

from p4c_graph.intake.jsonld import CONTEXT_IRI
from p4c_graph.intake.submission import CSV, XLSX
from tests.intake.world import BASE, GRAPH, book, read, saved, texts, with_xml

NEEDS = [["Region", "Name", "Themes"], ["FRL0", "Help", "Training"]]
WORKBOOK = saved(book(("Needs", NEEDS)))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def repacked(**parts: bytes) -> bytes:
    """The workbook with some parts replaced or added (``__`` stands for a slash)."""
    new = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in old.namelist():
            packed.writestr(name, new.pop(name, None) or old.read(name))
        for name, content in new.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def sheet_with(before: str = "", text: str = "x") -> bytes:
    return f"""<?xml version="1.0"?>{before}
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>Region</t></is></c><c r="B1" t="inlineStr"><is><t>Name</t></is></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>FRL0</t></is></c><c r="B2" t="inlineStr"><is><t>{text}</t></is></c></row>
</sheetData></worksheet>""".encode()


def only(body: bytes | str, media_type: str = XLSX, **options: Any) -> str:
    """The one problem of a file."""
    reading = read(body, media_type, **options)
    assert reading.quads == []
    (text,) = texts(reading.problems)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(("body", "expected"), [
    (OLE, "old Excel format (.xls), expected .xlsx"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    (b"", "This is no Excel workbook (.xlsx)"), (b"hello", "This is no Excel workbook (.xlsx)"),
    (b"PK\x03\x04" + bytes(100), "This is no Excel workbook (.xlsx)"), (WORKBOOK[:-200], "This is no Excel workbook"),
    (WORKBOOK[:500] + bytes(50) + WORKBOOK[550:], "This is no Excel workbook"),
    (repacked(xl__workbook_dot_xml=b"<nonsense/>"), "This is no Excel workbook"),
    (repacked(xl__worksheets__sheet1_dot_xml=b"<worksheet"), "This is no Excel workbook"),
    (repacked(xl__worksheets__sheet1_dot_xml=b"\x00\xff"), "This is no Excel workbook"),
])
def test_what_is_no_workbook_gets_a_clear_answer(body: bytes, expected: str) -> None:
    assert expected in only(body)


def test_another_archive_is_no_workbook() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "an archive that begins with mimetype" in only(buffer.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(xl__worksheets__sheet1_dot_xml=sheet_with(text="a" * 200_000_000))
    assert len(bomb) < 1_000_000
    assert "would unpack to 200," in only(bomb)


def test_an_archive_that_declares_less_than_it_holds_is_refused() -> None:
    bomb = bytearray(repacked(xl__media__x=bytes(3_000_000)))
    for start in (bomb.find(b"PK\x01\x02"),):
        while start >= 0:
            if int.from_bytes(bomb[start + 24:start + 28], "little") == 3_000_000:
                bomb[start + 24:start + 28] = (10).to_bytes(4, "little")
            start = bomb.find(b"PK\x01\x02", start + 4)
    reading = read(bytes(bomb), max_unpacked_bytes=1_000_000)
    assert len(reading.quads) < 20


def test_many_parts_are_refused() -> None:
    assert "would unpack" in only(repacked(**{f"xl__media__{n}": b"" for n in range(2500)}))


ENTITIES = """<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"""
EXTERNAL = """<!DOCTYPE worksheet [<!ENTITY a SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize("declaration", [ENTITIES, EXTERNAL])
def test_entities_of_a_workbook_are_refused(declaration: str) -> None:
    assert openpyxl.DEFUSEDXML
    body = repacked(xl__worksheets__sheet1_dot_xml=sheet_with(declaration, "&a;"))
    assert only(body) == "The workbook declares entities or a document type, which are refused."


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing() -> None:
    workbook = book(("Needs", NEEDS))
    workbook["Needs"]["XFD1048576"].value = "far"
    assert texts(read(saved(workbook)).problems) == [
        "sheet Needs, row 1, column XFD: has cells, but no heading; expected a heading, or an empty column"]


def test_cells_that_are_only_formatted_are_not_kept() -> None:
    rows = b"".join(b'<row r="%d">%s</row>' % (row, b'<c s="0"/>' * 20) for row in range(9, 4000))
    body = with_xml(saved(book(("Needs", NEEDS))), b"</sheetData>", rows + b"</sheetData>")
    tracemalloc.start()
    reading = read(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(reading.rows), texts(reading.problems)) == (1, [])
    assert peak < 10_000_000


@pytest.mark.parametrize(("areas", "expected"), [
    (["A500:XFD1048576"], None),
    (["A2:B1048576"], "sheet Needs, row 2: the cells 'A2:B1048576' are merged across columns"),
    ([f"A1:A{end}" for end in range(3, 900)], "its merged cells lie over each other"),
])
def test_merged_cells_cost_no_more_than_the_rows_that_hold_something(areas: list[str], expected: str | None) -> None:
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    needs = [["EE00", f"Need {number}", "Skills"] for number in range(200)]
    body = saved(book(("Needs", [*NEEDS, *needs])))
    reading = read(with_xml(body, b"</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>".encode()),
                   max_rows=300)
    assert [text for text in texts(reading.problems) if expected is None or expected not in text] == []
    assert bool(reading.problems) is (expected is not None)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x07", "\u200b"])
def test_what_cannot_be_seen_is_refused_in_every_format(sign: str) -> None:
    expected = f"holds the character U+{ord(sign):04X}"
    context = {"@context": CONTEXT_IRI, "id": "id/need/a", "label": f"a{sign}b"}
    assert expected in only(f"Region,Name,Themes\nFRL0,a{sign}b,Training\n", CSV)
    assert expected in only(json.dumps(context), "application/json")
    assert expected in only(f'<id/need/a> <http://www.w3.org/2000/01/rdf-schema#label> "a\\u{ord(sign):04X}b" .',
                            "text/turtle")


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as package:
        part = chance.choice([name for name in package.namelist() if name.endswith((".xml", ".rels"))])
        content = bytearray(package.read(part))
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(content))
        instead = chance.choice([b"<", b'"', b"-1", b"9" * 20, b"<c/>", b"\0", b""])
        content[place:place + chance.choice([0, 1, 20])] = instead
    reading = read(repacked(**{part.replace("/", "__").replace(".", "_dot_"): bytes(content) or b"x"}))
    assert all("\n" not in text for text in texts([*reading.problems, *reading.notes], "fr"))
    assert reading.quads or reading.problems


# ── RDF ─────────────────────────────────────────────────────────────────────────────────────────────────────

TURTLE = f"""@prefix p4c: <{BASE}ontology#> .
<id/need/a> a p4c:Need ; p4c:theme <{BASE}scheme/theme/training> .
"""
JSON = {"@context": CONTEXT_IRI, "id": "id/need/a", "type": "Need", "theme": "scheme:theme/training"}


@pytest.mark.parametrize(("body", "media_type"), [
    (TURTLE, "text/turtle"), (TURTLE, "text/turtle; charset=utf-8"), (json.dumps(JSON), "application/json"),
    (json.dumps(JSON), "application/ld+json"), (json.dumps({**JSON, "@context": [CONTEXT_IRI]}), "Application/JSON"),
])
def test_turtle_and_json_in_our_context_become_one_graph(body: str, media_type: str) -> None:
    reading = read(body, media_type, strict=True)
    assert texts(reading.problems) == []
    assert {q.graph_name.value for q in reading.quads} == {GRAPH}
    assert {q.object.value for q in reading.quads if q.subject.value == f"{BASE}id/need/a"} == {
        f"{BASE}ontology#Need", f"{BASE}scheme/theme/training"}


@pytest.mark.parametrize("context", [
    "https://evil.example/context.jsonld", {"label": "http://evil.example/x"}, [CONTEXT_IRI, {"@vocab": "http://x/"}],
    {"@import": "https://evil.example/"}, {"@base": "http://evil.example/"},
])
def test_no_context_but_ours_is_taken_from_strangers(context: Any) -> None:
    assert f"expected {CONTEXT_IRI}" in only(json.dumps({**JSON, "@context": context}), "application/json", strict=True)


@pytest.mark.parametrize(("body", "media_type", "expected"), [
    ("<id/need/a> a", "text/turtle", "line 1"), ("{", "application/json", "is not JSON"),
    ("[" * 100_000, "application/json", "nested more than 100 levels"), (b"\xff\xfe\x00", "text/turtle", ""),
    (f"GRAPH <{BASE}graph/ontology> {{ <id/need/a> a <id/x> }}", "application/trig", "expected no named graphs"),
    (f"<{BASE}ontology#Need> a <id/x> .", "text/turtle", "expected only resources"),
    (f"<{BASE}graph/x/verified> a <id/x> .", "text/turtle", "expected only resources"),
    ("<http://elsewhere.example/a> a <id/x> .", "text/turtle", "expected only resources"),
    ("<?xml version='1.0'?>", "application/rdf+xml", "Files of the kind 'application/rdf+xml' are not read"),
    ("x", "text/html", "are not read, expected .xlsx"), ("", "text/turtle", "holds no row and no statement"),
    ("x" * 2000, "text/turtle", "The file has 2,000 bytes, expected at most 1,000"),
])
def test_what_a_submission_may_not_say_is_refused(body: Any, media_type: str, expected: str) -> None:
    limits = {"max_body_bytes": 1000} if "2,000" in expected else {}
    assert expected in only(body, media_type, strict=True, **limits)


def test_too_many_statements_are_refused() -> None:
    text = "".join(f"<id/need/{n}> a <{BASE}ontology#Need> .\n" for n in range(20))
    assert texts(read(text, "text/turtle", max_import_statements=10).problems) == [
        "The file makes 20 statements, expected at most 10."]


def test_a_problem_of_a_file_of_rdf_is_located_by_line() -> None:
    reading = read(TURTLE, "text/turtle", name="a.ttl")
    assert str(reading.locate(f"{BASE}id/need/a")) == "a.ttl, line 2"


def test_a_problem_of_a_sheet_is_located_by_row() -> None:
    assert str(read(WORKBOOK).locate(f"{BASE}id/need/frl0-help")) == "test.xlsx, sheet Needs, row 2"
