"""What a change means for people: resource by resource, what is new, gone, or otherwise than before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pyoxigraph as ox

from p4c_graph.intake.vocabulary import Vocabulary
from p4c_graph.namespaces import DCT, RDF, RDFS
from p4c_graph.regions import Rows
from p4c_graph.store.rows import iri_list
from p4c_graph.store.statements import subject_of
from p4c_graph.terms import Minter, compact

_ASKED = 200
"""IRIs whose names are asked for in one query."""


class Kind(Enum):
    """What became of a resource."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


@dataclass(frozen=True)
class ValueChange:
    """One property: the values that went and those that came."""

    property: str
    name: str
    removed: tuple[str, ...]
    added: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of it."""
        return {"property": self.property, "name": self.name, "removed": self.removed, "added": self.added}


@dataclass(frozen=True)
class ResourceChange:
    """One resource: what became of it, and of its properties."""

    kind: Kind
    iri: str
    slug: str
    """Kind and slug, such as ``practice/trainings``, or the IRI."""
    label: str | None
    values: list[ValueChange] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of it."""
        return {"change": self.kind.name.lower(), "id": self.iri, "label": self.label,
                "values": [value.to_dict() for value in self.values]}


def differences(
    added: Iterable[ox.Quad], removed: Iterable[ox.Quad], before: Rows, minter: Minter, language: str = "en"
) -> list[ResourceChange]:
    """The statements that came and went, by resource; names in a language, from ``before`` where they are not new."""
    come, gone = _by_subject(added), _by_subject(removed)
    names = _Names([*come.values(), *gone.values()], before, minter, language)
    return [_resource(iri, come.get(iri, []), gone.get(iri, []), names)
            for iri in sorted(come.keys() | gone.keys(), key=names.slug)]


def _resource(iri: str, come: list[ox.Quad], gone: list[ox.Quad], names: _Names) -> ResourceChange:
    typed = [any(quad.predicate.value == RDF.type for quad in quads) for quads in (come, gone)]
    kind = Kind.ADDED if typed == [True, False] else Kind.REMOVED if typed == [False, True] else Kind.CHANGED
    old, new = (_by_predicate(quads, names) for quads in (gone, come))
    values = [ValueChange(predicate, names.property(predicate), tuple(sorted(old[predicate])),
                          tuple(sorted(new[predicate])))
              for predicate in sorted(old.keys() | new.keys())]
    return ResourceChange(kind, iri, names.slug(iri), names.label(iri), values)


def _by_predicate(quads: Iterable[ox.Quad], names: _Names) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        found[quad.predicate.value].append(names.value(quad.object))
    return found


def _by_subject(quads: Iterable[ox.Quad]) -> dict[str, list[ox.Quad]]:
    found: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        found[subject_of(quad)].append(quad)
    return found


class _Names:
    """What resources, properties and values are called."""

    def __init__(self, groups: Iterable[list[ox.Quad]], before: Rows, minter: Minter, language: str) -> None:
        self._minter, self._language, self._vocabulary = minter, language, Vocabulary.shipped()
        quads = [quad for quads in groups for quad in quads]
        self._labels: dict[str, dict[str, str]] = defaultdict(dict)
        terms = {subject_of(quad) for quad in quads}
        terms |= {quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}
        self._ask([term for term in sorted(terms) if term.startswith(minter.resources)], before)
        for quad in reversed(quads):
            if quad.predicate.value in (RDFS.label, DCT["title"]) and isinstance(quad.object, ox.Literal):
                self._labels[subject_of(quad)][quad.object.language or ""] = quad.object.value

    def _ask(self, iris: list[str], before: Rows) -> None:
        for start in range(0, len(iris), _ASKED):
            values = iri_list(iris[start:start + _ASKED])
            query = f"SELECT ?x ?name (LANG(?name) AS ?l) WHERE {{ VALUES ?x {{ {values} }} ?x rdfs:label ?name }}"
            for iri, name, language in before.rows(query):
                self._labels[str(iri)].setdefault(language or "", name or "")

    def label(self, iri: str) -> str | None:
        """The name of a resource, if it has one."""
        known = self._labels.get(iri, {})
        return next((known[tongue] for tongue in (self._language, "en", "", *sorted(known)) if tongue in known), None)

    def slug(self, iri: str) -> str:
        """``practice/trainings`` for a resource here, else the IRI as people write it."""
        start = self._minter.resources
        return iri.removeprefix(start) if iri.startswith(start) else compact(iri)

    def property(self, iri: str) -> str:
        """What a property is called."""
        return self._vocabulary.name(iri, self._language) or compact(iri).partition(":")[2] or iri

    def value(self, term: Any) -> str:
        """A value as people read it."""
        if isinstance(term, ox.Literal):
            return f"{term.value} ({term.language})" if term.language else term.value
        iri = term.value
        return self._vocabulary.name(iri, self._language) or self.label(iri) or self.slug(iri)
