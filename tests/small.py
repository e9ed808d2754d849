"""Small graphs for stores of one's own, and how they become a store: the model and a few statements, in a second."""

from __future__ import annotations

from pathlib import Path

from p4c_graph.namespaces import PREFIXES
from p4c_graph.pipeline import build
from p4c_graph.settings import load

PREFIX_LINES = "\n".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items())
FEW = PREFIX_LINES + """
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
"""Two practices, one of which has been applied."""
FEW_REGIONS = PREFIX_LINES + """
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
"""A practice, the regions of a country, an indicator and a project, for imports."""


def small_store(folder: Path, statements: str) -> Path:
    """A store below this folder whose one snapshot holds the model and these statements (TriG)."""
    (folder / "few.trig").write_text(statements, "utf-8")
    build(load(store=folder / "store"), [folder / "few.trig"], facts=False)
    return folder / "store"
