"""JSON-LD: our context is written out, no other one is fetched, numbers stay what they are."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4c_graph.errors import SyntaxProblem
from p4c_graph.intake.rdf import parse
from p4c_graph.namespaces import P4C, RDFS, XSD
from p4c_graph.store.jsonld import CONTEXT_IRI
from p4c_graph.terms import Minter

BASE = "https://example.org/kb/"


def read(document: Any) -> list[ox.Quad]:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse(text, ox.RdfFormat.JSON_LD, Minter(BASE), source="file.jsonld")


def objects(document: Any) -> list[str]:
    return [str(quad.object) for quad in read(document)]


def typed(value: str, datatype: str) -> str:
    return f'"{value}"^^<{datatype}>'


# ── contexts ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("document", [
    {"@context": CONTEXT_IRI, "id": "id/practice/a", "type": "Practice", "label": "A"},
    {"@context": [CONTEXT_IRI], "id": "id/practice/a", "type": "Practice", "label": "A"},
    {"@context": [{"name": str(RDFS.label)}, CONTEXT_IRI], "id": "id/practice/a", "type": "Practice", "name": "A"},
    {"@context": {"@version": 1.1, "p4c": P4C, "n": RDFS.label}, "@id": "id/practice/a", "@type": "p4c:Practice",
     "n": "A"},
    [{"@context": CONTEXT_IRI, "id": "id/practice/a", "type": "Practice"},
     {"@context": CONTEXT_IRI, "id": "id/practice/a", "label": "A"}],
    {"@graph": [{"@context": CONTEXT_IRI, "id": "id/practice/a", "type": "Practice", "label": "A"}]},
    {"@id": "id/practice/a", "@type": P4C.Practice, RDFS.label: "A"},
])
def test_our_context_may_stand_anywhere_and_others_inline(document: Any) -> None:
    practice = ox.NamedNode(f"{BASE}id/practice/a")
    assert {quad.subject for quad in read(document)} == {practice}
    assert {(q.predicate.value, q.object.value) for q in read(document)} == {
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", P4C.Practice), (RDFS.label, "A"),
    }


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """An address on this machine at which somebody listens, and what was heard."""
    heard: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                connection.close()
                heard.append(address)

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/context.jsonld", heard
        done.set()
        thread.join()


@pytest.mark.parametrize("document", [
    {"@context": "REMOTE", "id": "x"},
    {"@context": ["REMOTE", CONTEXT_IRI], "id": "x"},
    [{"@context": "REMOTE", "id": "x"}],
    {"@context": CONTEXT_IRI, "id": "x", "provider": {"@context": "REMOTE", "id": "y"}},
    {"@context": {"@import": "REMOTE"}, "id": "x"},
    {"@context": {"a": {"@id": "http://a.org/", "@context": "REMOTE"}}, "a": {"b": 1}},
    {"@context": {"A": {"@id": "http://a.org/", "@context": {"@import": "REMOTE"}}}, "@type": "A"},
    {"@context": {"a": {"@id": "http://a.org/", "@context": {"b": {"@id": "http://b.org", "@context": "REMOTE"}}}}},
    {"@included": [{"@context": ["REMOTE"], "id": "x"}]},
])
def test_a_context_of_others_is_refused_and_nothing_is_fetched(
    listener: tuple[str, list[object]], document: Any
) -> None:
    address, heard = listener
    text = json.dumps(document).replace("REMOTE", address).encode()
    with pytest.raises(SyntaxProblem) as refused:
        read(text)
    assert str(refused.value) == f"file.jsonld: @context {address} is not fetched, expected {CONTEXT_IRI}"
    assert heard == []


@pytest.mark.parametrize("document", [[], {}, {"id": "id/practice/a", "label": "A"}, "text"])
def test_a_document_without_context_that_says_nothing_is_refused(document: Any) -> None:
    with pytest.raises(SyntaxProblem, match=f"says nothing, expected @context {CONTEXT_IRI}"):
        read(document)


def test_a_document_with_our_context_may_be_empty() -> None:
    assert read({"@context": CONTEXT_IRI, "@graph": []}) == []


def test_a_document_that_would_blow_up_by_contexts_is_refused() -> None:
    with pytest.raises(SyntaxProblem, match="has over 1000 contexts"):
        read([{"@context": CONTEXT_IRI, "id": f"id/practice/{i}", "type": "Practice"} for i in range(1001)])


# ── nesting and syntax ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("levels", [101, 10_000, 1_000_000])
@pytest.mark.parametrize(("opened", "closed"), [('{"http://p.org/":', "}"), ("[", "]"), ('{"@context":{"a":', "}}")])
def test_deep_nesting_is_refused(levels: int, opened: str, closed: str) -> None:
    text = '{"@id":"x","http://p.org/":' + opened * levels + "1" + closed * levels + "}"
    with pytest.raises(SyntaxProblem, match=r"^file\.jsonld: is nested more than 100 levels deep$"):
        read(text.encode())


@pytest.mark.parametrize(("text", "line"), [
    (b"", 1), (b'{\n"a": 1,\n}', 3), (b'{"a": 1}\n{"a": 2}', 2), (b"<a> <b> <c> .", 1), (b'"\xff"', None),
])
def test_text_that_is_not_json_is_refused_with_its_line(text: bytes, line: int | None) -> None:
    with pytest.raises(SyntaxProblem, match="is not JSON") as refused:
        read(text)
    assert refused.value.line == line


@pytest.mark.parametrize("document", [{"@context": 5}, {"@context": {"@version": "1.1"}}, {"@id": 3, P4C.x: 1}])
def test_json_that_is_no_json_ld_is_refused(document: Any) -> None:
    with pytest.raises(SyntaxProblem, match=r"^file\.jsonld: "):
        read(document)


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("number", "written"), [
    ("0.5", "0.5"), ("0.10", "0.10"), ("1e2", "100"), ("1.5E-7", "0.00000015"), ("-0.1", "-0.1"),
    ("3.14159265358979323846", "3.14159265358979323846"),
])
@pytest.mark.parametrize("key", [str(P4C.value), "value"])
def test_a_fraction_is_an_exact_decimal(number: str, written: str, key: str) -> None:
    text = f'{{"@context": "{CONTEXT_IRI}", "id": "id/result/a", "{key}": {number}}}'
    assert objects(text.encode()) == [typed(written, XSD.decimal)]


@pytest.mark.parametrize(("value", "expected"), [
    (5, typed("5", XSD.integer)),
    (12345678901234567890, typed("12345678901234567890", XSD.integer)),
    (True, typed("true", XSD.boolean)),
    ({"@value": 0.5}, typed("0.5", XSD.decimal)),
    ({"@value": 0.5, "@type": XSD.double}, typed("0.5", XSD.double)),
    ({"@value": "0.5"}, '"0.5"'),
    ([0.5, 0.25], typed("0.5", XSD.decimal)),
])
def test_other_values_keep_their_type(value: Any, expected: str) -> None:
    assert objects({"@id": "x", "http://p.org/": value})[0] == expected


def test_json_literals_stay_as_they_are() -> None:
    (value,) = objects({"@id": "x", "http://p.org/": {"@value": {"a": [0.5]}, "@type": "@json"}})
    assert '{\\"a\\":[0.5]}' in value


@pytest.mark.parametrize("number", [
    "NaN", "Infinity", "1e999999999", "1E-999999", "1e99999999999999999999", "0." + "1" * 101,
])
def test_a_number_no_one_can_write_out_is_refused(number: str) -> None:
    with pytest.raises(SyntaxProblem, match="is not a number of at most 100 digits"):
        read(f'{{"@id": "x", "http://p.org/": {number}}}'.encode())


@settings(max_examples=50, deadline=None, database=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-10**9, max_value=10**9))
def test_no_digit_of_a_fraction_is_lost(number: Any) -> None:
    assert objects(f'{{"@id": "x", "http://p.org/": {number:f}}}'.encode()) == [typed(f"{number:f}", XSD.decimal)]
