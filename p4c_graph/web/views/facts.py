"""What the graph says of some resources, each fact with the sources it stands in, names in the page's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from p4c_graph.namespaces import DCT, P4C, RDF, RDFS, SKOS
from p4c_graph.store.answers import Value, value
from p4c_graph.terms import local_name
from p4c_graph.web.views.data_text import DataText, best
from p4c_graph.web.views.provenance import Cite, Cited, Provenance, Source
from p4c_graph.web.views.visit import Visit

_NAMING = (RDFS.label, SKOS.prefLabel, DCT["title"])


@dataclass(frozen=True)
class Fact:
    """A value with what it rests on."""

    value: Value
    text: DataText
    cites: tuple[Cite, ...]
    iri: str | None = None
    href: str | None = None
    derived: bool = False
    """Whether the program computed it."""


@dataclass
class Resource:
    """The facts of one resource, by property."""

    iri: str
    label: DataText
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
    names, provenance = await Names.read(visit, mentioned | found.keys()), await Provenance.of(visit)
    cited = provenance.cited(graphs)
    about = {subject: _resource(visit, subject, facts, names, cited) for subject, facts in sorted(found.items())}
    return Facts(about, cited.sources)


def _resource(
    visit: Visit, iri: str, facts: dict[str, dict[ox.NamedNode | ox.Literal, set[str]]], names: Names,
    cited: Cited,
) -> Resource:
    made = Resource(iri, names.label(iri), visit.href(iri))
    for predicate, things in facts.items():
        literals = [thing for thing in things if isinstance(thing, ox.Literal)]
        if any(literal.language for literal in literals):
            chosen = {str(text): text for text in best(literals, visit.language)}
            kept = [(thing, chosen[thing.value]) for thing in literals
                    if thing.value in chosen and (thing.language or "") == chosen[thing.value].language]
            made.facts[predicate] = [
                Fact(str(text), text, cited.cites(things[thing]), derived=cited.derived(things[thing]))
                for thing, text in sorted(kept, key=lambda pair: pair[1])]
            continue
        made.facts[predicate] = sorted((
            Fact(value(thing), names.label(thing.value) if isinstance(thing, ox.NamedNode) else DataText(thing.value),
                 cited.cites(where),
                 thing.value if isinstance(thing, ox.NamedNode) else None,
                 visit.href(thing.value) if isinstance(thing, ox.NamedNode) else None, cited.derived(where))
            for thing, where in things.items()), key=lambda fact: str(fact.text))
    return made


class Names:
    """The names of resources in the page's language."""

    def __init__(self, visit: Visit, names: dict[str, dict[str, list[ox.Literal]]]) -> None:
        self.visit, self._names = visit, names

    @classmethod
    async def read(cls, visit: Visit, iris: Iterable[str]) -> Names:
        """The names of these resources, in one query."""
        names: dict[str, dict[str, list[ox.Literal]]] = defaultdict(lambda: defaultdict(list))
        naming = " ".join(f"<{name}>" for name in _NAMING)
        things = " ".join(_nodes(iris))
        for row in await visit.rows(
                f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {things} }} VALUES ?p {{ {naming} }} ?s ?p ?o }}"):
            subject, predicate, name = row["s"], row["p"], row["o"]
            if isinstance(name, ox.Literal):
                assert isinstance(subject, ox.NamedNode)
                assert isinstance(predicate, ox.NamedNode)
                names[subject.value][predicate.value].append(name)
        return cls(visit, names)

    def label(self, iri: str) -> DataText:
        """The name of a resource; where it has none, the last part of its IRI."""
        by_property = self._names.get(iri, {})
        for predicate in _NAMING:
            if found := best(by_property.get(predicate, ()), self.visit.language):
                return found[0]
        region = self.visit.graph.gazetteer.by_iri.get(iri)
        return DataText(region.label if region else local_name(iri))

    def every(self, iri: str) -> list[str]:
        """All names of a resource, in whatever language."""
        return [name.value for names in self._names.get(iri, {}).values() for name in names]


def _nodes(iris: Iterable[str]) -> Iterator[str]:
    """IRIs as SPARQL writes them, in a fixed order; those that are none are left out."""
    for iri in sorted(iris):
        try:
            yield str(ox.NamedNode(iri))
        except ValueError:
            continue
