"""What VoID counts of a snapshot: classes, properties, distinct ends, links to elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from p4c_graph.namespaces import OWL, P4C, RDF, RDFS, ROOT
from p4c_graph.store.answers import value
from p4c_graph.store.steps import Row, Steps
from p4c_graph.terms import Minter

_NOT_LINKS = (RDF.type, OWL.versionIRI, RDFS.isDefinedBy)


@dataclass(frozen=True)
class Partition:
    """Statements of one property, and between how many resources."""

    statements: int
    subjects: int
    objects: int


@dataclass(frozen=True)
class Statistics:
    """The counts of the merged set of all graphs."""

    statements: int
    subjects: int
    objects: int
    entities: int
    classes: dict[str, int]
    properties: dict[str, Partition]
    links: dict[tuple[str, str], int]
    """Property, and start of the addresses elsewhere it leads to → how many statements."""
    years: tuple[str, str]
    """The first and the last year of which something is told."""


def statistics(minter: Minter) -> Steps[Statistics]:
    """The counts, by seven queries; ``minter`` is that of the snapshot's resources."""
    classes = yield "SELECT ?c (COUNT(*) AS ?n) WHERE { ?s a ?c } GROUP BY ?c"
    properties = yield """SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
        WHERE { ?s ?p ?o } GROUP BY ?p"""
    subjects = yield "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }"
    objects = yield "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }"
    elsewhere = yield f"""SELECT ?p ?o (COUNT(*) AS ?n) WHERE {{ ?s ?p ?o
        FILTER (isIRI(?o) && STRSTARTS(STR(?s), "{minter.resources}") && !STRSTARTS(STR(?o), "{minter.base}")
                && !STRSTARTS(STR(?o), "{ROOT}") && ?p NOT IN ({', '.join(f'<{name}>' for name in _NOT_LINKS)}))
        }} GROUP BY ?p ?o"""
    entities = yield f"""SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a ?c
        FILTER STRSTARTS(STR(?s), "{minter.resources}") }}"""
    years = yield f"""SELECT (MIN(?year) AS ?first) (MAX(?year) AS ?last) WHERE {{
        ?s <{P4C.refPeriod}>|<{P4C.start}> ?when BIND (SUBSTR(STR(?when), 1, 4) AS ?year) }}"""
    partitions = {
        str(value(name)): Partition(*(int(str(value(count))) for count in counts)) for name, *counts in properties
    }
    return Statistics(
        sum(part.statements for part in partitions.values()), _only(subjects), _only(objects), _only(entities),
        dict(sorted((str(value(name)), int(str(value(count)))) for name, count in classes)),
        dict(sorted(partitions.items())), _links(elsewhere),
        (str(value(years[0][0]) or ""), str(value(years[0][1]) or "")),
    )


def _only(rows: list[Row]) -> int:
    return int(str(value(rows[0][0])))


def _links(rows: list[Row]) -> dict[tuple[str, str], int]:
    """Links by property and host; a data set elsewhere is told by the start of its addresses."""
    found: Counter[tuple[str, str]] = Counter()
    for name, other, count in rows:
        address = urlsplit(str(value(other)))
        if address.scheme in ("http", "https") and address.netloc:
            found[str(value(name)), f"{address.scheme}://{address.netloc}/"] += int(str(value(count)))
    return dict(sorted(found.items()))
