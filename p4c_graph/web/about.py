"""``/about``: what is known, what is not, under which terms."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from p4c_graph.web.pages import page
from p4c_graph.web.parameters import Served
from p4c_graph.web.views.about import about
from p4c_graph.web.views.visit import Visit

router = APIRouter(include_in_schema=False)


@router.get("/about")
async def about_page(request: Request, served: Served) -> Response:
    """About the data: coverage, what is unknown, licences."""
    visit = Visit.of(request, served)
    return page(request, "about.html", data=await about(visit), manifest=served.graph.snapshot.manifest())
