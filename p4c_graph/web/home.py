"""``/``: what is here and where to begin; ``/search`` over all of it; ``/about``: what is known, and what is not."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from p4c_graph.web.pages import page
from p4c_graph.web.parameters import Served
from p4c_graph.web.texts import texts
from p4c_graph.web.views import browse, places
from p4c_graph.web.views.about import about
from p4c_graph.web.views.browse import Asked
from p4c_graph.web.views.collections import COLLECTIONS
from p4c_graph.web.views.names import names
from p4c_graph.web.views.visit import Visit

router = APIRouter(include_in_schema=False)
_COUNTS = (
    ("Practice", "practices"), ("GoodPractice", "catalogue"), ("Application", "applications"), ("Transfer", None),
    ("Organization", "organisations"), ("Region", "regions"), ("Observation", None), ("Source", "sources"),
)
_CARDS = (
    ("region", "/doc/region/FRL0"), ("practice", "/match?practice=european-networking"),
    ("visit", "/queries/who-to-visit"),
)
"""Three questions to start with."""
_MOST, _SHOWN = 8, 8
_SOUGHT = ("practices", "regions", "organisations", "applications", "sources", "criteria")


@router.get("/")
async def home(request: Request, served: Served) -> Response:
    """The home page: the question, the ways in, the map, the counts."""
    visit = Visit.of(request, served)
    manifest, t = served.graph.snapshot.manifest(), texts(visit.language)
    ran = await browse.items(visit, COLLECTIONS["practices"])
    called = await names(visit)
    by_iri, counts = served.graph.gazetteer.by_iri, places.counted(visit, ran)
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]
    return page(
        request, "home.html", manifest=manifest, classes=manifest["classes"], address=_address(served),
        counts=[(name, href) for name, href in _COUNTS if name in manifest["classes"]],
        cards=[{"key": key, "href": href} for key, href in _CARDS],
        map=await places.map_of(visit, t("home.map_title"), "map.practices", ran),
        most=[(by_iri[iri].slug, called[iri], count) for iri, count in most],
        suggestions=[(unit.slug, called[unit.iri]) for unit in served.graph.gazetteer.units],
    )


@router.get("/search")
async def search(request: Request, served: Served, q: str = "") -> Response:
    """What has the words in its name or text, by kind."""
    visit, words, groups = Visit.of(request, served), q.strip()[:200], []
    for name in _SOUGHT if words else ():
        collection = COLLECTIONS[name]
        found = browse.select(collection, await browse.items(visit, collection), Asked(words))
        groups.append((name, found.total, found.items[:_SHOWN]))
    return page(request, "search.html", sought=words, groups=groups)


@router.get("/about")
async def about_page(request: Request, served: Served) -> Response:
    """About the data: coverage, what is unknown, licences."""
    visit = Visit.of(request, served)
    return page(request, "about.html", data=await about(visit), manifest=served.graph.snapshot.manifest())


def _address(served: Any) -> str:
    return str(served.settings.public_url).rstrip("/")
