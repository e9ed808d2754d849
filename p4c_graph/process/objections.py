"""What the shapes object to in a file, row by row; not what follows only from cells that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import pyoxigraph as ox

from p4c_graph.intake.forms import FormRow
from p4c_graph.intake.problems import Problem
from p4c_graph.intake.submission import Reading
from p4c_graph.languages import LANGUAGES
from p4c_graph.terms import compact
from p4c_graph.validation.report import Finding, ValidationReport, expand, parse_term
from p4c_graph.validation.shapes import Shapes


def objections(report: ValidationReport, reading: Reading) -> list[tuple[FormRow | None, Problem]]:
    """What the shapes object to in what was read, but for what cells that could not be read might put right."""
    unread = _Unread(row for row in reading.rows if row.problems)
    return [objection(finding, reading) for finding in report.violations if not unread.explains(finding)]


def objection(finding: Finding, reading: Reading) -> tuple[FormRow | None, Problem]:
    """What a shape objects to, at the row or line of the file where it is said."""
    for iri in _nodes(finding):
        if row := reading.row_of(iri):
            said = {"text": {language: finding.message(language) for language in LANGUAGES}, "shape": finding.shape}
            return row, Problem("shape", said, row.form.sheet.name, row.number, _heading(finding, row))
    about = finding.label or compact(finding.focus)
    told = {language: f"{about}: {finding.message(language)}" for language in LANGUAGES}
    return None, Problem("shape", {"text": told, "shape": finding.shape}, line=reading.lines.get(finding.focus))


def in_order(problems: Sequence[Problem], reading: Reading) -> list[Problem]:
    """Problems row by row; those that have no row come after the others."""
    sheets = {form.sheet.name: place for place, form in enumerate(reading.forms)}
    last = len(sheets)
    return sorted(problems, key=lambda problem: (
        (last, 0) if problem.row is None else (sheets.get(problem.sheet, last), problem.row)))


class _Unread:
    """What rows would have said in cells that could not be read."""

    def __init__(self, rows: Iterable[FormRow]) -> None:
        self._of = set().union(*(row.unsaid for row in rows))
        self._properties = {name for _, name in self._of}

    def explains(self, finding: Finding) -> bool:
        """Whether a shape might have nothing to object to, had these cells been read."""
        named = self._properties & _shapes().mentions(finding.shape) if self._of else ()
        if any((node, name) in self._of for node in (*_nodes(finding), None) for name in named):
            return True
        through_others = finding.path is not None and expand(finding.path) is None
        return through_others and bool(named)


@cache
def _shapes() -> Shapes:
    return Shapes.shipped()


def _nodes(finding: Finding) -> list[str]:
    """The IRIs a finding is about: its focus, and its value where that is one."""
    value = parse_term(finding.value) if finding.value else None
    return [finding.focus, value.value] if isinstance(value, ox.NamedNode) else [finding.focus]


def _heading(finding: Finding, row: FormRow) -> str | None:
    """The heading of the column that says what a shape objects to, where it can be told."""
    predicate = expand(finding.path.removeprefix("^")) if finding.path else None
    found = (column for column in row.form.columns.values() if predicate and column.property_url == predicate)
    return next((row.form.headings[column.name] for column in found), None)
