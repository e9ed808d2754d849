"""A list: items found by words and facets, counted, a page at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.languages import LANGUAGES
from p4c_graph.namespaces import P4C, SCHEME
from p4c_graph.terms import local_name, unaccented
from p4c_graph.web.views.collections import Collection
from p4c_graph.web.views.data_text import DataText, best
from p4c_graph.web.views.facts import Names
from p4c_graph.web.views.visit import Visit

PER_PAGE = 25
_HIDDEN = ("text",)


@dataclass(frozen=True)
class Choice:
    """A value of a field: how addresses name it, what it is called, where it leads."""

    key: str
    label: DataText
    href: str | None = None
    iri: str | None = None


@dataclass(frozen=True)
class Item:
    """One thing of a list."""

    iri: str
    label: DataText
    href: str | None
    values: dict[str, tuple[Choice, ...]]
    words: str


@dataclass(frozen=True)
class FacetChoice:
    """A choice of a facet on a page: how many items it leaves, and the address that takes it or leaves it."""

    choice: Choice
    count: int
    chosen: bool
    address: str


@dataclass(frozen=True)
class Asked:
    """What a visitor chose: words, facet → keys, the page. Its addresses are those of the same list."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: int = 1

    @classmethod
    def read(cls, collection: Collection, given: Iterable[tuple[str, str]]) -> Asked:
        """What the query of an address asks. Raises InputError on what the list does not have."""
        words, page, chosen = "", 1, defaultdict[str, list[str]](list)
        for name, value in given:
            if name == "q":
                words = value[:200]
            elif name == "page":
                if not value.isdecimal() or not 1 <= int(value[:9]) <= 10**8:
                    raise InputError(
                        f"page is {value!r}; expected a whole number from 1", parameter="page",
                        french=f"page vaut « {value} » ; attendu : un nombre entier à partir de 1.")
                page = int(value[:9])
            elif name in collection.facets:
                if value and value not in chosen[name]:
                    chosen[name].append(value)
            elif name != "format":
                expected = ", ".join(sorted((*collection.facets, "q", "page", "format")))
                raise InputError(
                    f"there is no parameter {name!r}; expected {expected}", parameter=name,
                    french=f"Le paramètre « {name} » n'existe pas ; attendu : {expected}.")
        return cls(words, {name: tuple(keys) for name, keys in chosen.items() if keys}, page)

    def address(self, *, page: int = 1, without: str = "") -> str:
        """The query of the address of a page of this list."""
        pairs = [("q", self.words)] if self.words and without != "q" else []
        pairs += [(name, key) for name, keys in sorted(self.chosen.items()) if name != without for key in keys]
        pairs += [("page", str(page))] if page > 1 else []
        return f"?{urlencode(pairs)}" if pairs else "?"

    def toggled(self, facet: str, key: str) -> str:
        """The query of the address with one choice more, or less."""
        now = self.chosen.get(facet, ())
        then = tuple(k for k in now if k != key) if key in now else (*now, key)
        return Asked(self.words, {**self.chosen, facet: then}).address()


@dataclass(frozen=True)
class Listing:
    """What a page of a list shows."""

    collection: Collection
    asked: Asked
    total: int
    all: int
    items: list[Item]
    found: list[Item]
    facets: dict[str, list[FacetChoice]]
    pages: int

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON: the items of the page, and the counts of each facet."""
        return {
            "total": self.total, "page": self.asked.page, "pages": self.pages, "per_page": PER_PAGE,
            "results": [item_dict(item) for item in self.items],
            "facets": {name: [{"value": c.choice.key, "label": str(c.choice.label), "count": c.count}
                              for c in choices] for name, choices in self.facets.items()},
        }

    def rows(self) -> list[dict[str, Any]]:
        """All items found, a flat row each."""
        fields = [name for name in (*self.collection.fields, "country") if name not in _HIDDEN]
        return [{"id": item.iri, "label": str(item.label),
                 **{name: "; ".join(str(choice.label) for choice in item.values.get(name, ())) for name in fields}}
                for item in self.found]


def item_dict(item: Item) -> dict[str, Any]:
    """An item as JSON."""
    return {"id": item.iri, "label": str(item.label), **{
        name: [{"id": c.iri, "label": str(c.label)} if c.iri else str(c.label) for c in choices]
        for name, choices in item.values.items() if choices}}


async def items(visit: Visit, collection: Collection) -> list[Item]:
    """All items of a collection by name, read once a snapshot and language."""
    return await visit.once(("items", collection.name, visit.language), lambda: _read(visit, collection))


def select(collection: Collection, every: list[Item], asked: Asked) -> Listing:
    """The page of a list that is asked for. Raises InputError where a facet has no such value, a list no such page."""
    terms = unaccented(asked.words).split()
    worded = [item for item in every if all(term in item.words for term in terms)]
    fits = {name: _fitting(worded, name, keys) for name, keys in asked.chosen.items()}
    for name, keys in asked.chosen.items():
        known = {choice.key for item in every for choice in item.values.get(name, ())}
        for key in keys:
            if key not in known:
                near = ", ".join(sorted(known)[:12])
                raise InputError(
                    f"{name} has no value {key!r}; expected one of {near} …", parameter=name,
                    french=f"{name} ne vaut jamais « {key} » ; attendu : l'une des valeurs {near} …")
    found = [item for item in worded if all(item.iri in of for of in fits.values())]
    facets = {}
    for name in collection.facets:
        rest = [item for item in worded if all(item.iri in of for other, of in fits.items() if other != name)]
        facets[name] = _facet(rest, name, asked)
    pages = max(1, -(-len(found) // PER_PAGE))
    if asked.page > pages:
        raise InputError(
            f"page is {asked.page}; the list has {pages}", parameter="page",
            french=f"page vaut {asked.page} ; la liste en a {pages}.")
    start = (asked.page - 1) * PER_PAGE
    return Listing(collection, asked, len(found), len(every), found[start:start + PER_PAGE], found, facets, pages)


def _fitting(of: list[Item], name: str, keys: tuple[str, ...]) -> set[str]:
    return {item.iri for item in of if any(choice.key in keys for choice in item.values.get(name, ()))}


def _facet(of: list[Item], name: str, asked: Asked) -> list[FacetChoice]:
    chosen = asked.chosen.get(name, ())
    counts: Counter[Choice] = Counter()
    for item in of:
        counts.update(item.values.get(name, ()))
    made = [FacetChoice(choice, count, choice.key in chosen, asked.toggled(name, choice.key))
            for choice, count in counts.items()]
    return sorted(made, key=lambda c: (not c.chosen, -c.count, unaccented(c.choice.label), c.choice.key))


async def _read(visit: Visit, collection: Collection) -> list[Item]:
    parts = " UNION ".join(
        f'{{ {collection.items} . {pattern} BIND("{name}" AS ?field) }}' for name, pattern in collection.fields.items())
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in await visit.rows(f"SELECT DISTINCT ?item WHERE {{ {collection.items} }}"):
        assert isinstance(row["item"], ox.NamedNode)
        found[row["item"].value]
    things: set[str] = set()
    spoken: dict[str, dict[str, list[ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for row in await visit.rows(f"SELECT DISTINCT ?item ?field ?value WHERE {{ {parts} }}"):
        item, name, thing = row["item"], row["field"], row["value"]
        assert isinstance(item, ox.NamedNode)
        assert isinstance(name, ox.Literal)
        if isinstance(thing, ox.Literal) and thing.language and name.value not in _HIDDEN:
            spoken[item.value][name.value].append(thing)
        elif isinstance(thing, ox.NamedNode | ox.Literal):
            found[item.value][name.value].add(thing.value)
            if isinstance(thing, ox.NamedNode):
                things.add(thing.value)
    names = await Names.read(visit, things | found.keys())
    made = [_item(visit, iri, values, spoken[iri], names, things) for iri, values in found.items()]
    return sorted(made, key=lambda item: (_words(item, collection.order), unaccented(item.label), item.iri))


def _words(item: Item, name: str) -> list[str]:
    return [choice.label for choice in item.values.get(name, ())]


def _item(
    visit: Visit, iri: str, fields: dict[str, set[str]], spoken: dict[str, list[ox.Literal]], names: Names,
    things: set[str],
) -> Item:
    values = {
        name: tuple(sorted((_choice(visit, value, names, is_thing=value in things) for value in of),
                           key=lambda choice: (unaccented(choice.label), choice.key)))
        for name, of in sorted(fields.items()) if name not in _HIDDEN}
    values |= {name: _texts(literals, visit.language) for name, literals in spoken.items()}
    gazetteer = visit.graph.gazetteer
    countries = {country.iri for place in fields.get("place", ()) if place in gazetteer.by_iri
                 and (country := gazetteer.country_of(gazetteer.by_iri[place]))}
    values["country"] = tuple(_choice(visit, country, names, is_thing=True) for country in sorted(countries))
    if region := gazetteer.by_iri.get(iri):
        values["code"] = (Choice(region.slug, DataText(region.slug)),)
    words = " ".join(unaccented(text) for text in (*names.every(iri), local_name(iri), *fields.get("text", ())))
    return Item(iri, names.label(iri), visit.href(iri), values, words)


def _texts(literals: list[ox.Literal], language: str) -> tuple[Choice, ...]:
    """Texts in the page's language; one alone has the same key in every language, so that its address holds in all."""
    keys, labels = best(literals, LANGUAGES[0]), best(literals, language)
    return tuple(Choice(str(keys[0] if len(labels) == len(keys) == 1 else label), label) for label in labels)


def _choice(visit: Visit, value: str, names: Names, *, is_thing: bool) -> Choice:
    if not is_thing:
        return Choice(value, DataText(value))
    key = local_name(value) if value.startswith((P4C, SCHEME)) or "/id/" in value or "/nace2/" in value else value
    return Choice(key, names.label(value), visit.href(value), value)
