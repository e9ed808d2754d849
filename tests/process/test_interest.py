"""Measured interest: Wilson's interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4c_graph.process.interest import Interest, wilson


@pytest.mark.parametrize(("interested", "asked", "low", "high"), [
    # Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
])
def test_the_interval_is_the_published_one(interested: int, asked: int, low: float, high: float) -> None:
    found = wilson(interested, asked)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda asked: st.tuples(st.integers(0, asked), st.just(asked))))
def test_the_share_lies_in_its_interval_and_more_answers_narrow_it(counts: tuple[int, int]) -> None:
    interested, asked = counts
    few, many = wilson(interested, asked), wilson(interested * 10, asked * 10)
    assert 0 <= few.low <= few.expected + 1e-12
    assert few.expected - 1e-12 <= few.high <= 1
    assert many.high - many.low < few.high - few.low


def test_nobody_asked_has_no_share() -> None:
    assert Interest("smes", 0, 0).share is None
    assert Interest("smes", 0, 0).to_dict()["share"] is None
