"""The namespaces of the project, and the prefixes under which people write them."""

from __future__ import annotations


class Namespace(str):
    """A namespace IRI whose attributes and items are the full IRIs of its terms: ``P4C.Practice``."""

    __slots__ = ()

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return str(self) + name

    def __getitem__(self, name: object) -> str:
        return str(self) + str(name)


ROOT = "https://w3id.org/pooling4clusters/"
"""Where the ontology, its schemes and shapes live; never changes (resources may live elsewhere: ``base_iri``)."""

ONTOLOGY = ROOT + "ontology"
"""The ontology itself, and where its document is."""
P4C = Namespace(ONTOLOGY + "#")
SHAPES = Namespace(ROOT + "shapes#")
SCHEME = Namespace(ROOT + "scheme/")

ADMS = Namespace("http://www.w3.org/ns/adms#")
CV = Namespace("http://data.europa.eu/m8g/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCT = Namespace("http://purl.org/dc/terms/")
FORMATS_NS = Namespace("http://www.w3.org/ns/formats/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
NACE = Namespace("http://data.europa.eu/ux2/nace2/")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
QB = Namespace("http://purl.org/linked-data/cube#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("https://schema.org/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
VOID = Namespace("http://rdfs.org/ns/void#")
WGS = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

PREFIXES: dict[str, str] = {
    "p4c": P4C,
    "p4csh": SHAPES,
    "adms": ADMS,
    "cv": CV,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dct": DCT,
    "foaf": FOAF,
    "geo": GEO,
    "nace": NACE,
    "org": ORG,
    "owl": OWL,
    "prov": PROV,
    "qb": QB,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sd": SD,
    "sh": SH,
    "skos": SKOS,
    "spdx": SPDX,
    "vcard": VCARD,
    "void": VOID,
    "wgs": WGS,
    "xsd": XSD,
}
"""Prefix → namespace, as offered to every query and used in every file the project writes."""
