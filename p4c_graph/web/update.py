"""``/sparql/update``: the update operation of the SPARQL 1.1 Protocol, for administrators."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from p4c_graph.errors import InputError
from p4c_graph.pipeline.update import Written, write_update
from p4c_graph.web.access import Administrator
from p4c_graph.web.negotiation import JSON
from p4c_graph.web.parameters import Served
from p4c_graph.web.requests import one, read_operation, read_parameters
from p4c_graph.web.responses import answer, json_bytes

router = APIRouter()
UPDATE = "application/sparql-update"
_KNOWN = ("update", "using-graph-uri", "using-named-graph-uri")


@router.post("/sparql/update", summary="SPARQL 1.1 update")
async def update(request: Request, served: Served, token: Administrator) -> Response:
    """Does an update (form or direct) and answers with the snapshot it made and what came and went, by graph."""
    if "update" in read_parameters(request.scope["query_string"], _KNOWN):
        raise InputError("an update stands in the body, not in the address", parameter="update")
    parameters = await read_operation(
        request, "update", UPDATE, _KNOWN, served.settings.max_write_bytes, "max_write_bytes")
    text = one(parameters, "update")
    done = await served.writer.run(
        write_update, text, using=parameters["using-graph-uri"], using_named=parameters["using-named-graph-uri"],
        by=token.who)
    await served.refresh()
    return answer(request, json_bytes(written(done)), JSON)


def written(done: Written) -> dict[str, object]:
    """What a write came to, as JSON; ``snapshot`` is null where nothing changed."""
    graphs = {graph: {"added": added, "removed": removed} for graph, (added, removed) in done.graphs.items()}
    return {"snapshot": done.snapshot, "added": done.added, "removed": done.removed, "graphs": graphs}
