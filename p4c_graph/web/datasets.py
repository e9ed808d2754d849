"""The data described and given whole: ``/dataset``, ``/.well-known/void``, ``/dumps``; what crawlers ask for."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response
from werkzeug.http import parse_etags

from p4c_graph.api import KnowledgeGraph
from p4c_graph.errors import UnknownName
from p4c_graph.languages import LANGUAGES
from p4c_graph.publish import dumps, sitemap
from p4c_graph.publish.dataset import ABOUT, TITLE, Described, Publisher, describe_dataset
from p4c_graph.publish.dumps import Dump, Dumps
from p4c_graph.publish.rights import LICENCES, Terms, terms_of
from p4c_graph.publish.schemaorg import dataset_schema
from p4c_graph.publish.statistics import statistics
from p4c_graph.publish.writing import write_triples
from p4c_graph.store.formats import Format
from p4c_graph.store.steps import run_in_pool
from p4c_graph.web.cache import once_per_snapshot
from p4c_graph.web.documents import addresses_of
from p4c_graph.web.negotiation import HTML, JSON, Offer
from p4c_graph.web.pages import page
from p4c_graph.web.parameters import Served
from p4c_graph.web.representations import GRAPH_OFFERS, RDF, format_headers, raw_path, without_ending
from p4c_graph.web.responses import accepted, answer, json_bytes, spoken
from p4c_graph.web.service import Service
from p4c_graph.web.views.data_text import best

router = APIRouter(include_in_schema=False)
_XML, _TEXT = Offer("xml", "application/xml"), Offer("txt", "text/plain")
_VOID_OFFERS = tuple(offer for offer in GRAPH_OFFERS if offer is not HTML)


@router.get("/dataset")
@router.get("/dataset.{ending}")
async def dataset(request: Request, served: Served) -> Response:
    """What the data is, how much, under which terms, and where to get it: DCAT-AP and VoID."""
    path, ending = without_ending(raw_path(request), GRAPH_OFFERS)
    if path != "/dataset":
        raise UnknownName(f"There is no {path}; expected /dataset or /dataset.ttl and the like.")
    offer = accepted(request, GRAPH_OFFERS, ending)
    headers = format_headers(request, path, offer, GRAPH_OFFERS, f"{addresses_of(served).root}/dataset")
    if offer is HTML:
        terms = await _terms(served)
        return page(
            request, "dataset.html", headers=headers, terms=terms.values(), licences=LICENCES,
            texts_of=partial(best, page=spoken(request)), formats=dumps.FORMATS, path="/dataset",
            manifest=served.graph.snapshot.manifest(),
            canonical=f"{addresses_of(served).root}/{spoken(request)}/dataset", minter=served.graph.minter,
            data_formats=(RDF["ttl"], RDF["jsonld"]), schema=_schema(served, spoken(request)),
        )
    body = await run_in_threadpool(write_triples, await _described(served), RDF[offer.name])
    return answer(request, body, offer, headers=headers)


@router.get("/.well-known/void")
async def void(request: Request, served: Served) -> Response:
    """The same, where VoID wants it: with content, not a redirect."""
    offer = accepted(request, _VOID_OFFERS)
    headers = format_headers(request, "/dataset", offer, _VOID_OFFERS, f"{addresses_of(served).root}/dataset")
    body = await run_in_threadpool(write_triples, await _described(served), RDF[offer.name])
    return answer(request, body, offer, headers=headers)


@router.get("/dumps")
async def listed(request: Request, served: Served) -> Response:
    """The names of all dumps, with their terms."""
    offer = accepted(request, (JSON,))
    root, snapshot = addresses_of(served).root, served.graph.snapshot
    terms = await _terms(served)

    def row(name: str, of: Terms | None) -> dict[str, Any]:
        files = {format.name: f"{root}/dumps/{dumps.file_name(name, format)}" for format in dumps.FORMATS}
        return {"name": name, **(of.to_dict() if of else {}), "files": files}

    rows = [row(dumps.WHOLE, None), *(row(name, terms[iri]) for name, iri in Dumps(snapshot).graphs.items())]
    return answer(request, json_bytes({"snapshot": snapshot.id, "dumps": rows}), offer)


@router.get("/dumps/{name:path}")
async def dump(request: Request, served: Served, name: str) -> Response:
    """One packed file; the header ``Link: rel=license`` says under which terms."""
    stem, format = _dump_name(name)
    made = await once_per_snapshot(served.graph, "dumps", lambda: asyncio.to_thread(Dumps, served.graph.snapshot))
    found = await asyncio.to_thread(made.get, stem, format)
    terms = await _terms(served)
    of = terms.get(made.graphs.get(stem, ""))
    licence = of.licence if of and of.licence else f"{addresses_of(served).root}/dataset#terms"
    headers = {
        "ETag": f'"{found.sha256}"', "Vary": "Accept", "Cache-Control": "no-cache",
        "Link": f'<{licence}>; rel="license"', "P4C-Snapshot": served.graph.snapshot.id,
    }
    if parse_etags(request.headers.get("if-none-match")).contains_weak(found.sha256):
        return Response(status_code=304, headers=headers)
    return FileResponse(found.path, media_type="application/gzip", headers=headers)


@router.get("/robots.txt")
def robots(request: Request, served: Served) -> Response:
    """What crawlers may read."""
    return answer(request, sitemap.robots(addresses_of(served).root), accepted(request, (_TEXT,)))


@router.get("/sitemap.xml")
@router.get("/sitemap-{number}.xml")
async def site_map(request: Request, served: Served) -> Response:
    """The pages of the site, or the index of the files that list them."""
    offer = accepted(request, (_XML,))
    files = await once_per_snapshot(served.graph, "sitemaps", lambda: _sitemaps(served))
    name = raw_path(request).removeprefix("/")
    if name not in files:
        raise UnknownName(f"There is no {name}; expected {', '.join(files)}.")
    return answer(request, files[name], offer)


# ── once a snapshot ────────────────────────────────────────────────────────────────────────────────────────────────


async def _terms(served: Service) -> dict[str, Terms]:
    return await once_per_snapshot(served.graph, "terms", lambda: _read_terms(served))


async def _read_terms(served: Service) -> dict[str, Terms]:
    graphs, minter = list(served.graph.snapshot.manifest()["graphs"]), served.graph.minter
    return await run_in_pool(lambda: terms_of(graphs, minter), served.pool)


async def _sitemaps(served: Service) -> dict[str, bytes]:
    addresses = addresses_of(served)
    paths = await run_in_pool(lambda: sitemap.page_paths(addresses), served.pool)
    return sitemap.sitemaps(paths, addresses.root, LANGUAGES)


def _schema(served: Service, language: str) -> dict[str, Any]:
    root, which = addresses_of(served).root, LANGUAGES.index(language)
    return dataset_schema({
        "url": f"{root}/dataset", "name": TITLE[which], "description": ABOUT[which], "license": f"{root}/dataset#terms",
        "publisher": served.settings.publisher,
        "downloads": [
            (f"{root}/dumps/{dumps.file_name(dumps.WHOLE, format)}", format.media_type) for format in dumps.FORMATS],
    })


async def _described(served: Service) -> list[ox.Triple]:
    return await once_per_snapshot(served.graph, "description", lambda: _describe(served))


async def _describe(served: Service) -> list[ox.Triple]:
    graph, settings, addresses = served.graph, served.settings, addresses_of(served)
    counted = await run_in_pool(lambda: statistics(graph.minter), served.pool)
    terms = await _terms(served)
    made = await asyncio.to_thread(_whole_dumps, graph)
    publisher = Publisher(settings.publisher, settings.contact or f"{addresses.root}/")
    return describe_dataset(Described(addresses, publisher, graph.snapshot.manifest(), counted, terms, made))


def _whole_dumps(graph: KnowledgeGraph) -> list[Dump]:
    made = Dumps(graph.snapshot)
    return [made.get(dumps.WHOLE, format) for format in dumps.FORMATS]


def _dump_name(name: str) -> tuple[str, Format]:
    for format in dumps.FORMATS:
        if name.endswith(ending := f".{format.name}.gz"):
            return name.removesuffix(ending), format
    endings = ", ".join(f".{format.name}.gz" for format in dumps.FORMATS)
    raise UnknownName(f"There is no dump {name!r}; its name ends with {endings}.")
