"""Linked data: ``/id/…``, ``/scheme/…`` and ``/graph/…`` lead to ``/doc/…``, the document in all formats."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from p4c_graph.errors import UnknownName
from p4c_graph.publish.addresses import Addresses
from p4c_graph.publish.document import describe, existence
from p4c_graph.publish.schemaorg import Told, schema_org, told_of
from p4c_graph.publish.writing import document_json, write_document
from p4c_graph.store.steps import run_in_pool
from p4c_graph.web.language import mounted
from p4c_graph.web.negotiation import HTML, JSON, Negotiable
from p4c_graph.web.pages import page
from p4c_graph.web.parameters import Served
from p4c_graph.web.representations import DOCUMENT_OFFERS, RDF, format_headers, link, raw_path, without_ending
from p4c_graph.web.responses import accepted, answer, json_bytes, redirect, spoken
from p4c_graph.web.service import Service
from p4c_graph.web.views.document import document_page
from p4c_graph.web.views.entities import OF_RESOURCES, shown
from p4c_graph.web.views.facts import Resource
from p4c_graph.web.views.visit import Visit

router = APIRouter(include_in_schema=False)
_IN_HEAD = (RDF["ttl"], RDF["jsonld"])
"""The formats that the head of a page names."""


@router.get("/id/{name:path}")
@router.get("/scheme/{name:path}")
@router.get("/graph/{name:path}")
async def resource(request: Request, served: Served) -> Response:
    """303 to the document about a resource, concept or graph; 404 where there is none, 410 where it was withdrawn."""
    name = raw_path(request).removeprefix("/id").strip("/")
    iris = addresses_of(served).resources(name)
    if not iris:
        raise UnknownName(f"There is no resource {name!r}; expected /id/KIND/NAME.")
    await run_in_pool(lambda: existence(iris, graphs_of(served)), served.pool)
    ending = f".{accepted(request, DOCUMENT_OFFERS).name}" if "format" in request.query_params else ""
    sent = redirect(request, f"{mounted(request)}/doc/{name}{ending}")
    sent.headers["Link"] = ", ".join(
        link(request, f"/doc/{name}.{offer.name}", "describedby", offer) for offer in DOCUMENT_OFFERS)
    return sent


@router.get("/doc/{name:path}")
async def document(request: Request, served: Served) -> Response:
    """The document about a resource: what is said of it, what refers to it, in which graphs, from which sources."""
    path, ending = without_ending(raw_path(request), DOCUMENT_OFFERS)
    if path.endswith("/"):
        return redirect(request, mounted(request) + path.rstrip("/"), HTTPStatus.PERMANENT_REDIRECT)
    accepted(request, DOCUMENT_OFFERS, ending)
    iris = addresses_of(served).resources(path.removeprefix("/doc/"))
    if not iris:
        raise UnknownName(f"There is no document {path!r}; expected /doc/KIND/NAME.")
    return await answer_document(request, served, iris, path, ending)


async def answer_document(
    request: Request, served: Service, iris: list[str], path: str, ending: str | None = None
) -> Response:
    """The document about the first of these IRIs that is known, at a path without ending, in the format negotiated."""
    offer = accepted(request, DOCUMENT_OFFERS, ending)
    most, graphs, addresses = served.settings.document_incoming, graphs_of(served), addresses_of(served)
    snapshot = {"P4C-Snapshot": served.pool.snapshot.name}
    language = spoken(request) if offer is HTML else ""
    if offer is HTML and (own := await shown(Visit.of(request, served), iris[0])):
        template, values = own
        headers = _headers(request, path, offer, iris[0], addresses) | snapshot
        values |= _head(values["data"].about, addresses, language, path) if template in OF_RESOURCES else {}
        return page(request, template, headers=headers, path=path, here=path, **values)
    found = await run_in_pool(lambda: describe(iris, most=most, graphs=graphs), served.pool)
    headers = _headers(request, path, offer, found.iri, addresses) | snapshot
    if found.omitted:
        headers["P4C-Omitted"] = str(sum(found.omitted.values()))
    if offer is HTML:
        address = f"{addresses.root}/{language}{path}"
        schema = schema_org(found.iri, found.label(language=language), address, language, told_of(found, language))
        return page(
            request, "document.html", headers=headers, document=found, path=path, here=path,
            data=document_page(found, addresses, language),
            canonical=address, data_formats=_IN_HEAD, schema=schema,
        )
    if offer is JSON:
        return answer(request, json_bytes(document_json(found, addresses)), JSON, headers=headers)
    body = await run_in_threadpool(write_document, found, addresses, RDF[offer.name])
    return answer(request, body, offer, headers=headers)


def graphs_of(served: Service) -> Collection[str]:
    """The named graphs of the snapshot."""
    found: dict[str, int] = served.graph.snapshot.manifest()["graphs"]
    return found.keys()


def addresses_of(served: Service) -> Addresses:
    """The addresses of this server: from the settings and the snapshot, never from what a client sends."""
    return Addresses(served.graph.minter.base, served.settings.public_url)


def _head(about: Resource, addresses: Addresses, language: str, path: str) -> dict[str, Any]:
    """What the head of a resource's page says to machines."""
    address = f"{addresses.root}/{language}{path}"
    facts = {name: [Told(str(fact.text), fact.iri) for fact in facts] for name, facts in about.facts.items()}
    schema = schema_org(about.iri, str(about.label), address, language, facts)
    return {"canonical": address, "data_formats": _IN_HEAD, "schema": schema}


def _headers(request: Request, path: str, offer: Negotiable, iri: str, addresses: Addresses) -> dict[str, str]:
    describes = f'<{quote(iri, safe=":/?#[]@!$&()*+,;=%~")}>; rel="describes"'
    canonical = addresses.root + (f"/{spoken(request)}" if offer is HTML else "") + path
    return format_headers(request, path, offer, DOCUMENT_OFFERS, canonical, describes)
