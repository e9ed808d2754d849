"""Linked data: ``/id/…``, ``/scheme/…`` and ``/graph/…`` lead to ``/doc/…``, the document in all formats."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from p4c_graph.errors import UnknownName
from p4c_graph.publish.addresses import Addresses
from p4c_graph.publish.document import Document, describe, existence
from p4c_graph.publish.writing import document_json, write_document
from p4c_graph.store import formats
from p4c_graph.store.formats import Format
from p4c_graph.store.steps import run_in_pool
from p4c_graph.web.match import JSON
from p4c_graph.web.negotiation import Offer
from p4c_graph.web.pages import HTML, page
from p4c_graph.web.parameters import Served
from p4c_graph.web.responses import accepted, answer, json_bytes, redirect
from p4c_graph.web.service import Service

router = APIRouter(include_in_schema=False)
_RDF: dict[str, Format] = {format.name: format for format in formats.for_form("CONSTRUCT")}
_JSONLD = Offer("jsonld", "application/ld+json")
OFFERS: tuple[Offer | Format, ...] = (
    _RDF["ttl"], _JSONLD, JSON, HTML, _RDF["rdf"], _RDF["nt"], _RDF["trig"], _RDF["nq"],
)
"""What a document can be had as, the preferred one first. ``application/json`` is ours, not JSON-LD."""
_BY_NAME = {offer.name: offer for offer in OFFERS}


@router.get("/id/{name:path}")
async def resource(request: Request, served: Served, name: str) -> Response:
    """303 to the document about a resource; 404 where there is none, 410 where it was withdrawn."""
    return await _see_other(request, served, _raw_name(request, "/id/"))


@router.get("/scheme/{name:path}")
async def concept(request: Request, served: Served, name: str) -> Response:
    """The same for schemes and their concepts."""
    return await _see_other(request, served, f"scheme/{_raw_name(request, '/scheme/')}")


@router.get("/graph/{name:path}")
async def graph(request: Request, served: Served, name: str) -> Response:
    """The same for named graphs."""
    return await _see_other(request, served, f"graph/{_raw_name(request, '/graph/')}")


@router.get("/doc/{name:path}")
async def document(request: Request, served: Served, name: str) -> Response:
    """The document about a resource: what is said of it, what refers to it, in which graphs, from which sources."""
    raw = _raw_name(request, "/doc/")
    if raw.endswith("/"):
        return redirect(request, f"{_root(request)}/doc/{raw.rstrip('/')}", HTTPStatus.PERMANENT_REDIRECT)
    raw, ending = _without_ending(raw)
    offer = accepted(request, OFFERS, ending)
    addresses = addresses_of(served)
    iris = addresses.resources(raw)
    if not iris:
        raise UnknownName(f"There is no document {raw!r}; expected /doc/KIND/NAME.")
    most = served.settings.document_incoming
    found = await run_in_pool(lambda: describe(iris, most=most), served.pool)
    headers = _links(request, f"/doc/{raw}", offer, found, addresses) | {"P4C-Snapshot": served.pool.snapshot.name}
    if found.omitted:
        headers["P4C-Omitted"] = str(sum(found.omitted.values()))
    if offer is HTML:
        return page(request, "document.html", headers=headers, document=found, addresses=addresses, path=f"/doc/{raw}")
    if offer is JSON:
        return answer(request, json_bytes(document_json(found, addresses)), JSON, headers=headers)
    return answer(request, write_document(found, addresses, _RDF[offer.name]), offer, headers=headers)


def addresses_of(served: Service) -> Addresses:
    """The addresses of this server: from the settings and the snapshot, never from what a client sends."""
    return Addresses(served.graph.minter.base, served.settings.public_url)


async def _see_other(request: Request, served: Service, raw: str) -> Response:
    iris = addresses_of(served).resources(raw.rstrip("/"))
    if not iris:
        raise UnknownName(f"There is no resource {raw!r}; expected /id/KIND/NAME.")
    await run_in_pool(lambda: existence(iris), served.pool)
    ending = f".{accepted(request, OFFERS).name}" if "format" in request.query_params else ""
    path = f"/doc/{raw.rstrip('/')}"
    links = [_link(request, f"{path}.{offer.name}", "describedby", offer) for offer in OFFERS]
    sent = redirect(request, _root(request) + path + ending)
    sent.headers["Link"] = ", ".join(links)
    return sent


def _raw_name(request: Request, start: str) -> str:
    """What stands after ``start`` in the path as it was sent, percent-encoded."""
    path = str(request.scope["raw_path"].decode("latin-1")).partition("?")[0]
    root = quote(_root(request))
    path = path.removeprefix(root) if path.startswith(root + "/") else path
    return quote(path.removeprefix(start), safe="/:@!$&'()*+,;=-._~%", encoding="latin-1")


def _without_ending(raw: str) -> tuple[str, str | None]:
    """A name and its format: ``region/FRL0.ttl`` → ``region/FRL0``, ``ttl``."""
    name, dot, ending = raw.rpartition(".")
    return (name, ending) if dot and ending in _BY_NAME else (raw, None)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")


def _links(
    request: Request, path: str, offer: Offer | Format, found: Document, addresses: Addresses
) -> dict[str, str]:
    """Where the same document is to be had in other formats, which is the one to cite, and what it describes."""
    links = [_link(request, f"{path}.{other.name}", "alternate", other) for other in OFFERS if other is not offer]
    links.append(f'<{addresses.root}{path}.html>; rel="canonical"')
    links.append(f'<{quote(found.iri, safe=":/?#[]@!$&()*+,;=%~")}>; rel="describes"')
    if offer is HTML:
        links.append(_link(request, f"{path}.ttl", "describedby", _RDF["ttl"]))
    return {"Link": ", ".join(links), "Content-Location": f"{_root(request)}{path}.{offer.name}"}


def _link(request: Request, path: str, relation: str, offer: Offer | Format) -> str:
    return f'<{_root(request)}{path}>; rel="{relation}"; type="{offer.media_type}"'
