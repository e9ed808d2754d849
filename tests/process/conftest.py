"""A small store of one's own for imports: the model, a few practices, organisations, regions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from p4c_graph.namespaces import PREFIXES
from p4c_graph.pipeline import build
from p4c_graph.settings import Settings, load

_PREFIXES = "\n".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items())
_FACTS = _PREFIXES + """
<graph/few> {
  <id/region/FR> a p4c:Region ; rdfs:label "France" ; p4c:level 0 ; p4c:countryCode "FR" ; p4c:nutsVersion "2021" ;
    skos:notation "FR" .
  <id/region/FRL> a p4c:Region ; rdfs:label "Provence-Alpes-Côte d’Azur" ; p4c:level 1 ; p4c:countryCode "FR" ;
    p4c:broaderRegion <id/region/FR> ; p4c:country <id/region/FR> ; p4c:nutsVersion "2021" ; skos:notation "FRL" .
  <id/region/FRL0> a p4c:Region ; rdfs:label "Provence-Alpes-Côte d’Azur" ; p4c:level 2 ; p4c:countryCode "FR" ;
    p4c:broaderRegion <id/region/FRL> ; p4c:country <id/region/FR> ; p4c:nutsVersion "2021" ; skos:notation "FRL0" .
  <id/practice/trainings> a p4c:Practice ; rdfs:label "Trainings"@en ; p4c:provider <id/organisation/fsa> .
  <id/organisation/fsa> a p4c:DevelopmentAgency , org:Organization ; rdfs:label "Fondation Sophia Antipolis" .
  <id/project/p4c> a p4c:Project ; rdfs:label "POOLING4CLUSTERS" .
  <id/indicator/unemployment-rate> a p4c:Indicator ; rdfs:label "Unemployment rate"@en ; p4c:unit "percent" ;
    p4c:dimension <https://w3id.org/pooling4clusters/scheme/dimension/performance> .
}
"""


@pytest.fixture(scope="session")
def few_regions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store folder with one small snapshot; not to be written to."""
    folder = tmp_path_factory.mktemp("few-regions")
    (folder / "few.trig").write_text(_FACTS)
    build(load(store=folder / "store"), [folder / "few.trig"], facts=False)
    return folder / "store"


@pytest.fixture
def own(few_regions: Path, tmp_path: Path) -> Settings:
    """Settings over a copy of the small store."""
    return load(store=shutil.copytree(few_regions, tmp_path / "store"))
