"""What is derived by SPARQL: the status of practices, their characteristics, good practices, pooled services, merit."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4c_graph.namespaces import PREFIXES, SCHEME
from p4c_graph.store.rows import StoreRows
from p4c_graph.transfer import appraisal
from p4c_graph.transfer.features import read_features

from .strategies import often

QUERIES = sorted((Path(__file__).parents[2] / "sparql" / "derive").glob("*.rq"))
OURS = {"": "http://example.org/", **{
    name: f"{SCHEME}{scheme}/" for name, scheme in (
        ("status", "application-status"), ("outcome", "outcome"), ("has", "characteristic"), ("criterion", "criterion"),
        ("step", "practice-status"))}}
HEAD = "".join(f"PREFIX {name}: <{iri}> " for name, iri in {**PREFIXES, **OURS}.items())


class Graph:
    """A small graph, and what the queries derive from it, one after the other as the build runs them."""

    def __init__(self, statements: str) -> None:
        self.store = ox.Store()
        self.store.update(f"{HEAD} INSERT DATA {{ {statements} }}")
        for path in QUERIES:
            found = self.store.query(path.read_text("utf-8"), prefixes=PREFIXES)
            assert isinstance(found, ox.QueryTriples)
            self.store.extend([ox.Quad(*triple) for triple in found])

    def values(self, of: str, what: str) -> set[str]:
        """The local names of the objects of a property of ``:of``."""
        rows = StoreRows(self.store).rows(f"{HEAD} SELECT ?o {{ :{of} {what} ?o }}")
        return {str(value).replace("#", "/").rsplit("/", 1)[-1] for (value,) in rows}


PRACTICE = ':p a p4c:Practice ; rdfs:label "p" . '
DONE = "p4c:applicationStatus status:done"


def test_every_query_has_a_title_and_runs_on_nothing() -> None:
    assert [path.stem.split("-", 1)[1] for path in QUERIES] == [
        "status", "merit", "characteristics", "good-practices", "pooled-services"]
    for path in QUERIES:
        assert path.read_text("utf-8").startswith("#+ title: ")
    assert len(Graph("").store) == 0


# ── status ─────────────────────────────────────────────────────────────────────────────────────────────────────

EVALUATED = ":e a p4c:Evaluation ; p4c:onPractice :p . "
SELECTED = ":s a p4c:Selection ; p4c:produced :list . :list prov:hadMember :p . "
CATALOGUED = ":list a p4c:Catalogue . "
TESTED = f":p p4c:application :t . :t a p4c:Workshop , p4c:FieldTest , p4c:Application ; {DONE} . "
TRANSFERRED = f":p p4c:application :u . :u a p4c:Transfer , p4c:Application ; {DONE} . "


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ("", "identified"), (EVALUATED, "evaluated"), (SELECTED, "selected"), (SELECTED + EVALUATED, "selected"),
        (SELECTED + CATALOGUED, "catalogued"), (TESTED, "tested"), (TESTED + SELECTED + CATALOGUED, "tested"),
        (TRANSFERRED, "transferred"), (TRANSFERRED + TESTED + EVALUATED, "transferred"),
        (TESTED.replace("done", "planned"), "identified"), (TRANSFERRED.replace("done", "planned"), "identified"),
        (TESTED.replace("done", "cancelled") + EVALUATED, "evaluated"),
        (f":p p4c:application :o . :o a p4c:Origin , p4c:Application ; {DONE} . ", "identified"),
    ],
)
def test_the_status_is_the_furthest_step_that_was_taken(facts: str, step: str) -> None:
    assert Graph(PRACTICE + facts).values("p", "p4c:status") == {step}


# ── characteristics ────────────────────────────────────────────────────────────────────────────────────────────


def applied(name: str, kind: str, where: str, status: str = "done", more: str = "") -> str:
    return (f":p p4c:application :{name} . :{name} a p4c:{kind} , p4c:Application ; p4c:inRegion :{where} ; "
            f"p4c:applicationStatus status:{status} {more}. ")


POSITIVE, NEGATIVE = "; p4c:outcome outcome:positive ", "; p4c:outcome outcome:negative "
RESULT, TARGET = "; p4c:result :r ", "; p4c:result :aim "
MEASURED = ":r a p4c:Result ; p4c:value 12.0 . :aim a p4c:Result ; p4c:value 99.0 ; p4c:isTarget true . "
ORIGIN = applied("o", "Origin", "home")


@pytest.mark.parametrize(
    ("facts", "characteristics"),
    [
        (ORIGIN, set()),
        (applied("o", "Origin", "home", more=POSITIVE), set()),
        (applied("o", "Origin", "home", more=POSITIVE) + applied("o2", "Origin", "other", more=POSITIVE),
         {"proven-several-times"}),
        (applied("o", "Origin", "home", more=POSITIVE) + applied("t", "Transfer", "away", more=POSITIVE),
         {"proven-several-times", "transferable"}),
        (applied("o", "Origin", "home", more=RESULT) + applied("o2", "Origin", "home", more=POSITIVE),
         {"proven-several-times", "added-value"}),
        (applied("o", "Origin", "home", more=TARGET) + applied("o2", "Origin", "home", more=POSITIVE), set()),
        (applied("o", "Origin", "home", more=RESULT + NEGATIVE) + applied("o2", "Origin", "home", more=POSITIVE),
         set()),
        (applied("o", "Origin", "home", more=POSITIVE) + applied("t", "Transfer", "away", "planned", POSITIVE), set()),
        (applied("o", "Origin", "home", more=POSITIVE) + applied("t", "Transfer", "away", "cancelled", RESULT), set()),
        (ORIGIN + applied("t", "Transfer", "away"), {"transferable"}),
        (ORIGIN + applied("t", "Workshop", "away"), {"transferable"}),
        (ORIGIN + applied("t", "Transfer", "home"), set()),
        (ORIGIN + applied("t", "Transfer", "away", more=NEGATIVE), set()),
        (ORIGIN + applied("t", "Transfer", "away", "planned"), set()),
        (applied("o", "Origin", "home", more=RESULT), {"added-value"}),
        (applied("o", "Origin", "home", more=TARGET), set()),
    ],
)
def test_characteristics_are_evidenced_by_what_took_place(facts: str, characteristics: set[str]) -> None:
    found = Graph(PRACTICE + MEASURED + facts)
    assert found.values("p", "p4c:evidencedCharacteristic") == characteristics
    assert found.values("p", "p4c:hasCharacteristic") == characteristics
    assert found.values("p", "p4c:attestedCharacteristic") == set()


def evaluation(name: str, partner: str, criterion: str, value: float, scale: str = "five") -> str:
    return (f":{name} a p4c:Evaluation ; p4c:onPractice :p ; p4c:byPartner :{partner} ; "
            f"p4c:onCriterion criterion:{criterion} ; p4c:value {value:.4f} ; p4c:onScale :{scale} . ")


SCALES = ":five p4c:minimum 1 ; p4c:maximum 5 . :ten p4c:minimum 0 ; p4c:maximum 10 . "


@pytest.mark.parametrize(("value", "shown"), [(3.0, {"added-value"}), (2.9, set()), (5.0, {"added-value"})])
def test_added_value_is_evidenced_by_evaluations_from_the_middle_of_the_scale(value: float, shown: set[str]) -> None:
    found = Graph(PRACTICE + SCALES + evaluation("e", "one", "C1.1", value))
    assert found.values("p", "p4c:evidencedCharacteristic") == shown


ATTEST = SELECTED + CATALOGUED + ":s p4c:checkedCharacteristic has:proven-several-times , has:transferable "


def test_a_selection_attests_what_its_procedure_checked() -> None:
    found = Graph(PRACTICE + ATTEST + ". ")
    assert found.values("p", "p4c:attestedCharacteristic") == {"proven-several-times", "transferable"}
    assert found.values("p", "p4c:evidencedCharacteristic") == set()
    assert found.values("p", "p4c:hasCharacteristic") == {"proven-several-times", "transferable"}


def test_a_practice_that_the_selection_did_not_keep_is_attested_nothing() -> None:
    found = Graph(PRACTICE + ATTEST.replace("prov:hadMember :p", "prov:hadMember :other") + ". ")
    assert found.values("p", "p4c:hasCharacteristic") == set()


# ── good practices ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "good"),
    [
        (ATTEST + ", has:added-value . ", True),
        (ATTEST + ". ", False),
        (ATTEST + ". " + applied("o", "Origin", "home", more=RESULT), True),
        (applied("o", "Origin", "home", more=RESULT) + applied("t", "Transfer", "away", more=POSITIVE), True),
        (applied("o", "Origin", "home", more=POSITIVE) + applied("t", "Transfer", "away", more=POSITIVE), False),
        (applied("o", "Origin", "home", more=RESULT) + applied("t", "Transfer", "away"), False),
    ],
)
def test_only_a_practice_with_all_three_characteristics_is_a_good_practice(facts: str, good: bool) -> None:
    found = Graph(PRACTICE + MEASURED + facts)
    assert ("GoodPractice" in found.values("p", "a")) == good


# ── pooled services ────────────────────────────────────────────────────────────────────────────────────────────

AGENCY = ":p p4c:provider :agency . :agency a p4c:DevelopmentAgency ; p4c:supports :c1 , :c2 , :c3 , :c4 . " + "".join(
    f":c{i} a p4c:ClusterInitiative . " for i in range(1, 5))
LIST = ":agency p4c:completeFor p4c:ClusterInitiative . "


def serves(*clusters: str, status: str = "done", how: str = "attendedBy") -> str:
    return applied("o", "Origin", "home", status, "".join(f"; p4c:{how} :{cluster} " for cluster in clusters))


@pytest.mark.parametrize(
    ("facts", "pooled"),
    [
        (LIST + serves("c1", "c2", "c3"), True),
        (LIST + serves("c1", "c2", "c3", how="operator"), True),
        (LIST + serves("c1", "c2", "c3", how="partner"), True),
        (LIST + serves("c1", "c2"), False),
        (LIST + serves("c1", "c2", "stranger"), False),
        (LIST, False),
        (serves("c1", "c2", "c3", "c4"), False),
        (LIST.replace("ClusterInitiative", "Enterprise") + serves("c1", "c2", "c3"), False),
        (LIST + serves("c1", "c2", "c3", status="planned"), False),
        (LIST + serves("c1", "c2", "c3", status="cancelled"), False),
        (LIST + serves("c1", "c2") + applied("t", "Transfer", "away", more="; p4c:partner :c2 , :c3 "), True),
    ],
)
def test_a_pooled_service_reaches_a_majority_of_a_list_that_is_declared_complete(facts: str, pooled: bool) -> None:
    found = Graph(PRACTICE + AGENCY + facts)
    assert ("PooledService" in found.values("p", "a")) == pooled


# ── merit ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_mean_merit_weighs_partners_and_families_alike_and_leaves_renewability_out() -> None:
    # One: C1 0.5 and 1.0 → 0.75; C5 0.25 → 0.5. Two: C2 1.0. The mean is 0.75.
    found = Graph(
        PRACTICE + SCALES + evaluation("a", "one", "C1.1", 3) + evaluation("b", "one", "C1.2", 5)
        + evaluation("c", "one", "C5", 2) + evaluation("d", "two", "C2.3", 10, "ten")
        + evaluation("x", "two", "C4", 0, "ten"))
    assert found.values("p", "p4c:meanMerit") == {"0.75"}


def test_without_evaluations_there_is_no_mean_merit() -> None:
    assert Graph(PRACTICE).values("p", "p4c:meanMerit") == set()
    assert Graph(PRACTICE + SCALES + evaluation("x", "one", "C4", 3)).values("p", "p4c:meanMerit") == set()


@often
@given(st.lists(st.tuples(
    st.sampled_from(("one", "two", "three")),
    st.sampled_from(("C1.1", "C1.2", "C2.1", "C3.3", "C4", "C5")), st.integers(10, 50)), max_size=8,
    unique_by=lambda row: row[:2]))
def test_mean_merit_is_the_merit_that_ranking_uses(rows: list[tuple[str, str, int]]) -> None:
    found = Graph(PRACTICE + SCALES + "".join(
        evaluation(f"e{i}", partner, criterion, value / 10) for i, (partner, criterion, value) in enumerate(rows)))
    practice, = read_features(StoreRows(found.store)).practices
    expected, low, high = appraisal.merit(practice)
    values = found.values("p", "p4c:meanMerit")
    if all(criterion == "C4" for _, criterion, _ in rows):
        assert values == set()
    else:
        assert float(values.pop()) == pytest.approx(expected)
        assert low <= expected + 1e-12
        assert expected <= high + 1e-12
