"""One address of every kind of page, for tests that look at all of them."""

from __future__ import annotations

PAGES = {
    "home": "/",
    "search": "/search?q=stuttgart",
    "practices": "/practices",
    "practices found": "/practices?q=fund&theme=financing",
    "regions": "/regions?level=2&country=SI",
    "organisations": "/organisations",
    "field tests": "/field-tests",
    "applications": "/applications?kind=Transfer",
    "catalogue": "/catalogue",
    "criteria": "/criteria",
    "sources": "/sources",
    "practice": "/doc/practice/european-networking",
    "practice with results": "/doc/practice/innovation-voucher-nl-2004",
    "region": "/doc/region/FRL0",
    "region with needs": "/doc/region/MT00",
    "territory": "/doc/region/stuttgart-region",
    "small region": "/doc/region/FRL03",
    "agency": "/doc/organisation/wrs",
    "field test": "/doc/application/fsa-trainings-test",
    "source": "/doc/source/p4c-press-release-2011",
    "anything else": "/doc/need/malta-ict-cluster-framework",
    "without a name": "/doc/condition/zile-valmiera-3",
    "question described": "/doc/question/agency-cluster-links",
    "match": "/match",
    "match of a region": "/match?region=FRL0",
    "match of a practice": "/match?practice=european-networking&order=expected&merit=0",
    "similar regions": "/regions/FRL0/similar?limit=50",
    "similar to a territory": "/regions/stuttgart-region/similar",
    "comparison": "/compare?region=FRL0&with=DE11",
    "comparison to fill in": "/compare",
    "questions": "/queries",
    "question": "/queries/similar-regions?region=FRL0",
    "question to fill in": "/queries/who-to-visit",
    "ontology": "/ontology",
    "class": "/ontology/Practice",
    "property": "/ontology/outcome",
    "about": "/about",
    "data set": "/dataset",
    "SPARQL": "/sparql",
    "SPARQL answer": "/sparql?query=SELECT+*+%7B+%3Fs+a+p4c%3APractice+%3B+rdfs%3Alabel+%3Fl+%7D+LIMIT+3",
    "embedded": "/embed/match?region=FRL0",
    "nothing there": "/nowhere",
    "which one": "/match?region=Limburg",
}


def expected_status(name: str) -> int:
    """The status a page of this kind has."""
    return {"nothing there": 404, "which one": 400}.get(name, 200)
