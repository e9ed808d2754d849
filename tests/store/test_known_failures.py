"""What the engine cannot do right, each held to: one that is mended shows here and leaves docs/features.md."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from p4c_graph.errors import P4CError
from p4c_graph.store.embedded import Embedded

DATA = """
PREFIX ex: <http://ex/>
GRAPH ex:g1 { ex:s ex:p 1 . ex:a ex:q ex:b } GRAPH ex:g2 { ex:t ex:r 2 }
ex:s ex:p 1 . ex:a ex:q ex:b . ex:t ex:r 2 .
"""
REFUSED = "refused"
# What docs/features.md calls it, the query, the answer by the specification, and what the engine gives.
KNOWN: list[tuple[str, str, object, object]] = [
    ("prefixed names with two dots or more", "ASK { FILTER(sameTerm(ex:a.b.c, <http://ex/a.b.c>)) }", True, REFUSED),
    ("escapes outside of strings and IRIs", r"ASK { FILTER(sameTerm(ex\u003Aa, <http://ex/a>)) }", True, REFUSED),
    ("zero-length paths from a constant that is not in the graph", "SELECT ?o { ex:nowhere ex:q? ?o }",
     ["http://ex/nowhere"], []),
    ("zero-length paths from a constant that is not in the graph", "SELECT ?s { ?s ex:q* ex:nowhere }",
     ["http://ex/nowhere"], []),
    ("a variable of `GRAPH` inside its group", "ASK { GRAPH ?g { ?s ex:p ?o FILTER(BOUND(?g)) } }", False, True),
    ("a variable of `GRAPH` over a subquery", "SELECT ?g { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ex:p ?o } } }",
     ["http://ex/g1", "http://ex/g2"], [None]),
    ("integers beyond 64 bits", "SELECT (9223372036854775807 + 1 AS ?n) {}", [9223372036854775808], [None]),
    ("decimals beyond 18 places", "ASK { FILTER(0.0000000000000000001 * 10 > 0) }", True, False),
    ("back-references in patterns", r"SELECT (REGEX('abab', '(ab)\\1') AS ?x) {}", [True], [None]),
    ("the name classes of XML Schema in patterns", r"SELECT (REGEX('x', '^\\i$') AS ?x) {}", [True], [None]),
    ("doubles as strings", "SELECT (xsd:string(1e6) AS ?x) {}", ["1.0E6"], ["1000000"]),
    ("lexical forms", "SELECT (STR('01'^^xsd:integer) AS ?x) {}", ["01"], ["1"]),
    ("lexical forms", "SELECT (DATATYPE('1'^^xsd:byte) = xsd:byte AS ?x) {}", [True], [False]),
]


@pytest.fixture(scope="module")
def dataset() -> Embedded:
    return Embedded.in_memory(ox.parse(DATA, ox.RdfFormat.TRIG))


@pytest.mark.parametrize(("name", "query", "right", "given"), KNOWN, ids=[query for _, query, _, _ in KNOWN])
def test_a_known_failure_is_as_the_docs_say(
    dataset: Embedded, root: Path, name: str, query: str, right: object, given: object
) -> None:
    found: object
    try:
        answer = dataset.query(f"PREFIX ex: <http://ex/> {query}")
        found = answer.boolean() if answer.form == "ASK" else [row[0] for row in answer.tuples()]
    except P4CError:
        found = REFUSED
    assert found != right, "mended: take it from the table and from docs/features.md"
    assert found == given
    assert f"| {name} |" in (root / "docs" / "features.md").read_text("utf-8")


def test_the_docs_list_no_other_failure_of_the_engine(root: Path) -> None:
    page = (root / "docs" / "features.md").read_text("utf-8")
    section = page.split("## What the engine does not do right")[1].split("\n## ")[0]
    listed = {line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")}
    assert listed - {"", "what"} == {name for name, *_ in KNOWN}
