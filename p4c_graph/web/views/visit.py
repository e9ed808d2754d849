"""One visit: the request, the snapshot it is answered from, its language, and a way to ask SPARQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from p4c_graph.api import KnowledgeGraph
from p4c_graph.namespaces import P4C
from p4c_graph.store.answers import Term
from p4c_graph.store.pool import QueryJob
from p4c_graph.terms import concept, local_name
from p4c_graph.web.cache import once_per_snapshot
from p4c_graph.web.language import mounted
from p4c_graph.web.responses import spoken
from p4c_graph.web.service import Service

Row = dict[str, Term | None]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Visit:
    """What a view needs to gather its data."""

    service: Service
    graph: KnowledgeGraph
    language: str
    root: str

    @classmethod
    def of(cls, request: Request, service: Service) -> Visit:
        """The visit of a request."""
        return cls(service, service.graph, spoken(request), mounted(request))

    async def rows(self, query: str) -> list[Row]:
        """The rows of a SELECT as RDF terms, asked on the site's own lane."""
        answered = (await self.service.pool.query(QueryJob(query, "json"), lane="pages")).answer()
        columns = answered.columns()
        return [dict(zip(columns, row, strict=True)) for row in answered.terms()]

    async def once(self, key: Hashable, make: Callable[[], Awaitable[Made]]) -> Made:
        """What ``make`` gives, made once a snapshot and kept as long as the snapshot is served."""
        return await once_per_snapshot(self.graph, key, make)

    def href(self, iri: str) -> str | None:
        """The path of the page of a resource, concept or term; None where it has none. It starts below ``root``."""
        start = self.graph.minter.resources
        if iri.startswith(start):
            return f"/doc/{iri[len(start):]}"
        if iri.startswith(P4C):
            return f"/ontology/{iri[len(P4C):]}"
        if iri.startswith(concept("criterion", "")):
            return f"/criteria#{local_name(iri)}"
        return None
