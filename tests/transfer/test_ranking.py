"""How practices are ranked for a region, and regions for a practice; the shape of the answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyoxigraph as ox
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from p4c_graph.errors import InputError
from p4c_graph.namespaces import P4C, PREFIXES
from p4c_graph.transfer import match as match_module
from p4c_graph.transfer import ranking as ranking_module
from p4c_graph.transfer.columns import Columns
from p4c_graph.transfer.derived import similarities, suitabilities
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import COMPONENTS
from p4c_graph.transfer.result import MatchResult, Ref

from .strategies import often, worlds
from .worlds import MODEL, WEIGHTS, World, indicator, region_iri


def slugs(found: MatchResult) -> list[str]:
    return [m.practice.id.rsplit("/", 1)[-1] for m in found.results]


def names(refs: list[Ref]) -> list[str]:
    return [ref.id.rsplit("/", 1)[-1] for ref in refs]


@pytest.fixture
def world() -> World:
    """FR01 asks; practices come from regions 0.9, 0.6 and 0.2 alike, all with a positive outcome."""
    world = World()
    for code, at in (("FR01", 0.0), ("DE09", 0.1), ("DE06", 0.4), ("DE02", 0.8)):
        world.unit(code, at, at, at)
    for slug, code in (("near", "DE09"), ("middle", "DE06"), ("far", "DE02")):
        world.apply(slug, code, outcome="positive")
    return world


def rank(world: World, code: str = "FR01", **options: Any) -> MatchResult:
    return world.matcher().for_region(world.regions[code], WEIGHTS, **options)


# ── the order ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_best_come_first_and_are_counted(world: World) -> None:
    found = rank(world, limit=2)
    assert slugs(found) == ["near", "middle"]
    assert [m.rank for m in found.results] == [1, 2]
    assert (found.total, found.limit) == (3, 2)


def test_cautious_goes_by_the_lower_bound_and_expected_by_the_expected_score(world: World) -> None:
    world.apply("unsure", "DE02", outcome="positive")
    world.practices["unsure"].kept_share = 0.9  # merit 0.55, at worst 0.1
    world.apply("sure", "DE02", outcome="positive")
    world.practices["sure"].scores["partner"] = {"C1": [0.3]}
    cautious, expected = rank(world, order="cautious"), rank(world, order="expected")
    lows, middles = [m.total.low for m in cautious.results], [m.total.expected for m in expected.results]
    assert lows == sorted(lows, reverse=True)
    assert middles == sorted(middles, reverse=True)
    assert slugs(cautious).index("sure") < slugs(cautious).index("unsure")
    assert slugs(expected).index("unsure") < slugs(expected).index("sure")


def test_cautious_is_the_default_order(world: World) -> None:
    assert rank(world).order == "cautious"


def test_ties_break_by_iri(world: World) -> None:
    for slug in ("twin-b", "twin-a", "twin-c"):
        world.apply(slug, "DE06", outcome="positive")
    assert slugs(rank(world)) == ["near", "middle", "twin-a", "twin-b", "twin-c", "far"]
    assert slugs(rank(world, limit=3)) == ["near", "middle", "twin-a"], "also where the limit cuts through them"


def test_what_is_blocked_keeps_its_score_comes_last_and_counts(world: World) -> None:
    before = rank(world).results[0].total
    world.observe("FR01", indicator("x"), 1.0)
    world.condition("near", required=True, indicator=indicator("x"), minimum=0.0)
    world.condition("near", required=True, indicator=indicator("x"), minimum=5.0)
    found = rank(world)
    assert slugs(found) == ["middle", "far", "near"]
    assert found.total == 3
    blocked = found.results[-1]
    assert [c.label for c in blocked.blocked] == ["Condition 1"]
    assert blocked.total.expected == pytest.approx(before.expected), "half of its conditions met, as the prior said"
    assert found.results[0].blocked == []


def test_what_may_be_blocked_says_so_and_stays_in_its_place(world: World) -> None:
    world.condition("near", required=True)
    found = rank(world)
    assert slugs(found)[0] == "near"
    assert [c.label for c in found.results[0].possibly_blocked] == ["Condition 0"]


def test_what_runs_here_is_set_apart_and_included_on_request(world: World) -> None:
    world.apply("mine", "FR01", outcome="positive")
    found = rank(world)
    assert "mine" not in slugs(found)
    assert names(found.already_here) == ["mine"]
    assert found.total == 3
    asked = rank(world, include_existing=True)
    assert slugs(asked)[0] == "mine"
    assert asked.results[0].already_here
    assert asked.already_here == []
    assert asked.total == 4


def test_what_runs_in_a_part_or_in_the_whole_runs_here_and_a_plan_does_not(world: World) -> None:
    world.region("FR011", 3, "FR01")
    world.region("ground", None, None, approximated_by=[region_iri("FR011")])
    world.apply("in-part", "FR011")
    world.apply("in-whole", "FR")
    world.apply("on-ground", "ground")
    world.apply("near", "FR01", kind="Implementation", status="planned")
    found = rank(world)
    assert sorted(names(found.already_here)) == ["in-part", "in-whole", "on-ground"]
    near = next(m for m in found.results if m.practice.label == "near")
    assert near.planned_here
    assert not near.already_here
    assert [m.planned_here for m in found.results if m.practice.label != "near"] == [False, False]


def test_practices_of_which_too_little_is_known_are_listed_apart_with_what_is_missing(world: World) -> None:
    world.practice("obscure", kept_share=0.2)
    world.practice("unheard")
    found = rank(world)
    assert {"obscure", "unheard"}.isdisjoint(slugs(found))
    assert [(pair.practice.label, pair.known) for pair in found.too_little_known] == [("obscure", 0.1), ("unheard", 0)]
    assert found.too_little_known[0].missing == ["context", "evidence", "conditions", "relevance", "capacity"]
    assert found.total == 3


def test_the_minimum_known_is_inclusive(world: World) -> None:
    world.model = replace(MODEL, minimum_known=0.5)
    assert rank(world).total == 3
    world.model = replace(MODEL, minimum_known=0.51)
    assert rank(world).total == 0


def test_a_note_says_how_many_are_not_listed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (match_module, ranking_module):
        monkeypatch.setattr(module, "MAXIMUM_LISTED", 2)
    for i in range(5):
        world.practice(f"unheard-{i}")
    found = rank(world)
    assert names([pair.practice for pair in found.too_little_known]) == ["unheard-0", "unheard-1"]
    assert found.notes == ["3 more are too little known to rank than are listed."]


def test_an_unknown_component_never_ranks_above_the_same_practice_with_it_known_at_its_prior(world: World) -> None:
    """Unknown outcomes beside one success widen the interval, but not below that of knowing nothing."""
    for slug in ("b-unknown", "a-known"):
        world.apply(slug, "DE09", outcome="unknown", kind="Transfer")
        for _ in range(10):
            world.apply(slug, outcome="unknown", kind="Transfer")
    world.apply("a-known", outcome="positive", kind="Transfer")
    for order in ("cautious", "expected"):
        found = slugs(rank(world, order=order))
        assert "b-unknown" not in found or found.index("a-known") < found.index("b-unknown")
    for order in ("cautious", "expected"):
        world.model = replace(MODEL, minimum_known=0.0)
        found = slugs(rank(world, order=order))
        assert found.index("a-known") < found.index("b-unknown")


# ── properties ─────────────────────────────────────────────────────────────────────────────────────────────────


def keys(world: World, slug: str, code: str) -> tuple[float, float]:
    scores = world.matcher().scorer.score([world.regions[code]], WEIGHTS).of_region(0)
    return round(float(scores.low[world.index(slug)]), 9), round(float(scores.expected[world.index(slug)]), 9)


def more_evidence(world: World, slug: str) -> None:
    world.apply(slug, kind="Transfer", outcome="positive")


def more_merit(world: World, slug: str) -> None:
    world.practices[slug].scores["partner"] = {"C1": [MODEL.components["merit"].prior]}


def more_conditions(world: World, slug: str) -> None:
    world.observe("AA01", indicator("x"), 1.0)
    world.condition(slug, 3, indicator=indicator("x"), minimum=0.0)


def more_capacity(world: World, slug: str) -> None:
    world.actor("new", "DevelopmentAgency", "AA01")


def more_relevance(world: World, slug: str) -> None:
    world.practices[slug].themes.add("new")
    world.features.needs.clear()
    world.need("new", "AA01", themes={"new"})


@often
@given(worlds(), st.sampled_from(
    [("evidence", more_evidence), ("merit", more_merit), ("conditions", more_conditions),
     ("capacity", more_capacity), ("relevance", more_relevance)]))
def test_to_know_a_component_at_or_above_its_prior_never_ranks_below_not_knowing_it(
    world: World, change: tuple[str, Callable[[World, str], None]]
) -> None:
    name, learn = change
    assume(world.component(name, "p0", "AA01") is None)
    before = keys(world, "p0", "AA01")
    learn(world, "p0")
    known = world.component(name, "p0", "AA01")
    assume(known is not None and known[0] >= MODEL.components[name].prior)
    after = keys(world, "p0", "AA01")
    assert after[0] >= before[0]
    assert after[1] >= before[1]


@often
@given(worlds())
def test_adding_a_region_changes_no_rank_nor_score_of_others(world: World) -> None:
    before = world.matcher()
    codes = sorted(code for code, region in world.regions.items() if region.structural)
    answers = [before.for_region(world.regions[code], WEIGHTS, limit=100).to_dict() for code in codes]
    lists = [before.for_practice(p, WEIGHTS, limit=100, include_existing=True) for p in range(len(world.practices))]
    world.unit("AC01", 0.3, 0.9, 0.5, languages=[])
    after = world.matcher()
    assert [after.for_region(world.regions[code], WEIGHTS, limit=100).to_dict() for code in codes] == answers
    for practice, old in enumerate(lists):
        new = after.for_practice(practice, WEIGHTS, limit=100, include_existing=True)
        kept = [m for m in new.results if m.region.code != "AC01"]
        assert [(m.region, m.total, m.components) for m in kept] == [
            (m.region, m.total, m.components) for m in old.results]


@often
@given(worlds(), st.sampled_from(("cautious", "expected")), st.booleans())
def test_the_order_keeps_all_its_rules_at_once(world: World, order: str, existing: bool) -> None:
    matcher = world.matcher()
    for region in world.regions.values():
        found = matcher.for_region(region, WEIGHTS, limit=100, order=order, include_existing=existing)
        sort = [(bool(m.blocked), -round(m.total.low if order == "cautious" else m.total.expected, 9), m.practice.id)
                for m in found.results]
        assert sort == sorted(sort)
        apart = {p.practice.id for p in found.too_little_known} | {ref.id for ref in found.already_here}
        assert apart.isdisjoint(m.practice.id for m in found.results)
        assert len(found.results) + len(apart) == len(world.practices)
        assert all(m.known >= MODEL.minimum_known - 1e-9 for m in found.results)
        assert existing or not any(m.already_here for m in found.results)


@often
@given(worlds())
def test_a_practice_ranked_for_a_region_scores_as_the_region_ranked_for_the_practice(world: World) -> None:
    matcher = world.matcher()
    regions = list(world.regions.values())
    by_region = {
        (m.region.id, m.practice.id): replace(m, rank=0, acceptability=None)
        for region in regions
        for m in matcher.for_region(region, WEIGHTS, limit=100, include_existing=True).results
    }
    by_practice = {
        (m.region.id, m.practice.id): replace(m, rank=0, acceptability=None)
        for p in range(len(world.practices))
        for m in matcher.for_practice(p, WEIGHTS, limit=100, include_existing=True, regions=regions).results
    }
    assert by_region.keys() == by_practice.keys()
    for pair, match in by_region.items():
        other = by_practice[pair]
        assert replace(match, adoption=other.adoption) == other
        for name in ("expected", "low", "high"):
            assert getattr(match.adoption, name) == pytest.approx(getattr(other.adoption, name))


@often
@given(worlds(), st.integers(1, 6))
def test_a_smaller_limit_is_the_beginning_of_a_larger_one(world: World, limit: int) -> None:
    matcher = world.matcher()
    region = world.regions["AA01"]
    every, some = (matcher.for_region(region, WEIGHTS, limit=n).results for n in (100, limit))
    assert some == every[:limit]


# ── regions for a practice ─────────────────────────────────────────────────────────────────────────────────────


def test_regions_are_ranked_for_a_practice(world: World) -> None:
    world.apply("near", "DE02", kind="Transfer")
    found = world.matcher().for_practice(world.index("near"), WEIGHTS)
    assert found.subject == "region"
    assert [m.region.code for m in found.results] == ["FR01", "DE06"]
    assert names(found.already_here) == ["DE02", "DE09"]
    assert found.practice is not None
    assert found.practice.label == "near"
    assert found.region is None


def test_regions_may_be_given_and_ties_break_by_iri(world: World) -> None:
    world.region("FR011", 3, "FR01")
    found = world.matcher().for_practice(
        world.index("near"), WEIGHTS, regions=[world.regions["FR011"], world.regions["FR"]])
    assert [m.region.code for m in found.results] == ["FR", "FR011"]


# ── why ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_match_names_the_places_it_rests_on(world: World) -> None:
    world.apply("near", "DE06", kind="Transfer", has_result=False)
    world.apply("near", "DE02", kind="Workshop", outcome="negative")
    world.apply("near", "DE06", kind="Implementation", status="planned")
    world.apply("near", kind="Transfer", outcome="positive")
    found = next(m for m in rank(world).results if m.practice.label == "near")
    assert [(r.place.code, round(r.similarity or 0, 6), r.strength, r.basis) for r in found.because] == [
        ("DE09", 0.9, 1.0, "origin"), ("DE06", 0.6, 0.5, "transfer"), ("DE02", 0.2, -0.5, "workshop")]
    assert found.because[0].source == f"{P4C.replace('ontology#', '')}id/source/near"


def test_at_most_three_places_speak_for_it_but_all_that_speak_against(world: World) -> None:
    for _ in range(4):
        world.apply("near", "DE06", kind="Transfer", outcome="positive")
        world.apply("near", "DE02", kind="Transfer", outcome="negative")
    found = next(m for m in rank(world).results if m.practice.label == "near")
    assert [r.strength > 0 for r in found.because] == [True] * 3 + [False] * 4


# ── the shape of an answer ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def answer(world: World) -> MatchResult:
    world.practices["near"].kept_share = 0.2
    world.observe("FR01", indicator("x"), 1.0)
    world.condition("far", required=True, indicator=indicator("x"), minimum=5.0)
    world.condition("middle", required=True)
    world.apply("mine", "FR01", outcome="positive")
    world.practice("unheard")
    return rank(world)


def test_the_json_has_the_keys_of_the_contract(answer: MatchResult) -> None:
    found = answer.to_dict()
    assert set(found) == {"region", "model", "snapshot", "order", "weights", "total", "limit", "results",
                          "too_little_known", "already_here", "notes"}
    assert found["region"] == {"id": region_iri("FR01"), "code": "FR01", "label": "Region FR01"}
    assert found["model"] == {"id": MODEL.iri, "version": "1"}
    assert (found["snapshot"], found["order"]) == ("snapshot-1", "cautious")
    assert found["weights"] == WEIGHTS
    first = found["results"][0]
    assert set(first) == {"rank", "practice", "expected", "low", "high", "known", "components", "blocked",
                          "possibly_blocked", "already_here", "planned_here", "because", "adoption", "acceptability"}
    assert list(first["components"]) == list(COMPONENTS)
    assert set(first["components"]["context"]) == {"expected", "low", "high", "weight", "known"}
    assert set(first["adoption"]) == {"expected", "low", "high"}
    assert set(first["because"][0]) == {"place", "similarity", "strength", "basis", "application", "source"}
    assert set(found["too_little_known"][0]) == {"practice", "known", "missing"}
    assert set(found["already_here"][0]) == {"id", "label"}


def test_merit_concluded_from_a_selection_is_marked_inferred(answer: MatchResult) -> None:
    marked = {m.practice.label: m.to_dict("practice")["components"]["merit"].get("inferred") for m in answer.results}
    assert marked == {"near": True, "middle": None, "far": None}


def test_with_a_practice_the_roles_turn(world: World) -> None:
    found = world.matcher().for_practice(world.index("near"), WEIGHTS).to_dict()
    assert found["practice"]["label"] == "near"
    assert "region" not in found
    assert set(found["results"][0]["region"]) == {"id", "code", "label"}
    assert "practice" not in found["results"][0]


def test_numbers_are_rounded_to_four_digits(answer: MatchResult) -> None:
    for row in answer.to_dict()["results"]:
        for value in (row["expected"], row["low"], row["high"], row["adoption"]["expected"]):
            assert value == round(value, 4)


def test_rows_are_flat_and_all_alike_and_leave_the_unknown_empty(answer: MatchResult) -> None:
    rows = answer.rows()
    assert list(rows[0]) == [
        "rank", "practice", "label", "expected", "low", "high", "known", *COMPONENTS, "adoption_expected",
        "adoption_low", "adoption_high", "acceptability", "blocked"]
    assert all(list(row) == list(rows[0]) for row in rows)
    assert rows[0]["relevance"] is None
    assert [row["blocked"] for row in rows] == [False, False, True]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    assert [row["rank"] for row in csv.DictReader(io.StringIO(text.getvalue()))] == ["1", "2", "3"]


def test_pandas_gets_one_row_a_result(answer: MatchResult) -> None:
    frame = answer.to_pandas()
    assert list(frame["rank"]) == [1, 2, 3]
    assert frame["relevance"].isna().all()


def test_it_prints_as_a_table_in_a_terminal_and_as_html_in_a_notebook(world: World) -> None:
    world.practices["near"].label = "<b>near</b>"
    found = rank(world)
    assert "Region FR01 · 3 ranked" in str(found)
    assert str(found).count("\n") == 3
    html = found._repr_html_()
    assert "<td>unknown" in html
    assert "<b>" not in html
    assert "&lt;b&gt;near" in html


def ontology_terms(root: Path) -> set[str]:
    store = ox.Store()
    store.load(path=str(root / "ontology" / "p4c.ttl"), format=ox.RdfFormat.TURTLE)
    return {quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode)}


def test_the_rdf_uses_only_terms_of_the_ontology(answer: MatchResult, world: World, root: Path) -> None:
    matcher = world.matcher()
    shown = matcher.for_region(world.regions["FR01"], WEIGHTS, include_existing=True)
    triples = [*answer.to_rdf(), *shown.to_rdf(), *similarities(matcher), *suitabilities(matcher)]
    used = {t.predicate.value for t in triples} | {
        t.object.value for t in triples if t.predicate.value.endswith("#type") and isinstance(t.object, ox.NamedNode)}
    ours = {iri for iri in used if iri.startswith(P4C)}
    assert ours <= ontology_terms(root)
    assert used - ours == {PREFIXES["rdf"] + "type"}
    assert {P4C.Suitability, P4C.Adoption, P4C.Similarity, P4C.contextScore, P4C.alreadyHere} <= used


def test_the_rdf_parses_and_says_what_the_json_says(answer: MatchResult) -> None:
    body = ox.serialize(answer.to_rdf(), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    assert body
    store = ox.Store()
    store.load(body, format=ox.RdfFormat.TURTLE)
    found = store.query(
        """SELECT ?rank ?expected ?context ?relevance ?blocked ?possibly ?based WHERE {
             ?s a p4c:Suitability ; p4c:rank ?rank ; p4c:expected ?expected ; p4c:contextScore ?context ;
               p4c:forRegion ?region ; p4c:onPractice ?practice ; p4c:model ?model ; p4c:acceptability ?share .
             OPTIONAL { ?s p4c:relevanceScore ?relevance } OPTIONAL { ?s p4c:blocked ?blocked }
             OPTIONAL { ?s p4c:possiblyBlocked ?possibly } OPTIONAL { ?s p4c:basedOn ?based }
           } ORDER BY ?rank""", prefixes=PREFIXES)
    rows = [[None if term is None else term.value for term in row] for row in found]  # type: ignore[union-attr]
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert [float(row[1]) for row in rows] == [m.to_dict("practice")["expected"] for m in answer.results]
    assert [row[3] for row in rows] == [None, None, None], "an unknown component has no value"
    assert [row[4] for row in rows] == [None, None, "true"]
    assert [row[5] for row in rows] == [None, "true", None]
    assert all(row[6] for row in rows)


def test_a_rank_belongs_to_one_ranking(world: World) -> None:
    matcher = world.matcher()
    one = {t.subject for t in matcher.for_region(world.regions["FR01"], WEIGHTS).to_rdf()}
    other = {t.subject for t in matcher.for_practice(0, WEIGHTS).to_rdf()}
    assert one.isdisjoint(other)


def test_columns_are_the_same_after_they_were_kept(world: World, tmp_path: Path) -> None:
    columns = world.columns()
    columns.save(tmp_path)
    kept = Columns.load(tmp_path)
    again = Matcher(kept, world.gazetteer(), MODEL, "snapshot-1", "m/")
    assert again.for_region(world.regions["FR01"], WEIGHTS).results == rank(world).results
    for name, value in vars(columns).items():
        if isinstance(value, np.ndarray):
            assert value.dtype == getattr(kept, name).dtype


# ── what is asked for wrongly ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_out_of_range_is_refused_by_name(world: World, limit: int) -> None:
    with pytest.raises(InputError, match=f"limit is {limit}; expected a whole number from 1 to 1000") as refused:
        rank(world, limit=limit)
    assert refused.value.parameter == "limit"


def test_an_unknown_order_is_refused_by_name(world: World) -> None:
    with pytest.raises(InputError, match="order is 'best'; expected cautious or expected") as refused:
        rank(world, order="best")
    assert refused.value.parameter == "order"
    with pytest.raises(InputError, match="order"):
        world.matcher().for_practice(0, WEIGHTS, order="best")


def test_in_a_graph_without_regions_or_practices_nothing_is_ranked_and_a_note_says_why() -> None:
    world = World()
    world.practice("alone")
    nowhere = world.matcher().for_practice(0, WEIGHTS)
    assert (nowhere.total, nowhere.results) == (0, [])
    assert "no NUTS 2 regions" in nowhere.notes[0]
    world = World()
    world.unit("FR01", 0.0, 0.0, 0.0)
    matcher = world.matcher()
    nothing = matcher.for_region(matcher.gazetteer.by_slug["FR01"], WEIGHTS)
    assert (nothing.total, nothing.results) == (0, [])
    assert "no practices" in nothing.notes[0]
