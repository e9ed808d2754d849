"""``/match`` and ``/regions/{code}/similar``."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from p4c_graph.intake.csvtext import csv_text
from p4c_graph.namespaces import PREFIXES
from p4c_graph.store import formats
from p4c_graph.store.answers import write_graph
from p4c_graph.transfer.match import MAXIMUM_LIMIT
from p4c_graph.transfer.result import MatchResult
from p4c_graph.web.negotiation import CSV, HTML, JSON, Negotiable
from p4c_graph.web.parameters import Language, Served, Weights, known_only
from p4c_graph.web.rankings import match_page, similar_page, start_page
from p4c_graph.web.responses import accepted, answer, json_bytes

router = APIRouter()
TURTLE, JSONLD = (formats.by_name(name, "CONSTRUCT") for name in ("ttl", "jsonld"))
MATCH_OFFERS = (JSON, CSV, TURTLE, JSONLD, HTML)
SIMILAR_OFFERS = (JSON, CSV, HTML)
CHECKED = [Depends(known_only)]
Order = Annotated[Literal["cautious", "expected"], Query(description="By lower bound, or by expected score.")]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT, description="How many results.")]
Format = Annotated[
    str | None, Query(alias="format", description="Instead of the Accept header: json, csv, ttl, jsonld, html.")]


@router.get("/match", dependencies=CHECKED, summary="Rank practices for a region, or regions for a practice")
async def match(
    request: Request, served: Served, weights: Weights,
    region: Annotated[str | None, Query(description="NUTS code of any version, or a name.")] = None,
    practice: Annotated[str | None, Query(description="Slug, IRI or name of a practice.")] = None,
    limit: Limit = 10,
    order: Order = "cautious",
    include_existing: Annotated[bool, Query(description="Also rank what already runs there.")] = False,
    wanted: Format = None,
    language: Language = None,
) -> Response:
    """The practices that suit a region, or the regions for a practice: scores, intervals, reasons with sources."""
    offer = accepted(request, MATCH_OFFERS, wanted)
    if offer is HTML and not region and not practice:
        return await start_page(request, served)

    def ranked() -> tuple[MatchResult, bytes]:
        found = served.graph.match(
            region=region or None, practice=practice or None, limit=limit, order=order, weights=weights,
            include_existing=include_existing)
        return found, written(found, offer)

    found, body = await asyncio.to_thread(ranked)
    headers = {"P4C-Snapshot": found.snapshot}
    if offer is HTML:
        return await match_page(request, served, found, headers)
    return answer(request, body, offer, headers=headers)


def written(found: MatchResult, offer: Negotiable) -> bytes:
    """A ranking in a format; nothing for a page, which is written later."""
    if isinstance(offer, formats.Format):
        return write_graph(found.to_rdf(), offer, prefixes=PREFIXES) or b""
    if offer is CSV:
        return csv_bytes(found.rows())
    return json_bytes(found.to_dict()) if offer is JSON else b""


@router.get("/regions/{code}/similar", dependencies=CHECKED, summary="The regions most alike in structure")
async def similar(
    request: Request, served: Served, code: str, limit: Limit = 10, wanted: Format = None, language: Language = None,
) -> Response:
    """The NUTS 2 regions most alike in structure, with the interval that unknown indicators leave."""
    offer = accepted(request, SIMILAR_OFFERS, wanted)
    if offer is HTML:
        return await similar_page(request, served, code, limit)
    found = await asyncio.to_thread(served.graph.similar, code, limit)
    if offer is JSON:
        return answer(request, json_bytes(found), offer)
    rows = [{"rank": row["rank"], "code": row["region"]["code"], "label": row["region"]["label"],
             **{name: row[name] for name in ("expected", "low", "high")}} for row in found["results"]]
    return answer(request, csv_bytes(rows), offer)


def csv_bytes(rows: list[dict[str, Any]]) -> bytes:
    """Rows as CSV; a cell that a spreadsheet would take for a formula gets a quote before it."""
    headings = list(rows[0]) if rows else ["rank"]
    return csv_text(headings, ([row[heading] for heading in headings] for row in rows)).encode()
