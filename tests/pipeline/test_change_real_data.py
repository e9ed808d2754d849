"""What a change derives on the real data is what a build would derive."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from p4c_graph.intake.rdf import FORMATS, parse
from p4c_graph.intake.sources import Library
from p4c_graph.pipeline import change, changing
from p4c_graph.pipeline.derivation import derive
from p4c_graph.pipeline.filling import Filling
from p4c_graph.settings import load
from p4c_graph.store.draft import Draft
from p4c_graph.store.snapshots import Snapshots
from p4c_graph.store.statements import graph_of
from p4c_graph.terms import Minter

pytestmark = pytest.mark.slow
MINT = Minter()
OURS = b"""
@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix outcome: <https://w3id.org/pooling4clusters/scheme/outcome/> .
@prefix status: <https://w3id.org/pooling4clusters/scheme/application-status/> .
@prefix theme: <https://w3id.org/pooling4clusters/scheme/theme/> .
@prefix criterion: <https://w3id.org/pooling4clusters/scheme/criterion/> .

<graph/import/practice> {
  <id/practice/ours> a p4c:Practice ; rdfs:label "Ours"@en ; p4c:provider <id/organisation/ours> ;
    p4c:theme theme:financing ; p4c:application <id/application/ours-origin> , <id/application/ours-test> .
  <id/application/ours-origin> a p4c:Origin , p4c:Application ; rdfs:label "Origin"@en ;
    p4c:operator <id/organisation/ours> ; p4c:inRegion <id/region/SI04> ; p4c:outcome outcome:positive ;
    p4c:applicationStatus status:done .
  <id/application/ours-test> a p4c:Transfer , p4c:Application ; rdfs:label "Taken over"@en ;
    p4c:inRegion <id/region/FRL0> ; p4c:outcome outcome:negative ; p4c:applicationStatus status:done ;
    p4c:takenFrom <id/application/ours-origin> .
  <id/organisation/ours> a p4c:DevelopmentAgency , org:Organization ; rdfs:label "Our agency"@en ;
    p4c:locatedIn <id/region/MT00> ; p4c:territory <id/region/MT00> .
}
<graph/import/need> { <id/region/MT00> p4c:need <id/need/ours> . <id/need/ours> a p4c:Need ;
    rdfs:label "Money"@en ; p4c:theme theme:financing . }
"""
SELECTED = b"""
@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix criterion: <https://w3id.org/pooling4clusters/scheme/criterion/> .
@prefix characteristic: <https://w3id.org/pooling4clusters/scheme/characteristic/> .

<graph/selection/ours> {
  <id/project/p4c> p4c:selection <id/selection/ours> .
  <id/selection/ours> a p4c:Selection ; rdfs:label "Ours"@en ; p4c:identifiedCount 40 ; p4c:evaluatedCount 40 ;
    p4c:keptCount 2 ; p4c:usesCriterion criterion:C4 ; p4c:checkedCharacteristic characteristic:added-value ;
    p4c:produced <id/catalogue/ours> .
  <id/catalogue/ours> a p4c:Catalogue , prov:Collection ; rdfs:label "Ours"@en ;
    prov:hadMember <id/practice/ours> , <id/practice/innovation-voucher-nl-2004> .
}
"""


def test_a_change_derives_what_a_build_would(
    real_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(store=shutil.copytree(real_store, tmp_path / "store"))
    quads = parse(OURS, FORMATS[".trig"], MINT, source="ours.trig")

    def edit(draft: Draft) -> None:
        draft.add(quads)

    def take_back(draft: Draft) -> None:
        draft.remove([q for q in quads if "need/ours" in str(q)])
        gone = ox.NamedNode(MINT.resource("practice", "european-networking"))
        said = draft.store.quads_for_pattern(gone, None, None, None)
        draft.remove([q for q in said if graph_of(q) and "application" in str(q.predicate)][:1])

    def not_whole(*_: object) -> None:
        raise AssertionError("everything is derived, although the change touches little")

    monkeypatch.setattr(changing, "derive", not_whole)
    assert change(settings, edit, title="Ours").snapshot
    selected = parse(SELECTED, FORMATS[".trig"], MINT, source="selected.trig")
    assert shown(settings.store) == 0
    assert change(settings, lambda draft: draft.add(selected), title="A selection").snapshot
    assert shown(settings.store) > 0, "what was kept shows what was checked"
    assert change(settings, take_back, title="Taken back").snapshot
    after = _Snapshot(settings.store)
    assert after.derived == after.derived_anew()
    ours = ox.NamedNode(MINT.resource("practice", "ours"))
    assert any(quad.subject == ours for quad in after.derived)


def shown(store: Path) -> int:
    """How many characteristics our practice shows."""
    graph = ox.NamedNode(MINT.graph("derived/characteristics"))
    node = ox.NamedNode(MINT.resource("practice", "ours"))
    return len(list(Snapshots(store).current().open().quads_for_pattern(node, None, None, graph)))


class _Snapshot:
    """What the current snapshot says, asserted and derived."""

    def __init__(self, store: Path) -> None:
        found, derived = Snapshots(store).current().open(), MINT.graph("derived/")
        graphs = [graph for graph in found.named_graphs() if isinstance(graph, ox.NamedNode)]
        self.derived, self.asserted = ({
            quad for graph in graphs if graph.value.startswith(derived) == is_derived
            for quad in found.quads_for_pattern(None, None, None, graph)} for is_derived in (True, False))

    def derived_anew(self) -> set[ox.Quad]:
        """What a build would derive of what is asserted."""
        graphs = Filling()
        graphs.add(self.asserted)
        derive(graphs, Library.shipped(), MINT, lambda stage, done, total: None)
        return {quad for quad in graphs.store if graph_of(quad).startswith(MINT.graph("derived/"))}
