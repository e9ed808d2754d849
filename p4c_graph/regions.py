"""Regions: codes of every version, names, territories, parents; what a person types → the region meant."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import orjson
from rapidfuzz import fuzz, process

from p4c_graph.errors import AmbiguousName, InputError, UnknownName
from p4c_graph.terms import local_name, unaccented


class Rows(Protocol):
    """Anything that answers a SELECT with rows of strings, numbers or None."""

    def rows(self, query: str) -> Iterator[tuple[str | None, ...]]:
        """The rows of a SELECT, in the order of its variables."""
        ...


@dataclass
class Region:
    """One region: a NUTS unit, or a territory of its own that NUTS regions approximate (``level`` None)."""

    iri: str
    slug: str
    label: str
    level: int | None
    parent: str | None = None
    country: str | None = None
    names: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    approximated_by: list[str] = field(default_factory=list)
    latitude: float | None = None
    longitude: float | None = None
    languages: list[str] = field(default_factory=list)
    structural: bool = False
    """Whether it is a NUTS 2 region of the reference edition (2021), among which similarity is computed."""
    editions: list[str] = field(default_factory=list)
    """The NUTS editions it is in; none for a territory."""

    @property
    def of_other_edition(self) -> bool:
        """Whether it is a NUTS region of other editions than that of reference only."""
        return bool(self.editions) and REFERENCE_EDITION not in self.editions


@dataclass(frozen=True)
class CodeChange:
    """Where the area of a former code went: old code, version, new region, share of the old people."""

    old: str
    version: str
    region: str
    share: float | None


REFERENCE_EDITION = "2021"
EU27 = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
))
"""Codes of the member states since 2020, as NUTS writes them."""
_CARRIES_ON = 0.98
"""The share of a former region's people from which the region they went to carries it on."""
_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]{0,3}", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_ADDED = re.compile(r"\(.*?\)|,.*|^(?:prov|arr)\. ", re.IGNORECASE)
"""What official names add to those in use: ``Limburg (NL)``, ``Prov. Namur``, ``Stuttgart, Stadtkreis``."""

_REGIONS = """
SELECT ?region ?label (LANG(?label) AS ?language) ?level ?parent ?country ?lat ?long WHERE {
  ?region a p4c:Region ; rdfs:label ?label .
  OPTIONAL { ?region p4c:level ?level }
  OPTIONAL { ?region p4c:broaderRegion ?parent }
  OPTIONAL { ?region p4c:country ?country }
  OPTIONAL { ?region wgs:lat ?lat ; wgs:long ?long }
}"""
_CODES = "SELECT ?region ?code WHERE { ?region adms:identifier ?identifier . ?identifier skos:notation ?code }"
_EDITIONS = "SELECT ?region ?edition WHERE { ?region p4c:nutsVersion ?edition ; a p4c:Region }"
_APPROXIMATIONS = "SELECT ?region ?by WHERE { ?region p4c:approximatedBy ?by }"
_LANGUAGES = "SELECT ?region ?language WHERE { ?region p4c:officialLanguage ?language }"
_CHANGES = """
SELECT ?old ?version ?region ?share WHERE {
  ?change a p4c:CodeChange ; p4c:oldCode ?old ; p4c:oldVersion ?version ; p4c:newRegion ?region .
  OPTIONAL { ?change p4c:shareOldPopulation ?share }
}"""


def fold(text: str) -> str:
    """A name without accents, case, punctuation: what two spellings of a name share."""
    return _BETWEEN_WORDS.sub(" ", unaccented(text)).strip()


def alike(asked: str, name: str, **_: object) -> float:
    """0 to 100: how alike two folded names are, as a whole or, a little less, in one long word of the name."""
    words = (word for word in name.split() if len(word) > 4)
    return max(fuzz.ratio(asked, name), max((0.9 * fuzz.ratio(asked, word) for word in words), default=0.0))


class Gazetteer:
    """All regions of a snapshot, found by IRI, code of any version, or name."""

    def __init__(self, regions: Iterable[Region], changes: Iterable[CodeChange] = ()) -> None:
        self.regions = sorted(regions, key=lambda region: region.slug)
        self.changes = list(changes)
        self.by_iri = {region.iri: region for region in self.regions}
        self.by_slug = {region.slug: region for region in self.regions}
        self._by_any_case = {slug.casefold(): region for slug, region in self.by_slug.items()}

    @classmethod
    def read(cls, dataset: Rows) -> Gazetteer:
        """The regions a dataset describes."""
        found: dict[str, Region] = {}
        names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for iri, label, language, level, parent, country, lat, long in dataset.rows(_REGIONS):
            assert iri
            names[iri].append((language or "", label or ""))
            found[iri] = Region(
                iri, local_name(iri), "", None if level is None else int(level), parent, country,
                latitude=None if lat is None else float(lat), longitude=None if long is None else float(long),
            )
        codes, editions, approximations, languages = (
            _values(dataset, query) for query in (_CODES, _EDITIONS, _APPROXIMATIONS, _LANGUAGES))
        changes = [
            CodeChange(str(old), str(version), str(region), None if share is None else float(share))
            for old, version, region, share in dataset.rows(_CHANGES)
        ]
        for region in found.values():
            region.label = _shown(names[region.iri])
            region.names = sorted({name for _, name in names[region.iri]})
            region.codes, region.editions = codes.get(region.iri, []), editions.get(region.iri, [])
            region.approximated_by = approximations.get(region.iri, [])
            region.languages = languages.get(region.iri, [])
            region.structural = region.level == 2 and REFERENCE_EDITION in region.editions
        return cls(found.values(), sorted(changes, key=lambda c: (c.old, c.version, c.region)))

    def save(self, path: Path) -> None:
        """Writes all of it to one JSON file."""
        path.write_bytes(orjson.dumps({
            "regions": [asdict(region) for region in self.regions],
            "changes": [asdict(change) for change in self.changes],
        }))

    @classmethod
    def load(cls, path: Path) -> Gazetteer:
        """What ``save`` wrote."""
        stored = orjson.loads(path.read_bytes())
        changes = (CodeChange(**change) for change in stored["changes"])
        return cls((Region(**region) for region in stored["regions"]), changes)

    # ── finding ────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _by_code(self) -> dict[str, list[Region]]:
        index: dict[str, list[Region]] = defaultdict(list)
        for region in self.regions:
            for code in region.codes:
                index[code.upper()].append(region)
        return index

    @cached_property
    def _by_name(self) -> dict[str, list[Region]]:
        """Folded name → regions; a name without its additions where no region has it as it is."""
        index, shorter = defaultdict[str, list[Region]](list), defaultdict[str, list[Region]](list)
        for region in self.regions:
            whole = {fold(name) for name in region.names}
            parts = {fold(part) for name in region.names for part in _ADDED.sub("", name).split("/")}
            for key in whole:
                index[key].append(region)
            for key in parts - whole - {""}:
                shorter[key].append(region)
        return {**shorter, **index}

    def find(self, text: str, *, parameter: str = "region") -> Region:
        """The region a person means by a code of any version, an IRI, a slug or a name.

        A name shared by a region and its only part means the NUTS 2 region. Raises UnknownName with near
        matches, AmbiguousName with the candidates.
        """
        text = text.strip()
        if not text:
            raise InputError(
                f"{parameter} is empty; expected a NUTS code such as FRL0, or a name", parameter=parameter,
                french="Il manque la région ; attendu : un code NUTS tel que FRL0, ou un nom.")
        if region := self.by_iri.get(text) or self._by_any_case.get(text.casefold()):
            return region
        if region := self._former(text, parameter) or self._named(text, parameter):
            return region
        raise UnknownName(
            f"No region has the code or name {text!r}; expected a NUTS code of any version or a name.",
            parameter=parameter, near=self.near(text),
            french=f"Aucune région n'a le code ou le nom « {text} » ; attendu : un code NUTS, ou un nom.",
        )

    def _former(self, code: str, parameter: str) -> Region | None:
        """The region that has, or carries on, a code; AmbiguousName where its area went to several."""
        code = code.upper()
        if len(same := self._by_code.get(code, [])) == 1:
            return same[0]
        changes = [change for change in self.changes if change.old == code and change.region in self.by_iri]
        if same and not changes:
            raise AmbiguousName(
                f"Several regions had the code {code}.", parameter=parameter,
                french=f"Plusieurs régions ont eu le code {code}.",
                candidates=[self._described(region) for region in same],
            )
        if not changes:
            return None
        latest = max(change.version for change in changes)
        heirs = sorted((c for c in changes if c.version == latest), key=lambda change: -(change.share or 0))
        if len(heirs) == 1 or (heirs[0].share or 0) >= _CARRIES_ON:
            return self.by_iri[heirs[0].region]
        raise AmbiguousName(
            f"The former code {code} (NUTS {latest}) was divided.", parameter=parameter,
            french=f"L'ancien code {code} (NUTS {latest}) a été partagé.",
            candidates=[self._described(self.by_iri[change.region], change.share) for change in heirs],
        )

    def _named(self, name: str, parameter: str) -> Region | None:
        found = self._meant(self._by_name.get(fold(name), []))
        if len(found) > 1:
            raise AmbiguousName(
                f"Several regions are called {name!r}.", parameter=parameter,
                french=f"Plusieurs régions s'appellent « {name} ».",
                candidates=[self._described(region) for region in found],
            )
        return found[0] if found else None

    def _meant(self, found: list[Region]) -> list[Region]:
        """Of regions of one name those of the reference edition; of those that lie inside each other one.

        That is the NUTS 2 region, or the largest where none is of level 2.
        """
        found = [region for region in found if not region.of_other_edition] or found
        chain = sorted(found, key=lambda region: -1 if region.level is None else region.level)
        if any(high.level is None or high not in self.lineage(low) for high, low in pairwise(chain)):
            return found
        return [region for region in chain if region.level == 2][:1] or chain[:1]

    @staticmethod
    def _described(region: Region, share: float | None = None) -> str:
        part = f", {share:.0%} of its people" if share is not None else ""
        return f"{region.slug} ({region.label}{part})"

    def near(self, text: str, limit: int = 3) -> list[str]:
        """Codes and names that look like a text, best first."""
        if _CODE.fullmatch(text):
            codes = process.extract(text.upper(), list(self._by_code), scorer=fuzz.ratio, score_cutoff=70)
            if codes:
                return _first((self._described(self._by_code[code][0]) for code, _, _ in codes), limit)
        names = process.extract(fold(text), list(self._by_name), scorer=alike, score_cutoff=65)
        return _first((self._described(self._meant(self._by_name[name])[0]) for name, _, _ in names), limit)

    # ── the tree ───────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _children(self) -> dict[str, list[Region]]:
        children: dict[str, list[Region]] = defaultdict(list)
        for region in self.regions:
            if region.parent:
                children[region.parent].append(region)
        return children

    def lineage(self, region: Region) -> list[Region]:
        """The regions that contain it, nearest first."""
        found: list[Region] = []
        while region.parent and (parent := self.by_iri.get(region.parent)) and parent not in found:
            found.append(parent)
            region = parent
        return found

    def parts(self, region: Region) -> list[Region]:
        """All regions inside it, at every level."""
        found, seen = [region], {region.iri}
        for whole in found:
            inside = [part for part in self._children.get(whole.iri, []) if part.iri not in seen]
            seen.update(part.iri for part in inside)
            found.extend(inside)
        return found[1:]

    @cached_property
    def units(self) -> list[Region]:
        """The NUTS 2 regions among which similarity is computed, by code."""
        return [region for region in self.regions if region.structural]

    def units_of(self, region: Region) -> list[Region]:
        """The NUTS 2 regions that stand for a region: itself, the one it lies in, or those it consists of."""
        if region.structural:
            return [region]
        if others := self._stand_ins(region):
            return _unique(unit for other in others for unit in self.units_of(other))
        if above := [parent for parent in self.lineage(region) if parent.structural]:
            return above[:1]
        return [part for part in self.parts(region) if part.structural]

    def _stand_ins(self, region: Region) -> list[Region]:
        """The NUTS regions that approximate a territory, or that a region of another edition carries on."""
        if region.level is None:
            near = (self.by_iri[iri] for iri in region.approximated_by if iri in self.by_iri)
            return [other for other in near if other.level is not None]
        if not region.of_other_edition:
            return []
        changes = [change for change in self.changes if change.region == region.iri]
        measured = [change.old for change in changes if change.share is not None]
        before = measured or [change.old for change in changes]
        known = (self.by_slug[old] for old in before if old in self.by_slug)
        return _unique(other for other in known if not other.of_other_edition)

    def atoms(self, region: Region) -> list[Region]:
        """A region and the NUTS regions that stand for it."""
        return [region, *(atom for other in self._stand_ins(region) for atom in self.atoms(other))]

    def related(self, region: Region) -> set[str]:
        """The IRIs of all NUTS regions it contains, lies in or is."""
        found: set[str] = set()
        for atom in self.atoms(region):
            found.update(other.iri for other in [atom, *self.lineage(atom), *self.parts(atom)])
        return found

    def country_of(self, region: Region) -> Region | None:
        """The country a region lies in."""
        if region.level == 0:
            return region
        if region.country and region.country in self.by_iri:
            return self.by_iri[region.country]
        above = (parent for other in [region, *self.units_of(region)] for parent in self.lineage(other))
        return next((parent for parent in above if parent.level == 0), None)


def _shown(names: list[tuple[str, str]]) -> str:
    """The name to show of (language, name) pairs: English where there is one, else one in Latin letters."""
    latin = ord("\u0250")
    return min(names, key=lambda n: (n[0] != "en", any(c.isalpha() and ord(c) >= latin for c in n[1]), *n))[1]


def _first(texts: Iterable[str], limit: int) -> list[str]:
    return list(dict.fromkeys(texts))[:limit]


def _unique(regions: Iterable[Region]) -> list[Region]:
    return list({region.iri: region for region in regions}.values())


def _values(dataset: Rows, query: str) -> dict[str, list[str]]:
    """IRI → its values, each once, in order."""
    found: dict[str, set[str]] = defaultdict(set)
    for iri, value in dataset.rows(query):
        found[str(iri)].add(str(value))
    return {iri: sorted(values) for iri, values in found.items()}
