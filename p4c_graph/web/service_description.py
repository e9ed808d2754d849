"""The service description of ``/sparql`` (SPARQL 1.1 Service Description): only what is true of this server."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from p4c_graph.namespaces import DCT, FORMATS_NS, PREFIXES, RDF, SD, VOID, XSD
from p4c_graph.store import formats
from p4c_graph.store.answers import write_graph
from p4c_graph.store.dataset import AnySnapshot
from p4c_graph.store.formats import Format
from p4c_graph.terms import Minter

Statement = tuple[str, str, ox.NamedNode | ox.Literal]
OFFERS = formats.for_form("CONSTRUCT")


def service_description(snapshot: AnySnapshot, public_url: str, offer: Format, *, writable: bool) -> bytes:
    """The description in a graph format; updates are in it where somebody may make them (``writable``).

    Federated queries are not among the features: they are refused.
    """
    prefixes = {name: PREFIXES[name] for name in ("dct", "sd", "void", "xsd")}
    statements = [*_statements(snapshot, public_url), *(_updates(public_url) if writable else ())]
    triples = (ox.Triple(ox.NamedNode(s), ox.NamedNode(p), o) for s, p, o in statements)
    return write_graph(triples, offer, prefixes=prefixes) or b""


def _statements(snapshot: AnySnapshot, public_url: str) -> Iterator[Statement]:
    manifest = snapshot.manifest()
    endpoint = f"{public_url.rstrip('/')}/sparql"
    service, dataset, default = f"{endpoint}#service", f"{endpoint}#dataset", f"{endpoint}#default-graph"
    yield service, RDF.type, ox.NamedNode(SD.Service)
    yield service, SD.endpoint, ox.NamedNode(endpoint)
    yield service, SD.supportedLanguage, ox.NamedNode(SD.SPARQL11Query)
    yield service, SD.feature, ox.NamedNode(SD.UnionDefaultGraph)
    yield service, SD.defaultEntailmentRegime, ox.NamedNode("http://www.w3.org/ns/entailment/Simple")
    for known in formats.FORMATS:
        yield service, SD.resultFormat, ox.NamedNode(FORMATS_NS[_W3C_NAMES[known.name]])
    yield service, SD.defaultDataset, ox.NamedNode(dataset)
    yield dataset, RDF.type, ox.NamedNode(SD.Dataset)
    yield dataset, DCT.identifier, ox.Literal(manifest["id"])
    yield dataset, SD.defaultGraph, ox.NamedNode(default)
    yield default, RDF.type, ox.NamedNode(SD.Graph)
    yield default, VOID.triples, _integer(manifest["merged"])
    mint = Minter(manifest["base"])
    for graph, count in manifest["graphs"].items():
        named = f"{endpoint}#graph/{graph.removeprefix(mint.graph(''))}"
        yield dataset, SD.namedGraph, ox.NamedNode(named)
        yield named, RDF.type, ox.NamedNode(SD.NamedGraph)
        yield named, SD.name, ox.NamedNode(graph)
        yield named, SD.graph, ox.NamedNode(f"{named}-graph")
        yield f"{named}-graph", RDF.type, ox.NamedNode(SD.Graph)
        yield f"{named}-graph", VOID.triples, _integer(count)


def _updates(public_url: str) -> Iterator[Statement]:
    """Updates have an address, and so a service, of their own."""
    endpoint = f"{public_url.rstrip('/')}/sparql/update"
    yield f"{endpoint}#service", RDF.type, ox.NamedNode(SD.Service)
    yield f"{endpoint}#service", SD.endpoint, ox.NamedNode(endpoint)
    yield f"{endpoint}#service", SD.supportedLanguage, ox.NamedNode(SD.SPARQL11Update)
    yield f"{endpoint}#service", SD.defaultDataset, ox.NamedNode(f"{endpoint.removesuffix('/update')}#dataset")


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD.integer))


_W3C_NAMES = {
    "json": "SPARQL_Results_JSON", "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV", "ttl": "Turtle", "jsonld": "JSON-LD", "rdf": "RDF_XML", "nt": "N-Triples",
    "trig": "TriG", "nq": "N-Quads",
}
"""Our name of a format → its name in http://www.w3.org/ns/formats/."""
