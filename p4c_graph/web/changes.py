"""``/changes``: which resources differ between two snapshots, for those who harvest the graph, and as a page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from p4c_graph.errors import UnknownName
from p4c_graph.publish.changes import Changes, changes
from p4c_graph.store.remote import RemoteSnapshot
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.web.cache import once_per_snapshot
from p4c_graph.web.documents import addresses_of
from p4c_graph.web.negotiation import HTML, Offer
from p4c_graph.web.pages import page
from p4c_graph.web.parameters import Language, Served, known_only
from p4c_graph.web.responses import accepted, answer, json_bytes
from p4c_graph.web.views import changes as view
from p4c_graph.web.views.changes import Activity
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
    visit = Visit.of(request, served)
    before, after = _before(served, since), served.graph.snapshot
    found = await once_per_snapshot(
        served.graph, ("changes", before.id), lambda: asyncio.to_thread(changes, before, after))
    listed = _Listed.page_of(
        await _activities(visit, found, kind), number, view.PER_PAGE if offer is HTML else PER_PAGE)
    address = urlencode({"since": before.id, **({"kind": kind} if kind else {})})
    headers = {"P4C-Snapshot": after.id}
    if offer is HTML:
        return page(
            request, "changes.html", headers=headers, before=before, after=after, found=found, kind=kind,
            kinds=view.kinds(found, served.graph.minter.resources), number_of=number, pages=listed.pages,
            address=address, rows=await view.changed(visit, listed.activities))
    root = f"{addresses_of(served).root}/changes?{address}"
    between = {"since": before.id, "until": after.id, "updated": after.manifest()["created"]}
    return answer(request, json_bytes(_collection_page(root, listed, between)), offer, headers=headers)


@dataclass(frozen=True)
class _Listed:
    """One page of a list of activities, of which there are ``total``."""

    activities: Sequence[Activity]
    number: int
    pages: int
    total: int

    @classmethod
    def page_of(cls, activities: Sequence[Activity], number: int, most: int) -> _Listed:
        """The page with this number, of at most so many. Raises UnknownName where the list ends before it."""
        pages = max(1, -(-len(activities) // most))
        if number > pages:
            raise UnknownName(f"There is no page {number} of these changes; the last is {pages}.", parameter="page")
        return cls(activities[(number - 1) * most:number * most], number, pages, len(activities))


def _before(served: Served, since: str | None) -> Snapshot | RemoteSnapshot:
    """The snapshot to compare with: the one that is named, else the one before; the first has none but itself."""
    kept = Snapshots(served.settings.store)
    if since:
        return kept.get(since, parameter="since")
    after = served.graph.snapshot
    return next((old for old in reversed(kept.history()) if old.number < after.number), after)


async def _activities(visit: Visit, found: Changes, kind: str | None) -> list[Activity]:
    """What became of each resource, in a fixed order. Raises UnknownName where there are none of this kind at all."""
    start = visit.graph.minter.resource(kind, "") if kind else ""
    kinds = (("Create", found.created), ("Update", found.updated), ("Delete", found.deleted))
    rows = [(what, iri) for what, resources in kinds for iri in sorted(resources) if iri.startswith(start)]
    if kind and not rows and not await _there_are(visit, start):
        raise UnknownName(
            f"Nothing is of the kind {kind!r}; expected what IRIs begin with, such as practice, region or application.",
            parameter="kind")
    return rows


def _collection_page(root: str, listed: _Listed, between: dict[str, str]) -> dict[str, Any]:
    """A page in the terms of ActivityStreams, and the two snapshots it lies between."""
    body: dict[str, Any] = {
        "@context": _CONTEXT, "type": "OrderedCollectionPage", "id": f"{root}&page={listed.number}", "partOf": root,
        "totalItems": listed.total, **between,
    }
    if listed.number < listed.pages:
        body["next"] = f"{root}&page={listed.number + 1}"
    return {**body, "orderedItems": [{"type": what, "object": iri} for what, iri in listed.activities]}


async def _there_are(visit: Visit, start: str) -> bool:
    """Whether the graph has resources whose IRI begins so."""
    return bool(await visit.rows(
        f"SELECT ?s WHERE {{ ?s a ?class FILTER STRSTARTS(STR(?s), {ox.Literal(start)}) }} LIMIT 1"))
