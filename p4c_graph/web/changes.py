"""``/changes``: which resources differ between two snapshots, for those who harvest the graph, and as a page."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from p4c_graph.errors import UnknownName
from p4c_graph.publish.changes import Changes, changes
from p4c_graph.store.snapshots import Snapshots
from p4c_graph.web.documents import addresses_of
from p4c_graph.web.negotiation import HTML, Offer
from p4c_graph.web.once import once
from p4c_graph.web.pages import page
from p4c_graph.web.parameters import Language, Served, known_only
from p4c_graph.web.responses import accepted, answer, json_bytes
from p4c_graph.web.views import changed as view
from p4c_graph.web.views.changed import Activity
from p4c_graph.web.views.visit import Visit

router = APIRouter()
ACTIVITIES = Offer("json", "application/activity+json", ("application/json", "application/ld+json"))
PER_PAGE = 1000
_CONTEXT = "https://www.w3.org/ns/activitystreams"


@router.get("/changes", dependencies=[Depends(known_only)], summary="Resources that differ between two snapshots")
async def changed(
    request: Request, served: Served,
    since: Annotated[str | None, Query(description="Id or number of a snapshot that is kept; the one before.")] = None,
    kind: Annotated[str | None, Query(description="Only resources of this kind: practice, region, …")] = None,
    number: Annotated[int, Query(alias="page", ge=1, description="Page of the list.")] = 1,
    wanted: Annotated[
        str | None, Query(alias="format", description="Instead of the Accept header: json, html.")] = None,
    language: Language = None,
) -> Response:
    """The resources that were created, updated or deleted since a snapshot, as an ordered collection of activities."""
    offer = accepted(request, (ACTIVITIES, HTML), wanted)
    history = Snapshots(served.settings.store)
    after = served.graph.snapshot
    before = history.get(since, parameter="since") if since else next(
        (old for old in reversed(history.history()) if old.number < after.number), after)
    found = await once(served.graph, ("changes", before.id), lambda: asyncio.to_thread(changes, before, after))
    start = served.graph.minter.resource(kind, "") if kind else ""
    rows = _activities(found, start)
    if kind and not rows and not await _there_are(Visit.of(request, served), start):
        raise UnknownName(
            f"Nothing is of the kind {kind!r}; expected what IRIs begin with, such as practice, region or application.",
            parameter="kind")
    most = view.PER_PAGE if offer is HTML else PER_PAGE
    pages = max(1, -(-len(rows) // most))
    if number > pages:
        raise UnknownName(f"There is no page {number} of these changes; the last is {pages}.", parameter="page")
    address = urlencode({"since": before.id, **({"kind": kind} if kind else {})})
    headers = {"P4C-Snapshot": after.id}
    if offer is HTML:
        visit = Visit.of(request, served)
        return page(
            request, "changes.html", headers=headers, before=before, after=after, found=found, kind=kind,
            kinds=view.kinds(found, served.graph.minter.resources), number_of=number, pages=pages, address=address,
            rows=await view.changed(visit, rows[(number - 1) * most:number * most]))
    root = f"{addresses_of(served).root}/changes?{address}"
    body: dict[str, Any] = {
        "@context": _CONTEXT, "type": "OrderedCollectionPage", "id": f"{root}&page={number}", "partOf": root,
        "totalItems": len(rows), "since": before.id, "until": after.id, "updated": after.manifest()["created"],
    }
    if number < pages:
        body["next"] = f"{root}&page={number + 1}"
    body["orderedItems"] = [{"type": what, "object": iri} for what, iri in rows[(number - 1) * most:number * most]]
    return answer(request, json_bytes(body), offer, headers=headers)


async def _there_are(visit: Visit, start: str) -> bool:
    """Whether the graph has resources whose IRI begins so."""
    return bool(await visit.rows(
        f"SELECT ?s WHERE {{ ?s a ?class FILTER STRSTARTS(STR(?s), {ox.Literal(start)}) }} LIMIT 1"))


def _activities(found: Changes, start: str) -> list[Activity]:
    kinds = (("Create", found.created), ("Update", found.updated), ("Delete", found.deleted))
    return [(what, iri) for what, resources in kinds for iri in sorted(resources) if iri.startswith(start)]
