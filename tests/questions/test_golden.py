"""Every question on the fixture: its golden rows, in pyoxigraph and in rdflib."""

from __future__ import annotations

import json
from functools import cache

import pytest

from p4c_graph.questions import Library, Question

from .engines import GOLDEN, Rows, by_oxigraph, by_rdflib, resolver

LIBRARY = Library.shipped()
Case = tuple[dict[str, str], Rows]


@cache
def golden(name: str) -> tuple[list[str], list[Case]]:
    stored = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    return stored["columns"], [(case["values"], case["rows"]) for case in stored["cases"]]


CASES = [
    pytest.param(LIBRARY.get(name), *case, id=f"{name}-{i}")
    for name in LIBRARY.names() for i, case in enumerate(golden(name)[1])
]
"""Question, values, rows."""


def test_there_is_a_golden_file_for_each_question() -> None:
    assert [path.stem for path in sorted(GOLDEN.glob("*.json"))] == LIBRARY.names()


@pytest.mark.parametrize(("question", "values", "rows"), CASES)
def test_pyoxigraph_gives_the_golden_rows(question: Question, values: dict[str, str], rows: Rows) -> None:
    assert by_oxigraph(question.bind(values, resolver())) == rows


@pytest.mark.parametrize(("question", "values", "rows"), CASES)
def test_rdflib_gives_the_golden_rows(question: Question, values: dict[str, str], rows: Rows) -> None:
    assert by_rdflib(question.bind(values, resolver())) == rows


@pytest.mark.parametrize("name", LIBRARY.names())
def test_the_golden_cases_use_every_parameter_and_give_rows_in_french(name: str) -> None:
    columns, cases = golden(name)
    used = {parameter for values, _ in cases for parameter in values}
    expected = {parameter.name for parameter in LIBRARY.get(name).parameters}
    assert columns == list(LIBRARY.get(name).head.columns)
    assert expected - used - {"limit"} == set()
    assert any(rows and values.get("lang") == "fr" for values, rows in cases)


@pytest.mark.parametrize("name", LIBRARY.names())
def test_every_column_has_a_value_somewhere(name: str) -> None:
    columns, cases = golden(name)
    empty = {"enterprises", "end", "outcomeLabel", "needs"}  # nothing of the kind in the fixture for some questions
    for i, column in enumerate(columns):
        assert column in empty or any(row[i] is not None for _, rows in cases for row in rows), column


@pytest.mark.parametrize("name", LIBRARY.names())
def test_the_query_runs_as_it_stands_with_nothing_bound(name: str) -> None:
    question = LIBRARY.get(name)
    by_oxigraph(question.body)
    if not any(parameter.required for parameter in question.parameters):
        assert by_oxigraph(question.body) == by_oxigraph(question.bind({}, resolver()))


def test_fewer_rows_are_the_first_of_all() -> None:
    question = LIBRARY.get("coverage")
    everything = by_oxigraph(question.bind({}, resolver()))
    assert by_oxigraph(question.bind({"limit": 3}, resolver())) == everything[:3]


def test_a_name_falls_back_to_english_and_then_to_any() -> None:
    question = LIBRARY.get("practices-search")
    labels = {
        language: {row[0]: row[1] for row in by_oxigraph(question.bind({"lang": language}, resolver()))}
        for language in ("fr", "fr-BE", "de", "xx")
    }
    assert labels["fr"]["practice/school"] == "École d'été"
    assert labels["fr-BE"] == labels["fr"]
    assert labels["fr"]["practice/idle"] == "Idle"
    assert (labels["fr"]["practice/desk"], labels["de"]["practice/desk"]) == ("Asesoramiento", "Beratung")
    assert labels["xx"]["practice/school"] == "Summer school"
