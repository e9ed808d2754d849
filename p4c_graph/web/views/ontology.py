"""The ontology for readers: its classes and properties, what refers to each, the schemes and their concepts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from p4c_graph.errors import UnknownName
from p4c_graph.namespaces import DCT, ONTOLOGY, OWL, P4C, RDF, RDFS, SCHEMA, SCHEME, SKOS
from p4c_graph.terms import local_name
from p4c_graph.web.views.data_text import DataText, best
from p4c_graph.web.views.visit import Visit

_TERMS = f"""
SELECT ?s ?p ?o WHERE {{
  {{ ?s <{RDFS.isDefinedBy}> <{ONTOLOGY}> }} UNION {{ BIND(<{ONTOLOGY}> AS ?s) }}
  UNION {{ ?s <{SKOS.inScheme}> ?scheme FILTER(STRSTARTS(STR(?scheme), "{SCHEME}")) }}
  UNION {{ ?s a <{SKOS.ConceptScheme}> FILTER(STRSTARTS(STR(?s), "{SCHEME}")) }}
  ?s ?p ?o
}}"""
_OUT = {
    "parents": RDFS.subClassOf, "super": RDFS.subPropertyOf,
    "domain": RDFS.domain, "domain_includes": SCHEMA.domainIncludes,
    "range": RDFS.range, "range_includes": SCHEMA.rangeIncludes, "inverse": OWL.inverseOf, "see": RDFS.seeAlso,
    "disjoint": OWL.disjointWith,
}
_IN = {"parents": "children", "super": "narrower", "domain": "of_class", "domain_includes": "of_class",
       "range": "leads_here", "range_includes": "leads_here"}
"""Relation of another term to this one → what this one calls it."""
_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)


@dataclass(frozen=True)
class Link:
    """A term or resource referred to."""

    iri: str
    label: DataText
    href: str | None


@dataclass(frozen=True)
class Concept:
    """A concept of a scheme."""

    name: str
    label: DataText
    definition: DataText


@dataclass(frozen=True)
class Scheme:
    """A scheme with its concepts."""

    name: str
    label: DataText
    concepts: list[Concept]


@dataclass(frozen=True)
class Term:
    """A class or property: names, meaning, and what it refers to and is referred to by."""

    iri: str
    name: str
    kind: str
    label: DataText
    other_labels: list[DataText]
    comment: DataText
    relations: dict[str, list[Link]] = field(default_factory=dict)
    concepts: list[Concept] = field(default_factory=list)
    uses: int = 0


@dataclass(frozen=True)
class Ontology:
    """All of it, in one language."""

    iri: str
    title: DataText
    description: DataText
    version: str
    terms: dict[str, Term]
    schemes: list[Scheme]

    @property
    def classes(self) -> list[Term]:
        """The classes by name in the page's language."""
        return sorted((t for t in self.terms.values() if t.kind == "class"), key=lambda t: t.label.casefold())

    @property
    def properties(self) -> list[Term]:
        """The properties by name in the page's language."""
        return sorted((t for t in self.terms.values() if t.kind == "property"), key=lambda t: t.label.casefold())


async def ontology(visit: Visit) -> Ontology:
    """The ontology as the snapshot holds it; read once a language."""
    return await visit.once(("ontology", visit.language), lambda: _read(visit))


async def term(visit: Visit, name: str) -> Term:
    """One term, with how often the graph uses it. Raises UnknownName."""
    found = (await ontology(visit)).terms.get(name)
    if found is None:
        raise UnknownName(f"The ontology has no term {name!r}.", parameter="term")
    node = ox.NamedNode(found.iri)
    pattern = f"?s a {node}" if found.kind == "class" else f"?s {node} ?o"
    rows = await visit.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    count = rows[0]["n"]
    assert isinstance(count, ox.Literal)
    return Term(found.iri, found.name, found.kind, found.label, found.other_labels, found.comment, found.relations,
                found.concepts, int(count.value))


async def _read(visit: Visit) -> Ontology:
    told: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for row in await visit.rows(_TERMS):
        subject, predicate, thing = row["s"], row["p"], row["o"]
        assert isinstance(subject, ox.NamedNode)
        assert isinstance(predicate, ox.NamedNode)
        if isinstance(thing, ox.NamedNode | ox.Literal):
            told[subject.value][predicate.value].append(thing)

    def literals(iri: str, *predicates: str) -> list[ox.Literal]:
        return [o for p in predicates for o in told.get(iri, {}).get(p, ()) if isinstance(o, ox.Literal)]

    def said(iri: str, *predicates: str) -> DataText:
        return next(iter(best(literals(iri, *predicates), visit.language)), DataText(""))

    def name(iri: str) -> DataText:
        return said(iri, RDFS.label, SKOS.prefLabel, DCT["title"]) or DataText(local_name(iri))

    schemes = _schemes(told, name, lambda iri: said(iri, SKOS.definition, SKOS.scopeNote))
    by_scheme = {f"{SCHEME}{scheme.name}": scheme for scheme in schemes}
    terms: dict[str, Term] = {}
    for iri, facts in told.items():
        if not iri.startswith(P4C):
            continue
        types = {o.value for o in facts[RDF.type]}
        kind = "class" if types & {OWL.Class, RDFS.Class} else "property" if types & set(_PROPERTIES) else "individual"
        shown = name(iri)
        sees = [o.value for o in facts.get(RDFS.seeAlso, ())]
        terms[local_name(iri)] = Term(
            iri, local_name(iri), kind, shown,
            [DataText(o.value, o.language or "") for o in literals(iri, RDFS.label) if o.language != shown.language],
            said(iri, RDFS.comment),
            concepts=[c for see in sees if see in by_scheme for c in by_scheme[see].concepts])
    _relate(visit, told, terms, name)
    return Ontology(
        ONTOLOGY, said(ONTOLOGY, DCT["title"]), said(ONTOLOGY, DCT.description), said(ONTOLOGY, OWL.versionInfo), terms,
        schemes)


Told = Mapping[str, Mapping[str, list[ox.NamedNode | ox.Literal]]]


def _relate(visit: Visit, told: Told, terms: dict[str, Term], name: Callable[[str], DataText]) -> None:
    """Fills in what each term refers to, and what refers to it."""
    def link(iri: str) -> Link:
        return Link(iri, name(iri), visit.href(iri))

    for own in terms.values():
        for relation, predicate in _OUT.items():
            for thing in told[own.iri].get(predicate, ()):
                if isinstance(thing, ox.NamedNode):
                    own.relations.setdefault(relation, []).append(link(thing.value))
                    other = terms.get(local_name(thing.value)) if thing.value.startswith(P4C) else None
                    if other and relation in _IN:
                        other.relations.setdefault(_IN[relation], []).append(link(own.iri))
    for own in terms.values():
        for links in own.relations.values():
            links.sort(key=lambda of: (of.label.casefold(), of.iri))


def _schemes(told: Told, name: Callable[[str], DataText], meaning: Callable[[str], DataText]) -> list[Scheme]:
    members: dict[str, list[Concept]] = defaultdict(list)
    for iri, facts in told.items():
        for scheme in facts.get(SKOS.inScheme, ()):
            members[scheme.value].append(Concept(local_name(iri), name(iri), meaning(iri)))
    return [
        Scheme(iri.removeprefix(SCHEME), name(iri), sorted(members[iri], key=lambda concept: concept.name))
        for iri in sorted(members) if iri.startswith(SCHEME)
    ]
