"""``/``: what is here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from p4c_graph.web.pages import page
from p4c_graph.web.parameters import Served

router = APIRouter()


@router.get("/", include_in_schema=False)
def home(request: Request, served: Served) -> Response:
    """The home page: the question, the counts, the ways in."""
    manifest = served.graph.snapshot.manifest()
    address = served.settings.public_url.rstrip("/")
    return page(request, "home.html", manifest=manifest, classes=manifest["classes"], address=address)
