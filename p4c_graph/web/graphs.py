"""``/graphs``: the SPARQL 1.1 Graph Store HTTP Protocol; reading is open, writing is for administrators."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Annotated

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from p4c_graph.errors import InputError, UnknownName
from p4c_graph.pipeline.update import Mode, write_graph
from p4c_graph.store import formats
from p4c_graph.store.pool import QueryJob
from p4c_graph.web.access import Administrator
from p4c_graph.web.negotiation import CSV, JSON
from p4c_graph.web.parameters import Served
from p4c_graph.web.requests import client_of, content_type, read_body
from p4c_graph.web.responses import accepted, answer, json_bytes
from p4c_graph.web.service import Service
from p4c_graph.web.update import written

router = APIRouter()
EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
Graph = Annotated[str | None, Query(description="IRI of a named graph.")]
Default = Annotated[str | None, Query(description="Given, without a value: the merged set of all named graphs.")]
_BODY_FORMATS = tuple(
    format for format in formats.for_form("CONSTRUCT") if format.name not in ("trig", "nq"))
_BODY_TYPES = tuple(name for format in _BODY_FORMATS for name in format.media_types)


@router.get("/graphs", summary="A graph, or the list of graphs")
async def read(request: Request, served: Served, graph: Graph = None, default: Default = None) -> Response:
    """The statements of a named graph or of the default graph; without either, the named graphs and their sizes."""
    if graph is None and default is None:
        return _list(request, served)
    name = _named(graph, default)
    counts = served.graph.snapshot.manifest()["graphs"]
    if name is not None and name not in counts:
        raise UnknownName(f"There is no graph {name}.", parameter="graph")
    offer = accepted(request, formats.for_form("CONSTRUCT"))
    job = QueryJob(EVERYTHING, offer.name, None if name is None else (name,))
    result = await served.pool.query(job, client=client_of(request))
    return answer(request, result.body, offer, headers={"P4C-Snapshot": result.snapshot.name})


@router.put("/graphs", summary="Put a graph in place of the one of this name")
async def put(request: Request, served: Served, token: Administrator, graph: str) -> Response:
    """201 where the graph is new, 200 where it is replaced."""
    return await _write(request, served, token.who, graph, "put")


@router.post("/graphs", summary="Add statements to a graph")
async def post(request: Request, served: Served, token: Administrator, graph: Graph = None) -> Response:
    """Adds to the graph; without a name, to a new one, which the header Location names."""
    name = graph or served.graph.minter.graph(f"posted/{secrets.token_hex(8)}")
    return await _write(request, served, token.who, name, "post")


@router.delete("/graphs", summary="Delete a graph")
async def delete(request: Request, served: Served, token: Administrator, graph: str) -> Response:
    """Deletes the graph. 404 where it is not there."""
    done = await served.writer.run(write_graph, _iri(graph), "delete", by=token.who)
    await served.refresh()
    return answer(request, json_bytes(written(done)), JSON)


async def _write(request: Request, served: Service, by: str, graph: str, mode: Mode) -> Response:
    media_type = content_type(request, _BODY_TYPES)
    format = next(format for format in _BODY_FORMATS if media_type in format.media_types)
    body = await read_body(request, served.settings.max_write_bytes, "max_write_bytes")
    existed = graph in served.graph.snapshot.manifest()["graphs"]
    done = await served.writer.run(write_graph, _iri(graph), mode, body, format.name, by=by)
    await served.refresh()
    response = answer(request, json_bytes(written(done)), JSON)
    if not existed:
        response.status_code = HTTPStatus.CREATED
        response.headers["Location"] = graph
    return response


def _list(request: Request, served: Service) -> Response:
    counts: dict[str, int] = served.graph.snapshot.manifest()["graphs"]
    offer = accepted(request, (JSON, CSV))
    rows = [{"graph": graph, "statements": count} for graph, count in sorted(counts.items())]
    if offer is JSON:
        return answer(request, json_bytes({"graphs": rows}), JSON)
    lines = ["graph,statements", *(f"{row['graph']},{row['statements']}" for row in rows)]
    return answer(request, "\r\n".join([*lines, ""]).encode(), CSV)


def _named(graph: str | None, default: str | None) -> str | None:
    """The IRI asked for, None for the default graph."""
    if (graph is None) == (default is None):
        raise InputError("give either graph or default", parameter="graph")
    if default:
        raise InputError(f"default takes no value; got {default!r}", parameter="default")
    return None if graph is None else _iri(graph)


def _iri(graph: str) -> str:
    try:
        return ox.NamedNode(graph).value
    except ValueError:
        raise InputError(f"graph is no IRI: {graph!r}; expected one such as https://example.org/graph/a",
                         parameter="graph") from None
