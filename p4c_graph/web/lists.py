"""The lists: ``/practices``, ``/regions`` … as pages, JSON and CSV."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from p4c_graph.web.match import csv_bytes
from p4c_graph.web.negotiation import CSV, HTML, JSON
from p4c_graph.web.pages import page
from p4c_graph.web.parameters import Served
from p4c_graph.web.responses import accepted, answer, json_bytes
from p4c_graph.web.texts import texts
from p4c_graph.web.views import browse, places
from p4c_graph.web.views.browse import Asked
from p4c_graph.web.views.collections import COLLECTIONS, Collection
from p4c_graph.web.views.facts import gather
from p4c_graph.web.views.visit import Visit

router = APIRouter()
OFFERS = (JSON, HTML, CSV)
_MAPPED = {"practices": "map.practices", "catalogue": "map.practices", "organisations": "map.organisations",
           "field-tests": "map.tests", "applications": "map.tests"}
"""The lists with a map → the text that counts what is on it."""
_SELECTIONS = "{ ?s a p4c:Selection } UNION { ?s a p4c:Catalogue }"
"""How the catalogue came about, which its page tells too."""

Handler = Callable[[Request, Served], Awaitable[Response]]


def _handler(collection: Collection, ending: str | None) -> Handler:
    async def listed(request: Request, served: Served) -> Response:
        return await _list(request, served, collection, ending)

    listed.__doc__ = f"The list of {collection.name}: found by words (``q``) and facets, a page at a time."
    return listed


async def _list(request: Request, served: Served, collection: Collection, ending: str | None) -> Response:
    offer = accepted(request, OFFERS, ending)
    asked = Asked.read(collection, ((k, v) for k, v in request.query_params.multi_items() if k != "lang"))
    visit = Visit.of(request, served)
    found = browse.select(collection, await browse.items(visit, collection), asked)
    headers = {"P4C-Snapshot": served.graph.snapshot.id}
    if offer is JSON:
        return answer(request, json_bytes(found.to_dict()), JSON, headers=headers)
    if offer is CSV:
        return answer(request, csv_bytes(found.rows()), CSV, headers=headers)
    unit = _MAPPED.get(collection.name)
    title = texts(visit.language)("browse.map", name=texts(visit.language)(f"nav.{collection.name}"))
    return page(
        request, f"{collection.name}.html" if collection.name == "catalogue" else "browse.html", headers=headers,
        here=f"/{collection.name}", data=found,
        map=await places.map_of(visit, title, unit, found.found) if unit and found.found else None,
        selected=await gather(visit, _SELECTIONS) if collection.name == "catalogue" else None)


for _collection in COLLECTIONS.values():
    router.add_api_route(f"/{_collection.name}", _handler(_collection, None), summary=f"List: {_collection.name}")
    for _ending in ("json", "csv", "html"):
        router.add_api_route(
            f"/{_collection.name}.{_ending}", _handler(_collection, _ending), include_in_schema=False)
