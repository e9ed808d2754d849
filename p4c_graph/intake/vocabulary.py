"""What may stand in a column that takes concepts or classes: the model's own, with their names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

import pyoxigraph as ox

from p4c_graph.intake.csvw import Column
from p4c_graph.intake.sources import Library
from p4c_graph.namespaces import NACE, OWL, P4C, RDF, RDFS, ROOT, SCHEME, SKOS
from p4c_graph.terms import local_name

_NAMES = (SKOS.prefLabel, RDFS.label)
_OTHER_NAMES = (SKOS.altLabel, SKOS.notation)


@dataclass(frozen=True, eq=False)
class Choice:
    """One value of a list: its slug as it stands in tables, its names and what it means."""

    slug: str
    iri: str
    labels: dict[str, str] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        """All it is called."""
        return {*self.labels.values(), *self.others}

    def label(self, language: str) -> str:
        """Its name in a language, else in English, else its slug."""
        return self.labels.get(language) or self.labels.get("en") or self.slug


class Vocabulary:
    """The concepts and classes of the model, read from its files."""

    def __init__(self, library: Library) -> None:
        self._said: dict[str, dict[str, list[ox.Literal | ox.NamedNode]]] = defaultdict(lambda: defaultdict(list))
        for file in library.model():
            for quad in ox.parse(path=str(file.path), format=ox.RdfFormat.TURTLE, base_iri=ROOT):
                if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal | ox.NamedNode):
                    self._said[quad.subject.value][quad.predicate.value].append(quad.object)

    @classmethod
    @cache
    def shipped(cls) -> Vocabulary:
        """The one of this installation."""
        return cls(Library.shipped())

    def choices(self, column: Column) -> tuple[Choice, ...] | None:
        """The list that a column takes its values from; None where any thing of a kind, text or number will do."""
        template, variable = column.value_url or "", f"{{{column.reads}}}"
        if not template.startswith((SCHEME, NACE, P4C)) or not template.endswith(variable):
            return None
        start = template.removesuffix(variable)
        return self._classes(column.subclass_of) if column.subclass_of else self._concepts(start)

    def name(self, iri: str, language: str) -> str | None:
        """What the model calls a class, property or concept in a language, else in English; None where it does not."""
        names = self._tagged(iri, _NAMES)
        return names.get(language) or names.get("en")

    @cache  # noqa: B019 - one vocabulary lives as long as the program
    def _concepts(self, start: str) -> tuple[Choice, ...] | None:
        found = [iri for iri, said in self._said.items() if iri.startswith(start) and SKOS.inScheme in said]
        return tuple(self._choice(iri) for iri in found) or None

    @cache  # noqa: B019
    def _classes(self, top: str) -> tuple[Choice, ...]:
        below = {top}
        while more := {iri for iri, said in self._said.items() if iri not in below
                       and any(parent.value in below for parent in said.get(RDFS.subClassOf, ()))}:
            below |= more
        found = [iri for iri, said in self._said.items()
                 if iri in below and iri != top and any(kind.value == OWL.Class for kind in said[RDF.type])]
        values = [self._choice(iri) for iri in found]
        for said in self._said.values():
            # A concept that points to a class is another name of it.
            for value in values:
                if SKOS.inScheme in said and any(other.value == value.iri for other in said.get(RDFS.seeAlso, ())):
                    value.others.update(name.value for name in said[SKOS.prefLabel])
        return tuple(values)

    def _choice(self, iri: str) -> Choice:
        said = self._said[iri]
        others = {name.value for predicate in _OTHER_NAMES for name in said.get(predicate, ())}
        meanings = self._tagged(iri, (SKOS.definition, RDFS.comment))
        return Choice(local_name(iri), iri, self._tagged(iri, _NAMES), meanings, others)

    def _tagged(self, iri: str, predicates: tuple[str, ...]) -> dict[str, str]:
        texts = (text for predicate in predicates for text in self._said.get(iri, {}).get(predicate, ()))
        return {text.language or "en": text.value for text in texts if isinstance(text, ox.Literal)}
