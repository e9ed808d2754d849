"""Every ontology file reads the same in both engines, and its IRIs have the agreed forms."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import BNode, Graph, URIRef

ONTOLOGY = Path(__file__).parents[2] / "ontology"
FILES = [*sorted(ONTOLOGY.glob("*.ttl")), *sorted((ONTOLOGY / "schemes").glob("*.ttl"))]
ROOT = "https://w3id.org/pooling4clusters/"
OURS = re.compile(
    re.escape(ROOT)
    + r"(ontology(/\d+\.\d+\.\d+)?|ontology#[A-Za-z][\w-]*"
    + r"|scheme/[a-z]+(-[a-z]+)*(/([a-z]+(-[a-z]+)*|C\d(\.\d)?))?)"
)

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ONTOLOGY).as_posix())


def iris(path: Path) -> set[str]:
    graph = Graph().parse(path)
    return {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}


@each_file
def test_a_file_gives_the_same_statements_in_both_engines(path: Path) -> None:
    ours = Graph().parse(path)
    theirs = Graph().parse(data=ox.serialize(ox.parse(path=path), format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert len(ours) == len(theirs) > 0
    assert set(ours) == set(theirs)


@each_file
def test_a_file_has_no_blank_node(path: Path) -> None:
    assert not [term for triple in Graph().parse(path) for term in triple if isinstance(term, BNode)]


@each_file
def test_iris_of_the_project_follow_the_pattern(path: Path) -> None:
    wrong = [iri for iri in iris(path) if "pooling4clusters" in iri and not OURS.fullmatch(iri)]
    assert not wrong


@each_file
def test_no_iri_has_a_doubled_slash(path: Path) -> None:
    assert not [iri for iri in iris(path) if "//" in iri.split("://", 1)[-1]]


@each_file
def test_schema_org_is_written_with_https(path: Path) -> None:
    assert not [iri for iri in iris(path) if iri.startswith("http://schema.org")]


@pytest.mark.parametrize(
    "iri", ["scheme//theme/training", "ontology#", "scheme/Theme/x", "id/practice/x", "ontology/x"]
)
def test_the_pattern_refuses_a_malformed_iri(iri: str) -> None:
    assert not OURS.fullmatch(ROOT + iri)


@pytest.mark.parametrize("path", sorted((ONTOLOGY / "schemes").glob("*.ttl")), ids=lambda path: path.stem)
def test_a_scheme_file_describes_the_scheme_it_is_named_after(path: Path) -> None:
    scheme = "http://data.europa.eu/ux2/nace2/nace2" if path.stem == "nace" else f"{ROOT}scheme/{path.stem}"
    graph = Graph().parse(path)
    concepts = "http://data.europa.eu/ux2/nace2/" if path.stem == "nace" else f"{scheme}/"
    assert {str(s) for s in graph.subjects()} - {scheme} == {
        str(s) for s in graph.subjects() if str(s).startswith(concepts)
    } - {scheme}
    assert URIRef(scheme) in set(graph.subjects())
