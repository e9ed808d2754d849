"""A small graph to join: two regions and their country, practices, organisations, a project, an indicator, a scale."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pyoxigraph as ox
from small import PREFIX_LINES

from p4c_graph import settings
from p4c_graph.intake.names import Names
from p4c_graph.intake.problems import Problem
from p4c_graph.intake.submission import CSV, XLSX, Destination, Reader, Reading
from p4c_graph.regions import Gazetteer
from p4c_graph.store.rows import StoreRows
from p4c_graph.terms import Minter, compact

BASE = "https://w3id.org/pooling4clusters/"
GRAPH = f"{BASE}graph/import/test"
_TURTLE = PREFIX_LINES + """
<id/region/FR> a p4c:Region ; rdfs:label "France" ; p4c:level 0 ; p4c:nutsVersion "2021" .
<id/region/FRL> a p4c:Region ; rdfs:label "Provence-Alpes-Côte d’Azur" ; p4c:level 1 ; p4c:nutsVersion "2021" ;
    p4c:broaderRegion <id/region/FR> ; adms:identifier <id/code/FRL> .
<id/region/FRL0> a p4c:Region ; rdfs:label "Provence-Alpes-Côte d’Azur" ; p4c:level 2 ; p4c:nutsVersion "2021" ;
    p4c:broaderRegion <id/region/FRL> ; adms:identifier <id/code/FR82> , <id/code/FRL0> .
<id/code/FR82> skos:notation "FR82" . <id/code/FRL0> skos:notation "FRL0" . <id/code/FRL> skos:notation "FRL" .
<id/region/EE00> a p4c:Region ; rdfs:label "Eesti"@et , "Estonia"@en ; p4c:level 2 ; p4c:nutsVersion "2021" .
<id/practice/trainings> a p4c:Practice ; rdfs:label "Trainings of cluster managers"@en , "Formations"@fr .
<id/practice/european-networking> a p4c:Practice ; rdfs:label "European networking"@en .
<id/organisation/fsa> a org:Organization ; rdfs:label "Fondation Sophia Antipolis" .
<id/organisation/bsc> a org:Organization ; rdfs:label "BSC Kranj" .
<id/organisation/bsc-2> a org:Organization ; rdfs:label "BSC Kranj" .
<id/project/p4c> a p4c:Project ; rdfs:label "POOLING4CLUSTERS" .
<id/indicator/unemployment-rate> a p4c:Indicator ; rdfs:label "Unemployment rate"@en .
"""


def names() -> Names:
    store = ox.Store()
    store.load(_TURTLE.encode(), ox.RdfFormat.TURTLE, base_iri=BASE)
    rows = StoreRows(store)
    return Names(rows, Gazetteer.read(rows), Minter())


NAMES = names()


def book(*sheets: tuple[str, list[list[Any]]]) -> Any:
    """A workbook of sheets with these rows."""
    found = openpyxl.Workbook()
    found.remove(found.worksheets[0])
    for title, rows in sheets:
        sheet = found.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return found


def saved(workbook: Any) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def with_xml(body: bytes, before: bytes, after: bytes) -> bytes:
    """A workbook in whose first sheet some XML stands in place of other."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in old.namelist():
            content = old.read(name)
            packed.writestr(name, content.replace(before, after) if name.endswith("/sheet1.xml") else content)
    return buffer.getvalue()


def read(body: bytes | str, media_type: str = XLSX, *, name: str = "", strict: bool = False,
         language: str | None = None, **limits: int) -> Reading:
    """What a file says in the small graph."""
    destination = Destination(GRAPH, "test", "test", strict=strict)
    reader = Reader(settings.load(**limits), NAMES)
    content = body.encode() if isinstance(body, str) else body
    return reader.read(name or ("test.csv" if media_type == CSV else "test.xlsx"), media_type, content, destination,
                       language=language)


def texts(problems: list[Problem], language: str = "en") -> list[str]:
    return [problem.text(language) for problem in problems]


def said(reading: Reading) -> set[tuple[str, str, str]]:
    """What is said of resources, but for the file as a source: subject, predicate and object as people write them."""
    def short(term: Any) -> str:
        if isinstance(term, ox.Literal):
            return f"{term.value}@{term.language}" if term.language else term.value
        return compact(term.value).removeprefix(f"{BASE}id/")

    return {(short(q.subject), compact(q.predicate.value), short(q.object)) for q in reading.quads
            if not q.subject.value.endswith(("source/test", "import/test"))}
