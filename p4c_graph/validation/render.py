"""A validation report as text, table, JSON, Turtle or HTML page, in English or French (formats: FORMATS)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2
import orjson

from p4c_graph.errors import InputError, one_line
from p4c_graph.terms import compact
from p4c_graph.validation.report import Finding, Severity, ValidationReport
from p4c_graph.validation.wording import counted, number, severity_name, summary, verdict, words


@dataclass(frozen=True)
class Group:
    """All findings of one rule and severity."""

    severity: Severity
    shape: str
    message: str
    path: str | None
    findings: tuple[Finding, ...]


def groups(report: ValidationReport, language: str = "en") -> list[Group]:
    """The findings by rule, worst first, then the most frequent."""
    by_rule: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in report.findings:
        by_rule.setdefault((finding.severity, finding.shape), []).append(finding)
    found = [
        Group(severity, shape, members[0].message(language), members[0].path, tuple(members))
        for (severity, shape), members in by_rule.items()
    ]
    return sorted(found, key=lambda group: (group.severity.rank, -len(group.findings), group.shape))


def headings(language: str = "en") -> list[str]:
    """The headings of the columns that ``rows`` gives."""
    named = words(language)
    return [named[name] for name in ("severity", "focus", "what", "value", "place")]


def rows(report: ValidationReport, language: str = "en") -> list[list[str]]:
    """The findings as rows of text: severity, subject, what is wrong, value, place."""
    words(language)
    return [
        [
            severity_name(finding.severity, language),
            one_line(finding.label or compact(finding.focus)),
            finding.message(language),
            one_line(finding.value_label or finding.value_text or ""),
            str(finding.location) if finding.location else "",
        ]
        for finding in report.findings
    ]


def text(report: ValidationReport, language: str = "en", *, limit: int | None = None) -> str:
    """The report for a terminal or a mail; ``limit`` is the most cases shown of one rule."""
    named = words(language)
    lines = [verdict(report, language), summary(report, language)]
    for group in groups(report, language):
        lines += ["", f"{severity_name(group.severity, language).upper()}  {group.message}"]
        lines.append(f"  {named['rule']}{named['colon']} {compact(group.shape)}")
        shown = group.findings if limit is None else group.findings[:limit]
        lines += [f"  - {_line(finding, named)}" for finding in shown]
        hidden = len(group.findings) - len(shown)
        if hidden:
            lines.append(f"  - {named['more'].format(number=number(hidden, language))}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding, named: dict[str, str]) -> str:
    parts = [f"{one_line(finding.label)} <{finding.focus}>" if finding.label else f"<{finding.focus}>"]
    if finding.value_text is not None:
        shown = finding.value_label or finding.value_text
        parts.append(f"{named['value'].lower()}{named['colon']} {one_line(shown)}")
    if finding.location:
        parts.append(str(finding.location))
    return "; ".join(parts)


def as_dict(report: ValidationReport, language: str = "en") -> dict[str, Any]:
    """The report as plain objects for JSON, with messages in all languages and ``message`` in this one."""
    words(language)
    return {
        "conforms": report.conforms,
        "summary": summary(report, language),
        "counts": {severity.value.lower(): count for severity, count in report.counts().items()},
        "constraints": report.constraints,
        "checked": [
            {"shape": item.shape, "label": item.label(language), "count": item.count} for item in report.checked
        ],
        "findings": [_finding_dict(finding, language) for finding in report.findings],
    }


def _finding_dict(finding: Finding, language: str) -> dict[str, Any]:
    place = finding.location
    return {
        "severity": finding.severity.value.lower(),
        "message": finding.message(language),
        "messages": dict(finding.messages),
        "focus": finding.focus,
        "label": finding.label,
        "path": finding.path,
        "value": finding.value_text,
        "value_label": finding.value_label,
        "shape": finding.shape,
        "location": None
        if place is None
        else {"file": place.file, "line": place.line, "sheet": place.sheet, "row": place.row},
    }


def json(report: ValidationReport, language: str = "en") -> str:
    """The report as JSON."""
    return orjson.dumps(as_dict(report, language), option=orjson.OPT_INDENT_2).decode()


def turtle(report: ValidationReport, language: str = "en") -> str:
    """The report as a SHACL validation report in Turtle, with the messages in all languages."""
    words(language)
    return report.to_rdf()


def html(report: ValidationReport, language: str = "en") -> str:
    """The report as one page that needs nothing else."""
    return _template().render(
        language=language,
        words=words(language),
        verdict=verdict(report, language),
        report=report,
        groups=groups(report, language),
        counts=report.counts(),
        constraints=counted(report.constraints, "constraints", language),
        checked=sorted((item for item in report.checked if item.count), key=lambda item: -item.count),
        name=lambda severity: severity_name(severity, language),
        noun=lambda count, severity: counted(count, severity.value, language).split(maxsplit=1)[1],
        cases=lambda count: counted(count, "cases", language),
        number=lambda value: number(value, language),
        compact=compact,
        link=lambda iri: iri if iri.startswith(("http://", "https://")) else None,
        Severity=Severity,
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("p4c_graph.validation", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.jinja")


FORMATS: dict[str, Callable[[ValidationReport, str], str]] = {
    "text": text,
    "json": json,
    "ttl": turtle,
    "html": html,
}


def render(report: ValidationReport, format: str, language: str = "en") -> str:
    """The report in one of FORMATS. Raises InputError naming the formats where there is no such format."""
    if format not in FORMATS:
        raise InputError(f"format {format!r}: expected one of {', '.join(FORMATS)}", parameter="format")
    return FORMATS[format](report, language)
