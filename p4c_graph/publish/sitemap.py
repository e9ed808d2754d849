"""``sitemap.xml`` and ``robots.txt``: which pages a search engine may want, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from p4c_graph.namespaces import OWL, PROV, SKOS
from p4c_graph.publish.addresses import Addresses
from p4c_graph.store.answers import value
from p4c_graph.store.steps import Steps

MOST = 25_000
"""Pages in one file: each stands there twice, and a file may hold 50,000 addresses."""
KINDS = (
    "practice", "region", "organisation", "application", "source", "project", "programme", "policy", "catalogue",
    "selection", "recommendation", "need", "indicator",
)
"""The kinds of resources whose pages people look for; single figures and scores are left to the data."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
FIGURES = ("observation", "similarity", "suitability", "adoption")
"""The kinds of single figures: one a region and indicator, or a pair. A static copy holds them in its dumps only."""
PAGES = (
    "/", "/match", "/practices", "/regions", "/organisations", "/field-tests", "/catalogue", "/criteria", "/sources",
    "/queries", "/about", "/ontology", "/dataset",
)


def page_paths(addresses: Addresses) -> Steps[list[str]]:
    """The paths of the pages worth finding, by one query."""
    return [*PAGES, *(yield from document_paths(addresses))]


def document_paths(addresses: Addresses) -> Steps[list[str]]:
    """The paths of the documents of resources of these kinds that are upheld, by one query."""
    return (yield from _upheld(addresses, f"FILTER ({_kind(addresses)} IN ({_listed(KINDS)}))"))


def exported_paths(addresses: Addresses) -> Steps[list[str]]:
    """The documents a static copy holds: all but those of single figures; two queries."""
    found = yield from _upheld(addresses, f"FILTER ({_kind(addresses)} NOT IN ({_listed(FIGURES)}))")
    rows = yield f"""SELECT DISTINCT ?s WHERE {{
        {{ ?s a <{SKOS.Concept}> }} UNION {{ ?s a <{SKOS.ConceptScheme}> }} UNION {{ GRAPH ?s {{ }} }} }}"""
    others = {path for row in rows if (path := addresses.path(str(value(row[0]))))}
    return sorted({*found, *(path for path in others if path.startswith("/doc/"))})


def withdrawn_paths(addresses: Addresses) -> Steps[list[str]]:
    """The paths of the documents of resources that were withdrawn, by one query."""
    rows = yield f"""SELECT DISTINCT ?s WHERE {{
        {{ ?s <{OWL.deprecated}> true }} UNION {{ ?s <{PROV.invalidatedAtTime}> ?when }}
        FILTER STRSTARTS(STR(?s), "{addresses.minter.resources}") }}"""
    return sorted(path for row in rows if (path := addresses.path(str(value(row[0])))))


def _upheld(addresses: Addresses, filter: str) -> Steps[list[str]]:
    """The paths of the documents of resources that pass a filter and were not withdrawn, by one query.

    A resource whose IRI has a fragment is told of in the document of the one before the fragment.
    """
    rows = yield f"""SELECT DISTINCT ?s WHERE {{ ?s a ?class
        FILTER (STRSTARTS(STR(?s), "{addresses.minter.resources}") && !CONTAINS(STR(?s), "#")) {filter}
        FILTER NOT EXISTS {{ ?s <{OWL.deprecated}> true }}
        FILTER NOT EXISTS {{ ?s <{PROV.invalidatedAtTime}> ?when }} }}"""
    return sorted(path for row in rows if (path := addresses.path(str(value(row[0])))))


def _kind(addresses: Addresses) -> str:
    """An expression for the kind of ``?s``: the first step below the start of all resources."""
    return f'STRBEFORE(STRAFTER(STR(?s), "{addresses.minter.resources}"), "/")'


def _listed(kinds: Sequence[str]) -> str:
    return ", ".join(f'"{kind}"' for kind in kinds)


def sitemaps(paths: Sequence[str], root: str, languages: Sequence[str]) -> dict[str, bytes]:
    """File name → content: one file, or where there are too many pages several and an index of them."""
    parts = [paths[start:start + MOST] for start in range(0, len(paths), MOST)]
    if len(parts) <= 1:
        return {"sitemap.xml": _urls(paths, root, languages)}
    named = {f"sitemap-{number}.xml": _urls(part, root, languages) for number, part in enumerate(parts, 1)}
    listed = "".join(f"<sitemap><loc>{escape(f'{root}/{name}')}</loc></sitemap>\n" for name in named)
    index = f'{_HEAD}<sitemapindex {_NAMESPACES.split(" ")[0]}>\n{listed}</sitemapindex>\n'
    return {"sitemap.xml": index.encode(), **named}


def robots(root: str) -> bytes:
    """All may be read; what is computed for each request is left out."""
    return f"User-agent: *\nDisallow: /sparql\nDisallow: /embed/\n\nSitemap: {root}/sitemap.xml\n".encode()


def _urls(paths: Sequence[str], root: str, languages: Sequence[str]) -> bytes:
    lines = []
    for path in paths:
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(f"{root}/{language}{path}")}/>'
            for language in languages)
        lines += [f"<url><loc>{escape(f'{root}/{language}{path}')}</loc>{links}</url>\n" for language in languages]
    return f"{_HEAD}<urlset {_NAMESPACES}>\n{''.join(lines)}</urlset>\n".encode()
