"""Answers are counted while they are written: bytes and rows."""

from __future__ import annotations

import io

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4c_graph.errors import OverLimit
from p4c_graph.store import formats
from p4c_graph.store.bounds import BoundedBuffer, RowCounter, at_most
from p4c_graph.store.embedded import Embedded

TABLES = [format.name for format in formats.for_form("SELECT")]
# Texts that look like what the counter looks for.
TRICKY = st.lists(
    st.sampled_from(['},{', '"', "\\", '\\"', "\n", "\r\n", "<result>", "<", "{", "}}", ",", "a", "é", "\t", "}]}"]),
    max_size=6,
).map("".join)
CELLS = st.one_of(st.none(), TRICKY.map(ox.Literal), st.just(ox.NamedNode("http://e/x")),
                  TRICKY.map(lambda text: ox.Literal(text, language="en")))
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=6)


def table(rows: list[tuple[ox.Literal | None, ox.Literal | None]], format: str) -> bytes:
    values = " ".join(f"({' '.join('UNDEF' if cell is None else str(cell) for cell in row)})" for row in rows)
    return Embedded.in_memory().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}").serialize(format)


def pieces(body: bytes, sizes: list[int]) -> list[bytes]:
    source, found = io.BytesIO(body), []
    while piece := source.read(sizes[len(found) % len(sizes)]):
        found.append(piece)
    return found


def count(format: str, most: int, body: list[bytes]) -> None:
    counter = RowCounter(format, most)
    for piece in body:
        counter.feed(piece)


@pytest.mark.parametrize("format", TABLES)
@settings(max_examples=150, deadline=None)
@given(rows=ROWS, sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_rows_are_counted_exactly_whatever_they_hold_and_however_they_come(
    format: str, rows: list[tuple[ox.Literal | None, ox.Literal | None]], sizes: list[int]
) -> None:
    body = table(rows, format)
    count(format, max(1, len(rows)), pieces(body, sizes))
    if len(rows) > 1:
        with pytest.raises(OverLimit, match="max_result_rows"):
            count(format, len(rows) - 1, pieces(body, sizes))


@pytest.mark.parametrize("format", TABLES)
def test_a_buffer_counts_rows_once_there_may_be_too_many(format: str) -> None:
    body = table([(ox.Literal("x"), ox.Literal("y"))] * 100, format)
    for size in (1, 7, 1000, 100_000):
        buffer = BoundedBuffer(100_000, RowCounter(format, 100))
        for piece in pieces(body, [size]):
            buffer.write(piece)
        assert buffer.content == body
        with pytest.raises(OverLimit, match="more than 99 rows"):
            write(BoundedBuffer(100_000, RowCounter(format, 99)), pieces(body, [size]))


def write(buffer: BoundedBuffer, body: list[bytes]) -> None:
    for piece in body:
        buffer.write(piece)


def test_statements_about_statements_are_not_rows() -> None:
    body = Embedded.in_memory().query(
        "SELECT * { VALUES ?t { <<( <http://e/a> <http://e/b> 1 )>> <<( <http://e/a> <http://e/b> 2 )>> } }"
    ).serialize("json")
    RowCounter("json", 2).feed(body)
    with pytest.raises(OverLimit):
        RowCounter("json", 1).feed(body)


def test_a_buffer_takes_so_many_bytes_and_not_one_more() -> None:
    buffer = BoundedBuffer(5)
    buffer.write(b"12345")
    with pytest.raises(OverLimit, match="max_result_bytes"):
        buffer.write(b"6")
    assert buffer.content == b"12345"


def test_a_graph_of_too_many_statements_ends_where_it_passes_the_limit() -> None:
    assert list(at_most(3, "abc")) == ["a", "b", "c"]
    taken: list[str] = []
    with pytest.raises(OverLimit, match="more than 2 rows"):
        taken.extend(at_most(2, "abc"))
    for format in formats.for_form("CONSTRUCT"):
        answer = Embedded.in_memory().query("CONSTRUCT { <http://e/a> <http://e/b> ?n } { VALUES ?n { 1 2 3 } }")
        with pytest.raises(OverLimit, match="more than 2 rows"):
            answer.write(BoundedBuffer(1000), format, most=2)
