"""What can be browsed: collections of resources, their fields, and which of them are facets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Collection:
    """One list: its items and fields, as SPARQL patterns that bind ``?item`` and ``?value``.

    A field's values are things or texts. ``text`` is only searched; ``place`` puts an item on the map and into its
    country.
    """

    name: str
    items: str
    fields: dict[str, str]
    facets: tuple[str, ...]
    columns: tuple[str, ...]
    kind: str = ""
    """The kind of its items in IRIs, where the collection has one."""
    order: str = ""
    """The field by which its items are listed, where that is not their name."""


_TEXT = "?item dct:description|skos:note|p4c:sectorText ?value"
_APPLICATION = {
    "place": "?item p4c:inRegion ?value",
    "practice": "?value p4c:application ?item",
    "status": "?item p4c:applicationStatus ?value",
    "kind": "VALUES ?value { p4c:Origin p4c:Implementation p4c:Workshop p4c:Transfer } ?item a ?value",
    "partner": "?item p4c:partner ?value",
    "operator": "?item p4c:operator ?value",
    "year": "?item p4c:start ?start BIND(SUBSTR(STR(?start), 1, 4) AS ?value)",
    "outcome": "?item p4c:outcome ?value",
    "text": f"{_TEXT}",
}
_PRACTICE = {
    "theme": "?item p4c:theme ?value",
    "status": "?item p4c:status ?value",
    "service_field": "?item p4c:serviceField ?value",
    "service_kind": "?item p4c:serviceKind ?value",
    "target_group": "?item p4c:targetGroup ?value",
    "sector": "?item p4c:sector ?value",
    "characteristic": "?item p4c:hasCharacteristic ?value",
    "provider": "?item p4c:provider ?value",
    "place": "?item p4c:application/p4c:inRegion ?value",
    "text": f"{{ {_TEXT} }} UNION {{ ?item p4c:provider/rdfs:label ?value }}",
}

COLLECTIONS = {collection.name: collection for collection in (
    Collection(
        "practices", "?item a p4c:Practice", _PRACTICE,
        ("theme", "status", "country", "service_kind", "service_field", "target_group", "sector"),
        ("theme", "place", "status"), "practice"),
    Collection(
        "regions", "?item a p4c:Region", {
            "level": "?item p4c:level ?level BIND(STR(?level) AS ?value)",
            "place": "BIND(?item AS ?value)",
            "part_of": "?item p4c:broaderRegion ?value",
            "edition": "?item p4c:nutsVersion ?value",
            "text": "?item adms:identifier/skos:notation ?value",
        }, ("level", "country", "edition"), ("code", "level", "part_of"), "region"),
    Collection(
        "organisations", "?item a org:Organization", {
            "kind": "VALUES ?value { p4c:DevelopmentAgency p4c:ClusterInitiative p4c:Enterprise p4c:ResearchBody "
                    "p4c:PublicAuthority p4c:Chamber } ?item a ?value",
            "role": "?partnership p4c:member ?item ; p4c:inProject ?project BIND(?project AS ?value)",
            "place": "?item p4c:locatedIn ?value",
            "territory": "?item p4c:territory ?value",
            "sector": "?item p4c:sector ?value",
            "text": _TEXT,
        }, ("kind", "country", "role", "sector"), ("kind", "place"), "organisation"),
    Collection(
        "field-tests", "?item a p4c:FieldTest", _APPLICATION,
        ("kind", "status", "partner", "country", "outcome", "year"), ("practice", "kind", "partner", "place", "status"),
        "application"),
    Collection(
        "applications", "?item a p4c:Application", _APPLICATION,
        ("kind", "status", "outcome", "country"), ("practice", "kind", "place", "year", "outcome"), "application"),
    Collection(
        "catalogue", "?catalogue a p4c:Catalogue ; prov:hadMember ?item", _PRACTICE,
        ("service_field", "theme", "status", "target_group", "country"), ("service_field", "theme", "provider"),
        "practice"),
    Collection(
        "criteria", "?item a p4c:Criterion", {
            "code": "?item skos:notation ?value",
            "family": "?item skos:broader ?value",
            "perspective": "?item p4c:perspective ?value",
            "text": "?item skos:definition ?value",
        }, ("perspective", "family"), ("code", "family", "perspective"), order="code"),
    Collection(
        "sources", "?item a p4c:Source", {
            "publisher": "?item dct:publisher ?value",
            "language": "?item dct:language ?value",
            "date": "?item dct:date ?date BIND(STR(?date) AS ?value)",
            "year": "?item dct:date ?date BIND(SUBSTR(STR(?date), 1, 4) AS ?value)",
            "terms": "?item dct:rights ?value",
        }, ("publisher", "language", "year", "terms"), ("publisher", "date"), "source"),
)}
