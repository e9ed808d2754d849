"""Things named by people: an IRI, slug, code or name → the IRI of the region, practice, concept… that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from p4c_graph.errors import AmbiguousName, InputError, UnknownName, did_you_mean
from p4c_graph.namespaces import P4C, PREFIXES
from p4c_graph.questions.head import CLASS, PROPERTY, RESOURCE, Choices, Parameter
from p4c_graph.questions.values import shown
from p4c_graph.regions import Gazetteer, Rows, fold
from p4c_graph.terms import Minter, compact, local_name

NEAR = 3
"""How many near matches a message offers."""

_NAMES = "rdfs:label|skos:prefLabel|skos:notation|dct:title"
_RESOURCE = re.compile(r"[a-z][a-z-]*/[^\s/<>\"{}|^`\\]+")


@dataclass(frozen=True)
class Choice:
    """One value a parameter may have, and its name in the language asked for."""

    value: str
    label: str


class Resolver:
    """Finds what a person means by a name, in one dataset; remembers what it asked."""

    def __init__(self, dataset: Rows, gazetteer: Gazetteer, minter: Minter | None = None) -> None:
        self._dataset, self._gazetteer, self._minter = dataset, gazetteer, minter or Minter()
        self._candidates: dict[object, dict[str, list[tuple[str, str]]]] = {}

    def resolve(self, parameter: Parameter, text: str) -> str:
        """The IRI that a text stands for as a value of a parameter.

        Raises UnknownName with near matches, or AmbiguousName with the candidates.
        """
        if parameter.type == P4C.Region and not parameter.choices:
            return self._gazetteer.find(text, parameter=parameter.name).iri
        if parameter.type in (RESOURCE, PROPERTY):
            return self._described(parameter, text)
        return self._named(parameter, text)

    def choices(self, parameter: Parameter, language: str = "en") -> list[Choice]:
        """All values a parameter may have, by name; none where any text or number will do."""
        if parameter.choices and parameter.choices.values and parameter.is_literal:
            return [Choice(value, value) for value in parameter.choices.values]
        if parameter.is_literal or parameter.type in (RESOURCE, PROPERTY):
            return []
        if parameter.type == P4C.Region and not parameter.choices:
            regions = self._gazetteer.regions
            return sorted((Choice(r.slug, f"{r.label} ({r.slug})") for r in regions), key=lambda c: fold(c.label))
        found = self._all(parameter)
        slugs = [local_name(iri) for iri in found]
        named = (
            Choice(slug if slugs.count(slug) == 1 else iri, _best(labels, language) or slug)
            for slug, (iri, labels) in zip(slugs, found.items(), strict=True)
        )
        return sorted(named, key=lambda choice: (fold(choice.label), choice.value))

    # ── by name ────────────────────────────────────────────────────────────────────────────────────────────────

    def _named(self, parameter: Parameter, text: str) -> str:
        known = self._all(parameter)
        if text in known:
            return text
        by_slug = [iri for iri in known if local_name(iri) == text or compact(iri) == text]
        wanted = fold(text)
        found = by_slug or [iri for iri, names in known.items() if any(fold(name) == wanted for name, _ in names)]
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousName(
                f"{parameter.name}: several things are called {shown(text)}.", parameter=parameter.name,
                candidates=[local_name(iri) for iri in found])
        raise UnknownName(
            f"{parameter.name} is {shown(text)}; expected {self._expected(parameter)}.",
            parameter=parameter.name, near=self._near(text, known))

    def _expected(self, parameter: Parameter) -> str:
        if parameter.type == CLASS:
            return "one of " + ", ".join(compact(iri) for iri in self._all(parameter))
        what = re.sub("(?<=[a-z])(?=[A-Z])", " ", local_name(parameter.type)).lower().replace("organiz", "organis")
        if parameter.choices and parameter.choices.scheme:
            what = f"concept of the scheme {local_name(parameter.choices.scheme)}"
        return f"the slug, IRI or name of {'an' if what[0] in 'aeiou' else 'a'} {what}"

    def _near(self, text: str, known: dict[str, list[tuple[str, str]]]) -> list[str]:
        names = {fold(name): iri for iri, labels in known.items() for name, _ in labels}
        names |= {fold(local_name(iri)): iri for iri in known}
        found = process.extract(fold(text), list(names), scorer=fuzz.WRatio, limit=12, score_cutoff=60)
        best = list(dict.fromkeys(names[key] for key, _, _ in found))[:NEAR]
        called = {iri: _best(known[iri], "en") for iri in best}
        return [f"{local_name(iri)} ({name})" if name else local_name(iri) for iri, name in called.items()]

    def _all(self, parameter: Parameter) -> dict[str, list[tuple[str, str]]]:
        """IRI → its names with their languages, of all things that may be the value."""
        key = (parameter.type, parameter.choices)
        if key not in self._candidates:
            found: dict[str, list[tuple[str, str]]] = {}
            for iri, name, language in self._dataset.rows(_candidates(parameter.type, parameter.choices)):
                names = found.setdefault(str(iri), [])
                if name is not None:
                    names.append((name, language or ""))
            self._candidates[key] = {iri: sorted(found[iri]) for iri in sorted(found)}
        return self._candidates[key]

    # ── anything described ─────────────────────────────────────────────────────────────────────────────────────

    def _described(self, parameter: Parameter, text: str) -> str:
        """An IRI, prefixed name, or ``kind/slug`` of something that the dataset speaks of."""
        predicate = parameter.type == PROPERTY
        for iri in self._readings(text, predicate):
            pattern = f"?s <{iri}> ?o" if predicate else f"<{iri}> ?p ?o"
            if any(True for _ in self._dataset.rows(f"SELECT * WHERE {{ {pattern} }} LIMIT 1")):
                return iri
        if predicate:
            near = self._near(text, {iri: [] for iri in self._properties})
            expected = "a property in use, such as p4c:theme"
        else:
            near, expected = [], "something described here: an IRI, or kind/slug such as practice/european-networking"
        raise UnknownName(
            f"{parameter.name} is {shown(text)}; expected {expected}.", parameter=parameter.name, near=near)

    def _readings(self, text: str, predicate: bool) -> Iterator[str]:
        prefix, colon, local = text.partition(":")
        if colon and prefix in PREFIXES:
            text = PREFIXES[prefix] + local
        elif predicate and text.isidentifier():
            text = P4C[text]
        elif _RESOURCE.fullmatch(text):
            text = self._minter.resource(*text.split("/", 1))
        if text.startswith(("http://", "https://")):
            try:
                yield ox.NamedNode(text).value
            except ValueError:
                return

    @cached_property
    def _properties(self) -> list[str]:
        rows = self._dataset.rows("SELECT DISTINCT ?p WHERE { ?s ?p ?o }")
        return sorted(str(iri) for iri, in rows)


def _candidates(kind: str, choices: Choices | None) -> str:
    """The query for all things that may be a value: IRI, name, language."""
    if choices and choices.query:
        inner = f"{{ {choices.query} }} BIND(?value AS ?x) BIND(?label AS ?name)"
    else:
        if choices and choices.scheme:
            pattern = f"?x skos:inScheme <{choices.scheme}> ."
        elif choices and choices.values:
            pattern = f"VALUES ?x {{ {' '.join(choices.values)} }}"
        else:
            pattern = f"?x a <{kind}> ."
        inner = f"{pattern} OPTIONAL {{ ?x {_NAMES} ?name }}"
    return f"SELECT DISTINCT ?x ?name (LANG(?name) AS ?language) WHERE {{ {inner} }}"


def _best(labels: list[tuple[str, str]], language: str) -> str | None:
    """The name in a language, else in English, else any."""
    def order(label: tuple[str, str]) -> tuple[int, str]:
        tag = label[1].lower()
        return (0 if tag == language.lower() else 1 if tag == "en" else 2 if tag else 3, label[0])

    return min(labels, key=order)[0] if labels else None


def check_choice(parameter: Parameter, text: str) -> None:
    """Raises InputError where a literal parameter lists its values and this is none of them."""
    allowed = parameter.choices.values if parameter.choices else ()
    if allowed and text not in allowed:
        near = [name for name, _, _ in process.extract(text, list(allowed), limit=1, score_cutoff=60)]
        raise InputError(
            f"{parameter.name} is {shown(text)}; expected one of {', '.join(allowed)}.{did_you_mean(near)}",
            parameter=parameter.name)
