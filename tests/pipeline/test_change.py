"""Changes: a new snapshot by a few statements, checked and derived as far as they reach, and nothing half done."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from p4c_graph import KnowledgeGraph
from p4c_graph.errors import Busy, Forbidden, InputError, InvalidData, NoSnapshot
from p4c_graph.namespaces import P4C, PROV, RDF, RDFS
from p4c_graph.pipeline import build, change
from p4c_graph.settings import Settings, load
from p4c_graph.store.draft import Draft
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.rows import StoreRows
from p4c_graph.store.snapshots import Snapshots
from p4c_graph.store.statements import digest, graph_of, read_patch
from p4c_graph.terms import Minter

MINT = Minter()
GRAPH = MINT.graph("import/ours")
DEFAULT = ox.DefaultGraph()


def practice(slug: str, label: str = "Ours") -> list[ox.Triple]:
    """A practice that conforms."""
    node = ox.NamedNode(MINT.resource("practice", slug))
    return [
        ox.Triple(node, ox.NamedNode(RDF.type), ox.NamedNode(P4C.Practice)),
        ox.Triple(node, ox.NamedNode(RDFS.label), ox.Literal(label, language="en")),
        ox.Triple(node, ox.NamedNode(P4C.providerUnknown), ox.Literal(True)),
    ]


def put(settings: Settings, triples: Iterable[ox.Triple], graph: str = GRAPH, **more: object) -> object:
    found = list(triples)
    return change(settings, lambda draft: draft.put(graph, found), title="A test", **more)  # type: ignore[arg-type]


def statements(settings: Settings) -> set[ox.Quad]:
    return set(Snapshots(settings.store).current().open())


def consistent(settings: Settings) -> None:
    """What must hold of every snapshot, however it was made."""
    snapshot = Snapshots(settings.store).current()
    manifest, store = snapshot.manifest(), snapshot.open()
    named = [quad for quad in store if quad.graph_name != DEFAULT]
    merged = {quad.triple for quad in store if quad.graph_name == DEFAULT}
    assert manifest["digest"] == digest(named)
    assert merged == {quad.triple for quad in named}
    assert (manifest["statements"], manifest["merged"]) == (len(named), len(merged))
    assert manifest["graphs"] == {
        graph: sum(graph_of(quad) == graph for quad in named) for graph in {graph_of(quad) for quad in named}}
    loaded = Embedded.load_into_memory(snapshot.path / "store")
    assert loaded is not None
    assert set(loaded.store) == set(store), "the packed statements and patches are those of the disk store"


def test_a_change_makes_a_snapshot_that_differs_by_it(settings: Settings) -> None:
    before = Snapshots(settings.store).current()
    report = put(settings, practice("ours"), by="BEP")
    after = Snapshots(settings.store).current()
    assert report.snapshot == after
    assert after.manifest()["parent"] == before.id
    assert report.by_graph() == {GRAPH: (3, 0)}
    assert after.manifest()["classes"]["Practice"] == before.manifest()["classes"]["Practice"] + 1
    consistent(settings)


def test_what_changed_is_derived_again_as_a_build_would(settings: Settings, tmp_path: Path) -> None:
    put(settings, practice("ours"))
    put(settings, [*practice("ours", "Ours, renamed"), *practice("another")])
    derived = {quad for quad in statements(settings) if "/graph/derived/" in graph_of(quad)}
    status = ox.NamedNode(P4C.status)
    assert {quad.subject.value for quad in derived if quad.predicate == status} >= {
        MINT.resource("practice", "ours"), MINT.resource("practice", "another")}
    build(settings, [settings.store.parent / "nothing.ttl"][:0], facts=False)  # carries over what was written
    built = {quad for quad in statements(settings) if "/graph/derived/" in graph_of(quad)}
    few_only = {MINT.resource("practice", "trainings"), MINT.resource("practice", "help-desk")}
    assert {quad for quad in derived if quad.subject.value not in few_only} == built


def test_what_leaves_a_graph_leaves_the_derived_statements_too(settings: Settings) -> None:
    before = statements(settings)
    put(settings, practice("ours"))
    put(settings, [])
    provenance = MINT.graph("provenance")
    assert {q for q in statements(settings) if graph_of(q) not in (provenance, "")} == {
        q for q in before if graph_of(q) not in (provenance, "")}
    consistent(settings)


def test_a_statement_in_two_graphs_stays_while_one_of_them_holds_it(settings: Settings) -> None:
    other = MINT.graph("import/other")
    put(settings, practice("ours"))
    put(settings, practice("ours"), graph=other)
    put(settings, [])
    assert ox.Quad(*practice("ours")[0], DEFAULT) in statements(settings)
    consistent(settings)


def test_the_same_again_changes_nothing(settings: Settings) -> None:
    put(settings, practice("ours"))
    current = Snapshots(settings.store).current()
    assert put(settings, practice("ours")).snapshot is None
    assert Snapshots(settings.store).current() == current


def test_a_trial_changes_nothing_and_tells_the_difference(settings: Settings) -> None:
    before = Snapshots(settings.store).current()
    report = put(settings, practice("ours"), dry_run=True)
    assert report.snapshot is None
    assert len(report.added) == 3
    assert Snapshots(settings.store).current() == before


def test_a_violation_changes_nothing_and_is_told(settings: Settings) -> None:
    before = Snapshots(settings.store).current()
    with pytest.raises(InvalidData, match="provider"):
        put(settings, practice("ours")[:2])
    assert Snapshots(settings.store).current() == before
    assert list((settings.store / "snapshots").glob(".*")) == []


def test_taking_away_what_others_point_to_is_a_violation(settings: Settings) -> None:
    graph = MINT.graph("few")
    agency = ox.NamedNode(MINT.resource("organisation", "bep"))

    def without_agency(draft: Draft) -> None:
        draft.remove(list(draft.store.quads_for_pattern(agency, None, None, ox.NamedNode(graph))))

    with pytest.raises(InvalidData):
        change(settings, without_agency, title="A test")


@pytest.mark.parametrize("name", ["derived/status", "provenance", "ontology", "scheme/theme", "questions"])
def test_what_is_computed_or_shipped_is_protected(settings: Settings, name: str) -> None:
    with pytest.raises(Forbidden, match=name):
        put(settings, practice("ours"), graph=MINT.graph(name))


def test_blank_nodes_and_statements_without_a_graph_are_refused(settings: Settings) -> None:
    node, label = ox.NamedNode(RDF.type), ox.Literal("x")
    with pytest.raises(InputError, match="blank node"):
        put(settings, [ox.Triple(ox.BlankNode(), node, label)])
    with pytest.raises(InputError, match="no named graph"):
        change(settings, lambda draft: draft.add([ox.Quad(node, node, label)]), title="A test")


def test_who_changed_what_is_in_the_provenance_and_its_time_is_not_in_the_digest(settings: Settings) -> None:
    agency = MINT.resource("organisation", "bep")
    put(settings, practice("ours"), by=agency)
    store = Snapshots(settings.store).current().open()
    rows = list(StoreRows(store).rows(
        f"SELECT ?label ?by ?time WHERE {{ <{GRAPH}> prov:wasGeneratedBy ?a . ?a rdfs:label ?label ; "
        "prov:wasAssociatedWith ?by ; prov:endedAtTime ?time }"))
    assert [(label, by) for label, by, _ in rows] == [("A test", agency)]
    manifest = Snapshots(settings.store).current().manifest()
    timeless = [quad for quad in store if quad.graph_name != DEFAULT and "endedAtTime" not in quad.predicate.value]
    assert manifest["digest"] == digest(timeless)


def test_a_resource_of_which_nothing_is_said_any_more_is_marked_until_it_returns(settings: Settings) -> None:
    node, mark = ox.NamedNode(MINT.resource("practice", "ours")), ox.NamedNode(PROV.invalidatedAtTime)

    def marked() -> bool:
        store = Snapshots(settings.store).current().open()
        return any(store.quads_for_pattern(node, mark, None, ox.NamedNode(MINT.graph("provenance"))))

    put(settings, practice("ours"))
    put(settings, [])
    assert marked()
    build(settings, facts=False)
    assert marked(), "a build carries it over"
    put(settings, practice("ours"), graph=MINT.graph("import/other"))
    assert not marked()
    consistent(settings)


def test_a_build_carries_over_what_was_written_unless_told_to_forget(settings: Settings) -> None:
    put(settings, practice("ours"), by="BEP")
    build(settings, facts=False)
    kg = KnowledgeGraph.open(settings.store)
    assert kg.practice("ours") >= 0
    assert kg.query(f"ASK {{ <{GRAPH}> prov:wasGeneratedBy/dct:contributor 'BEP' }}").boolean()
    consistent(settings)
    build(settings, facts=False, forget=True)
    assert not KnowledgeGraph.open(settings.store).query("ASK { ?p rdfs:label 'Ours'@en }").boolean()


def test_a_shipped_graph_that_was_emptied_stays_empty_after_a_build(settings: Settings, tmp_path: Path) -> None:
    put(settings, practice("ours"), graph=MINT.graph("few"))
    put(settings, [], graph=MINT.graph("few"))
    assert MINT.graph("few") in Snapshots(settings.store).current().manifest()["written"]
    build(settings, facts=False)
    assert not KnowledgeGraph.open(settings.store).query("ASK { ?p a p4c:Practice }").boolean()


def test_a_file_given_to_a_build_wins_over_what_was_written(settings: Settings, tmp_path: Path) -> None:
    put(settings, practice("ours"), graph=MINT.graph("given"))
    (tmp_path / "given.ttl").write_text(
        "@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<id/practice/theirs> a p4c:Practice ; rdfs:label "Theirs"@en ; p4c:providerUnknown true .\n')
    build(settings, [tmp_path / "given.ttl"], facts=False)
    kg = KnowledgeGraph.open(settings.store)
    assert kg.query("ASK { ?p rdfs:label 'Theirs'@en }").boolean()
    assert not kg.query("ASK { ?p rdfs:label 'Ours'@en }").boolean()


def test_a_change_of_what_everything_rests_on_is_derived_whole_and_written_whole(settings: Settings) -> None:
    node = ox.NamedNode(MINT.resource("scale", "ten"))
    scale = [ox.Triple(node, ox.NamedNode(RDF.type), ox.NamedNode(P4C.Scale)),
             ox.Triple(node, ox.NamedNode(RDFS.label), ox.Literal("Zero to ten", language="en")),
             ox.Triple(node, ox.NamedNode(P4C.minimum), ox.Literal(0)),
             ox.Triple(node, ox.NamedNode(P4C.maximum), ox.Literal(10))]
    before = statements(settings)
    put(settings, [*scale, *practice("ours")])
    consistent(settings)
    put(settings, [])
    consistent(settings)
    provenance = MINT.graph("provenance")
    assert {q for q in statements(settings) if graph_of(q) not in (provenance, "")} == {
        q for q in before if graph_of(q) not in (provenance, "")}


def test_each_change_leaves_a_patch_that_leads_from_one_snapshot_to_the_next(settings: Settings) -> None:
    first = Snapshots(settings.store).current()
    put(settings, practice("ours"))
    put(settings, practice("another"))
    last = Snapshots(settings.store).current()
    followed = Embedded.in_memory(first.open())
    patches = [read_patch(path) for path in last.patches()]
    assert [patch.before for patch in patches] == [first.id, patches[0].before if not patches[1:] else last.manifest()[
        "parent"]]
    for patch in patches:
        followed.apply(patch)
    assert set(followed.store) == set(last.open())


@pytest.mark.parametrize("room", [True, False])
def test_a_change_of_many_nodes_is_written_whole_and_holds_what_small_ones_would(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    several = [triple for n in range(5) for triple in practice(f"p{n}", f"Practice {n}")]
    steps: list[tuple[list[ox.Triple], str]] = [
        (several, GRAPH), (several, MINT.graph("import/other")), (several[3:], GRAPH), ([], GRAPH)]
    start = Snapshots(settings.store).current()
    small = []
    for triples, graph in steps:
        put(settings, triples, graph)
        small.append(statements(settings))
    Snapshots(settings.store).point_to(start)
    for limit in ("pipeline.changing._FEW", "store.draft._MANY"):
        monkeypatch.setattr(f"p4c_graph.{limit}", 1)
    settings = settings if room else settings.model_copy(update={"memory_statements": 10})
    for (triples, graph), expected in zip(steps, small, strict=True):
        put(settings, triples, graph)
        assert bool(Snapshots(settings.store).current().patches()) is not room
        consistent(settings)
        assert _untimed(statements(settings)) == _untimed(expected)


def _untimed(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Statements but for the times of changes."""
    return {quad for quad in quads if quad.predicate.value not in (PROV.endedAtTime, PROV.invalidatedAtTime)}


def test_many_changes_are_packed_again_in_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("p4c_graph.store.draft._REPACK", 0.0)
    put(settings, practice("ours"))
    assert Snapshots(settings.store).current().patches() == []
    consistent(settings)


def test_an_empty_store_and_a_locked_one_are_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("p4c_graph.pipeline.changing._PATIENCE", 0.1)
    with Snapshots(settings.store).writing(), pytest.raises(Busy):
        put(settings, practice("ours"))
    with pytest.raises(NoSnapshot):
        put(load(store=settings.store / "elsewhere"), practice("ours"))
