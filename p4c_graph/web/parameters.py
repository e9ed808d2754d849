"""Query parameters that several routes read.

These are coroutines though none of them waits: what is not, FastAPI hands to a thread, at each request.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from p4c_graph.errors import InputError
from p4c_graph.languages import LANGUAGES
from p4c_graph.transfer.model import COMPONENTS
from p4c_graph.web.responses import spoken
from p4c_graph.web.service import Service


async def service(request: Request) -> Service:
    """The state of this server."""
    found: Service = request.app.state.service
    return found


async def known_only(request: Request) -> None:
    """Refuses a query parameter that the route does not have, naming those it has, and a language there is not."""
    route = request.scope["route"]
    known = {name.alias for name in route.dependant.query_params}
    for dependency in route.dependant.dependencies:
        known |= {name.alias for name in dependency.query_params}
    for name in request.query_params:
        if name not in known:
            expected = ", ".join(sorted(known))
            raise InputError(
                f"there is no parameter {name!r}; expected {expected}", parameter=name,
                french=f"Le paramètre « {name} » n'existe pas ; attendu : {expected}.")
    if request.query_params.get("lang", LANGUAGES[0]).strip().lower() not in LANGUAGES:
        spoken(request)  # refuses it


Language = Annotated[str | None, Query(alias="lang", description="Instead of the Accept-Language header: en, fr.")]
Weight = Annotated[float | None, Query(ge=0, description="Weight of this component; declared where not given.")]


async def weights(
    context: Weight = None, evidence: Weight = None, conditions: Weight = None, relevance: Weight = None,
    capacity: Weight = None, merit: Weight = None,
) -> dict[str, object]:
    """The weights given in the address, by component."""
    given = dict(zip(COMPONENTS, (context, evidence, conditions, relevance, capacity, merit), strict=True))
    return {name: value for name, value in given.items() if value is not None}


Served = Annotated[Service, Depends(service)]
Weights = Annotated[dict[str, object], Depends(weights)]
