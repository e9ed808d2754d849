"""What people call things → the slugs that stand in tables: concepts in either language, resources, regions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from rapidfuzz import fuzz, process

from p4c_graph.errors import AmbiguousName, InputError, UnknownName
from p4c_graph.intake.csvw import Column, Table
from p4c_graph.intake.problems import CellError
from p4c_graph.intake.sources import Library
from p4c_graph.intake.vocabulary import Choice, Vocabulary
from p4c_graph.languages import LANGUAGES
from p4c_graph.namespaces import RDF
from p4c_graph.regions import Gazetteer, Rows, fold
from p4c_graph.terms import Minter, slugify

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
REGION = "region"
_NEAR, _CUTOFF = 3, 60
_MOST_NEAR = 300
"""Near matches are looked for at most this many times a file: a wrong column would ask for thousands."""
_SHOWN_WITH_SLUG = re.compile(r"(.+) \(([A-Za-z0-9._-]+)\)")
_CHOICES_NAMED = 8
_NAMED = """SELECT ?x ?name (LANG(?name) AS ?language) WHERE {{
  ?x a <{kind}> OPTIONAL {{ ?x rdfs:label|skos:prefLabel|dct:title ?name }} }}"""

KINDS: dict[str, dict[str, str]] = {
    "practice": {"en": "a practice", "fr": "une pratique"},
    "organisation": {"en": "an organisation", "fr": "une organisation"},
    "application": {"en": "a field test or another application", "fr": "un test de terrain ou une autre application"},
    "project": {"en": "a project", "fr": "un projet"},
    "indicator": {"en": "an indicator", "fr": "un indicateur"},
    "scale": {"en": "a scale", "fr": "une échelle"},
    "source": {"en": "a source", "fr": "une source"},
}
"""Kind of resource → what messages call one."""


class Names:
    """Finds what is meant by a name: in the graph that is there, and among what a file itself defines.

    ``dataset`` and ``gazetteer`` are those of the snapshot that the file is to join; lists of names are read from it
    when a name is not a slug.
    """

    def __init__(self, dataset: Rows, gazetteer: Gazetteer, minter: Minter, library: Library | None = None) -> None:
        library = library or Library.shipped()
        self._dataset, self._gazetteer, self.minter = dataset, gazetteer, minter
        self.vocabulary = Vocabulary.shipped()
        self.tables: list[Table] = [*library.templates, *library.tables]
        self._classes = _classes(self.tables)
        self._there: dict[str, dict[str, set[str]]] = {}
        self._labels: dict[tuple[str, str], dict[str, str]] = {}

    def has(self, kind: str, slug: str) -> bool:
        """Whether the graph describes a resource of this kind and slug."""
        if not ID.fullmatch(slug) or kind not in self._classes:
            return False
        classes = " ".join(f"<{iri}>" for iri in sorted(self._classes[kind]))
        iri = self.minter.resource(kind, slug)
        query = f"SELECT ?class WHERE {{ VALUES ?class {{ {classes} }} <{iri}> a ?class }} LIMIT 1"
        return any(True for _ in self._dataset.rows(query))

    def there(self, kind: str) -> Mapping[str, set[str]]:
        """Slug → names, of all resources of a kind in the graph."""
        if kind not in self._there:
            found: dict[str, set[str]] = defaultdict(set)
            for iri_of_class in sorted(self._classes.get(kind, ())):
                for iri, name, language in self._dataset.rows(_NAMED.format(kind=iri_of_class)):
                    if slug := self.minter.slug(kind, str(iri)):
                        found[slug].update([name] if name else ())
                        self._labels.setdefault((kind, slug), {}).setdefault(language or "", name or slug)
            self._there[kind] = found
        return self._there[kind]

    def shown(self, kind: str, slug: str, language: str) -> str:
        """The name of a resource of the graph in a language, else in English, else any, else its slug."""
        self.there(kind)
        labels = self._labels.get((kind, slug), {})
        return next((labels[tongue] for tongue in (language, "en", "", *sorted(labels)) if tongue in labels), slug)

    def region(self, text: str) -> str:
        """The slug of the region that a code of any version or a name means. Raises CellError."""
        if shown := _SHOWN_WITH_SLUG.fullmatch(text):
            region = self._gazetteer.by_slug.get(shown[2])
            if region and fold(region.label) == fold(shown[1]):
                return region.slug
        try:
            return self._gazetteer.find(text).slug
        except UnknownName as error:
            raise CellError("unknown-region", value=text, near=error.near) from None
        except AmbiguousName as error:
            raise CellError("ambiguous-name", value=text, candidates="; ".join(error.candidates)) from None
        except InputError:
            raise CellError("unknown-region", value=text) from None

    def regions(self) -> list[tuple[str, str]]:
        """(slug, name) of the regions a list offers: territories and NUTS levels 0 to 2 of the reference edition."""
        return [(region.slug, region.label) for region in self._gazetteer.regions
                if region.level != 3 and not region.of_other_edition]


class FileNames:
    """Names as they are used in one file: what it defines itself comes first, then the graph."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._own: dict[str, dict[str, set[str]]] = defaultdict(dict)
        self._by_name: dict[str, dict[str, set[str]]] = {}
        self._asked = 0
        self.slug = lru_cache(maxsize=100_000)(self._slug)
        self._concept_of = lru_cache(maxsize=100_000)(self._find_concept)

    def define(self, kind: str, slug: str, names: Collection[str]) -> None:
        """Takes note of a resource that the file describes."""
        self._own[kind].setdefault(slug, set()).update(names)
        if kind in self._by_name:
            for name in names:
                self._by_name[kind].setdefault(fold(name), set()).add(slug)

    # ── resources ──────────────────────────────────────────────────────────────────────────────────────────────

    def _slug(self, kind: str, text: str) -> str:
        """The slug of the resource of a kind that a slug, address or name means. Raises CellError."""
        slug = self._names.minter.slug(kind, text) or text
        if slug in self._own[kind]:
            return slug
        if kind == REGION:
            return self._one(kind, text) or self._names.region(slug)
        if self._names.has(kind, slug):
            return slug
        if found := self._one(kind, text):
            return found
        if (shown := _SHOWN_WITH_SLUG.fullmatch(text)) and (shown[2] in self._own[kind]
                                                            or self._names.has(kind, shown[2])):
            return shown[2]
        if (likely := slugify(text)) in self._own[kind] or self._names.has(kind, likely):
            return likely
        known = {**self._names.there(kind), **self._own[kind]}
        near = [f"{name} ({slug})" if name and fold(name) != fold(slug) else name or slug
                for slug, name in self._near(text, known).items()]
        raise CellError("unknown-name", value=text, kind=KINDS.get(kind, {"en": kind, "fr": kind}), near=near)

    def _one(self, kind: str, text: str) -> str | None:
        """The one thing of this name; CellError where there are several."""
        if kind not in self._by_name:
            index: dict[str, set[str]] = defaultdict(set)
            there = {} if kind == REGION else self._names.there(kind)
            for slug, names in [*there.items(), *self._own[kind].items()]:
                for name in names:
                    index[fold(name)].add(slug)
            self._by_name[kind] = index
        found = self._by_name[kind].get(fold(text), set())
        if len(found) > 1:
            raise CellError("ambiguous-name", value=text, candidates="; ".join(sorted(found)))
        return next(iter(found), None)

    # ── concepts and classes ───────────────────────────────────────────────────────────────────────────────────

    def concepts(self, column: Column, text: str, language: str) -> list[str] | None:
        """The slugs of the concepts in a cell; None where the column takes none. Raises CellError.

        A name may hold the separator itself: the longest run of parts that is a name counts as one.
        """
        choices = self._names.vocabulary.choices(column)
        if choices is None:
            return None
        if not column.separator:
            return [self._concept(choices, text, language)]
        parts = [part.strip() for part in text.split(column.separator)]
        found, start = [], 0
        while start < len(parts):
            runs = ((end, self._concept_of(choices, f"{column.separator} ".join(parts[start:end])))
                    for end in range(min(len(parts), start + 4), start, -1))
            end, slug = next(((end, slug) for end, slug in runs if slug), (start + 1, None))
            if slug or parts[start]:
                found.append(slug or self._concept(choices, parts[start], language))
            start = end
        return found

    def _concept(self, choices: tuple[Choice, ...], text: str, language: str) -> str:
        if slug := self._concept_of(choices, text):
            return slug
        near = self._near(text, {choice.slug: choice.names for choice in choices})
        labels = [choice.label(language) for slug in near for choice in choices if choice.slug == slug]
        raise CellError("unknown-concept", value=text, near=labels, expected={
            tongue: _alternatives([choice.label(tongue) for choice in choices], tongue) for tongue in LANGUAGES
        })

    @staticmethod
    def _find_concept(choices: tuple[Choice, ...], text: str) -> str | None:
        wanted = fold(text)
        for choice in choices:
            if text in (choice.slug, choice.iri):
                return choice.slug
        named = (choice.slug for choice in choices if wanted in map(fold, (choice.slug, *choice.names)))
        return next(named, None) if wanted else None

    def _near(self, text: str, known: Mapping[str, Collection[str]]) -> dict[str, str]:
        """Slug → the name by which it looks like a text, best first."""
        self._asked += 1
        if self._asked > _MOST_NEAR:
            return {}
        names = {fold(slug): (slug, next(iter(sorted(called)), "")) for slug, called in known.items()}
        names |= {fold(name): (slug, name) for slug, called in known.items() for name in called}
        best: dict[str, str] = {}
        for key, _, _ in process.extract(fold(text), list(names), scorer=fuzz.WRatio, limit=12, score_cutoff=_CUTOFF):
            slug, name = names[key]
            best.setdefault(slug, name)
        return dict(list(best.items())[:_NEAR])


def checked_id(text: str) -> str:
    """The text, where it may be an identifier. Raises CellError with one that may."""
    if ID.fullmatch(text):
        return text
    raise CellError("not-an-id", value=text, instead=slugify(text) or "joint-trade-missions")


def _alternatives(labels: list[str], language: str) -> str:
    """A list in words; of a long one the beginning."""
    word = {"en": "or", "fr": "ou"}[language]
    if len(labels) > _CHOICES_NAMED:
        return ", ".join(labels[:_CHOICES_NAMED]) + "…"
    return f"{', '.join(labels[:-1])} {word} {labels[-1]}" if len(labels) > 1 else labels[0]


def _classes(tables: Iterable[Table]) -> dict[str, set[str]]:
    """Kind of resource → its classes, as the tables say of what their rows are about."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        if about := re.fullmatch(r"id/([a-z-]+)/.*", table.about_url or ""):
            found[about[1]].update(
                column.value_url for column in table.columns
                if column.virtual and not column.about_url and column.property_url == RDF.type
                and column.value_url and "{" not in column.value_url)
    return found
