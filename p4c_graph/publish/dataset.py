"""The data described for catalogues and machines: DCAT-AP 3 and VoID, all of it counted in the snapshot.

    {public}/dataset#catalogue      dcat:Catalog        what this site offers
    {public}/dataset                dcat:Dataset, void:Dataset
    {public}/dataset#{format}       dcat:Distribution   a packed dump
    {public}/sparql#service         dcat:DataService    the endpoint
    {base}graph/…                   void:Dataset        each named graph, with its own terms
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from p4c_graph.namespaces import (
    DCAT,
    DCATAP,
    DCT,
    FOAF,
    FORMATS_NS,
    ONTOLOGY,
    PREFIXES,
    RDF,
    RDFS,
    SD,
    SPDX,
    VCARD,
    VOID,
    XSD,
)
from p4c_graph.publish.addresses import Addresses
from p4c_graph.publish.dumps import FORMATS, Dump, file_name
from p4c_graph.publish.rights import APACHE, CC_BY, LICENCES, Terms
from p4c_graph.publish.statistics import Statistics
from p4c_graph.publish.triples import Object, iri, say, text, typed

_EU = "http://publications.europa.eu/resource/authority/"
_LICENCE_TYPES = "http://purl.org/adms/licencetype/"
_IANA = "https://www.iana.org/assignments/media-types/"
_FILE_TYPES = {"ttl": "RDF_TURTLE", "nq": "RDF_N_QUADS", "jsonld": "JSON_LD"}
_CONTENT = {
    "ttl": ("All statements, merged", "Toutes les déclarations, réunies"),
    "nq": ("All statements in their named graphs", "Toutes les déclarations dans leurs graphes nommés"),
    "jsonld": ("All statements, merged", "Toutes les déclarations, réunies"),
}
TITLE = ("Good practices of cluster policy", "Bonnes pratiques de politique de cluster")
"""The name of the data set, in English and French."""
ABOUT = (
    "Good practices of cluster policy, the agencies and cluster initiatives that run them, the regions they ran in, "
    "what came of it, and which regions they may suit; every statement with its source.",
    "Bonnes pratiques de politique de cluster, agences et initiatives de cluster qui les portent, régions où elles ont "
    "été mises en œuvre, résultats, et régions auxquelles elles peuvent convenir ; chaque déclaration avec sa source.",
)
_ENDPOINT = (
    "Queries over all named graphs and their merged set", "Requêtes sur tous les graphes nommés et leur réunion",
)
_KEYWORDS = (
    ("cluster policy", "politique de cluster"), ("good practices", "bonnes pratiques"), ("INTERREG", "INTERREG"),
    ("regional innovation", "innovation régionale"), ("transferability", "transférabilité"),
)
_TERMS = (
    "Each named graph keeps the terms of its source, stated with it; what the project made is under CC BY 4.0.",
    "Chaque graphe nommé garde les conditions de sa source, indiquées avec lui ; ce qui est propre au projet est sous "
    "CC BY 4.0.",
)
_DATA_SETS = ("http://data.europa.eu/", "http://publications.europa.eu/")
"""Hosts elsewhere that hold linked data; the others are those of pages."""
_FEATURES = ("Turtle", "JSON-LD", "RDF_XML", "N-Triples", "TriG", "N-Quads")
_EXAMPLES = (("practice", "european-networking"), ("region", "FRL0"), ("organisation", "wrs"))


@dataclass(frozen=True)
class Publisher:
    """Who publishes the data: a name, and where to reach them."""

    name: str
    contact: str


@dataclass(frozen=True)
class Described:
    """All that the description rests on."""

    addresses: Addresses
    publisher: Publisher
    manifest: Mapping[str, Any]
    statistics: Statistics
    terms: Mapping[str, Terms]
    dumps: Iterable[Dump]

    @property
    def dataset(self) -> str:
        """The IRI of the data set, which is the address of its description."""
        return f"{self.addresses.root}/dataset"


def describe_dataset(given: Described) -> list[ox.Triple]:
    """The description, always in the same order."""
    parts = (_catalogue, _dataset, _distributions, _service, _counts, _partitions, _links, _graphs, _licences)
    return list(dict.fromkeys(triple for part in parts for triple in part(given)))


def _catalogue(given: Described) -> Iterator[ox.Triple]:
    root, publisher = given.addresses.root, f"{given.dataset}#publisher"
    yield from say(f"{given.dataset}#catalogue", {
        RDF.type: iri(DCAT.Catalog), DCT["title"]: text(*TITLE), DCT.description: text(*ABOUT),
        DCT.publisher: iri(publisher), DCAT["dataset"]: iri(given.dataset), DCAT.service: iri(f"{root}/sparql#service"),
        DCT.license: iri(CC_BY), DCT.language: _languages(), FOAF.homepage: iri(f"{root}/"),
        DCAT.themeTaxonomy: iri(f"{_EU}data-theme"), DCT.spatial: iri(f"{_EU}continent/EUROPE"),
        DCT.issued: _date(given), DCT.modified: _date(given),
    })
    yield from say(publisher, {RDF.type: iri(FOAF.Agent), FOAF.name: ox.Literal(given.publisher.name)})
    yield from say(f"{given.dataset}#contact", {
        RDF.type: iri(VCARD.Organization), VCARD.fn: ox.Literal(given.publisher.name),
        VCARD.hasEmail if given.publisher.contact.startswith("mailto:") else VCARD.hasURL: iri(given.publisher.contact),
    })
    yield from say(f"{root}/", {RDF.type: iri(FOAF.Document)})


def _dataset(given: Described) -> Iterator[ox.Triple]:
    root, minter = given.addresses.root, given.addresses.minter
    yield from say(given.dataset, {
        RDF.type: [iri(DCAT.Dataset), iri(VOID.Dataset)], DCT["title"]: text(*TITLE), DCT.description: text(*ABOUT),
        DCT.identifier: ox.Literal(given.dataset), DCT.publisher: iri(f"{given.dataset}#publisher"),
        DCAT.contactPoint: iri(f"{given.dataset}#contact"), DCT.license: iri(f"{given.dataset}#terms"),
        DCAT.keyword: [word for pair in _KEYWORDS for word in text(*pair)],
        DCAT.theme: [iri(f"{_EU}data-theme/{name}") for name in ("ECON", "REGI")],
        DCT.spatial: iri(f"{_EU}continent/EUROPE"), DCT.language: _languages(), DCT.modified: _date(given),
        DCAT.version: ox.Literal(given.manifest["id"]), DCT.accessRights: iri(f"{_EU}access-right/PUBLIC"),
        DCT.accrualPeriodicity: iri(f"{_EU}frequency/IRREG"),
        DCT.temporal: iri(f"{given.dataset}#period") if given.statistics.years[0] else None,
        DCAT.landingPage: iri(f"{root}/"), FOAF.homepage: iri(f"{root}/"), DCT.conformsTo: iri(ONTOLOGY),
        DCAT.distribution: [iri(f"{given.dataset}#{name}") for name in (*(f.name for f in FORMATS), "sparql")],
        VOID.sparqlEndpoint: iri(f"{root}/sparql"), VOID.uriSpace: ox.Literal(minter.resources),
        VOID.dataDump: [iri(_address(given, "all", dump)) for dump in given.dumps],
        VOID.vocabulary: _vocabularies(given.statistics), VOID.feature: [iri(FORMATS_NS[name]) for name in _FEATURES],
        VOID.exampleResource: [iri(minter.resource(*name)) for name in _EXAMPLES],
        VOID.rootResource: iri(minter.resource("project", "pooling4clusters")),
    })
    first, last = given.statistics.years
    if not first:
        return
    yield from say(f"{given.dataset}#period", {
        RDF.type: iri(DCT.PeriodOfTime), DCAT.startDate: typed(first, "gYear"), DCAT.endDate: typed(last, "gYear"),
    })


def _distributions(given: Described) -> Iterator[ox.Triple]:
    for dump in given.dumps:
        node, address = f"{given.dataset}#{dump.format.name}", _address(given, "all", dump)
        written = dump.format.title.split(" (")[0]
        yield from say(node, {
            RDF.type: iri(DCAT.Distribution), DCT["title"]: text(f"{TITLE[0]}: {written}", f"{TITLE[1]} : {written}"),
            DCT.description: text(*_CONTENT[dump.format.name]), DCT.license: iri(f"{given.dataset}#terms"),
            DCAT.accessURL: iri(address), DCAT.downloadURL: iri(address),
            DCT["format"]: iri(f"{_EU}file-type/{_FILE_TYPES[dump.format.name]}"),
            DCAT.mediaType: iri(_IANA + dump.format.media_type), DCAT.compressFormat: iri(f"{_IANA}application/gzip"),
            DCAT.byteSize: typed(dump.size, "nonNegativeInteger"), SPDX.checksum: iri(f"{node}-checksum"),
            DCATAP.availability: iri(f"{_EU}planned-availability/STABLE"), DCT.modified: _date(given),
            DCT.conformsTo: iri(ONTOLOGY),
        })
        yield from say(f"{node}-checksum", {
            RDF.type: iri(SPDX.Checksum), SPDX.algorithm: iri(SPDX.checksumAlgorithm_sha256),
            SPDX.checksumValue: typed(dump.sha256, "hexBinary"),
        })
    yield from say(f"{given.dataset}#sparql", {
        RDF.type: iri(DCAT.Distribution), DCT["title"]: text("SPARQL endpoint", "Point d'accès SPARQL"),
        DCT.description: text(*_ENDPOINT), DCAT.accessURL: iri(f"{given.addresses.root}/sparql"),
        DCAT.accessService: iri(f"{given.addresses.root}/sparql#service"),
        DCT.license: iri(f"{given.dataset}#terms"), DCT["format"]: iri(f"{_EU}file-type/SPARQLQRES"),
        DCATAP.availability: iri(f"{_EU}planned-availability/STABLE"),
    })


def _service(given: Described) -> Iterator[ox.Triple]:
    root = given.addresses.root
    yield from say(f"{root}/sparql#service", {
        RDF.type: [iri(DCAT.DataService), iri(SD.Service)], DCAT.endpointURL: iri(f"{root}/sparql"),
        DCT["title"]: text("SPARQL endpoint", "Point d'accès SPARQL"), DCT.description: text(*_ENDPOINT),
        DCAT.endpointDescription: iri(f"{root}/sparql"), DCAT.servesDataset: iri(given.dataset),
        DCT.publisher: iri(f"{given.dataset}#publisher"), DCAT.contactPoint: iri(f"{given.dataset}#contact"),
        DCT.license: iri(f"{given.dataset}#terms"), DCT.conformsTo: iri("https://www.w3.org/TR/sparql11-protocol/"),
        DCT.accessRights: iri(f"{_EU}access-right/PUBLIC"), DCAT.keyword: text("SPARQL", "SPARQL"),
        DCAT.theme: [iri(f"{_EU}data-theme/{name}") for name in ("ECON", "REGI")],
    })


def _counts(given: Described) -> Iterator[ox.Triple]:
    counted = given.statistics
    yield from say(given.dataset, {
        VOID.triples: _integer(counted.statements), VOID.entities: _integer(counted.entities),
        VOID.distinctSubjects: _integer(counted.subjects), VOID.distinctObjects: _integer(counted.objects),
        VOID.classes: _integer(len(counted.classes)), VOID.properties: _integer(len(counted.properties)),
    })


def _partitions(given: Described) -> Iterator[ox.Triple]:
    for name, count in given.statistics.classes.items():
        node = f"{given.dataset}#class-{_short(name)}"
        yield from say(given.dataset, {VOID.classPartition: iri(node)})
        yield from say(node, {VOID["class"]: iri(name), VOID.entities: _integer(count)})
    for name, part in given.statistics.properties.items():
        node = f"{given.dataset}#property-{_short(name)}"
        yield from say(given.dataset, {VOID.propertyPartition: iri(node)})
        yield from say(node, {
            VOID.property: iri(name), VOID.triples: _integer(part.statements),
            VOID.distinctSubjects: _integer(part.subjects), VOID.distinctObjects: _integer(part.objects),
        })


def _links(given: Described) -> Iterator[ox.Triple]:
    """A linkset for each property and data set elsewhere that it leads to."""
    for (name, target), count in given.statistics.links.items():
        if target not in _DATA_SETS:
            continue
        node, other = f"{given.dataset}#links-{_short(name + ' ' + target)}", f"{given.dataset}#at-{_short(target)}"
        yield from say(node, {
            RDF.type: iri(VOID.Linkset), VOID.linkPredicate: iri(name), VOID.triples: _integer(count),
            VOID.subjectsTarget: iri(given.dataset), VOID.objectsTarget: iri(other),
        })
        yield from say(other, {RDF.type: iri(VOID.Dataset), VOID.uriSpace: ox.Literal(target)})
        yield from say(given.dataset, {VOID.subset: iri(node)})


def _graphs(given: Described) -> Iterator[ox.Triple]:
    """Each named graph: how large, where to get it, under which terms."""
    start = given.addresses.minter.graph("")
    for graph, terms in given.terms.items():
        name = f"graph/{graph.removeprefix(start)}"
        yield from say(given.dataset, {VOID.subset: iri(graph)})
        yield from say(graph, {
            RDF.type: iri(VOID.Dataset), DCT["title"]: terms.title,
            VOID.triples: _integer(given.manifest["graphs"][graph]),
            VOID.dataDump: [iri(f"{given.addresses.root}/dumps/{file_name(name, format)}") for format in FORMATS],
            DCT.source: iri(terms.source) if terms.source else None,
            DCT.license: iri(terms.licence) if terms.licence else None,
            DCT.rights: iri(_rights(given, terms.rights)) if terms.rights else None,
        })


def _licences(given: Described) -> Iterator[ox.Triple]:
    yield from say(f"{given.dataset}#terms", {
        RDF.type: [iri(DCT.LicenseDocument), iri(DCT.RightsStatement)], RDFS.label: text(*_TERMS),
        DCT.type: iri(f"{_LICENCE_TYPES}UnknownIPR"),
    })
    for licence in sorted({terms.licence for terms in given.terms.values() if terms.licence} | {CC_BY}):
        kind = "Attribution" if licence in (CC_BY, APACHE) else "UnknownIPR"
        yield from say(licence, {
            RDF.type: iri(DCT.LicenseDocument), DCT.type: iri(_LICENCE_TYPES + kind), RDFS.label: LICENCES.get(licence),
        })
    for words in sorted({terms.rights for terms in given.terms.values() if terms.rights}, key=str):
        yield from say(_rights(given, words), {RDF.type: iri(DCT.RightsStatement), RDFS.label: words})


def _rights(given: Described, words: tuple[ox.Literal, ...]) -> str:
    return f"{given.dataset}#rights-{_short(words[0].value)}"


def _address(given: Described, name: str, dump: Dump) -> str:
    return f"{given.addresses.root}/dumps/{file_name(name, dump.format)}"


def _languages() -> list[Object]:
    return [iri(f"{_EU}language/{code}") for code in ("ENG", "FRA")]


def _date(given: Described) -> ox.Literal:
    return ox.Literal(given.manifest["created"], datatype=ox.NamedNode(XSD.dateTime))


def _vocabularies(statistics: Statistics) -> list[Object]:
    used = [*statistics.classes, *statistics.properties]
    return [iri(start) for start in sorted(PREFIXES.values()) if any(name.startswith(start) for name in used)]


def _integer(number: int) -> ox.Literal:
    return typed(number, "integer")


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:10]
