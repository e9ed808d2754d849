"""Which source each named graph is from, and on which basis: read once a snapshot, looked up by every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from p4c_graph.namespaces import DCT, FOAF, P4C
from p4c_graph.terms import concept, local_name
from p4c_graph.web.views.visit import Visit

_INFERRED = concept("basis", "inferred")
_GRAPHS = "SELECT ?graph ?source ?basis WHERE { ?graph dct:source ?source ; p4c:basis ?basis }"
_SOURCES = f"""
SELECT ?s ?p ?o WHERE {{
  VALUES ?p {{ <{DCT["title"]}> <{DCT.publisher}> <{DCT.date}> <{FOAF.page}> }} ?s a <{P4C.Source}> ; ?p ?o
}}"""


@dataclass(frozen=True)
class Source:
    """A source a page rests on, numbered as in its list of sources."""

    number: int
    iri: str
    href: str | None
    title: str
    publisher: str | None
    date: str | None
    page: str | None


@dataclass(frozen=True)
class Cite:
    """Where a fact stands: a numbered source, read there or concluded from it (``inferred``)."""

    source: Source
    inferred: bool


@dataclass
class Provenance:
    """The sources of all named graphs, and what is told of each source."""

    derived: str
    """What the IRIs of graphs start with that the program computed."""
    source_of: dict[str, str] = field(default_factory=dict)
    inferred: set[str] = field(default_factory=set)
    told: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    async def of(cls, visit: Visit) -> Provenance:
        """Those of the snapshot that is served."""
        return await visit.once("provenance", lambda: cls._read(visit))

    @classmethod
    async def _read(cls, visit: Visit) -> Provenance:
        made = cls(visit.graph.minter.graph("derived/"))
        for row in await visit.rows(_GRAPHS):
            graph, source, basis = row["graph"], row["source"], row["basis"]
            if isinstance(graph, ox.NamedNode) and isinstance(source, ox.NamedNode):
                made.source_of[graph.value] = source.value
                if isinstance(basis, ox.NamedNode) and basis.value == _INFERRED:
                    made.inferred.add(graph.value)
        for row in await visit.rows(_SOURCES):
            source, name, value = row["s"], row["p"], row["o"]
            if isinstance(source, ox.NamedNode) and isinstance(name, ox.NamedNode) and isinstance(
                    value, ox.NamedNode | ox.Literal):
                made.told[source.value].setdefault(name.value, value.value)
        return made

    def cited(self, graphs: Iterable[str]) -> Cited:
        """The sources of these graphs, numbered by title."""
        iris = {self.source_of[graph] for graph in graphs if graph in self.source_of}
        ordered = sorted(iris, key=lambda iri: (self.title(iri).casefold(), iri))
        return Cited(self, {iri: self._source(number, iri) for number, iri in enumerate(ordered, 1)})

    def title(self, iri: str) -> str:
        """The title of a source."""
        return self.told.get(iri, {}).get(DCT["title"], local_name(iri))

    def _source(self, number: int, iri: str) -> Source:
        told = self.told.get(iri, {})
        return Source(number, iri, f"/doc/source/{local_name(iri)}", self.title(iri), told.get(DCT.publisher),
                      told.get(DCT.date), told.get(FOAF.page))


@dataclass(frozen=True)
class Cited:
    """The numbered sources of one page."""

    provenance: Provenance
    by_iri: dict[str, Source]

    @property
    def sources(self) -> list[Source]:
        """In the order of their numbers."""
        return list(self.by_iri.values())

    def cites(self, graphs: Iterable[str]) -> tuple[Cite, ...]:
        """The sources of graphs; one that a fact was both read in and concluded from counts as read."""
        seen: dict[str, bool] = {}
        for graph in graphs:
            if source := self.provenance.source_of.get(graph):
                seen[source] = seen.get(source, True) and graph in self.provenance.inferred
        return tuple(sorted((Cite(self.by_iri[iri], inferred) for iri, inferred in seen.items()),
                            key=lambda cite: cite.source.number))

    def derived(self, graphs: Iterable[str]) -> bool:
        """Whether the program computed what these graphs say."""
        return all(graph.startswith(self.provenance.derived) for graph in graphs)
