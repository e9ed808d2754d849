"""What a validation found, whatever engine found it: findings with their place, severity and message."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pyoxigraph as ox

from p4c_graph.namespaces import PREFIXES, RDF, RDFS, SH, XSD
from p4c_graph.terms import compact


class Severity(Enum):
    """How bad a finding is: only a violation stops a build."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"

    @property
    def iri(self) -> str:
        """Its IRI in SHACL."""
        return SH[self.value]

    @property
    def rank(self) -> int:
        """0 for the worst; findings are listed in this order."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Location:
    """Where in a file something stands: a line of text, or a row of a sheet (both count from 1)."""

    file: str
    line: int | None = None
    sheet: str | None = None
    row: int | None = None

    def __str__(self) -> str:
        place = [self.file]
        if self.sheet is not None:
            place.append(f"sheet {self.sheet}")
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.line is not None:
            place.append(f"line {self.line}")
        return ", ".join(place)


@dataclass(frozen=True)
class Finding:
    """One thing that a shape objects to: a node, and often a value of one of its properties."""

    focus: str
    """IRI of the node (a blank node or literal, where it is one, in N-Triples form)."""
    label: str | None
    """Its name, where it has one."""
    path: str | None
    """The property or path, as people write it: ``p4c:provider``, ``^p4c:application``."""
    value: str | None
    """The value objected to, in N-Triples form, where it is one value."""
    shape: str
    """IRI of the shape that objects."""
    component: str
    """IRI of the SHACL constraint component."""
    severity: Severity
    messages: Mapping[str, str] = field(default_factory=dict)
    """Language → what is wrong, in plain words."""
    location: Location | None = None
    value_label: str | None = None
    """The name of the value, where it is a thing that has one."""

    def message(self, language: str = "en") -> str:
        """What is wrong, in this language, else in English, else whatever there is."""
        texts = self.messages
        return texts.get(language) or texts.get("en") or next(iter(texts.values()), compact(self.shape))

    @property
    def value_text(self) -> str | None:
        """The value as a person reads it: the text of a literal, the short form of an IRI."""
        if self.value is None:
            return None
        term = parse_term(self.value)
        return compact(term.value) if isinstance(term, ox.NamedNode) else str(term.value)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it this finding and no other: focus, shape, value."""
        return (self.focus, self.shape, self.value or "")


@dataclass(frozen=True)
class Checked:
    """How many nodes of one sort the shapes looked at."""

    shape: str
    labels: Mapping[str, str]
    count: int

    def label(self, language: str = "en") -> str:
        """The sort in this language: ``Practices``."""
        return self.labels.get(language) or self.labels.get("en") or compact(self.shape)


@dataclass(frozen=True)
class ValidationReport:
    """All findings, worst first, and how much was checked."""

    findings: tuple[Finding, ...] = ()
    checked: tuple[Checked, ...] = ()
    constraints: int = 0
    """How many constraints were evaluated."""

    @property
    def conforms(self) -> bool:
        """True where there is no violation; warnings do not count."""
        return not self.violations

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that stop a build."""
        return self.by_severity(Severity.VIOLATION)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that stop nothing."""
        return self.by_severity(Severity.WARNING)

    def by_severity(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of this severity."""
        return tuple(finding for finding in self.findings if finding.severity is severity)

    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        return {severity: len(self.by_severity(severity)) for severity in Severity}

    def about(self, nodes: Collection[str]) -> ValidationReport:
        """The same report with only the findings on these nodes."""
        kept = tuple(finding for finding in self.findings if finding.focus in nodes)
        return ValidationReport(kept, self.checked, self.constraints)

    def to_rdf(self) -> str:
        """The report as Turtle (``sh:ValidationReport``), without blank nodes; equal reports give equal text.

        ``sh:conforms`` is false as soon as there is any result, as SHACL has it.
        """
        text = ox.serialize(self._triples(), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""
        lines = text.decode().splitlines(keepends=True)
        start = sum(line.startswith("@prefix") for line in lines)
        body = "".join(lines[start:])
        used = (line for line in lines[:start] if re.search(rf"(?<![\w<]){line.split()[1]}\w", body))
        return "".join(sorted(used)) + "\n" + body

    def _triples(self) -> list[ox.Triple]:
        content = "\n".join(" ".join((*finding.key, finding.severity.value)) for finding in self.findings)
        name = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}"
        report = ox.NamedNode(name)
        yes_no = ox.Literal("false" if self.findings else "true", datatype=ox.NamedNode(XSD.boolean))
        triples = [
            _triple(report, RDF.type, ox.NamedNode(SH.ValidationReport)),
            _triple(report, SH.conforms, yes_no),
        ]
        for number, finding in enumerate(self.findings, 1):
            result = ox.NamedNode(f"{name}#{number}")
            triples.append(_triple(report, SH.result, result))
            triples.extend(_result_triples(result, finding))
        return triples


def _result_triples(result: ox.NamedNode, finding: Finding) -> list[ox.Triple]:
    triples = [
        _triple(result, RDF.type, ox.NamedNode(SH.ValidationResult)),
        _triple(
            result, SH.focusNode, ox.NamedNode(finding.focus) if is_iri(finding.focus) else parse_term(finding.focus)
        ),
        _triple(result, SH.resultSeverity, ox.NamedNode(finding.severity.iri)),
        _triple(result, SH.sourceShape, ox.NamedNode(finding.shape)),
        _triple(result, SH.sourceConstraintComponent, ox.NamedNode(finding.component)),
    ]
    predicate = expand(finding.path)
    if predicate is not None:
        triples.append(_triple(result, SH.resultPath, ox.NamedNode(predicate)))
    if finding.value is not None:
        triples.append(_triple(result, SH.value, parse_term(finding.value)))
    for language, text in sorted(finding.messages.items()):
        literal = ox.Literal(text, language=language) if language else ox.Literal(text)
        triples.append(_triple(result, SH.resultMessage, literal))
    if finding.location is not None:
        triples.append(_triple(result, RDFS.comment, ox.Literal(str(finding.location))))
    return triples


def _triple(subject: ox.NamedNode, predicate: str, value: Any) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), value)


def is_iri(node: str) -> bool:
    """True for an IRI, false for a blank node or a literal in N-Triples form (or for nothing)."""
    return bool(node) and not node.startswith(("_:", '"'))


def expand(path: str | None) -> str | None:
    """The IRI of a path that is one property (``p4c:provider``, ``<…>``), else None: others have no IRI."""
    if path is None:
        return None
    if path.startswith("<") and path.endswith(">") and path.count("<") == 1:
        return path[1:-1]
    prefix, colon, name = path.partition(":")
    if colon and prefix in PREFIXES and name.replace("-", "").replace("_", "").isalnum():
        return PREFIXES[prefix] + name
    return None


def parse_term(text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """The term of an N-Triples form: ``"abc"@en``, ``<http://…>``, ``_:b1``."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    statement = next(iter(ox.parse(f"<urn:s> <urn:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    term = statement.object
    assert isinstance(term, ox.Literal)
    return term
