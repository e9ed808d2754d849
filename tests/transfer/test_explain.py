"""A match in plain sentences, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given

from p4c_graph.languages import LANGUAGES
from p4c_graph.transfer.explain import explain
from p4c_graph.transfer.model import COMPONENTS
from p4c_graph.transfer.result import Match

from .strategies import often, worlds
from .worlds import WEIGHTS, World, indicator

UNKNOWN = {"en": re.compile("unknown|not known", re.IGNORECASE), "fr": re.compile("inconnu|ne sait pas", re.IGNORECASE)}


@pytest.fixture
def world() -> World:
    world = World()
    world.unit("FR01", 0.0, 0.0, 0.0)
    world.unit("DE06", 0.4, 0.4, 0.4)
    world.unit("DE99")
    world.apply("p", "DE06", outcome="positive", kind="Transfer")
    return world


def why(world: World, language: str = "en", slug: str = "p") -> dict[str, str]:
    found = world.matcher().for_region(world.regions["FR01"], WEIGHTS, limit=100)
    return explain(next(m for m in found.results if m.practice.label == slug), language)


def matches(world: World) -> list[Match]:
    matcher = world.matcher()
    return [m for region in world.regions.values()
            for m in matcher.for_region(region, WEIGHTS, limit=100, include_existing=True).results]


@often
@given(worlds())
def test_what_is_unknown_is_said_to_be_unknown_in_both_languages(world: World) -> None:
    for match in matches(world):
        for language in LANGUAGES:
            found = explain(match, language)
            assert list(found) == list(COMPONENTS)
            assert all(sentence.endswith(".") for sentence in found.values())
            for name, score in match.components.items():
                if not score.known:
                    assert UNKNOWN[language].search(found[name]), (name, found[name])
                elif score.low == score.high and name not in ("context", "conditions"):
                    assert not UNKNOWN[language].search(found[name]), (name, found[name])


@often
@given(worlds())
def test_no_sentence_of_one_language_stands_in_the_other(world: World) -> None:
    for match in matches(world):
        english, french = explain(match, "en"), explain(match, "fr")
        assert all(english[name] != french[name] for name in COMPONENTS)


@pytest.mark.parametrize(("language", "expected"), [
    ("en", "Region DE06 (DE06): taken over there, similarity 0.60."),
    ("fr", "Region DE06 (DE06) : reprise là, similarité 0,60."),
    ("fr-BE", "Region DE06 (DE06) : reprise là, similarité 0,60."),
])
def test_context_names_the_places(world: World, language: str, expected: str) -> None:
    assert why(world, language)["context"] == expected


def test_a_place_that_failed_is_named_as_such(world: World) -> None:
    world.apply("p", "DE99", kind="Transfer", outcome="negative")
    assert why(world)["context"].endswith("Region DE99 (DE99): the outcome there was negative, similarity unknown.")
    assert why(world, "fr")["context"].endswith("l'issue y a été négative, similarité inconnue.")


@pytest.mark.parametrize("kind", ["Origin", "Implementation", "Workshop", "Transfer", "Application", "FieldTest"])
def test_every_kind_of_application_has_words(world: World, kind: str) -> None:
    world.apply("q", "DE06", kind=kind, outcome="positive")
    english, french = why(world, "en", "q")["context"], why(world, "fr", "q")["context"]
    assert english.split(",")[0] not in french


def test_outcomes_that_are_missing_beside_known_ones_are_told(world: World) -> None:
    assert "unknown" not in why(world)["evidence"]
    world.apply("p", kind="Transfer")
    assert "for other places the outcome is unknown" in why(world)["evidence"]


def test_conditions_say_what_blocks_what_to_check_and_how_far_they_are_met(world: World) -> None:
    world.observe("FR01", indicator("x"), 1.0)
    world.condition("p", required=True, indicator=indicator("x"), minimum=5.0)
    world.condition("p", required=True)
    world.condition("p", 2, indicator=indicator("x"), minimum=0.0)
    assert why(world)["conditions"] == (
        "A required condition is not met: Condition 0. Required, state unknown, to check at home: Condition 1. "
        "Met at between 50% and 75%, by importance.")
    assert why(world, "fr")["conditions"] == (
        "Condition obligatoire non remplie : Condition 0. Obligatoire, état inconnu, à vérifier sur place : "
        "Condition 1. Remplies à entre 50 et 75 %, selon leur importance.")


def test_relevance_says_how_many_needs_are_answered(world: World) -> None:
    world.practices["p"].themes.add("training")
    for i, theme in enumerate(("training", "skills")):
        world.need(f"n{i}", "FR01", themes={theme})
    assert why(world)["relevance"] == "Answers 50% of the declared needs."
    assert why(world, "fr")["relevance"] == "Répond à 50 % des besoins que déclare la région."


@pytest.mark.parametrize(
    ("agency", "complete", "words"),
    [
        (True, False, "are known there"), (False, True, "declared complete"), (False, False, "Unknown"),
    ],
)
def test_capacity_tells_none_from_none_known(world: World, agency: bool, complete: bool, words: str) -> None:
    if agency:
        world.actor("agency", "DevelopmentAgency", "FR01")
    if complete:
        world.complete("FR01", "DevelopmentAgency")
    assert words in why(world)["capacity"]


def test_a_part_of_the_capacity_is_told_as_a_part(world: World) -> None:
    world.practices["p"].kind = "open-collective"
    world.actor("agency", "DevelopmentAgency", "FR01")
    assert why(world)["capacity"].endswith("the rest is unknown.")
    assert why(world, "fr")["capacity"].endswith("le reste est inconnu.")
    world.complete("FR01", "ClusterInitiative")
    assert why(world)["capacity"].endswith("the rest is lacking.")
    assert why(world, "fr")["capacity"].endswith("le reste manque.")


@pytest.mark.parametrize(("practice", "words"), [
    ({"scores": {"partner": {"C1": [0.5]}}}, "Evaluated by the partners."),
    ({"kept_share": 0.1}, "Inferred: kept by a selection whose scores are not published."),
    ({}, "Unknown: no evaluation is published."),
])
def test_merit_tells_the_judged_from_the_inferred(world: World, practice: dict[str, Any], words: str) -> None:
    for name, value in practice.items():
        setattr(world.practices["p"], name, value)
    assert why(world)["merit"] == words
