"""The document about a resource: what the graph says of it, what refers to it, in which graphs, from which sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

import pyoxigraph as ox

from p4c_graph.errors import UnknownName, Withdrawn
from p4c_graph.namespaces import DCT, OWL, P4C, PROV, RDF, RDFS, SKOS
from p4c_graph.store.answers import Term
from p4c_graph.store.rows import iri_list
from p4c_graph.store.steps import Row, Steps
from p4c_graph.terms import compact, local_name

LABELS = (RDFS.label, SKOS.prefLabel, DCT["title"])
"""The properties a name is taken from, the best first."""

_OF_GRAPHS = (RDF.type, DCT.source, DCT.license, P4C.basis)
"""What is told of a graph in the documents of its resources; all else, its changes too, stands in its own document."""
_WITHDRAWN = [PROV.invalidatedAtTime, OWL.deprecated, DCT.isReplacedBy]


@dataclass(frozen=True)
class Statement:
    """One statement seen from the document's resource: ``other`` is its object, or its subject where it comes in."""

    property: str
    other: Term
    graphs: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """All a document says. ``totals`` counts what comes in by property, also what is beyond the limit."""

    iri: str
    outgoing: list[Statement]
    incoming: list[Statement]
    totals: Mapping[str, int]
    labels: Mapping[str, Sequence[tuple[str, ox.Literal]]]
    about_graphs: list[ox.Triple] = field(default_factory=list)

    @cached_property
    def types(self) -> list[str]:
        """The classes of the resource."""
        return [s.other.value for s in self.outgoing if s.property == RDF.type and isinstance(s.other, ox.NamedNode)]

    @cached_property
    def graphs(self) -> list[str]:
        """The named graphs in which its statements stand."""
        return sorted({graph for s in [*self.outgoing, *self.incoming] for graph in s.graphs})

    @cached_property
    def omitted(self) -> dict[str, int]:
        """Property → how many incoming statements the document leaves out, where it does."""
        shown: dict[str, int] = defaultdict(int)
        for statement in self.incoming:
            shown[statement.property] += 1
        return {name: total - shown[name] for name, total in self.totals.items() if total > shown[name]}

    def label(self, iri: str | None = None, language: str = "en") -> str:
        """A name of the resource or of one it mentions: in this language, in English, in none, in any; else its IRI."""
        iri = iri or self.iri
        named = [literal for _, literal in self.labels.get(iri, ())]
        for wanted in (language, "en", None):
            for literal in named:
                if literal.language == wanted:
                    return literal.value
        if named:
            return named[0].value
        short = compact(iri)
        return short if short != iri else iri.partition("/graph/")[2] or local_name(iri.rstrip("/#")) or iri

    def mentioned(self) -> set[str]:
        """The IRIs of the resources it mentions, the properties apart."""
        return {s.other.value for s in [*self.outgoing, *self.incoming] if isinstance(s.other, ox.NamedNode)}

    def by_property(self, statements: Iterable[Statement]) -> list[tuple[str, list[Statement]]]:
        """Statements grouped by their property."""
        return [(name, list(group)) for name, group in groupby(statements, lambda s: s.property)]


def describe(iris: Sequence[str], *, most: int, graphs: Collection[str] = ()) -> Steps[Document]:
    """The document about the first of these IRIs that the graph knows, by at most five queries.

    ``most`` is how many incoming statements of one property it holds; ``graphs`` are the named graphs, which are known
    even where nothing is said of them. Raises UnknownName where the graph knows none of the IRIs, Withdrawn where the
    resource was withdrawn.
    """
    outgoing = yield _outgoing(iris)
    iri = next((iri for iri in iris if any(_value(row[0]) == iri for row in outgoing)), iris[0])
    said = [row[1:] for row in outgoing if _value(row[0]) == iri]
    counts = yield f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ ?s ?p {_node(iri)} }} GROUP BY ?p"
    totals = {_value(name): int(_value(count)) for name, count in counts if name is not None}
    if not said and not totals and iri not in graphs:
        raise _unknown(iri)
    statements = _statements(said)
    refuse_withdrawn(iri, statements)
    incoming = _statements((yield _incoming(iri, totals, most))) if totals else []
    document = Document(iri, statements, incoming, dict(sorted(totals.items())), {})
    about = yield f"SELECT ?g ?p ?o WHERE {{ VALUES ?g {{ {iri_list(document.graphs)} }} ?g ?p ?o " \
        f"FILTER (?p IN ({', '.join(f'<{name}>' for name in _OF_GRAPHS)})) }}"
    about_graphs = sorted((ox.Triple(*row) for row in about), key=str)  # type: ignore[arg-type]
    named = document.mentioned() | {iri, *totals, *(s.property for s in statements)}
    named |= {t.object.value for t in about_graphs if isinstance(t.object, ox.NamedNode)}
    labels = _labels((yield labels_query(sorted(named))))
    return Document(iri, statements, incoming, document.totals, labels, about_graphs)


def refuse_withdrawn(iri: str, statements: Iterable[Statement]) -> None:
    """Raises Withdrawn where the statements of a resource say that it is no longer upheld."""
    said: dict[str, list[str]] = defaultdict(list)
    for statement in statements:
        said[statement.property].append(_value(statement.other))
    if PROV.invalidatedAtTime in said or "true" in said.get(OWL.deprecated, ()):
        since = next(iter(said.get(PROV.invalidatedAtTime, ())), None)
        raise Withdrawn(iri, replaced_by=sorted(said.get(DCT.isReplacedBy, ())), since=since)


def existence(iris: Sequence[str], graphs: Collection[str] = ()) -> Steps[str]:
    """The first of these IRIs that the graph knows. Raises as ``describe`` does."""
    rows = yield _outgoing(iris, f"VALUES ?p {{ {iri_list(_WITHDRAWN)} }}")
    for iri in iris:
        refuse_withdrawn(iri, _statements(row[1:] for row in rows if _value(row[0]) == iri))
    known = yield f"SELECT ?x WHERE {{ VALUES ?x {{ {iri_list(iris)} }} " \
        "FILTER (EXISTS { ?x ?p ?o } || EXISTS { ?s ?q ?x }) }"
    found = {_value(row[0]) for row in known}
    for iri in iris:
        if iri in found or iri in graphs:
            return iri
    raise _unknown(iris[0])


def labels_query(iris: Sequence[str]) -> str:
    """One query for the names of many resources: rows of resource, property, name."""
    return f"SELECT ?x ?p ?l WHERE {{ VALUES ?x {{ {iri_list(iris)} }} ?x ?p ?l " \
        f"FILTER (?p IN ({', '.join(f'<{name}>' for name in LABELS)})) }}"


def _outgoing(iris: Sequence[str], more: str = "") -> str:
    return f"SELECT ?x ?p ?o ?g WHERE {{ VALUES ?x {{ {iri_list(iris)} }} {more} GRAPH ?g {{ ?x ?p ?o }} }}"


def _incoming(iri: str, totals: Mapping[str, int], most: int) -> str:
    """Of each property all that comes in, or the first by IRI where there is more than the limit."""
    node = _node(iri)
    whole = [name for name, total in totals.items() if total <= most]
    parts = [f"{{ VALUES ?p {{ {iri_list(whole)} }} GRAPH ?g {{ ?s ?p {node} }} }}"] if whole else []
    for name in sorted(totals.keys() - set(whole)):
        parts.append(
            f"{{ {{ SELECT ?s WHERE {{ ?s <{name}> {node} }} ORDER BY ?s LIMIT {most} }} "
            f"GRAPH ?g {{ ?s <{name}> {node} }} BIND (<{name}> AS ?p) }}")
    return f"SELECT ?p ?s ?g WHERE {{ {' UNION '.join(parts)} }}"


def _statements(rows: Iterable[Row]) -> list[Statement]:
    """Rows of property, other end and graph, one statement each, in an order that is always the same."""
    graphs: dict[tuple[str, Term], set[str]] = defaultdict(set)
    for name, other, graph in rows:
        assert other is not None
        graphs[_value(name), other].add(_value(graph))
    ordered = sorted(graphs, key=lambda key: (key[0] != RDF.type, key[0], str(key[1])))
    return [Statement(name, other, tuple(sorted(graphs[name, other]))) for name, other in ordered]


def _labels(rows: Iterable[Row]) -> dict[str, list[tuple[str, ox.Literal]]]:
    found: dict[str, list[tuple[str, ox.Literal]]] = defaultdict(list)
    for iri, name, literal in rows:
        if isinstance(literal, ox.Literal):
            found[_value(iri)].append((_value(name), literal))
    return {iri: sorted(named, key=lambda n: (LABELS.index(n[0]), str(n[1]))) for iri, named in found.items()}


def _value(term: Term | None) -> str:
    return "" if term is None or isinstance(term, ox.Triple) else term.value


def _node(iri: str) -> str:
    return str(ox.NamedNode(iri))


def _unknown(iri: str) -> UnknownName:
    return UnknownName(f"Nothing is known of {iri}.", french=f"On ne sait rien de {iri}.")
