"""The facts about POOLING4CLUSTERS in data/p4c: complete where the sources are, silent where they are."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

BASE = "https://w3id.org/pooling4clusters/"
ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "p4c"
FILES = sorted(FOLDER.glob("*.trig"))
PREFIXES = f"""
PREFIX p4c: <{BASE}ontology#>
PREFIX field: <{BASE}scheme/service-field/>
PREFIX status: <{BASE}scheme/application-status/>
PREFIX role: <{BASE}scheme/role/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dct: <http://purl.org/dc/terms/>
BASE <{BASE}>
"""


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return [quad for file in FILES for quad in parse(path=str(file), format=RdfFormat.TRIG, base_iri=BASE)]


@pytest.fixture(scope="module")
def store(quads: list[Quad]) -> Store:
    """The named graphs, and all of them merged as the default graph."""
    store = Store()
    store.extend(quads)
    store.extend(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
    return store


def rows(store: Store, query: str) -> list[tuple[str, ...]]:
    """The rows of a SELECT, as text with the base cut off."""
    found = store.query(PREFIXES + query)
    return [tuple("" if term is None else term.value.removeprefix(BASE) for term in row) for row in found]


def ask(store: Store, query: str) -> bool:
    return bool(store.query(PREFIXES + query))


def local(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]


def source_ids() -> set[str]:
    """The sources described, in this folder's own table or in the common one."""
    tables = [FOLDER / "sources-p4c.csv", ROOT / "data" / "sources.csv"]
    ids: set[str] = set()
    for table in filter(Path.is_file, tables):
        with table.open(encoding="utf-8", newline="") as file:
            ids |= {row["id"] for row in csv.DictReader(file)}
    return ids


# --- the catalogue ---


def test_the_catalogue_holds_fifteen_practices_in_six_service_fields(store: Store) -> None:
    members = rows(store, """
        SELECT DISTINCT ?practice ?field WHERE {
            <id/catalogue/p4c-2011> prov:hadMember ?practice .
            ?practice a p4c:Practice ; p4c:serviceField ?field }""")
    assert Counter(local(field) for _, field in members) == {
        "education-and-training": 1,
        "expansion": 6,
        "research-and-networking": 4,
        "commercial-cooperation": 1,
        "innovation-and-technology": 2,
        "policy-actions": 1,
    }


def test_every_practice_has_a_provider_or_says_that_none_is_known(store: Store) -> None:
    found = rows(store, """
        SELECT DISTINCT ?practice ?provider ?unknown WHERE {
            ?practice a p4c:Practice .
            OPTIONAL { ?practice p4c:provider ?provider }
            OPTIONAL { ?practice p4c:providerUnknown ?unknown } }""")
    assert len(found) == 16
    assert all(bool(provider) != bool(unknown) for _, provider, unknown in found)
    assert {local(practice): local(provider) for practice, provider, _ in found if provider} == {
        "trainings": "bsc-kranj",
        "european-networking": "wrs",
    }


def test_the_mission_abroad_is_identified_but_not_in_the_catalogue(store: Store) -> None:
    assert ask(store, "ASK { <id/practice/mission-abroad> p4c:identifiedBy <id/project/pooling4clusters> }")
    assert not ask(store, "ASK { ?catalogue prov:hadMember <id/practice/mission-abroad> }")


def test_the_provider_of_the_trainings_is_inferred_and_that_of_european_networking_read(store: Store) -> None:
    query = "SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ <id/practice/{}> p4c:provider ?who }} }}"
    assert {local(g) for (g,) in rows(store, query.format("trainings"))} == {"inferred"}
    assert {local(g) for (g,) in rows(store, query.format("european-networking"))} == {"verified"}


def test_themes_are_inferred(store: Store) -> None:
    graphs = {graph for (graph,) in rows(store, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?p p4c:theme ?t } }")}
    assert graphs
    assert {local(graph) for graph in graphs} == {"inferred"}


def test_the_selection_goes_from_96_to_15_and_publishes_no_scores(store: Store) -> None:
    assert rows(store, """
        SELECT ?identified ?kept ?tested WHERE { <id/selection/p4c-2011> p4c:identifiedCount ?identified ;
            p4c:keptCount ?kept ; p4c:toBeTestedCount ?tested ; p4c:produced <id/catalogue/p4c-2011> }
        """) == [("96", "15", "9")]
    assert len(rows(store, "SELECT ?c WHERE { <id/selection/p4c-2011> p4c:usesCriterion ?c }")) == 11
    assert len(rows(store, "SELECT ?c WHERE { <id/selection/p4c-2011> p4c:checkedCharacteristic ?c }")) == 3
    assert not ask(store, "ASK { VALUES ?kind { p4c:Evaluation p4c:Scale } ?x a ?kind }")


# --- field tests and origins ---


def test_sophia_antipolis_plans_three_field_tests_two_real_and_one_workshop(store: Store) -> None:
    found = rows(store, """
        SELECT DISTINCT ?practice ?kind ?status ?region WHERE {
            VALUES ?kind { p4c:Implementation p4c:Workshop }
            ?practice p4c:application ?test . ?test a ?kind, p4c:FieldTest ;
                p4c:partner <id/organisation/fondation-sophia-antipolis> ;
                p4c:applicationStatus ?status ; p4c:inRegion ?region }""")
    assert {tuple(local(value) for value in row) for row in found} == {
        ("trainings", "Implementation", "planned", "FRL0"),
        ("mission-abroad", "Implementation", "planned", "FRL0"),
        ("european-networking", "Workshop", "planned", "FRL0"),
    }


def test_the_mission_goes_to_turkey_in_october_2011(store: Store) -> None:
    assert rows(store, """
        SELECT ?destination ?start ?end WHERE {
            <id/application/fsa-mission-abroad-test> p4c:destination ?destination ;
                p4c:start ?start ; p4c:end ?end }
        """) == [("id/region/TR", "2011-10-24", "2011-10-27")]


def test_the_workshop_has_a_questionnaire_interviews_and_two_target_groups(store: Store) -> None:
    workshop = "<id/application/fsa-european-networking-workshop>"
    kinds = rows(store, f"SELECT ?kind WHERE {{ {workshop} p4c:instrument/a ?kind }}")
    assert {local(kind) for (kind,) in kinds} == {"Questionnaire", "Interview", "Instrument"}
    groups = rows(store, f"SELECT ?group WHERE {{ {workshop} p4c:targetGroup ?group }}")
    assert {local(group) for (group,) in groups} == {"clusters", "business-service-providers"}


def test_tartu_prepares_two_tests_of_unnamed_practice_and_kind(store: Store) -> None:
    tests = rows(store, """
        SELECT ?test ?region WHERE {
            ?test a p4c:FieldTest ; p4c:partner <id/organisation/tartu-science-park> ;
                p4c:applicationStatus status:planned ; p4c:inRegion ?region
            FILTER NOT EXISTS { ?practice p4c:application ?test }
            FILTER NOT EXISTS { VALUES ?kind { p4c:Implementation p4c:Workshop } ?test a ?kind } }""")
    assert [local(region) for _, region in tests] == ["south-estonia", "south-estonia"]


def test_no_planned_application_has_an_outcome_or_a_result(store: Store) -> None:
    assert ask(store, "ASK { ?application p4c:applicationStatus status:planned }")
    assert not ask(store, """
        ASK { VALUES ?p { p4c:outcome p4c:result p4c:responses }
              ?application p4c:applicationStatus status:planned ; ?p ?o }""")


def test_no_result_is_claimed_anywhere(store: Store) -> None:
    assert not ask(store, "ASK { VALUES ?p { p4c:outcome p4c:result p4c:responses } ?x ?p ?y }")


def test_european_networking_runs_in_stuttgart_since_2000(store: Store) -> None:
    assert rows(store, """
        SELECT ?operator ?region ?start ?ongoing WHERE {
            <id/practice/european-networking> p4c:application ?origin .
            ?origin a p4c:Origin ; p4c:operator ?operator ; p4c:inRegion ?region ;
                p4c:start ?start ; p4c:ongoing ?ongoing }
        """) == [("id/organisation/wrs", "id/region/DE11", "2000", "true")]


# --- the project ---


def test_seven_partners_take_part_and_exactly_one_leads(store: Store) -> None:
    partnerships = rows(store, """
        SELECT ?partnership ?member ?region WHERE { ?partnership a p4c:Partnership ;
            p4c:inProject <id/project/pooling4clusters> ; p4c:member ?member ; p4c:actsFor ?region }""")
    assert len(partnerships) == 7
    assert len({member for _, member, _ in partnerships}) == 7
    leads = rows(store, """
        SELECT ?member WHERE { ?partnership p4c:inProject <id/project/pooling4clusters> ;
            p4c:member ?member ; p4c:role role:lead-partner }""")
    assert leads == [("id/organisation/bep",)]


def test_the_project_has_its_index_its_two_titles_and_one_start_and_end(store: Store) -> None:
    assert rows(store, """
        SELECT ?index ?start ?end WHERE { <id/project/pooling4clusters> dct:identifier ?index ;
            p4c:start ?start ; p4c:end ?end }""") == [("0722R2", "2010-01-01", "2012-12-31")]
    titles = rows(store, "SELECT (LANG(?t) AS ?l) WHERE { <id/project/pooling4clusters> dct:title ?t }")
    assert {language for (language,) in titles} == {"en", "fr"}


def test_every_organisation_is_typed_as_one_and_has_a_label(store: Store) -> None:
    assert not ask(store, """
        ASK { VALUES ?p { p4c:member p4c:provider p4c:operator p4c:partner p4c:declaredBy dct:creator }
              ?x ?p ?organisation
              FILTER NOT EXISTS { ?organisation a org:Organization ; rdfs:label ?label } }""")


def test_only_cluster_initiatives_are_supported(store: Store) -> None:
    assert len(rows(store, "SELECT ?i WHERE { ?agency p4c:supports ?i }")) == 5
    assert not ask(store, """
        ASK { ?agency p4c:supports ?i
              FILTER NOT EXISTS { ?agency a p4c:DevelopmentAgency . ?i a p4c:ClusterInitiative } }""")


def test_every_territory_that_is_no_nuts_unit_is_approximated_by_nuts_regions(store: Store) -> None:
    found = rows(store, "SELECT ?region ?nuts WHERE { ?region a p4c:Region ; p4c:approximatedBy ?nuts }")
    assert Counter(local(region) for region, _ in found) == {
        "stuttgart-region": 6,
        "gorenjska": 1,
        "south-estonia": 1,
    }


def test_malta_declares_one_need_and_its_plan_holds_no_invented_recommendation(store: Store) -> None:
    assert rows(store, "SELECT ?need WHERE { <id/region/MT00> p4c:need ?need }") == [
        ("id/need/malta-ict-cluster-framework",)
    ]
    assert ask(store, "ASK { ?plan a p4c:RecommendationPlan ; p4c:forRegion <id/region/MT00> }")
    assert not ask(store, "ASK { ?x p4c:partOfPlan ?plan }")


# --- form ---


def test_there_are_no_blank_nodes_and_nothing_outside_a_named_graph(quads: list[Quad]) -> None:
    for quad in quads:
        assert not isinstance(quad.subject, BlankNode)
        assert not isinstance(quad.object, BlankNode)
        assert isinstance(quad.graph_name, NamedNode)


def test_every_graph_is_named_after_a_described_source_and_a_basis(store: Store) -> None:
    known = source_ids()
    for graph in store.named_graphs():
        match = re.fullmatch(re.escape(BASE) + r"graph/([a-z0-9-]+)/(verified|inferred)", graph.value)
        assert match, graph.value
        assert match[1] in known, graph.value


def test_every_source_that_a_statement_names_is_described(store: Store) -> None:
    named = {local(source) for (source,) in rows(store, "SELECT DISTINCT ?s WHERE { ?x dct:source ?s }")}
    assert named
    assert named <= source_ids()


def test_no_thing_has_two_labels_or_descriptions_in_one_language(store: Store) -> None:
    texts = rows(store, """
        SELECT DISTINCT ?x ?p (LANG(?text) AS ?language) ?text WHERE {
            VALUES ?p { rdfs:label dct:description dct:title skos:definition } ?x ?p ?text }""")
    twice = [key for key, count in Counter(row[:3] for row in texts).items() if count > 1]
    assert twice == []


def test_every_term_used_is_defined_by_the_ontology(quads: list[Quad]) -> None:
    ontology = Store()
    for file in [*(ROOT / "ontology").glob("*.ttl"), *(ROOT / "ontology" / "schemes").glob("*.ttl")]:
        ontology.load(path=str(file), format=RdfFormat.TURTLE)
    defined = {quad.subject.value for quad in ontology if isinstance(quad.subject, NamedNode)}
    used = {
        term.value
        for quad in quads
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, NamedNode)
        and term.value.startswith((f"{BASE}ontology#", f"{BASE}scheme/", "http://data.europa.eu/ux2/"))
    }
    assert sorted(used - defined) == []


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_no_file_holds_an_email_address_or_a_phone_number(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", text)
    assert not re.search(r"mailto:|tel:|\+\d[\d ()./-]{6,}\d", text)
