"""Where a resource stands in the files of a build: file and line, or table and row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import urljoin

from p4c_graph.intake import tables
from p4c_graph.intake.sources import SourceFile
from p4c_graph.terms import Minter
from p4c_graph.validation.report import Location

_PREFIX = re.compile(r"^\s*@?prefix\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_GRAPH = re.compile(r"^\s*(?:GRAPH\s+)?(?:<[^>]*>|[\w.-]*:[^\s{]*)?\s*\{", re.IGNORECASE)
_LOCAL = r"[^\s;,.\[\](){}<>\"]+"
_SUBJECT = re.compile(rf"^\s*(?:<([^>\s]*)>|([\w.-]*):({_LOCAL}(?:\.{_LOCAL})*))(?=\s|$)")
_ID = re.compile(r"""(?:"@?id"\s*:\s*"|rdf:about\s*=\s*["'])([^"']+)["']""")
_COMMENT = re.compile(r"(?:^|\s)#.*")


class Locator:
    """Finds resources in files, the first file that speaks of one first; reads them all on the first call."""

    def __init__(self, files: Iterable[SourceFile], minter: Minter) -> None:
        self._files, self._minter = list(files), minter

    def __call__(self, iri: str) -> Location | None:
        """The place, or None where no file has it as a subject."""
        return self._places.get(iri)

    @cached_property
    def _places(self) -> dict[str, Location]:
        places: dict[str, Location] = {}
        for file in self._files:
            for iri, location in self._of(file):
                places.setdefault(iri, location)
        return places

    def _of(self, file: SourceFile) -> Iterator[tuple[str, Location]]:
        if file.table is None:
            with file.path.open(encoding="utf-8", errors="replace") as lines:
                for iri, line in _subjects(lines, self._minter):
                    yield iri, Location(file=str(file.path), line=line)
            return
        for iri, row in tables.subjects(file.path, file.table, self._minter):
            yield iri, Location(file=str(file.path), row=row)


def subjects(text: str, minter: Minter) -> Iterator[tuple[str, int]]:
    """(IRI, line) of what, in a text, begins a statement of Turtle on a line of its own, or is an id in JSON or XML."""
    return _subjects(text.splitlines(), minter)


def _subjects(lines: Iterable[str], minter: Minter) -> Iterator[tuple[str, int]]:
    def absolute(iri: str) -> str:
        return urljoin(minter.base, iri) + "#" * iri.endswith("#")

    prefixes: dict[str, str] = {}
    between = True
    for number, line in enumerate(lines, 1):
        if declared := _PREFIX.match(line):
            prefixes[declared[1]] = absolute(declared[2])
            continue
        yield from ((absolute(iri), number) for iri in _ID.findall(line))
        if between and (found := _SUBJECT.match(_GRAPH.sub("", line))):
            iri, prefix, local = found.groups()
            if iri is not None:
                yield absolute(iri), number
            elif prefix in prefixes:
                yield prefixes[prefix] + local, number
        if said := _COMMENT.sub("", line).strip():
            between = said[-1] in ".{}"
