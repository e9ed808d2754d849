"""What pages need of a snapshot, read before the first visitor asks for it."""

from __future__ import annotations

import asyncio
import gc
import logging

from p4c_graph.api import KnowledgeGraph
from p4c_graph.errors import Busy, NoSnapshot, P4CError
from p4c_graph.languages import LANGUAGES
from p4c_graph.web.service import Service
from p4c_graph.web.views import cartogram, indicators
from p4c_graph.web.views.names import names
from p4c_graph.web.views.visit import Visit

_LOOK_SECONDS = 0.5
_log = logging.getLogger("p4c_graph.web")


async def keep_reading_ahead(service: Service) -> None:
    """Reads ahead for every snapshot that comes to be served, until it is cancelled."""
    done: KnowledgeGraph | None = None
    while True:
        try:
            service.pool  # noqa: B018  raises Busy until the query processes are there
            if service.graph is not done:
                done = service.graph
                await _read_ahead(service, done)
                await asyncio.to_thread(settle)
        except (Busy, NoSnapshot):
            pass
        except P4CError:
            _log.exception("pages could not be read ahead")
        await asyncio.sleep(_LOOK_SECONDS)


async def _read_ahead(service: Service, graph: KnowledgeGraph) -> None:
    for language in LANGUAGES:
        visit = Visit(service, graph, language, "")
        await names(visit)
        await cartogram.layout(visit)
        await indicators.spreads(visit)


def settle() -> None:
    """Lets go of what the snapshot before held, and keeps the collector off what stays until the next one.

    Else it walks over all that was read, again and again, in the midst of requests.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
