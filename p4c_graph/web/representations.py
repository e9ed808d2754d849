"""The formats a document is to be had in: its address with an ending for each, and the headers that link them.

``/doc/region/FRL0.ttl`` is one representation of ``/doc/region/FRL0``.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from starlette.requests import Request

from p4c_graph.store import formats
from p4c_graph.store.formats import Format
from p4c_graph.web.language import mounted, site
from p4c_graph.web.negotiation import HTML, JSON, Negotiable, Offer

JSONLD = Offer("jsonld", "application/ld+json")
RDF: dict[str, Format] = {format.name: format for format in formats.for_form("CONSTRUCT")}
GRAPH_OFFERS: tuple[Offer | Format, ...] = (RDF["ttl"], JSONLD, HTML, RDF["rdf"], RDF["nt"])
"""What a description can be had as, the preferred one first."""
DOCUMENT_OFFERS: tuple[Offer | Format, ...] = (
    RDF["ttl"], JSONLD, JSON, HTML, RDF["rdf"], RDF["nt"], RDF["trig"], RDF["nq"],
)
"""What a document can be had as; ``application/json`` is our own JSON, not JSON-LD."""


def raw_path(request: Request) -> str:
    """The path below where the server is mounted, as it was sent: percent-encoded."""
    path = str(request.scope["raw_path"].decode("latin-1")).partition("?")[0]
    root = quote(mounted(request))
    path = path.removeprefix(root) if path.startswith(root + "/") else path
    return quote(path, safe="/:@!$&'()*+,;=-._~%", encoding="latin-1")


def without_ending(path: str, offers: Sequence[Negotiable]) -> tuple[str, str | None]:
    """A path and the format it ends with: ``/doc/region/FRL0.ttl`` → ``/doc/region/FRL0``, ``ttl``."""
    name, dot, ending = path.rpartition(".")
    return (name, ending) if dot and ending in {offer.name for offer in offers} else (path, None)


def link(request: Request, path: str, relation: str, offer: Negotiable) -> str:
    """A link of the ``Link`` header to a path of this server."""
    return f'<{site(request)}{path}>; rel="{relation}"; type="{offer.media_type}"'


def format_headers(
    request: Request, path: str, chosen: Negotiable, offers: Sequence[Negotiable], canonical: str,
    *more: str,
) -> dict[str, str]:
    """``Content-Location``, and where the same is to be had in other formats; ``canonical`` is the address to cite."""
    links = [link(request, f"{path}.{other.name}", "alternate", other) for other in offers if other.name != chosen.name]
    links.append(f'<{canonical}>; rel="canonical"')
    if chosen is HTML:
        links.append(link(request, f"{path}.ttl", "describedby", RDF["ttl"]))
    return {"Link": ", ".join([*links, *more]), "Content-Location": f"{site(request)}{path}.{chosen.name}"}
