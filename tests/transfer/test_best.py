"""The best practices of each region, kept as statements: those of a match; which regions a new snapshot changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given

from p4c_graph.transfer.best import BEST, Restated, Stated, best_of_all, compare
from p4c_graph.transfer.derived import NEAREST, similarities, suitabilities
from p4c_graph.transfer.match import Matcher

from .conftest import Real
from .strategies import often, worlds
from .worlds import World, indicator


def matched(matcher: Matcher) -> set[object]:
    """The statements of a match of each NUTS 2 region."""
    return {
        triple for unit in matcher.gazetteer.units
        for triple in matcher.for_region(unit, matcher.model.weights, limit=BEST, with_acceptability=False).to_rdf()
    }


@often
@given(worlds())
def test_the_statements_are_those_of_a_match(world: World) -> None:
    matcher = world.matcher()
    assert set(suitabilities(matcher)) == matched(matcher)


def test_the_statements_of_the_real_data_are_those_of_a_match(real: Real) -> None:
    assert set(suitabilities(real.matcher)) == matched(real.matcher)


def test_the_nearest_regions_are_the_most_alike(real: Real) -> None:
    nodes = {t.subject.value.rsplit("/", 1)[-1] for t in similarities(real.matcher)}  # type: ignore[union-attr]
    slugs = [unit.rsplit("/", 1)[-1] for unit in real.columns.units]
    for i, row in enumerate(real.columns.unit_similarity[0]):
        others = [j for j in np.argsort(-np.nan_to_num(row, nan=-1.0), kind="stable") if j != i]
        near = [j for j in others if not np.isnan(row[j])][:NEAREST]
        assert {f"{slugs[min(i, j)]}-{slugs[max(i, j)]}" for j in near} <= nodes


def two_pairs() -> World:
    """FR01 and FR02 are alike, DE01 and DE02 too; what comes from one suits the other of its pair best."""
    world = World()
    for code, at in (("FR01", 0.0), ("FR02", 0.1), ("DE01", 0.9), ("DE02", 1.0)):
        world.unit(code, at, at, at)
    for i in range(BEST):
        world.apply(f"french-{i:02}", "FR02", outcome="positive")
        world.apply(f"german-{i:02}", "DE02", outcome="positive")
    return world


def codes(iris: list[str]) -> list[str]:
    return [iri.rsplit("/", 1)[-1] for iri in iris]


def stated(world: World) -> Stated:
    matcher = world.matcher()
    return Stated.of(matcher, best_of_all(matcher))


def changes(before: Stated, world: World) -> dict[str, Restated]:
    return {codes([region])[0]: change for region, change in compare(before, stated(world)).items()}


def test_what_is_stated_is_kept_with_the_snapshot(tmp_path: Path) -> None:
    assert Stated.load(tmp_path) is None
    now = stated(two_pairs())
    now.save(tmp_path)
    assert Stated.load(tmp_path) == now


def test_only_regions_whose_best_changed_are_stated_otherwise() -> None:
    world = two_pairs()
    before = stated(world)
    assert changes(before, world) == {}
    world.practice("aaa-unheard")
    assert changes(before, world) == {}, "all practices have another index now"
    world.apply("a-third", "FR02", outcome="positive", has_result=True)
    found = changes(before, world)
    assert found.keys() == {"DE02", "FR01"}, "FR02 has it, and for DE01 fifty others suit better"


def test_a_practice_that_comes_in_front_moves_the_others_and_drops_the_last() -> None:
    world = two_pairs()
    before = stated(world)
    world.apply("a-third", "FR02", outcome="positive", has_result=True)
    change = changes(before, world)["FR01"]
    assert codes(change.anew) == ["a-third"]
    assert len(change.gone) == 1
    assert set(change.moved.values()) == {(rank, rank + 1) for rank in range(1, BEST)}


def test_a_value_that_changes_a_component_states_the_pair_anew() -> None:
    world = two_pairs()
    world.condition("german-00", indicator=indicator("x"), minimum=1.0)
    before = stated(world)
    world.observe("DE01", indicator("x"), 2.0)
    found = changes(before, world)
    assert found.keys() == {"DE01"}
    assert codes(found["DE01"].anew) == ["german-00"]


def test_practices_given_are_stated_alone() -> None:
    matcher = two_pairs().matcher()
    best = best_of_all(matcher)
    region = matcher.gazetteer.by_slug["FR01"].iri
    practice = matcher.columns.practices[best[region].practices[3]]
    found = set(suitabilities(matcher, best, {region: [practice]}))
    assert found == {t for t in suitabilities(matcher) if t.subject.value.endswith(  # type: ignore[union-attr]
        f"/{codes([region])[0]}-{codes([practice])[0]}")}


def test_regions_given_are_stated_alone() -> None:
    matcher = two_pairs().matcher()
    best = best_of_all(matcher, [matcher.gazetteer.by_slug["FR01"]])
    about = {t.object for t in suitabilities(matcher, best) if t.predicate.value.endswith("forRegion")}
    assert codes([str(iri.value) for iri in about]) == ["FR01"]  # type: ignore[union-attr]
