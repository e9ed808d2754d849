"""What is settled once the values are given is taken out of a query; everything else stays as it was."""

from __future__ import annotations

import pytest

from p4c_graph.questions.conditions import settle


@pytest.mark.parametrize(("body", "settled"), [
    ('FILTER(IF(COALESCE(STR(?__a), "") = "", true, EXISTS { ?s ?p ?__a }))', ""),
    ('FILTER(IF(COALESCE(STR(<http://e/a>), "") = "", true, EXISTS { ?s ?p <http://e/a> }))',
     "FILTER EXISTS { ?s ?p <http://e/a> }"),
    ('FILTER(IF(COALESCE(STR("a, (b"), "") = "", true, NOT EXISTS { ?s ?p "a, (b" }))',
     'FILTER NOT EXISTS { ?s ?p "a, (b" }'),
    ('FILTER(IF(COALESCE(STR("a"), "") = "", true, EXISTS { ?s ?p 1 } || EXISTS { ?s ?p 2 }))',
     "FILTER(EXISTS { ?s ?p 1 } || EXISTS { ?s ?p 2 })"),
    ("FILTER(COALESCE(?s = ?__a, true))", ""),
    ("FILTER(COALESCE(?s = <http://e/a>, true))", "FILTER(COALESCE(?s = <http://e/a>, true))"),
    ('LANGMATCHES(LANG(?n), COALESCE(?__lang, "en"))', 'LANGMATCHES(LANG(?n), "en")'),
    ('LANGMATCHES(LANG(?n), COALESCE("fr", "en"))', 'LANGMATCHES(LANG(?n), "fr")'),
    ("IF(COALESCE(?__outside, false), ?x, ?y)", "?y"),
    ("BIND(COALESCE(?count, 0) AS ?n)", "BIND(COALESCE(?count, 0) AS ?n)"),
    ('# COALESCE(?__a, 1)\n"COALESCE(?__a, 1)"', '# COALESCE(?__a, 1)\n"COALESCE(?__a, 1)"'),
    ("FILTER(?x IN (1, 2))", "FILTER(?x IN (1, 2))"),
])
def test_settled(body: str, settled: str) -> None:
    assert settle(body, {"__a", "__lang", "__outside"}).strip() == settled
