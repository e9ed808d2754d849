"""The valid graph, as it is and changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.namespaces import RDF, RDFS, ROOT, SKOS
from p4c_graph.validation.shapes import Shapes

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURE = REPOSITORY / "tests" / "fixtures" / "valid.trig"
SHAPE_FILES = sorted((REPOSITORY / "ontology" / "shapes").glob("*.ttl"))
DEFAULT = ox.DefaultGraph()
_NEEDED = {RDFS.subClassOf, SKOS.inScheme, RDF.type}


@cache
def shapes() -> Shapes:
    return Shapes.load(SHAPE_FILES)


@cache
def _fixture() -> tuple[ox.Quad, ...]:
    return tuple(ox.parse(path=str(FIXTURE), format=ox.RdfFormat.TRIG, base_iri=ROOT))


@cache
def _vocabulary() -> tuple[ox.Quad, ...]:
    """Of the ontology and its schemes, what validation reads: classes, types and membership."""
    ontology = REPOSITORY / "ontology"
    files = [ontology / "p4c.ttl", *sorted((ontology / "schemes").glob("*.ttl"))]
    quads = (quad for file in files for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE))
    return tuple(quad for quad in quads if quad.predicate.value in _NEEDED)


@cache
def prologue() -> str:
    """The prefixes of the fixture, for updates."""
    text = FIXTURE.read_text("utf-8")
    found = re.findall(r"@prefix ([\w-]*): <([^>]*)>", text)
    return f"BASE <{ROOT}>\n" + "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in found)


def iri(short: str) -> str:
    """The IRI of a short form of the fixture: ``practice:booth``."""
    prefix, _, name = short.partition(":")
    match = re.search(rf"PREFIX {prefix}: <([^>]*)>", prologue())
    assert match, short
    space = match.group(1)
    return (space if space.startswith("http") else ROOT + space) + name


def valid_store(changes: Iterable[str] = ()) -> ox.Store:
    """The valid graph, merged and with its named graphs, after these updates of the merged one."""
    store = ox.Store()
    quads = _fixture()
    merged = (ox.Quad(quad.subject, quad.predicate, quad.object, DEFAULT) for quad in (*quads, *_vocabulary()))
    store.extend([*quads, *merged])
    for change in changes:
        if change:
            store.update(prologue() + change)
    return store
