"""Results of field tests from a filled sheet: the plan that ``p4c plan --out`` wrote, completed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.files import read_file
from p4c_graph.intake.submission import MEDIA_TYPES, Destination, Reader, Reading
from p4c_graph.namespaces import P4C
from p4c_graph.pipeline import ChangeReport, change
from p4c_graph.process.fieldtests import graph_of, mark_synthetic, take_the_place
from p4c_graph.progress import Progress
from p4c_graph.settings import Settings
from p4c_graph.store.draft import Draft
from p4c_graph.terms import Minter, local_name

SHEETS = (".xlsx", ".csv")
_SHOWN = 5


@dataclass(frozen=True)
class FilledSheet:
    """What a sheet says of the field tests of one partner."""

    partner: str
    graph: str
    tests: list[str]
    triples: set[ox.Triple]


def read_sheet(path: Path, reader: Reader, minter: Minter) -> FilledSheet:
    """The field tests of a filled sheet.

    Raises InputError that names sheet, row and column of what is wrong, or says that the tests are of several partners.
    """
    partners = {by for _, by in _tested(_read(path, reader, Destination(minter.graph("read"), "read", path.name)))}
    if len(partners) != 1:
        names = ", ".join(sorted(map(local_name, partners))) or "none"
        raise InputError(f"{path}: holds field tests of {names}; expected those of one partner", parameter="file")
    partner = partners.pop()
    graph, slug = graph_of(partner, minter), local_name(partner)
    triples = _read(path, reader, Destination(graph, f"field-tests-{slug}", f"Field tests, as {slug} recorded them"))
    return FilledSheet(partner, graph, sorted({test for test, _ in _tested(triples)}), triples)


def _tested(triples: set[ox.Triple]) -> set[tuple[str, str]]:
    """(field test, partner that holds it)."""
    return {
        (t.subject.value, t.object.value) for t in triples
        if t.predicate.value == P4C.partner and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode)
    }


def _read(path: Path, reader: Reader, destination: Destination) -> set[ox.Triple]:
    body = read_file(path, parameter="file")
    reading: Reading = reader.read(path.name, MEDIA_TYPES[path.suffix.lower()], body, destination)
    if reading.problems:
        texts = [problem.text(reading.language) for problem in reading.problems]
        more = f" And {len(texts) - _SHOWN} more." if len(texts) > _SHOWN else ""
        raise InputError(f"{path}: {' '.join(texts[:_SHOWN])}{more}", parameter="file")
    return {quad.triple for quad in reading.quads}


def record_sheet(
    settings: Settings, sheet: FilledSheet, *, by: str | None = None, dry_run: bool = False,
    progress: Progress | None = None,
) -> ChangeReport:
    """Writes what a sheet says; of what a test has one of, its value takes the place of the old one."""
    def edit(draft: Draft) -> None:
        take_the_place(draft, sheet.graph, sheet.triples)
        mark_synthetic(draft, sheet.graph, sheet.partner)

    return change(settings, edit, title=f"Results of field tests of {local_name(sheet.partner)}",
                  by=by or sheet.partner, dry_run=dry_run, progress=progress)
