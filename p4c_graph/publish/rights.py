"""Under which terms each named graph may be used: those of its source, or of what the project made itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from p4c_graph.languages import LANGUAGES
from p4c_graph.namespaces import DCT, RDFS, SCHEME, SKOS
from p4c_graph.publish.triples import text
from p4c_graph.store.answers import value
from p4c_graph.store.steps import Steps
from p4c_graph.terms import Minter

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
APACHE = "https://www.apache.org/licenses/LICENSE-2.0"
UNICODE = "https://www.unicode.org/license.txt"
LICENCES = {
    CC_BY: text("Creative Commons Attribution 4.0 International Public License",
                "Licence publique Creative Commons Attribution 4.0 International"),
    APACHE: text("Apache License, Version 2.0"), UNICODE: text("Unicode License v3"),
}
"""The names their publishers give to licences: in French where there is an official one."""
_BASES = {"verified": ("verified", "vérifié"), "inferred": ("inferred", "déduit")}
_SCHEME = "scheme/"
_OWN = {
    "ontology": ("Ontology", "Ontologie"), "questions": ("Question library", "Bibliothèque de questions"),
    "sources": ("Records of sources", "Registre des sources"),
    "provenance": ("Records of provenance", "Registre des provenances"),
    "derived/characteristics": ("Computed: characteristics of practices", "Calculé : caractéristiques des pratiques"),
    "derived/good-practices": ("Computed: good practices", "Calculé : bonnes pratiques"),
    "derived/merit": ("Computed: merit of practices", "Calculé : mérite des pratiques"),
    "derived/pooled-services": ("Computed: pooled services", "Calculé : services mutualisés"),
    "derived/similarity": ("Computed: similarity of regions", "Calculé : similarité des régions"),
    "derived/status": ("Computed: status of practices", "Calculé : statut des pratiques"),
    "derived/suitability": ("Computed: suitability and adoption", "Calculé : adéquation et adoption"),
}
"""The names of the graphs that the project makes itself."""
_COMPUTED = text("Computed from the other graphs; name their sources too",
                 "Calculé à partir des autres graphes ; citez aussi leurs sources")
_RECORDS = text("The notes on the terms of sources are in our own words; their French is our translation",
                "Les notes sur les conditions des sources sont dans nos propres termes, traduites par nous en français")
_UNSTATED = text("No terms are stated; ask the publisher", "Aucune condition n'est indiquée ; demandez à l'éditeur")


@dataclass(frozen=True)
class Terms:
    """What one graph holds, and under which terms: a licence's address where there is one, and words.

    ``title`` and ``rights`` are texts in several languages, one each.
    """

    graph: str
    title: tuple[ox.Literal, ...]
    licence: str | None = None
    rights: tuple[ox.Literal, ...] = ()
    source: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The same for programs, texts by language."""
        return {"graph": self.graph, "title": _by_language(self.title), "license": self.licence,
                "rights": _by_language(self.rights)}


def terms_of(graphs: Iterable[str], minter: Minter) -> Steps[dict[str, Terms]]:
    """Graph → its terms, by one query."""
    schemes = f"?g a <{SKOS.ConceptScheme}> ; <{SKOS.prefLabel}> ?value BIND(<{SKOS.prefLabel}> AS ?p)"
    of_sources = f"""?g <{DCT.source}> ?source . ?source ?p ?value FILTER (STRSTARTS(STR(?g), "{minter.graph('')}")
        && ?p IN (<{DCT["title"]}>, <{RDFS.label}>, <{DCT.license}>, <{DCT.rights}>))"""
    rows = yield f"SELECT ?g ?source ?p ?value WHERE {{ {{ {of_sources} }} UNION {{ {schemes} }} }}"
    said: dict[str, dict[str, list[ox.Literal | ox.NamedNode]]] = {}
    sources: dict[str, str] = {}
    for thing, source, name, told in rows:
        if source is not None:
            sources[str(value(thing))] = str(value(source))
        if isinstance(told, ox.Literal | ox.NamedNode):
            said.setdefault(str(value(thing)), {}).setdefault(str(value(name)), []).append(told)
    return {
        graph: _of_source(graph, sources[graph], said.get(graph, {})) if graph in sources
        else _of_the_project(graph, minter, said) for graph in sorted(graphs)
    }


def _of_source(graph: str, source: str, said: dict[str, list[ox.Literal | ox.NamedNode]]) -> Terms:
    titles, labels = _texts(said.get(DCT["title"], [])), _texts(said.get(RDFS.label, []))
    basis = _BASES.get(graph.rpartition("/")[2], (graph.rpartition("/")[2],) * 2)
    others = (*titles.values(), *labels.values(), source)
    names = (titles.get(language) or labels.get(language) or others[0] for language in LANGUAGES)
    title = text(*(f"{name} ({word})" for name, word in zip(names, basis, strict=True)))
    licence = next(iter(sorted(str(value(of)) for of in said.get(DCT.license, []))), None)
    rights = tuple(ox.Literal(words, language=language) if language else ox.Literal(words)
                   for language, words in sorted(_texts(said.get(DCT.rights, [])).items()))
    return Terms(graph, tuple(title), licence, rights, source)


def _of_the_project(graph: str, minter: Minter, said: dict[str, dict[str, list[ox.Literal | ox.NamedNode]]]) -> Terms:
    name = graph.removeprefix(minter.graph(""))
    if name.startswith(_SCHEME):
        names = _texts(said.get(SCHEME + name.removeprefix(_SCHEME), {}).get(SKOS.prefLabel, []))
        en, fr = names.get("en", name.removeprefix(_SCHEME)), names.get("fr", name.removeprefix(_SCHEME))
        return Terms(graph, tuple(text(f"Scheme: {en}", f"Schéma : {fr}")), CC_BY)
    if name not in _OWN and not name.startswith("derived/"):
        return Terms(graph, (ox.Literal(name),), None, tuple(_UNSTATED))
    title = tuple(text(*_OWN.get(name, (name, name))))
    if name.startswith("derived/"):
        return Terms(graph, title, CC_BY, tuple(_COMPUTED))
    return Terms(graph, title, APACHE if name == "questions" else CC_BY, tuple(_RECORDS) if name == "sources" else ())


def _texts(found: Iterable[ox.Literal | ox.NamedNode]) -> dict[str, str]:
    """Language → text; several in one language are one."""
    by_language: dict[str, list[str]] = {}
    for of in found:
        if isinstance(of, ox.Literal):
            by_language.setdefault(of.language or "", []).append(of.value)
    return {language: "; ".join(sorted(texts)) for language, texts in by_language.items()}


def _by_language(texts: Iterable[ox.Literal]) -> dict[str, str]:
    return {of.language or "": of.value for of in texts}
