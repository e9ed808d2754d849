"""The names of practices and regions in the page's language, kept in memory: rankings name hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from p4c_graph.transfer.result import Match
from p4c_graph.web.views.browse import items
from p4c_graph.web.views.collections import COLLECTIONS
from p4c_graph.web.views.data_text import DataText
from p4c_graph.web.views.provenance import Provenance
from p4c_graph.web.views.visit import Visit


async def names(visit: Visit) -> Mapping[str, DataText]:
    """IRI → name of every practice and region; read once a snapshot and language."""
    return await visit.once(("names", visit.language), lambda: _read(visit))


async def _read(visit: Visit) -> dict[str, DataText]:
    found = [*await items(visit, COLLECTIONS["practices"]), *await items(visit, COLLECTIONS["regions"])]
    return {item.iri: item.label for item in found}


async def told(visit: Visit, matches: Iterable[Match]) -> dict[str, str]:
    """IRI → title of the sources that these matches rest on."""
    provenance = await Provenance.of(visit)
    return {reason.source: provenance.title(reason.source)
            for match in matches for reason in match.because if reason.source}
