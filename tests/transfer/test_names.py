"""What a person calls a practice → the practice meant."""

from __future__ import annotations

import pytest

from p4c_graph.errors import AmbiguousName, UnknownName
from p4c_graph.transfer.names import PracticeNames

IRIS = ["https://example.org/practice/a-fair", "https://example.org/practice/twin-1",
        "https://example.org/practice/twin-2", "https://example.org/practice/ecole"]
NAMES = PracticeNames(IRIS, ["A fair, for all", "Twin", "Twin", "École d'été"])


@pytest.mark.parametrize(("text", "index"), [
    ("https://example.org/practice/twin-2", 2), ("twin-2", 2), (" a-fair ", 0), ("A fair, for all", 0),
    ("a FAIR for all", 0), ("ecole d'ete", 3), ("École d’été", 3),
])
def test_an_iri_a_slug_or_a_name_in_any_spelling_means_it(text: str, index: int) -> None:
    assert NAMES.find(text) == index


def test_a_name_of_several_is_refused_with_their_slugs() -> None:
    with pytest.raises(AmbiguousName, match="Several practices are called 'twin'") as refused:
        NAMES.find("twin")
    assert refused.value.candidates == ["twin-1", "twin-2"]
    assert refused.value.parameter == "practice"


def test_an_unknown_name_is_refused_with_those_it_looks_like() -> None:
    with pytest.raises(UnknownName, match="No practice has the name 'a fare for all'") as refused:
        NAMES.find("a fare for all")
    assert refused.value.near[0] == "a-fair (A fair, for all)"


def test_where_nothing_looks_like_it_nothing_is_proposed() -> None:
    with pytest.raises(UnknownName) as refused:
        NAMES.find("%%%%")
    assert refused.value.near == []
