"""Under which terms each named graph may be used: those of its source, or of what the project made itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.namespaces import DCT, RDFS
from p4c_graph.store.answers import value
from p4c_graph.store.steps import Steps
from p4c_graph.terms import Minter

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
APACHE = "https://www.apache.org/licenses/LICENSE-2.0"


@dataclass(frozen=True)
class Terms:
    """What one graph holds, and under which terms: a licence's address where there is one, and words."""

    graph: str
    title: str
    licence: str | None = None
    rights: tuple[str, ...] = ()
    source: str | None = None


def terms_of(graphs: Iterable[str], minter: Minter) -> Steps[dict[str, Terms]]:
    """Graph → its terms, by one query."""
    rows = yield f"""SELECT ?g ?source ?p ?value WHERE {{ ?g <{DCT.source}> ?source . ?source ?p ?value
        FILTER (STRSTARTS(STR(?g), "{minter.graph('')}")
                && ?p IN (<{DCT["title"]}>, <{RDFS.label}>, <{DCT.license}>, <{DCT.rights}>)) }}"""
    said: dict[str, dict[str, list[str]]] = {}
    sources: dict[str, str] = {}
    for graph, source, name, text in rows:
        sources[str(value(graph))] = str(value(source))
        if not isinstance(text, ox.Literal) or text.language in (None, "en"):
            said.setdefault(str(value(graph)), {}).setdefault(str(value(name)), []).append(str(value(text)))
    return {
        graph: _of_source(graph, sources[graph], said.get(graph, {})) if graph in sources
        else _of_the_project(graph, minter) for graph in sorted(graphs)
    }


def _of_source(graph: str, source: str, said: dict[str, list[str]]) -> Terms:
    names = sorted(said.get(DCT["title"], [])) or sorted(said.get(RDFS.label, [])) or [source]
    basis = graph.rpartition("/")[2]
    licence = next(iter(sorted(said.get(DCT.license, []))), None)
    return Terms(graph, f"{names[0]} ({basis})", licence, tuple(sorted(said.get(DCT.rights, []))), source)


def _of_the_project(graph: str, minter: Minter) -> Terms:
    name = graph.removeprefix(minter.graph(""))
    if name.startswith("derived/"):
        return Terms(graph, f"Derived: {name.removeprefix('derived/')}", CC_BY, (
            "Computed from the other graphs; name their sources too",))
    if name == "ontology" or name.startswith("scheme/"):
        return Terms(graph, f"Ontology: {name}", CC_BY)
    if name == "questions":
        return Terms(graph, "Question library", APACHE)
    if name in ("sources", "provenance"):
        return Terms(graph, f"Records of {name}", CC_BY)
    return Terms(graph, name, None, ("No terms are stated; ask the publisher",))
