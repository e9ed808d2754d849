"""Names: what is meant by those a user types, and what things are called."""

from __future__ import annotations

from collections.abc import Iterable

from p4c_graph.namespaces import ORG, P4C, SCHEME, SKOS
from p4c_graph.questions import Choices, Parameter, Resolver, Text
from p4c_graph.regions import Rows
from p4c_graph.store.rows import iri_list
from p4c_graph.terms import concept as concept_iri
from p4c_graph.terms import local_name

PARTNERS = Choices(query="SELECT ?value ?label WHERE { ?partnership p4c:member ?value . ?value rdfs:label ?label }")
"""The organisations that take part in a project."""
CONTACT = concept_iri("role", "contact")
"""The role of who is a partner's contact, and no partner."""


def partner(resolver: Resolver, text: str, parameter: str = "partner") -> str:
    """The IRI of the partner of a project that a text names. Raises UnknownName with near matches."""
    return _find(resolver, text, parameter, ORG.Organization, PARTNERS)


def project(resolver: Resolver, text: str, parameter: str = "project") -> str:
    """The IRI of the project that a text names. Raises UnknownName with near matches."""
    return _find(resolver, text, parameter, P4C.Project)


def field_test(resolver: Resolver, text: str, parameter: str = "field test") -> str:
    """The IRI of the field test that a text names. Raises UnknownName with near matches."""
    return _find(resolver, text, parameter, P4C.FieldTest)


def concept(resolver: Resolver, scheme: str, text: str, parameter: str) -> str:
    """The end of the IRI of the concept of a scheme that a text names. Raises UnknownName with near matches."""
    return local_name(_find(resolver, text, parameter, SKOS.Concept, Choices(scheme=SCHEME + scheme)))


def _find(resolver: Resolver, text: str, parameter: str, kind: str, choices: Choices | None = None) -> str:
    nothing = Text("", "")
    return resolver.resolve(Parameter(parameter, nothing, nothing, kind, required=True, choices=choices), text)


def labels(rows: Rows, iris: Iterable[str], language: str = "en") -> dict[str, str]:
    """Each IRI → its name in a language, else in English, else in any; the end of the IRI where it has none."""
    wanted = list(iris)
    found: dict[str, tuple[int, str]] = {}
    for iri, label, tag in rows.rows(
        "SELECT ?thing ?label (LANG(?label) AS ?language) WHERE { "
        f"VALUES ?thing {{ {iri_list(wanted)} }} ?thing rdfs:label|skos:prefLabel ?label }}"
    ):
        named = (0 if tag == language else 1 if tag == "en" else 2, str(label))
        found[str(iri)] = min(found.get(str(iri), named), named)
    return {iri: found[iri][1] if iri in found else local_name(iri) for iri in wanted}
