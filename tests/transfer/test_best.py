"""The best practices of each region, kept as statements: those of a match; which regions a new snapshot changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given

from p4c_graph.transfer.best import BEST, best_of_all, changed, save_digests
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


def changes(world: World, before: Path) -> list[str]:
    matcher = world.matcher()
    return codes(changed(matcher, best_of_all(matcher), before))


def test_without_an_earlier_snapshot_every_region_is_new(tmp_path: Path) -> None:
    assert changes(two_pairs(), tmp_path) == ["DE01", "DE02", "FR01", "FR02"]


def test_only_regions_whose_best_changed_are_named(tmp_path: Path) -> None:
    world = two_pairs()
    matcher = world.matcher()
    save_digests(matcher, best_of_all(matcher), tmp_path)
    assert changes(world, tmp_path) == []
    world.practice("aaa-unheard")
    assert changes(world, tmp_path) == [], "all practices have another index now"
    world.apply("a-third", "FR02", outcome="positive", has_result=True)
    assert changes(world, tmp_path) == ["DE02", "FR01"], "FR02 has it, and for DE01 fifty others suit better"


def test_a_value_that_changes_a_component_changes_the_region(tmp_path: Path) -> None:
    world = two_pairs()
    world.condition("german-00", indicator=indicator("x"), minimum=1.0)
    matcher = world.matcher()
    save_digests(matcher, best_of_all(matcher), tmp_path)
    world.observe("DE01", indicator("x"), 2.0)
    assert changes(world, tmp_path) == ["DE01"]


def test_regions_given_are_stated_alone() -> None:
    matcher = two_pairs().matcher()
    best = best_of_all(matcher, [matcher.gazetteer.by_slug["FR01"]])
    about = {t.object for t in suitabilities(matcher, best) if t.predicate.value.endswith("forRegion")}
    assert codes([str(iri.value) for iri in about]) == ["FR01"]  # type: ignore[union-attr]
