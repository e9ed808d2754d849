"""What search engines read of a page: a few properties of schema.org, in one form of its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyoxigraph as ox

from p4c_graph.languages import LANGUAGES
from p4c_graph.namespaces import ADMS, DCT, FOAF, ORG, P4C, RDF, SCHEMA, WGS
from p4c_graph.publish.document import Document

_TYPES = {
    P4C.Practice: "Service", P4C.Region: "AdministrativeArea", P4C.Source: "CreativeWork",
    ORG.Organization: "Organization", P4C.Project: "Project", P4C.Programme: "Project",
    P4C.ClusterPolicy: "CreativeWork", P4C.Application: "Event", P4C.Indicator: "StatisticalVariable",
    P4C.Catalogue: "Collection", P4C.Selection: "Action",
}
"""Class → type, the first that fits."""
_NAMED = {
    P4C.provider: "provider", P4C.operator: "organizer", P4C.inRegion: "location", P4C.locatedIn: "location",
    P4C.broaderRegion: "containedInPlace", P4C.memberOf: "memberOf", DCT.source: "isBasedOn",
}
_ADDRESSES = {FOAF.homepage: "sameAs", FOAF.page: "sameAs", DCT.license: "license"}
_TEXTS = {
    DCT.description: "description", DCT.publisher: "publisher", DCT.date: "datePublished", P4C.start: "startDate",
    P4C.end: "endDate",
}
_ONLY = {"organizer": ("Event",), "startDate": ("Event", "Project"), "endDate": ("Event", "Project"),
         "containedInPlace": ("AdministrativeArea",), "provider": ("Service",),
         "location": ("Event", "Organization"), "publisher": ("CreativeWork",), "datePublished": ("CreativeWork",),
         "memberOf": ("Organization",), "isBasedOn": ("CreativeWork",), "license": ("CreativeWork",)}
"""What schema.org gives only some types."""


class Told(NamedTuple):
    """One value of a property as a page has it: its text, and its IRI where it is a resource."""

    text: str
    iri: str | None = None


def schema_org(
    iri: str, name: str, address: str, language: str, facts: Mapping[str, Sequence[Told]]
) -> dict[str, Any] | None:
    """The resource of a page in schema.org's terms, or None where it is of no kind that these have.

    ``facts`` maps properties to values in the page's language, ``address`` is that of the page.
    """
    classes = {told.iri for told in facts.get(RDF.type, ())}
    kind = next((kind for name_of, kind in _TYPES.items() if name_of in classes), None)
    if kind is None:
        return None
    found: dict[str, Any] = {
        "@context": str(SCHEMA), "@type": kind, "@id": iri, "name": name, "url": address, "inLanguage": language,
    }
    if kind not in ("CreativeWork", "Event"):
        del found["inLanguage"]
    for name_of, values in facts.items():
        if (key := _NAMED.get(name_of)) and kind in _ONLY.get(key, (kind,)):
            found[key] = _one([{"@id": told.iri, "name": told.text} for told in values if told.iri])
        elif (key := _ADDRESSES.get(name_of)) and kind in _ONLY.get(key, (kind,)):
            found[key] = _one([told.iri for told in values if told.iri])
        elif (key := _TEXTS.get(name_of)) and kind in _ONLY.get(key, (kind,)):
            found[key] = _one([told.text for told in values])
    if kind == "CreativeWork" and "publisher" in found:
        found["publisher"] = {"@type": "Organization", "name": found["publisher"]}
    if (places := [facts.get(axis, ()) for axis in (WGS.lat, WGS.long)]) and all(places):
        found["geo"] = {"@type": "GeoCoordinates", "latitude": places[0][0].text, "longitude": places[1][0].text}
    if codes := facts.get(ADMS.identifier):
        found["identifier"] = _one([told.text for told in codes])
    return {key: value for key, value in found.items() if value != []}


def told_of(document: Document, language: str) -> dict[str, list[Told]]:
    """The facts of a document in one language, where they exist in it."""
    found: dict[str, list[Told]] = {}
    for statement in document.outgoing:
        other = statement.other
        if isinstance(other, ox.NamedNode):
            found.setdefault(statement.property, []).append(Told(document.label(other.value, language), other.value))
        elif isinstance(other, ox.Literal) and other.language in (None, language):
            found.setdefault(statement.property, []).append(Told(other.value))
    return found


def dataset_schema(described: Mapping[str, Any]) -> dict[str, Any]:
    """The data set as ``Dataset``; ``described`` holds name, description, url, license, publisher, downloads."""
    return {
        "@context": str(SCHEMA), "@type": "Dataset", "@id": described["url"], "url": described["url"],
        "name": described["name"], "description": described["description"], "license": described["license"],
        "inLanguage": list(LANGUAGES), "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": described["publisher"]},
        "distribution": [
            {"@type": "DataDownload", "contentUrl": address, "encodingFormat": media_type}
            for address, media_type in described["downloads"]
        ],
    }


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
