"""A validation report in one sentence or two: what the message of an error holds of it."""

from __future__ import annotations

from p4c_graph.terms import compact
from p4c_graph.validation.report import Finding, ValidationReport


def summary(report: ValidationReport) -> str:
    """The first violations in words, and how many there are."""
    first = [_sentence(finding) for finding in report.violations[:3]]
    more = len(report.violations) - len(first)
    return " ".join(first) + (f" And {more} more: see p4c validate." if more > 0 else "")


def _sentence(finding: Finding) -> str:
    where = f"{finding.location}: " if finding.location else ""
    return f"{where}{finding.label or compact(finding.focus)}: {finding.message()}"
