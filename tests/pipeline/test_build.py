"""The build: one way for the data, all or nothing."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from small import FEW

from p4c_graph import KnowledgeGraph
from p4c_graph.intake.sources import Library
from p4c_graph.pipeline import load
from p4c_graph.store.rows import StoreRows
from p4c_graph.store.snapshots import Snapshots
from p4c_graph.terms import Minter

pytestmark = pytest.mark.slow

UNPROVIDED = """
@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

<id/practice/lonely> a p4c:Practice ; rdfs:label "A practice of nobody"@en .
"""
GOOD = """
@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

<id/practice/added> a p4c:Practice ; rdfs:label "A practice that was added"@en ; p4c:providerUnknown true .
"""
OFF_SCALE = """
@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix qb: <http://purl.org/linked-data/cube#> .

<id/scale/five> a p4c:Scale ; rdfs:label "One to five"@en ; p4c:minimum 1 ; p4c:maximum 5 .
<id/evaluation/high> a p4c:Evaluation , qb:Observation ;
  p4c:onPractice <id/practice/trainings> ; p4c:byPartner <id/organisation/bep> ;
  p4c:onCriterion <https://w3id.org/pooling4clusters/scheme/criterion/C1.1> ;
  p4c:onScale <id/scale/five> ; p4c:value 9.0 .
"""


def run(p4c: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([p4c, *arguments], cwd=cwd, capture_output=True, text=True, timeout=300)


@pytest.fixture
def store(few: Path, tmp_path: Path) -> Path:
    """A store of one's own with a small snapshot in it; its sources lie beside it."""
    (tmp_path / "few.trig").write_text(FEW)
    return Path(shutil.copytree(few, tmp_path / "store"))


def build(p4c: str, store: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Builds the small snapshot again, with something more."""
    return run(p4c, "build", "--no-facts", "few.trig", *arguments, "--store", str(store), cwd=store.parent)


@pytest.fixture(scope="module")
def building(p4c: str, few: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds that a build of the small snapshot takes here."""
    folder = tmp_path_factory.mktemp("timed")
    (folder / "few.trig").write_text(FEW)
    store = Path(shutil.copytree(few, folder / "store"))
    start = time.monotonic()
    assert build(p4c, store).returncode == 0
    return time.monotonic() - start


def test_the_shipped_facts_conform(kg: KnowledgeGraph) -> None:
    assert kg.snapshot.manifest()["left_out"] == {}


def test_the_manifest_counts_graphs_and_classes(kg: KnowledgeGraph) -> None:
    manifest = kg.snapshot.manifest()
    rows = StoreRows(kg.dataset.store)
    [[practices]] = rows.rows("SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?p a p4c:Practice }")
    assert str(manifest["classes"]["Practice"]) == practices
    assert manifest["statements"] == sum(manifest["graphs"].values())
    [[merged]] = rows.rows("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    assert str(manifest["merged"]) == merged


def test_the_default_graph_is_the_merged_set(kg: KnowledgeGraph) -> None:
    [[distinct]] = StoreRows(kg.dataset.store).rows(
        "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } } }")
    assert distinct == str(kg.snapshot.manifest()["merged"])


def test_every_derived_graph_says_what_generated_it(kg: KnowledgeGraph) -> None:
    rows = list(StoreRows(kg.dataset.store).rows(
        "SELECT DISTINCT ?g ?by WHERE { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), '/graph/derived/')) "
        "OPTIONAL { ?g a p4c:DerivedGraph ; prov:wasGeneratedBy ?by } }"))
    assert len(rows) >= 4
    assert all(by for _, by in rows)


def test_every_source_graph_names_its_source_and_basis(kg: KnowledgeGraph) -> None:
    described = {str(graph) for (graph,) in StoreRows(kg.dataset.store).rows(
        "SELECT ?g WHERE { ?g a p4c:SourceGraph ; p4c:basis ?basis ; dct:source ?source . ?source a p4c:Source }")}
    graphs = {graph for graph in kg.snapshot.manifest()["graphs"] if graph.endswith(("/verified", "/inferred"))}
    assert len(graphs) > 400
    assert graphs == described


@pytest.mark.parametrize(("name", "content", "words", "code"), [
    ("broken.ttl", "@prefix p4c: <https://x/> .\np4c:a p4c:b\n", ("broken.ttl", "line"), 2),
    ("lonely.ttl", UNPROVIDED, ("lonely.ttl", "line 5", "provider"), 1),
    ("scale.ttl", OFF_SCALE, ("scale.ttl", "scale"), 1),
    ("odd.docx", "", ("odd.docx", ".docx", "expected"), 2),
    ("odd.csv", "colour,shape\nred,round\n", ("odd.csv", "row 1"), 2),
])
def test_a_bad_source_is_one_clear_message_and_changes_nothing(
    p4c: str, store: Path, tmp_path: Path, name: str, content: str, words: tuple[str, ...], code: int
) -> None:
    (tmp_path / name).write_text(content)
    before = sorted(str(path) for path in store.rglob("*"))
    done = build(p4c, store, name)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert [path for path in sorted(str(path) for path in store.rglob("*")) if not path.endswith("lock")] == [
        path for path in before if not path.endswith("lock")]


def test_good_files_join_the_graph_and_skip_invalid_leaves_the_bad_out(p4c: str, store: Path, tmp_path: Path) -> None:
    for name, content in (("lonely.ttl", UNPROVIDED), ("broken.ttl", "<a> <b>"), ("good.ttl", GOOD)):
        (tmp_path / name).write_text(content)
    files = ("lonely.ttl", "broken.ttl", "good.ttl")
    done = build(p4c, store, *files, "--skip-invalid")
    assert done.returncode == 0, done.stderr
    assert "left out" in done.stderr
    assert "lonely.ttl" in done.stderr
    assert "broken.ttl" in done.stderr
    kg = KnowledgeGraph.open(store)
    assert kg.practice("added") >= 0
    assert {Path(name).name for name in kg.snapshot.manifest()["left_out"]} == {"lonely.ttl", "broken.ttl"}
    difference = run(p4c, "snapshots", "diff", "1", "--store", str(store), cwd=tmp_path)
    assert "graph/good" in difference.stdout


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8, 0.9, 1.0])
def test_a_build_killed_at_any_point_leaves_the_last_snapshot_usable(
    p4c: str, store: Path, building: float, share: float
) -> None:
    before = Snapshots(store).current()
    process = subprocess.Popen([p4c, "build", "--no-facts", "few.trig", "--store", str(store)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=store.parent)
    try:
        process.wait(share * building)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert Snapshots(store).current().number >= before.number
    kg = KnowledgeGraph.open(store)
    assert kg.practice("help-desk") >= 0
    assert kg.query("ASK { ?p a p4c:Practice }").boolean()
    assert build(p4c, store).returncode == 0


def test_base_iri_moves_resources_but_not_the_ontology() -> None:
    base = "https://portal.example/p4c/"
    library = Library.shipped()
    rows = StoreRows(load(library.model() + library.facts(), Minter(base)))
    assert list(rows.rows("SELECT (COUNT(*) AS ?n) WHERE { ?p a p4c:Practice }")) != [("0",)]
    elsewhere = list(rows.rows("SELECT ?s ?o WHERE { ?s ?p ?o FILTER(CONTAINS(CONCAT(STR(?s), ' ', STR(?o)), "
                               "'https://w3id.org/pooling4clusters/id/')) } LIMIT 3"))
    assert elsewhere == []
    assert all(str(graph).startswith(base + "graph/") for (graph,) in rows.rows(
        "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"))
