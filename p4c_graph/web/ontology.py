"""The model: ``/ontology``, its terms and versions, ``/shapes``, and ``/context.jsonld``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from p4c_graph.errors import UnknownName
from p4c_graph.intake.sources import Library
from p4c_graph.namespaces import ONTOLOGY
from p4c_graph.publish import ontology
from p4c_graph.publish.writing import write_triples
from p4c_graph.store import formats
from p4c_graph.store.jsonld import context_bytes
from p4c_graph.store.steps import run_in_pool
from p4c_graph.web.documents import addresses_of, answer_document
from p4c_graph.web.negotiation import HTML, Negotiable
from p4c_graph.web.parameters import Served
from p4c_graph.web.representations import DOCUMENT_OFFERS, GRAPH_OFFERS, RDF, format_headers, raw_path, without_ending
from p4c_graph.web.responses import accepted, answer

router = APIRouter()
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_SHAPE_OFFERS = tuple(offer for offer in GRAPH_OFFERS if offer is not HTML)
_A_WEEK = {"Cache-Control": "public, max-age=604800"}


@router.get("/ontology", include_in_schema=False)
@router.get("/ontology.{ending}", include_in_schema=False)
async def whole(request: Request, served: Served) -> Response:
    """The ontology: every term, with labels and comments in both languages."""
    path, ending = _read(request, GRAPH_OFFERS, "/ontology")
    return await _ontology(request, served, path, ending)


@router.get("/ontology/{name:path}", include_in_schema=False)
async def term(request: Request, served: Served) -> Response:
    """One term, with what uses it; or, where the name is a number, that version of the ontology."""
    path, ending = without_ending(raw_path(request).rstrip("/"), DOCUMENT_OFFERS)
    name = path.removeprefix("/ontology/")
    if path == "/ontology" or _VERSION.fullmatch(name):
        return await _ontology(request, served, path, ending, None if path == "/ontology" else name)
    accepted(request, DOCUMENT_OFFERS, ending)
    return await answer_document(request, served, [ontology.term(name)], path, ending)


@router.get("/shapes", include_in_schema=False)
@router.get("/shapes.{ending}", include_in_schema=False)
def shapes(request: Request, served: Served) -> Response:
    """The SHACL shapes that data is checked against."""
    path, ending = _read(request, _SHAPE_OFFERS, "/shapes")
    offer = accepted(request, _SHAPE_OFFERS, ending)
    body = write_triples(ontology.shapes(tuple(Library.shipped().shapes)), RDF[offer.name])
    canonical = f"{addresses_of(served).root}{path}"
    return answer(request, body, offer, headers=format_headers(request, path, offer, _SHAPE_OFFERS, canonical))


@router.get("/context.jsonld", summary="The JSON-LD context")
def context(request: Request) -> Response:
    """The context of every JSON-LD answer and of what partners submit; it may be kept for a week."""
    return answer(request, context_bytes(), formats.by_name("jsonld", "CONSTRUCT"), headers=_A_WEEK)


def _read(request: Request, offers: Sequence[Negotiable], expected: str) -> tuple[str, str | None]:
    """Path and ending. Raises UnknownName for an ending that is no format."""
    path, ending = without_ending(raw_path(request), offers)
    if path != expected:
        raise UnknownName(f"There is no {path}; expected {expected} or {expected}.{offers[0].name} and the like.")
    return path, ending


async def _ontology(
    request: Request, served: Served, path: str, ending: str | None, version: str | None = None
) -> Response:
    offer = accepted(request, GRAPH_OFFERS, ending)
    minter = served.graph.minter
    triples = await run_in_pool(lambda: ontology.ontology(minter), served.pool)
    if version:
        ontology.check_version(version, triples)
    if offer is HTML:
        return await answer_document(request, served, [ONTOLOGY], path, ending)
    headers = format_headers(request, path, offer, GRAPH_OFFERS, f"{addresses_of(served).root}/ontology")
    body = await run_in_threadpool(write_triples, triples, RDF[offer.name])
    return answer(request, body, offer, headers=headers)
