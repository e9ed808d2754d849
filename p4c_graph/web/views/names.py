"""The names of practices and regions in the page's language, kept in memory: rankings name hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from p4c_graph.namespaces import DCT, FOAF
from p4c_graph.transfer.result import Match
from p4c_graph.web.views.browse import items
from p4c_graph.web.views.collections import COLLECTIONS
from p4c_graph.web.views.said import Said
from p4c_graph.web.views.visit import Visit


async def names(visit: Visit) -> Mapping[str, Said]:
    """IRI → name of every practice and region; read once a snapshot and language."""
    return await visit.once(("names", visit.language), lambda: _read(visit))


async def _read(visit: Visit) -> dict[str, Said]:
    found = [*await items(visit, COLLECTIONS["practices"]), *await items(visit, COLLECTIONS["regions"])]
    return {item.iri: item.label for item in found}


async def told(visit: Visit, matches: Iterable[Match]) -> dict[str, tuple[str, str | None]]:
    """IRI → title and address of the sources that these matches rest on."""
    iris = sorted({reason.source for match in matches for reason in match.because if reason.source})
    if not iris:
        return {}
    values = " ".join(str(ox.NamedNode(iri)) for iri in iris)
    rows = await visit.rows(
        f"SELECT ?s ?title ?page WHERE {{ VALUES ?s {{ {values} }} ?s <{DCT['title']}> ?title "
        f"OPTIONAL {{ ?s <{FOAF.page}> ?page }} }}")
    found = {}
    for row in rows:
        source, title, page = row["s"], row["title"], row["page"]
        assert isinstance(source, ox.NamedNode)
        assert isinstance(title, ox.Literal)
        found[source.value] = (title.value, page.value if isinstance(page, ox.NamedNode) else None)
    return found
