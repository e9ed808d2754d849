"""``/context.jsonld``: the JSON-LD context, which names every term of the answers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from p4c_graph.store import formats
from p4c_graph.store.jsonld import context_bytes
from p4c_graph.web.responses import answer

router = APIRouter()
_LONG = {"Cache-Control": "public, max-age=604800"}


@router.get("/context.jsonld", summary="The JSON-LD context")
def context(request: Request) -> Response:
    """The context of every JSON-LD answer and of what partners submit; it may be kept for a week."""
    return answer(request, context_bytes(), formats.by_name("jsonld", "CONSTRUCT"), headers=_LONG)
