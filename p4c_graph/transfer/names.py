"""What a person calls a practice → the practice meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from rapidfuzz import fuzz, process

from p4c_graph.errors import AmbiguousName, UnknownName
from p4c_graph.regions import fold
from p4c_graph.terms import local_name


class PracticeNames:
    """The practices of a snapshot, found by IRI, slug or name."""

    def __init__(self, iris: Sequence[str], labels: Sequence[str]) -> None:
        self._labels = labels
        self._slugs = [local_name(iri) for iri in iris]
        self._by_iri = {iri: i for i, iri in enumerate(iris)}
        self._by_slug = {slug: i for i, slug in reversed(list(enumerate(self._slugs)))}

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = defaultdict(list)
        for i, label in enumerate(self._labels):
            index[fold(label)].append(i)
        return index

    def find(self, text: str) -> int:
        """The index of the practice an IRI, slug or name means. Raises UnknownName or AmbiguousName."""
        wanted = text.strip()
        for index in (self._by_iri, self._by_slug):
            if wanted in index:
                return index[wanted]
        found = self._by_name.get(fold(wanted), [])
        if len(found) > 1:
            raise AmbiguousName(
                f"Several practices are called {text!r}.", candidates=[self._slugs[i] for i in found],
                parameter="practice", french=f"Plusieurs pratiques s'appellent « {text} ».")
        if not found:
            raise UnknownName(
                f"No practice has the name {wanted!r}; expected its slug, IRI or name.", parameter="practice",
                near=[f"{self._slugs[i]} ({self._labels[i]})" for i in self._near(fold(wanted))],
                french=f"Aucune pratique ne s'appelle « {wanted} » ; attendu : son nom, ou la fin de son adresse.")
        return found[0]

    def _near(self, name: str, limit: int = 3) -> list[int]:
        names = process.extract(name, list(self._by_name), scorer=fuzz.WRatio, limit=limit, score_cutoff=60)
        return [i for near, _, _ in names for i in self._by_name[near]][:limit]
