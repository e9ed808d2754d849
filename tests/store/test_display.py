"""Answers as people read them: in a terminal, in a notebook, as a data frame."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from p4c_graph.errors import InputError
from p4c_graph.store.display import MOST_SHOWN, as_html, as_text
from p4c_graph.store.embedded import Embedded

TABLE = "SELECT ?term ?n { VALUES (?term ?n) { (p4c:Practice 1) ('<b>&\"' 2.5) (UNDEF true) ('[red]x' UNDEF) } }"


def answer(query: str) -> Any:
    return Embedded.in_memory().query(query)


def test_a_table_is_shown_as_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = repr(answer(TABLE)).splitlines()
    assert lines[0].split() == ["term", "n"]
    assert [line.split() for line in lines[2:6]] == [
        ["p4c:Practice", "1"], ['<b>&"', "2.5"], ["true"], ["[red]x"]]
    assert lines[-1] == "4 rows."


def test_a_long_table_says_how_much_is_not_shown() -> None:
    found = repr(answer(f"SELECT * {{ VALUES ?n {{ {' '.join(map(str, range(1200)))} }} }}"))
    assert found.endswith(f"1,200 rows; the first {MOST_SHOWN} are shown.")
    assert len(found.splitlines()) == MOST_SHOWN + 3


def test_html_is_escaped_and_addresses_are_links() -> None:
    html = answer(TABLE)._repr_html_()
    assert "&lt;b&gt;&amp;&quot;" in html
    assert "<b>" not in html
    assert '<a href="https://w3id.org/pooling4clusters/ontology#Practice">p4c:Practice</a>' in html
    attack = as_html(['<script>"'], [["javascript:alert(1)"], ['http://x/"onclick="alert(1)']])
    assert "<script>" not in attack
    assert 'href="javascript' not in attack
    assert '"onclick' not in attack


def test_yes_no_and_graphs_show_themselves_too() -> None:
    assert repr(answer("ASK {}")) == "true"
    graph = answer("CONSTRUCT { [] a p4c:Practice ; rdfs:label '<i>' } {}")
    assert "p4c:Practice" in repr(graph)
    assert "&lt;i&gt;" in graph._repr_html_()
    long = answer(f"CONSTRUCT {{ p4c:a p4c:b ?n }} {{ VALUES ?n {{ {' '.join(map(str, range(150)))} }} }}")
    assert repr(long).endswith("# … and 50 more statements")


def test_what_was_shown_can_still_be_read() -> None:
    found = answer(TABLE)
    assert repr(found) == repr(found)
    assert [row["n"] for row in found] == [1, 2.5, True, None]
    assert found.to_pandas().shape == (4, 2)
    assert list(found.to_pandas().columns) == ["term", "n"]
    graph = answer("CONSTRUCT { p4c:a p4c:b 1 } {}")
    assert graph.triples() == graph.triples()


def test_without_pandas_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return plain(name, *rest)

    monkeypatch.setattr("p4c_graph.store.answers.import_module", without)
    with pytest.raises(InputError, match="pip install pandas"):
        answer(TABLE).to_pandas()


def test_an_empty_table_says_so() -> None:
    assert as_text(["a"], []).splitlines()[-1] == "0 rows."
