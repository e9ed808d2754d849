"""Under the OWL 2 RL closure nothing contradicts; and the check does see contradictions."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from owlrl import OWLRL_Semantics
from owlrl.Namespaces import ERRNS
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef

P4C = "https://w3id.org/pooling4clusters/ontology#"
ID = "https://w3id.org/pooling4clusters/id/"
PREFIXES = (
    f"@prefix p4c: <{P4C}> . @prefix x: <https://example.org/> . @prefix org: <http://www.w3.org/ns/org#> . "
)
TEXT = {RDFS.label, RDFS.comment, SKOS.prefLabel, SKOS.definition, DCTERMS.title, DCTERMS.description}
AXIOMS = {RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.disjointWith}


@pytest.fixture(scope="module")
def bare(vocabulary: Graph) -> Graph:
    """The ontology and schemes without their texts, which only slow a reasoner down."""
    graph = Graph()
    for triple in vocabulary:
        if triple[1] not in TEXT:
            graph.add(triple)
    return graph


def closure(graph: Graph) -> Graph:
    closed = Graph()
    for triple in graph:
        closed.add(triple)
    OWLRL_Semantics(closed, axioms=False, daxioms=False, rdfs=False).closure()
    return closed


def contradictions(graph: Graph) -> list[str]:
    messages = set(graph.subjects(RDF.type, ERRNS.ErrorMessage))
    return [str(text) for message in messages for text in graph.objects(message) if isinstance(text, Literal)]


@pytest.fixture(scope="module")
def closed(bare: Graph) -> Graph:
    return closure(bare + Graph().parse(Path(__file__).with_name("instances.ttl")))


def test_ontology_schemes_and_instances_do_not_contradict(closed: Graph) -> None:
    assert contradictions(closed) == []


def test_what_is_said_of_the_project_does_not_contradict(bare: Graph, root: Path) -> None:
    files = sorted((root / "data" / "p4c").glob("*.trig"))
    assert files
    quads = [
        quad for path in files for quad in ox.parse(path=path, base_iri="https://w3id.org/pooling4clusters/")
    ]
    lines = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    assert contradictions(closure(bare + Graph().parse(data=lines, format="nt"))) == []


@pytest.mark.parametrize(
    ("subject", "inferred"),
    [
        ("application/test", P4C + "FieldTest"),
        ("application/test", P4C + "Application"),
        ("organisation/cluster", "http://www.w3.org/ns/org#Organization"),
        ("region/DE1", P4C + "Region"),
        ("region/DE11", "http://purl.org/dc/terms/Location"),
        ("observation/o", "http://purl.org/linked-data/cube#Observation"),
        ("selection/s", "http://www.w3.org/ns/prov#Activity"),
        ("catalogue/c", "http://www.w3.org/ns/prov#Collection"),
    ],
)
def test_the_closure_draws_the_expected_conclusions(closed: Graph, subject: str, inferred: str) -> None:
    assert (URIRef(ID + subject), RDF.type, URIRef(inferred)) in closed


@pytest.mark.parametrize(
    "statements",
    [
        "x:a a p4c:Practice, p4c:Region .",
        "x:a a p4c:Practice, p4c:DevelopmentAgency .",
        "x:a a p4c:Application, org:Organization .",
        "x:a a p4c:Region, p4c:Workshop .",
        "x:a a p4c:Project, p4c:Practice .",
        "x:a a p4c:Origin, p4c:Transfer .",
        "x:p p4c:application x:a . x:a a p4c:Region .",
        "x:p p4c:provider x:o . x:o p4c:inRegion x:r .",
    ],
)
def test_a_planted_contradiction_is_found(bare: Graph, statements: str) -> None:
    axioms = Graph()
    for triple in bare:
        if triple[1] in AXIOMS:
            axioms.add(triple)
    assert contradictions(closure(axioms + Graph().parse(data=PREFIXES + statements))) != []
