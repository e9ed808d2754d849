"""Reading evaluations: declared scales, blanks, later rounds, families judged whole, whose judgements count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyoxigraph as ox
import pytest
from small import PREFIX_LINES

from p4c_graph.errors import AmbiguousName, InputError
from p4c_graph.namespaces import PREFIXES, ROOT
from p4c_graph.process.evaluations import Evaluations, read_evaluations
from p4c_graph.store.rows import StoreRows
from p4c_graph.terms import Minter
from p4c_graph.transfer.appraisal import merit
from p4c_graph.transfer.features import read_features

MINTER = Minter()
HEAD = PREFIX_LINES + """
@prefix criterion: <https://w3id.org/pooling4clusters/scheme/criterion/> .
@prefix role: <https://w3id.org/pooling4clusters/scheme/role/> .
@prefix new: <https://w3id.org/pooling4clusters/scheme/renewability/> .
@prefix o: <id/organisation/> . @prefix p: <id/practice/> . @prefix e: <id/evaluation/> . @prefix x: <id/x/> .
"""
WORLD = """
<id/project/pool> a p4c:Project ; rdfs:label "Pool"@en .
x:a a p4c:Partnership ; p4c:inProject <id/project/pool> ; p4c:member o:a ; p4c:role role:lead-partner .
x:b a p4c:Partnership ; p4c:inProject <id/project/pool> ; p4c:member o:b ; p4c:role role:partner .
x:c a p4c:Partnership ; p4c:inProject <id/project/pool> ; p4c:member o:c ; p4c:role role:contact .
o:a rdfs:label "Agency A"@en . o:b rdfs:label "Agence B"@fr . o:guest rdfs:label "Guest"@en .
p:fair a p4c:Practice ; rdfs:label "Stand"@fr , "Fair"@en ; p4c:identifiedBy <id/project/pool> .
p:idle a p4c:Practice ; rdfs:label "Idle"@en ; p4c:identifiedBy <id/project/pool> .
p:school a p4c:Practice ; rdfs:label "School"@en .
<id/scale/five> a p4c:Scale ; p4c:minimum 1 ; p4c:maximum 5 .
<id/scale/ten> a p4c:Scale ; p4c:minimum 0 ; p4c:maximum 10 .
e:1 a p4c:Evaluation ; p4c:onPractice p:fair ; p4c:byPartner o:a ; p4c:onCriterion criterion:C1.1 ; p4c:value 4 ;
  p4c:onScale <id/scale/five> ; dct:date "2026-02-01"^^xsd:date .
e:2 a p4c:Evaluation ; p4c:onPractice p:fair ; p4c:byPartner o:b ; p4c:onCriterion criterion:C1.1 ; p4c:value 2.5 ;
  p4c:onScale <id/scale/ten> .
e:3 a p4c:Evaluation ; p4c:onPractice p:fair ; p4c:byPartner o:a ; p4c:onCriterion criterion:C4 ; p4c:category new:new .
"""
SCHEME = Path(__file__).parents[2] / "ontology" / "schemes" / "criterion.ttl"


def store(more: str = "", *, world: str = WORLD) -> ox.Store:
    found = ox.Store()
    graph = ox.NamedNode(MINTER.graph("evaluations/pool"))
    for quad in [*ox.parse(HEAD + world + more, ox.RdfFormat.TURTLE, base_iri=ROOT),
                 *ox.parse(path=str(SCHEME), format=ox.RdfFormat.TURTLE)]:
        found.extend([ox.Quad(*quad.triple), ox.Quad(quad.subject, quad.predicate, quad.object, graph)])
    return found


def read(more: str = "", project: str | None = None) -> Evaluations:
    return read_evaluations(StoreRows(store(more)), project)


def value(found: Evaluations, practice: str, partner: str, notation: str) -> float:
    p = [ref.id.rpartition("/")[2] for ref in found.practices].index(practice)
    a = [ref.id.rpartition("/")[2] for ref in found.partners].index(partner)
    return float(found.values[p, a, [c.notation for c in found.criteria].index(notation)])


def test_values_are_read_on_their_own_scale_and_blanks_stay_blank() -> None:
    found = read()
    assert value(found, "fair", "a", "C1.1") == 0.75
    assert value(found, "fair", "b", "C1.1") == 0.25
    assert np.isnan(value(found, "fair", "a", "C5"))
    assert int(found.known.sum()) == 2


def test_names_are_english_where_there_is_one() -> None:
    found = read()
    assert [ref.label for ref in found.practices] == ["Fair", "Idle"]
    assert [ref.label for ref in found.partners] == ["Agency A", "Agence B"]


def test_the_ten_criteria_that_are_scored_are_there_and_renewability_is_counted() -> None:
    found = read()
    assert [c.notation for c in found.criteria] == [
        "C1.1", "C1.2", "C1.3", "C2.1", "C2.2", "C2.3", "C3.1", "C3.2", "C3.3", "C5"]
    assert found.renewability == {0: {"new": 1}}


def test_what_is_identified_and_not_judged_is_there() -> None:
    found = read()
    assert (len(found.practices), found.evaluated) == (2, 1)
    gaps = {line["practice"]["label"]: [cell["judged"] for cell in line["partners"]] for line in found.coverage()}
    assert gaps == {"Fair": [1, 1], "Idle": [0, 0]}
    assert found.coverage()[0]["partners"][0]["missing"][0] == "C1.2"


LATER = """
e:4 a p4c:Evaluation ; p4c:onPractice p:fair ; p4c:byPartner o:a ; p4c:onCriterion criterion:C1.1 ; p4c:value 1 ;
  p4c:onScale <id/scale/five> ; dct:date "2026-06-01"^^xsd:date .
e:5 a p4c:Evaluation ; p4c:onPractice p:fair ; p4c:byPartner o:b ; p4c:onCriterion criterion:C1.1 ; p4c:value 9 ;
  p4c:onScale <id/scale/ten> ; dct:date "2026"^^xsd:gYear .
"""


def test_a_later_round_replaces_an_earlier_one_and_what_has_no_date() -> None:
    found = read(LATER)
    assert value(found, "fair", "a", "C1.1") == 0.0
    assert value(found, "fair", "b", "C1.1") == 0.9


def test_merit_reads_the_rounds_alike_in_sparql_and_in_python(root: Path) -> None:
    graph = store(LATER)
    query = (root / "sparql" / "derive" / "15-merit.rq").read_text("utf-8")
    derived = {t.subject.value: float(t.object.value) for t in graph.query(query, prefixes=PREFIXES)}  # type: ignore[union-attr]
    practice = next(p for p in read_features(StoreRows(graph)).practices if p.iri.endswith("/fair"))
    assert derived == {practice.iri: pytest.approx(0.45)}
    assert merit(practice)[0] == pytest.approx(0.45)


def test_a_family_judged_whole_stands_for_its_parts_that_are_not_judged() -> None:
    found = read("""
e:6 a p4c:Evaluation ; p4c:onPractice p:fair ; p4c:byPartner o:a ; p4c:onCriterion criterion:C1 ; p4c:value 2 ;
  p4c:onScale <id/scale/five> .""")
    assert [value(found, "fair", "a", name) for name in ("C1.1", "C1.2", "C1.3")] == [0.75, 0.25, 0.25]


def test_judgements_from_outside_the_project_are_left_out_and_said() -> None:
    found = read("""
e:7 a p4c:Evaluation ; p4c:onPractice p:school ; p4c:byPartner o:guest ; p4c:onCriterion criterion:C5 ; p4c:value 5 ;
  p4c:onScale <id/scale/five> .""")
    assert [ref.label for ref in found.practices] == ["Fair", "Idle"]
    assert found.notes == ["Judgements of 1 organisation outside the project are not counted."]


def test_without_a_project_those_who_judged_are_the_partners() -> None:
    world = WORLD.replace("p4c:member o:a", "p4c:member o:x").replace("p4c:member o:b", "p4c:member o:y")
    found = read_evaluations(StoreRows(store(world=world)))
    assert found.project is None
    assert [ref.label for ref in found.partners] == ["Agency A", "Agence B"]


def test_partners_of_several_projects_need_a_choice() -> None:
    more = """
<id/project/other> a p4c:Project ; rdfs:label "Other"@en .
x:d a p4c:Partnership ; p4c:inProject <id/project/other> ; p4c:member o:b ; p4c:role role:partner ."""
    with pytest.raises(AmbiguousName, match="It may be: other; pool"):
        read(more)
    assert [ref.label for ref in read(more, MINTER.resource("project", "other")).partners] == ["Agence B"]


def test_no_evaluation_at_all_says_how_to_begin() -> None:
    with pytest.raises(InputError, match="p4c template evaluations"):
        read_evaluations(StoreRows(store(world=WORLD.split("e:1")[0])))
