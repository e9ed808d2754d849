"""Rankings as pages: ``/match`` and similar regions, ``/compare``, and ``/embed/match`` for other portals."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from p4c_graph.terms import local_name
from p4c_graph.transfer.match import MAXIMUM_LIMIT
from p4c_graph.transfer.model import COMPONENTS
from p4c_graph.transfer.result import MatchResult, Ref
from p4c_graph.web.pages import embeddable, page
from p4c_graph.web.parameters import Language, Served, Weights, known_only
from p4c_graph.web.service import Service
from p4c_graph.web.views import cartogram
from p4c_graph.web.views.cartogram import Map
from p4c_graph.web.views.compare import compare
from p4c_graph.web.views.names import names
from p4c_graph.web.views.ranking import ranking, suitability_map
from p4c_graph.web.views.similar import alike
from p4c_graph.web.views.visit import Visit

router = APIRouter(include_in_schema=False)
_STEP = 20


async def match_page(request: Request, served: Service, found: MatchResult, headers: dict[str, str]) -> Response:
    """The page of a ranking, with its weights as sliders."""
    visit = Visit.of(request, served)
    given = [(k, v) for k, v in request.query_params.multi_items() if k not in ("format", "lang")]
    rest = [(k, v) for k, v in given if k != "limit"]
    more = found.limit < min(found.total, MAXIMUM_LIMIT)
    return page(
        request, "match.html", headers=headers, **await ranking(visit, found), address=urlencode(given),
        include_existing=request.query_params.get("include_existing", "").lower() in ("true", "1", "on", "yes"),
        more=urlencode([*rest, ("limit", str(min(found.limit + _STEP, MAXIMUM_LIMIT)))]) if more else None,
        map=await _map(visit, found, found.practice) if found.practice else None)


async def _map(visit: Visit, found: MatchResult, practice: Ref) -> Map | None:
    """All regions by how the practice of a ranking suits them, under its weights."""
    everywhere = await asyncio.to_thread(
        visit.graph.matcher.for_practice, visit.graph.practice(practice.id), found.weights,
        limit=MAXIMUM_LIMIT, order=found.order, include_existing=True, with_acceptability=False)
    if not everywhere.results:
        return None
    name = (await names(visit))[practice.id]
    here = frozenset(match.region.id for match in everywhere.results if match.already_here)
    return suitability_map(visit, await cartogram.layout(visit), name, everywhere, here)


async def start_page(request: Request, served: Service) -> Response:
    """The page that asks for a region or a practice."""
    visit = Visit.of(request, served)
    called = await names(visit)
    practices = [(local_name(iri), called[iri]) for iri in visit.graph.matcher.columns.practices]
    return page(
        request, "match_start.html", components=COMPONENTS, weights=visit.graph.model.weights,
        regions=[(unit.slug, called[unit.iri]) for unit in visit.graph.gazetteer.units],
        practices=sorted(practices, key=lambda pair: pair[1].casefold()))


async def similar_page(request: Request, served: Service, code: str, limit: int) -> Response:
    """The page of the regions most alike to one."""
    visit = Visit.of(request, served)
    return page(
        request, "similar.html", data=await alike(visit, code), names=await names(visit), limit=limit,
        more=min(limit + 2 * _STEP, MAXIMUM_LIMIT), headers={"P4C-Snapshot": served.graph.snapshot.id})


@router.get("/compare", dependencies=[Depends(known_only)])
async def comparison(
    request: Request, served: Served, region: str | None = None,
    other: Annotated[str | None, Query(alias="with")] = None, language: Language = None,
) -> Response:
    """Two regions side by side; a form where they are not both named."""
    visit = Visit.of(request, served)
    data: Any = await compare(visit, region, other or None) if region else None
    return page(request, "compare.html", data=data, names=await names(visit))


@router.get("/embed/match", dependencies=[Depends(known_only)])
async def embedded(
    request: Request, served: Served, weights: Weights, region: str | None = None, practice: str | None = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 5, language: Language = None,
) -> Response:
    """A short ranking to be shown inside another portal's page."""
    visit = Visit.of(request, served)
    found = await asyncio.to_thread(
        lambda: served.graph.match(region=region or None, practice=practice or None, limit=limit, weights=weights))
    given = [(k, v) for k, v in request.query_params.multi_items() if k not in ("limit", "lang")]
    return page(
        request, "embed.html", **await ranking(visit, found), address=urlencode(given),
        headers={"Content-Security-Policy": embeddable(served.settings.embed_ancestors)})
