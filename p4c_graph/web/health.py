"""``/health`` (ready to answer) and ``/health/live`` (the process runs)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from p4c_graph.web.negotiation import JSON
from p4c_graph.web.parameters import Served
from p4c_graph.web.responses import answer, json_bytes

router = APIRouter()


@router.get("/health", summary="Ready: which snapshot is served")
async def ready(request: Request, served: Served) -> Response:
    """200 and the snapshot where matches and queries are answered; 503 where they are not yet."""
    graph = served.graph
    served.pool  # noqa: B018  raises Busy until the query processes are there
    return answer(request, json_bytes({"status": "ready", "snapshot": graph.snapshot.id}), JSON)


@router.get("/health/live", summary="Live: the process answers")
async def live(request: Request) -> Response:
    """200 as long as the process answers."""
    return answer(request, json_bytes({"status": "live"}), JSON)
