"""How the catalogue came about: the selection and what it looked at."""

from __future__ import annotations

from p4c_graph.web.views.facts import Facts, gather
from p4c_graph.web.views.visit import Visit


async def selection(visit: Visit) -> Facts:
    """The selections and the catalogues they produced."""
    return await gather(visit, "{ ?s a p4c:Selection } UNION { ?s a p4c:Catalogue }")
