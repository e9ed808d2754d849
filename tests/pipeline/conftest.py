"""A small store of one's own: the model and a few practices, built in a second."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from p4c_graph.pipeline import build
from p4c_graph.settings import Settings, load

FEW = """
@prefix p4c: <https://w3id.org/pooling4clusters/ontology#> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix outcome: <https://w3id.org/pooling4clusters/scheme/outcome/> .
@prefix status: <https://w3id.org/pooling4clusters/scheme/application-status/> .

<graph/few> {
  <id/practice/trainings> a p4c:Practice ; rdfs:label "Trainings"@en ; p4c:provider <id/organisation/bep> ;
    p4c:application <id/application/first> .
  <id/application/first> a p4c:Origin , p4c:Application ; rdfs:label "First"@en ; p4c:operator <id/organisation/bep> ;
    p4c:outcome outcome:positive ; p4c:applicationStatus status:done .
  <id/practice/help-desk> a p4c:Practice ; rdfs:label "Help desk"@en ; p4c:providerUnknown true .
  <id/organisation/bep> a p4c:DevelopmentAgency , org:Organization ; rdfs:label "BEP"@fr .
}
"""


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store folder with one small snapshot; not to be written to."""
    folder = tmp_path_factory.mktemp("few")
    (folder / "few.trig").write_text(FEW)
    build(load(store=folder / "store"), [folder / "few.trig"], facts=False)
    return folder / "store"


@pytest.fixture
def settings(few: Path, tmp_path: Path) -> Settings:
    """Settings over a copy of the small store."""
    return load(store=shutil.copytree(few, tmp_path / "store"))
