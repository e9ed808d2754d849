"""What a match answers: the same object for terminal, JSON, notebook, table and RDF. Names are the ontology's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any, NamedTuple

import pyoxigraph as ox

from p4c_graph.namespaces import P4C, RDF, XSD
from p4c_graph.store.answers import data_frame
from p4c_graph.terms import local_name
from p4c_graph.transfer.model import COMPONENTS

DIGITS = 4


class Ref(NamedTuple):
    """A resource by IRI and label; regions also carry their code."""

    id: str
    label: str
    code: str | None = None

    def __str__(self) -> str:
        return f"{self.label} ({self.code})" if self.code else self.label

    def to_dict(self) -> dict[str, str]:
        """``{"id", "label"}`` and the code where there is one."""
        if self.code:
            return {"id": self.id, "code": self.code, "label": self.label}
        return {"id": self.id, "label": self.label}


@dataclass(frozen=True)
class Score:
    """Expected value with its interval, each in [0, 1]."""

    expected: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Rounded to four digits."""
        return {
            "expected": round(float(self.expected), DIGITS), "low": round(float(self.low), DIGITS),
            "high": round(float(self.high), DIGITS),
        }


@dataclass(frozen=True)
class ComponentScore(Score):
    """One component: its score, weight, and whether it is known (else it is the declared prior)."""

    weight: float
    known: bool
    inferred: bool = False
    """Whether it is our conclusion, not a published figure."""

    def to_dict(self) -> dict[str, Any]:
        """The score with weight and known; ``inferred`` is there only where it is true."""
        found = {**super().to_dict(), "weight": round(self.weight, DIGITS), "known": self.known}
        return {**found, "inferred": True} if self.inferred else found


@dataclass(frozen=True)
class Reason:
    """A place the context score rests on."""

    place: Ref
    similarity: float | None
    strength: float
    basis: str
    application: str
    source: str | None

    def to_dict(self) -> dict[str, Any]:
        """Place, similarity, strength (below 0: it lowers the score), basis (kind of application), source."""
        return {
            "place": self.place.to_dict(),
            "similarity": None if self.similarity is None else round(self.similarity, DIGITS),
            "strength": round(self.strength, DIGITS), "basis": self.basis, "application": self.application,
            "source": self.source,
        }


@dataclass(frozen=True)
class Condition:
    """A required condition that is unmet, or of which nothing is known in the region."""

    id: str
    label: str

    def to_dict(self) -> dict[str, str]:
        """``{"id", "label"}``."""
        return {"id": self.id, "label": self.label}


@dataclass(frozen=True)
class Match:
    """One practice in one region: score, components, what blocks, what it rests on."""

    rank: int
    practice: Ref
    region: Ref
    total: Score
    known: float
    components: dict[str, ComponentScore]
    blocked: list[Condition]
    possibly_blocked: list[Condition]
    already_here: bool
    planned_here: bool
    because: list[Reason]
    adoption: Score
    acceptability: float | None = None

    def to_dict(self, subject: str) -> dict[str, Any]:
        """The JSON of one result; ``subject`` is the side that varies, ``practice`` or ``region``."""
        found: dict[str, Any] = {
            "rank": self.rank, subject: getattr(self, subject).to_dict(), **self.total.to_dict(),
            "known": round(self.known, DIGITS),
            "components": {name: score.to_dict() for name, score in self.components.items()},
            "blocked": [c.to_dict() for c in self.blocked],
            "possibly_blocked": [c.to_dict() for c in self.possibly_blocked],
            "already_here": self.already_here, "planned_here": self.planned_here,
            "because": [reason.to_dict() for reason in self.because], "adoption": self.adoption.to_dict(),
        }
        if self.acceptability is not None:
            found["acceptability"] = round(self.acceptability, DIGITS)
        return found


class TooLittleKnown(NamedTuple):
    """A pair of which too little is known to rank it, with the components that are missing."""

    practice: Ref
    region: Ref
    known: float
    missing: list[str]


@dataclass(frozen=True)
class MatchResult:
    """A ranking of practices for a region, or of regions for a practice."""

    subject: str
    """What is ranked: ``practice`` or ``region``."""
    region: Ref | None
    practice: Ref | None
    model: dict[str, str]
    snapshot: str
    order: str
    weights: dict[str, float]
    total: int
    limit: int
    results: list[Match]
    too_little_known: list[TooLittleKnown]
    already_here: list[Ref] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    minted: str = ""
    """Where IRIs of results are minted: ``{base}id/``."""
    variant: str = ""
    """What sets the IRIs of this ranking apart from those of the declared one; empty for that one."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the public contract."""
        about = self.region or self.practice
        assert about is not None
        side = "region" if self.region else "practice"
        return {
            side: about.to_dict(), "model": self.model, "snapshot": self.snapshot, "order": self.order,
            "weights": {name: round(weight, DIGITS) for name, weight in self.weights.items()},
            "total": self.total, "limit": self.limit, "notes": self.notes,
            "results": [match.to_dict(self.subject) for match in self.results],
            "too_little_known": self._little(),
            "already_here": [ref.to_dict() for ref in self.already_here],
        }

    def _little(self) -> list[dict[str, Any]]:
        """Of each pair the varying side, the weight share that is known, and what is missing."""
        pairs, of_practice = self.too_little_known, self.subject == "practice"
        rounded = {known: round(known, DIGITS) for known in {pair.known for pair in pairs}}
        return [
            {self.subject: (practice if of_practice else region).to_dict(), "known": rounded[known], "missing": missing}
            for practice, region, known, missing in pairs
        ]

    def rows(self) -> list[dict[str, Any]]:
        """One flat row a result: rank, name, scores, adoption, and each component's expected value."""
        found = []
        for match in self.results:
            ref: Ref = getattr(match, self.subject)
            row: dict[str, Any] = {"rank": match.rank, self.subject: ref.id, "label": ref.label}
            row |= match.total.to_dict() | {"known": round(match.known, DIGITS)}
            for name, score in match.components.items():
                row[name] = round(score.expected, DIGITS) if score.known else None
            row |= {f"adoption_{key}": value for key, value in match.adoption.to_dict().items()}
            row["acceptability"] = None if match.acceptability is None else round(match.acceptability, DIGITS)
            row["blocked"] = bool(match.blocked)
            found.append(row)
        return found

    def to_pandas(self) -> Any:
        """A pandas DataFrame of ``rows()``. Raises InputError where pandas is not installed."""
        return data_frame(self.rows())

    def to_rdf(self) -> Iterator[ox.Triple]:
        """The results as ``p4c:Suitability`` and ``p4c:Adoption``; a component that is unknown has no value.

        Their IRIs name first what the ranking is about, and end with what is not as declared (weights, order), so
        that a rank always belongs to one ranking.
        """
        for match in self.results:
            slugs = local_name(match.region.id), local_name(match.practice.id)
            slug = "-".join(slugs if self.subject == "practice" else reversed(slugs)) + self.variant
            yield from self._triples(match, f"{self.minted}suitability/{slug}", P4C.Suitability, match.total)
            yield from self._triples(match, f"{self.minted}adoption/{slug}", P4C.Adoption, match.adoption)

    def _triples(self, match: Match, iri: str, kind: str, score: Score) -> Iterator[ox.Triple]:
        node = ox.NamedNode(iri)

        def triple(predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
            return ox.Triple(node, ox.NamedNode(predicate), value)

        yield triple(RDF.type, ox.NamedNode(kind))
        yield triple(P4C.onPractice, ox.NamedNode(match.practice.id))
        yield triple(P4C.forRegion, ox.NamedNode(match.region.id))
        yield triple(P4C.model, ox.NamedNode(self.model["id"]))
        for name, value in score.to_dict().items():
            yield triple(P4C[name], decimal(value))
        if kind == P4C.Adoption:
            return
        yield triple(P4C.rank, ox.Literal(match.rank))
        yield triple(P4C.known, decimal(match.known))
        for name, component in match.components.items():
            if component.known:
                yield triple(P4C[f"{name}Score"], decimal(component.expected))
        if match.acceptability is not None:
            yield triple(P4C.acceptability, decimal(match.acceptability))
        if match.already_here:
            yield triple(P4C.alreadyHere, ox.Literal(True))
        if match.blocked:
            yield triple(P4C.blocked, ox.Literal(True))
        if match.possibly_blocked:
            yield triple(P4C.possiblyBlocked, ox.Literal(True))
        for reason in match.because:
            yield triple(P4C.basedOn, ox.NamedNode(reason.application))

    def __str__(self) -> str:
        about = self.region or self.practice
        assert about is not None
        lines = [f"{about.label} · {self.total} ranked · order {self.order} · snapshot {self.snapshot}"]
        lines += [
            f"{m.rank:3}  {m.total.expected:.2f} [{m.total.low:.2f}–{m.total.high:.2f}]  known {m.known:.0%}  "
            f"{getattr(m, self.subject).label}" for m in self.results
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{escape(name)}" for name in ("", self.subject, "expected", "interval", *COMPONENTS))
        body = "".join(
            f"<tr><td>{m.rank}<td>{escape(getattr(m, self.subject).label)}<td>{m.total.expected:.2f}"
            f"<td>{m.total.low:.2f}–{m.total.high:.2f}"
            + "".join(f"<td>{s.expected:.2f}" if s.known else "<td>unknown" for s in m.components.values())
            for m in self.results
        )
        return f"<table><thead><tr>{heads}</thead><tbody>{body}</tbody></table>"


def decimal(value: float) -> ox.Literal:
    """An xsd:decimal of four digits."""
    return _decimal(f"{value:.{DIGITS}f}")


@cache
def _decimal(digits: str) -> ox.Literal:
    text = digits.rstrip("0").rstrip(".") or "0"
    return ox.Literal("0" if text == "-0" else text, datatype=ox.NamedNode(XSD.decimal))
