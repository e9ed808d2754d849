"""A document as RDF and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from p4c_graph.namespaces import FOAF, PREFIXES, PROV, RDF, RDFS, VOID
from p4c_graph.publish.addresses import Addresses
from p4c_graph.publish.document import Document, Statement
from p4c_graph.store.answers import Term, write_graph
from p4c_graph.store.formats import Format
from p4c_graph.store.statements import in_graph
from p4c_graph.terms import compact


def document_quads(document: Document, addresses: Addresses) -> list[ox.Quad]:
    """The statements of a document in their graphs, the names of what it mentions, and what the document is.

    What is said of the document itself stands in a graph of its address, and so do the names.
    """
    resource = ox.NamedNode(document.iri)
    quads = [
        ox.Quad(resource, ox.NamedNode(s.property), s.other, ox.NamedNode(graph))
        for s in document.outgoing for graph in s.graphs
    ]
    quads += [
        ox.Quad(s.other, ox.NamedNode(s.property), resource, ox.NamedNode(graph))  # type: ignore[arg-type]
        for s in document.incoming for graph in s.graphs
    ]
    here = addresses.document(document.iri) or document.iri
    said = [*_names(document), *document.about_graphs, *_about(document, ox.NamedNode(here), addresses)]
    return [*quads, *in_graph(said, here)]


def write_document(document: Document, addresses: Addresses, format: Format) -> bytes:
    """The document in an RDF format, byte for byte the same for the same snapshot."""
    assert isinstance(format.engine, ox.RdfFormat)
    quads = document_quads(document, addresses)
    if format.name not in ("trig", "nq"):
        return write_triples(dict.fromkeys(quad.triple for quad in quads), format)
    prefixes = used_prefixes(quads) if format.with_prefixes else None
    return ox.serialize(quads, format=format.engine, prefixes=prefixes) or b""


def write_triples(triples: Iterable[ox.Triple], format: Format) -> bytes:
    """A graph in an RDF format, its statements in the order given."""
    listed = list(triples)
    return write_graph(listed, format, prefixes=used_prefixes(listed)) or b""


def used_prefixes(statements: Iterable[ox.Quad | ox.Triple]) -> dict[str, str]:
    """Those of the project's prefixes that the properties, classes and datatypes of statements need."""
    used: set[str] = set()
    for statement in statements:
        used.add(statement.predicate.value)
        if isinstance(statement.object, ox.Literal):
            used.add(statement.object.datatype.value)
        elif isinstance(statement.object, ox.NamedNode):
            used.add(statement.object.value)
    return {name: start for name, start in PREFIXES.items() if any(iri.startswith(start) for iri in used)}


def _names(document: Document) -> Iterator[ox.Triple]:
    """The names of the resources mentioned; its own stand among its statements."""
    properties = {s.property for s in document.outgoing} | document.totals.keys()
    for iri in sorted(document.labels.keys() - properties - {document.iri}):
        for name, literal in document.labels[iri]:
            yield ox.Triple(ox.NamedNode(iri), ox.NamedNode(name), literal)


def _about(document: Document, here: ox.NamedNode, addresses: Addresses) -> Iterator[ox.Triple]:
    described: list[tuple[str, Term]] = [
        (RDF.type, ox.NamedNode(FOAF.Document)),
        (FOAF.primaryTopic, ox.NamedNode(document.iri)),
        (VOID.inDataset, ox.NamedNode(f"{addresses.root}/dataset")),
    ]
    described += [(PROV.wasDerivedFrom, ox.NamedNode(graph)) for graph in document.graphs]
    for name, left_out in document.omitted.items():
        described.append((RDFS.comment, ox.Literal(
            f"Left out: {left_out} of {document.totals[name]} statements that refer to this by {compact(name)}.",
            language="en")))
        described.append((RDFS.comment, ox.Literal(
            f"Omis : {left_out} des {document.totals[name]} déclarations qui s'y réfèrent par {compact(name)}.",
            language="fr")))
    return (ox.Triple(here, ox.NamedNode(name), value) for name, value in described)


# ── JSON ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def document_json(document: Document, addresses: Addresses) -> dict[str, Any]:
    """The document for programs that read no RDF; pages are made from the same."""
    return {
        **_reference(document.iri, document, addresses),
        "types": [_reference(iri, document, addresses) for iri in document.types],
        "properties": _grouped(document, document.outgoing, addresses),
        "incoming": [
            {**group, "total": document.totals[group["property"]["id"]]}
            for group in _grouped(document, document.incoming, addresses)
        ],
        "graphs": [_graph(document, iri, addresses) for iri in document.graphs],
    }


def _grouped(document: Document, statements: list[Statement], addresses: Addresses) -> list[dict[str, Any]]:
    return [
        {"property": {**_reference(name, document, addresses), "name": compact(name)},
         "values": [{**_term(s.other, document, addresses), "graphs": list(s.graphs)} for s in group]}
        for name, group in document.by_property(statements)
    ]


def _term(term: Term, document: Document, addresses: Addresses) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return _reference(term.value, document, addresses)
    if not isinstance(term, ox.Literal):
        return {"value": str(term)}
    if term.language:
        return {"value": term.value, "language": term.language}
    return {"value": term.value, "datatype": compact(term.datatype.value)}


def _reference(iri: str, document: Document, addresses: Addresses) -> dict[str, Any]:
    """A resource: its IRI, the address of its document where it has one here, its names by language."""
    found: dict[str, Any] = {"id": iri}
    if address := addresses.document(iri):
        found["document"] = address
    names: dict[str, str] = {}
    for _, literal in document.labels.get(iri, ()):
        names.setdefault(literal.language or "", literal.value)
    return {**found, "label": names} if names else found


def _graph(document: Document, iri: str, addresses: Addresses) -> dict[str, Any]:
    """A graph: what is said of it, its source and basis or what generated it."""
    found = _reference(iri, document, addresses)
    for triple in document.about_graphs:
        if triple.subject.value == iri and triple.predicate.value != RDF.type:  # type: ignore[union-attr]
            found[compact(triple.predicate.value).split(":")[-1]] = _term(triple.object, document, addresses)
    return found
