"""The tokens of a query."""

from __future__ import annotations

import pytest

from p4c_graph.questions.text import row_limit, selected, split, tokens, variables


def test_tokens_know_their_kind_place_and_depth() -> None:
    body = "SELECT ?a { p4c:x ($b 1.5) }"
    found = [(token.kind, token.text, token.depth) for token in tokens(body)]
    assert found == [
        ("word", "SELECT", 0), ("variable", "a", 0), ("open", "{", 0), ("word", "p4c:x", 1), ("open", "(", 1),
        ("variable", "b", 2), ("number", "1.5", 2), ("close", ")", 1), ("close", "}", 0),
    ]
    assert [body[token.start:token.end] for token in tokens(body)][1] == "?a"


@pytest.mark.parametrize(("body", "expected"), [
    ("SELECT ?a ?b WHERE { ?c ?d ?e }", ["a", "b"]),
    ("PREFIX p: <http://x/?y> SELECT DISTINCT ?a (COUNT(?b) AS ?n) { }", ["a", "n"]),
    ("SELECT (SUBSTR(MIN(?r), 2) AS ?label) ?x WHERE { SELECT ?z { } }", ["label", "x"]),
    ("SELECT * { ?a ?b ?c }", []), ("ASK { ?a ?b ?c }", []), ("# SELECT ?a {\nSELECT ?b { }", ["b"]),
])
def test_the_columns_are_what_the_outer_select_names(body: str, expected: list[str]) -> None:
    assert selected(body) == expected


@pytest.mark.parametrize(("body", "expected"), [
    ("SELECT * { } LIMIT 5", "5"), ("SELECT * { } limit 5 OFFSET 2", "5"),
    ("SELECT * { { SELECT * { } LIMIT 3 } }", None),
    ("SELECT * { } # LIMIT 5", None), ("SELECT * { FILTER(?x = 'LIMIT 5') }", None),
])
def test_the_limit_is_that_of_the_outer_query(body: str, expected: str | None) -> None:
    found = row_limit(body)
    assert (found.text if found else None) == expected


def test_variables_are_those_outside_of_strings_iris_and_comments() -> None:
    body = "SELECT ?a { ?b <http://x/?c> '?d' , '''?e ' \\''' ?e''' , \"\\\" ?f\"@en ; $g ?h } # ?i"
    assert variables(body) == {"a", "b", "g", "h"}


def test_the_head_ends_at_the_first_line_that_is_none() -> None:
    assert split("#+ a: 1\n#+ b: 2\nSELECT *\n#+ c: 3\n") == (" a: 1\n b: 2\n", "SELECT *\n#+ c: 3\n")
    assert split("#+ a: 1") == (" a: 1", "")
    assert split("") == ("", "")
