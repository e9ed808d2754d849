"""What the graph says of some resources, each fact with the sources it stands in, names in the page's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from p4c_graph.namespaces import DCT, FOAF, P4C, RDF, RDFS, SKOS
from p4c_graph.store.answers import Value, value
from p4c_graph.terms import concept, local_name
from p4c_graph.web.views.said import Said, best
from p4c_graph.web.views.visit import Visit

_NAMING = (RDFS.label, SKOS.prefLabel, DCT["title"])
_OF_SOURCES = (DCT["title"], DCT.publisher, DCT.date, FOAF.page, DCT.rights, DCT.license, DCT.language)
_INFERRED = concept("basis", "inferred")


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


@dataclass(frozen=True)
class Fact:
    """A value with what it rests on."""

    value: Value
    text: Said
    cites: tuple[Cite, ...]
    iri: str | None = None
    href: str | None = None
    derived: bool = False
    """Whether the program computed it."""


@dataclass
class Resource:
    """The facts of one resource, by property."""

    iri: str
    label: Said
    href: str | None
    facts: dict[str, list[Fact]] = field(default_factory=dict)

    def all(self, name: str) -> list[Fact]:
        """The facts of a property (``"theme"`` is ``p4c:theme``)."""
        return self.facts.get(name if ":" in name else P4C[name], [])

    def one(self, name: str) -> Fact | None:
        """The first fact of a property, or None."""
        return next(iter(self.all(name)), None)

    @property
    def descriptions(self) -> list[Fact]:
        """Its description, in one language."""
        return self.all(DCT.description)

    def is_a(self, name: str) -> bool:
        """Whether it is of a class of the ontology."""
        return any(fact.iri == P4C[name] for fact in self.all(RDF.type))

    @property
    def cites(self) -> tuple[Cite, ...]:
        """Where it is named."""
        return self.facts[RDFS.label][0].cites if RDFS.label in self.facts else ()


@dataclass
class Facts:
    """Some resources, and the sources their facts stand in."""

    about: dict[str, Resource]
    sources: list[Source]

    def of(self, facts: Iterable[Fact]) -> list[Resource]:
        """The resources that facts point to, of those described."""
        return [self.about[fact.iri] for fact in facts if fact.iri in self.about]


async def gather(visit: Visit, patterns: str) -> Facts:
    """The resources ``?s`` that a SPARQL pattern finds, with all their statements: two queries.

    Statements that only repeat what another graph says are one fact with several sources.
    """
    statements = await visit.rows(
        f"SELECT ?s ?p ?o ?g WHERE {{ {{ SELECT DISTINCT ?s WHERE {{ {patterns} }} }} GRAPH ?g {{ ?s ?p ?o }} }}")
    found: dict[str, dict[str, dict[ox.NamedNode | ox.Literal, set[str]]]] = defaultdict(lambda: defaultdict(dict))
    graphs: set[str] = set()
    for row in statements:
        subject, predicate, thing, graph = (row[name] for name in "spog")
        assert isinstance(subject, ox.NamedNode)
        assert isinstance(predicate, ox.NamedNode)
        assert isinstance(graph, ox.NamedNode)
        if isinstance(thing, ox.NamedNode | ox.Literal):
            found[subject.value][predicate.value].setdefault(thing, set()).add(graph.value)
            graphs.add(graph.value)
    mentioned = {thing.value for facts in found.values() for things in facts.values() for thing in things
                 if isinstance(thing, ox.NamedNode)}
    names = await Names.read(visit, mentioned | found.keys(), graphs)
    sources = names.sources(graphs)
    about = {subject: _resource(visit, subject, facts, names, sources) for subject, facts in sorted(found.items())}
    return Facts(about, list(sources.values()))


def _resource(
    visit: Visit, iri: str, facts: dict[str, dict[ox.NamedNode | ox.Literal, set[str]]], names: Names,
    sources: dict[str, Source],
) -> Resource:
    made = Resource(iri, names.label(iri), visit.href(iri))
    for predicate, things in facts.items():
        literals = [thing for thing in things if isinstance(thing, ox.Literal)]
        if any(literal.language for literal in literals):
            chosen = {str(text): text for text in best(literals, visit.language)}
            kept = [(thing, chosen[thing.value]) for thing in literals
                    if thing.value in chosen and (thing.language or "") == chosen[thing.value].language]
            made.facts[predicate] = [
                Fact(str(text), text, names.cites(things[thing], sources), derived=names.derived(things[thing]))
                for thing, text in sorted(kept, key=lambda pair: pair[1])]
            continue
        made.facts[predicate] = sorted((
            Fact(value(thing), names.label(thing.value) if isinstance(thing, ox.NamedNode) else Said(thing.value),
                 names.cites(where, sources),
                 thing.value if isinstance(thing, ox.NamedNode) else None,
                 visit.href(thing.value) if isinstance(thing, ox.NamedNode) else None, names.derived(where))
            for thing, where in things.items()), key=lambda fact: str(fact.text))
    return made


class Names:
    """The names of resources, and what is known of graphs and their sources."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._names: dict[str, dict[str, list[ox.Literal]]] = defaultdict(lambda: defaultdict(list))
        self._source_of: dict[str, str] = {}
        self._inferred: set[str] = set()
        self._told: dict[str, dict[str, str]] = defaultdict(dict)

    @classmethod
    async def read(cls, visit: Visit, iris: Iterable[str], graphs: Iterable[str] = ()) -> Names:
        """The names of these resources and the sources of these graphs, in one query."""
        made = cls(visit)
        things, places = " ".join(_nodes(iris)), " ".join(_nodes(graphs))
        naming, telling = (" ".join(f"<{p}>" for p in of) for of in (_NAMING, _OF_SOURCES))
        asked = f"{{ VALUES ?s {{ {things} }} VALUES ?p {{ {naming} }} ?s ?p ?o }}"
        if places:
            asked += f""" UNION {{ VALUES ?s {{ {places} }} VALUES ?p {{ dct:source p4c:basis }} ?s ?p ?o }}
              UNION {{ VALUES ?g {{ {places} }} ?g dct:source ?s . VALUES ?p {{ {telling} }} ?s ?p ?o }}"""
        for row in await visit.rows(f"SELECT ?s ?p ?o WHERE {{ {asked} }}"):
            made._take(str(row["s"].value), row["p"].value, row["o"])  # type: ignore[union-attr]
        return made

    def _take(self, subject: str, predicate: str, thing: object) -> None:
        if isinstance(thing, ox.Literal) and predicate in _NAMING:
            self._names[subject][predicate].append(thing)
        if predicate == DCT.source and isinstance(thing, ox.NamedNode):
            self._source_of[subject] = thing.value
        elif predicate == P4C.basis and isinstance(thing, ox.NamedNode) and thing.value == _INFERRED:
            self._inferred.add(subject)
        elif isinstance(thing, ox.NamedNode | ox.Literal) and predicate in _OF_SOURCES:
            self._told[subject].setdefault(predicate, thing.value)

    def label(self, iri: str) -> Said:
        """The name of a resource; where it has none, the last part of its IRI."""
        by_property = self._names.get(iri, {})
        for predicate in _NAMING:
            if found := best(by_property.get(predicate, ()), self.visit.language):
                return found[0]
        region = self.visit.graph.gazetteer.by_iri.get(iri)
        return Said(region.label if region else local_name(iri))

    def every(self, iri: str) -> list[str]:
        """All names of a resource, in whatever language."""
        return [name.value for names in self._names.get(iri, {}).values() for name in names]

    def sources(self, graphs: Iterable[str]) -> dict[str, Source]:
        """The sources of graphs by IRI, numbered by title."""
        iris = {self._source_of[graph] for graph in graphs if graph in self._source_of}
        ordered = sorted(iris, key=lambda iri: (str(self._told[iri].get(DCT["title"], iri)).casefold(), iri))
        return {iri: self._source(number, iri) for number, iri in enumerate(ordered, 1)}

    def _source(self, number: int, iri: str) -> Source:
        told = self._told[iri]
        return Source(
            number, iri, self.visit.href(iri), told.get(DCT["title"], local_name(iri)), told.get(DCT.publisher),
            told.get(DCT.date), told.get(FOAF.page))

    def cites(self, graphs: Iterable[str], sources: dict[str, Source]) -> tuple[Cite, ...]:
        """The numbered sources of graphs; one that was both read and concluded from counts as read."""
        seen: dict[str, bool] = {}
        for graph in graphs:
            if source := self._source_of.get(graph):
                seen[source] = seen.get(source, True) and graph in self._inferred
        return tuple(sorted((Cite(sources[iri], inferred) for iri, inferred in seen.items()),
                            key=lambda cite: cite.source.number))

    def derived(self, graphs: Iterable[str]) -> bool:
        """Whether none of these graphs has a source: the program computed what they say."""
        return not any(graph in self._source_of for graph in graphs)


def _nodes(iris: Iterable[str]) -> Iterator[str]:
    """IRIs as SPARQL writes them, in a fixed order; those that are none are left out."""
    for iri in sorted(iris):
        try:
            yield str(ox.NamedNode(iri))
        except ValueError:
            continue
