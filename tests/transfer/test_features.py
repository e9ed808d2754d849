"""What the model reads of a graph."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from p4c_graph.namespaces import PREFIXES, SCHEME
from p4c_graph.store.rows import StoreRows
from p4c_graph.transfer.features import Features, read_features

HEAD = "".join(f"PREFIX {name}: <{iri}> " for name, iri in {
    **PREFIXES, "": "http://example.org/", **{
        name: f"{SCHEME}{scheme}/" for name, scheme in (
            ("status", "application-status"), ("outcome", "outcome"), ("theme", "theme"), ("kind", "service-kind"),
            ("target", "target-group"), ("criterion", "criterion"))}}.items())
PRACTICE = ':p a p4c:Practice ; rdfs:label "p" . '


def read(statements: str) -> Features:
    store = ox.Store()
    store.update(f"{HEAD} INSERT DATA {{ {statements} }}")
    return read_features(StoreRows(store))


def iri(name: str) -> str:
    return f"http://example.org/{name}"


def test_practices_come_in_the_order_of_their_iris_with_their_english_name() -> None:
    found = read(':b a p4c:Practice ; rdfs:label "Deux"@fr , "Two"@en . :a a p4c:Practice ; rdfs:label "Un"@fr .')
    assert [(p.iri, p.label) for p in found.practices] == [(iri("a"), "Un"), (iri("b"), "Two")]


def test_codes_are_read_by_their_local_names() -> None:
    practice, = read(PRACTICE + """:p p4c:serviceKind kind:open-collective ; p4c:theme theme:training , theme:skills ;
        p4c:sector nace:C , nace:J ; p4c:targetGroup target:smes ; p4c:projectName "ONE" .""").practices
    assert practice.kind == "open-collective"
    assert practice.themes == {"training", "skills"}
    assert practice.sectors == {"C", "J"}
    assert practice.targets == {"smes"}
    assert practice.projects == {"ONE"}


def test_an_application_is_read_whole() -> None:
    practice, = read(PRACTICE + """
        :p p4c:application :a .
        :a a p4c:Application , p4c:FieldTest , p4c:Workshop ; p4c:inRegion :r1 , :r2 ; p4c:projectName "ONE" , "TWO" ;
          p4c:applicationStatus status:done ; p4c:outcome outcome:mixed ; dct:source :s2 , :s1 ; p4c:takenFrom :o ;
          p4c:operator :x ; p4c:partner :y ; p4c:presenter :z ; p4c:attendedBy :w ; p4c:responses :q1 , :q2 .
        :q1 p4c:asked 10 ; p4c:interested 4 . :q2 p4c:asked 10 ; p4c:interested 4 .""").practices
    found, = practice.applications.values()
    assert (found.kind, found.status, found.outcome, found.source) == ("Workshop", "done", "mixed", iri("s1"))
    assert found.regions == {iri("r1"), iri("r2")}
    assert found.projects == {"ONE", "TWO"}
    assert found.taken_from == {iri("o")}
    assert found.organisations == {iri("w"), iri("x"), iri("y"), iri("z")}
    assert (found.asked, found.interested) == (20, 8), "two summaries that are alike are still two"
    assert not found.has_result


def test_what_is_not_said_of_an_application_is_unknown() -> None:
    practice, = read(PRACTICE + ":p p4c:application :a . :a a p4c:Application .").practices
    found, = practice.applications.values()
    assert (found.kind, found.status, found.outcome, found.source) == ("Application", "unknown", "unknown", None)
    assert found.took_place
    assert not found.failed


@pytest.mark.parametrize(("results", "counts"), [
    (":a p4c:result :r . :r p4c:value 1.0 .", True),
    (":a p4c:result :r . :r p4c:value 1.0 ; p4c:isTarget false .", True),
    (":a p4c:result :r . :r p4c:value 1.0 ; p4c:isTarget true .", False),
    (":a p4c:result :r , :t . :t p4c:isTarget true . :r p4c:value 1.0 .", True),
    ("", False),
])
def test_an_aim_is_no_result(results: str, counts: bool) -> None:
    practice, = read(PRACTICE + ":p p4c:application :a . :a a p4c:Origin . " + results).practices
    assert practice.applications[iri("a")].has_result is counts


def test_an_application_of_two_practices_is_one_of_each() -> None:
    first, second = read(
        PRACTICE + ':q a p4c:Practice ; rdfs:label "q" ; p4c:application :a . :p p4c:application :a . '
        ':a a p4c:Transfer ; p4c:inRegion :r .').practices
    assert first.applications == second.applications


def test_a_condition_is_read_whole() -> None:
    practice, = read(PRACTICE + """
        :p p4c:condition :c . :c p4c:importance 3 ; p4c:required true ; p4c:onIndicator :i ; p4c:minimum 1.5 ;
        p4c:maximum 9 ; p4c:requiresActor p4c:ResearchBody ; p4c:sector nace:C ;
        dct:description "Deutsch"@de , "English"@en .""").practices
    found = practice.conditions[iri("c")]
    assert (found.importance, found.required, found.label) == (3, True, "English")
    assert (found.indicator, found.minimum, found.maximum) == (iri("i"), 1.5, 9)
    assert (found.actor, found.sector) == ("ResearchBody", "C")


def test_a_condition_that_states_no_importance_counts_least_and_is_not_required() -> None:
    practice, = read(PRACTICE + ":p p4c:condition :c . :c a p4c:TransferCondition .").practices
    found = practice.conditions[iri("c")]
    assert (found.importance, found.required, found.label) == (1, False, "c")


def test_evaluations_are_read_on_their_scale_by_partner_and_family_without_renewability() -> None:
    practice, = read(PRACTICE + ":s p4c:minimum 1 ; p4c:maximum 5 . " + "".join(
        f":e{i} a p4c:Evaluation ; p4c:onPractice :p ; p4c:byPartner :{partner} ; p4c:onScale :s ; "
        f"p4c:onCriterion criterion:{criterion} ; p4c:value {value} . "
        for i, (partner, criterion, value) in enumerate(
            [("one", "C1.1", 5), ("one", "C1.2", 3), ("one", "C4", 1), ("two", "C5", 2)]))).practices
    assert practice.scores == {iri("one"): {"C1": [1.0, 0.5]}, iri("two"): {"C5": [0.25]}}


def test_of_several_selections_the_strictest_counts() -> None:
    practice, = read(PRACTICE + "".join(
        f":s{i} a p4c:Selection ; p4c:identifiedCount {identified} ; p4c:keptCount {kept} ; p4c:produced :c{i} . "
        f":c{i} prov:hadMember :p . " for i, (identified, kept) in enumerate([(20, 10), (100, 10), (0, 0)]))).practices
    assert practice.kept_share == 0.1


def test_actors_are_read_with_their_kinds_regions_and_sectors() -> None:
    found = read(""":x a org:Organization , p4c:ClusterInitiative ; p4c:locatedIn :r1 ; p4c:territory :r2 ;
        p4c:sector nace:C . :y a org:Organization ; p4c:locatedIn :r1 .""").actors
    assert list(found) == [iri("x")]
    actor = found[iri("x")]
    assert (actor.kinds, actor.regions, actor.sectors) == ({"ClusterInitiative"}, {iri("r1"), iri("r2")}, {"C"})


def test_an_actor_that_only_applications_name_is_told_from_one_named_elsewhere() -> None:
    found = read(PRACTICE + ":p p4c:application :a . :a a p4c:Transfer ; p4c:operator :x , :y . "
                 + "".join(f":{x} a p4c:Chamber ; p4c:locatedIn :r . " for x in "xyz")
                 + ":p p4c:provider :y . ").actors
    assert {name[-1]: actor.elsewhere for name, actor in found.items()} == {"x": False, "y": True, "z": False}


def test_needs_are_those_of_a_region_and_of_agencies_that_serve_it() -> None:
    found = read(""":r a p4c:Region ; p4c:need :n . :x p4c:territory :r ; p4c:need :m .
        :n p4c:theme theme:training ; p4c:sector nace:C . :m p4c:targetGroup target:smes .""").needs
    assert found[iri("n")].regions == found[iri("m")].regions == {iri("r")}
    assert (found[iri("n")].themes, found[iri("n")].sectors) == ({"training"}, {"C"})
    assert found[iri("m")].targets == {"smes"}


def test_complete_lists_observations_and_partnerships_are_read() -> None:
    found = read(""":r a p4c:Region ; p4c:completeFor p4c:Chamber . :x p4c:completeFor p4c:Enterprise .
        :o p4c:refArea :r ; p4c:indicator :i ; p4c:refPeriod "2018"^^xsd:gYear ; p4c:value 2.5 .
        :m p4c:inProject :j ; p4c:actsFor :r . :j rdfs:label "ONE"@en , "UN"@fr .""")
    assert found.complete == {(iri("r"), "Chamber")}, "only what is said of regions"
    assert found.observations == {(iri("r"), iri("i"), 2018): 2.5}
    assert found.partners == {"ONE": {iri("r")}}, "one project, whatever the languages of its name"
