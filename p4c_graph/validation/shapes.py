"""SHACL shapes, read from Turtle into plain objects that an engine can compile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.namespaces import OWL, RDF, RDFS, SH, SHAPES
from p4c_graph.settings import resources
from p4c_graph.terms import compact
from p4c_graph.validation.report import Severity

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_NOT_CONSTRAINTS = {
    SH[name]
    for name in (
        "path", "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "property", "message",
        "severity", "deactivated", "name", "description", "order", "group", "defaultValue", "flags",
        "declare",
    )
}  # fmt: skip


_IRI = re.compile(r"<([^<>\s]+)>")
_NAME = re.compile(r"\b([a-z][\w-]*):([\w-]+)")


@dataclass(frozen=True)
class SparqlPath:
    """A SHACL path as SPARQL: with full IRIs for queries, with prefixes for people."""

    sparql: str
    text: str
    steps: tuple[str, ...] = ()
    """Of a sequence its parts, as SPARQL."""


@dataclass(frozen=True)
class Target:
    """What a shape is about: ``kind`` is the local name of the SHACL property (``targetClass``…)."""

    kind: str
    term: str
    """In N-Triples form."""


@dataclass(frozen=True)
class Constraint:
    """One parameter of a shape and its value: ``sh:minCount 1``."""

    parameter: str
    """The IRI of the SHACL parameter."""
    value: Term


@dataclass(frozen=True)
class Shape:
    """A node shape, or a property shape where it has a path."""

    iri: str
    path: SparqlPath | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    properties: tuple[str, ...]
    """Names of its property shapes."""
    severity: Severity
    messages: Mapping[str, str]
    labels: Mapping[str, str]
    flags: str = ""
    deactivated: bool = False
    strict_for: str | None = None
    """The class for which completeness must be declared for a warning of this shape to be a violation."""
    strict_paths: tuple[SparqlPath, ...] = field(default=())
    """Ways from the focus node to nodes whose completeness counts like its own."""


class Shapes:
    """A set of shapes; ``shapes[name]`` is one of them, by IRI or blank node name."""

    def __init__(self, store: ox.Store) -> None:
        self.store = store
        self._read: dict[str, Shape] = {}

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Shapes:
        """The shapes of these Turtle files. Raises SyntaxProblem with file and line."""
        store = ox.Store()
        for path in paths:
            try:
                store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
            except SyntaxError as error:
                raise SyntaxProblem(error.msg, source=str(path), line=error.lineno) from None
            except OSError as error:
                raise InputError(f"{path}: cannot be read ({error.strerror})") from None
        return cls(store)

    @classmethod
    def parse(cls, turtle: str) -> Shapes:
        """The shapes of a Turtle text."""
        store = ox.Store()
        try:
            store.load(turtle.encode(), format=ox.RdfFormat.TURTLE)
        except SyntaxError as error:
            raise SyntaxProblem(error.msg, source="shapes", line=error.lineno) from None
        return cls(store)

    @classmethod
    def shipped(cls) -> Shapes:
        """The shapes of the project: all of ``ontology/shapes``."""
        return cls.load(sorted((resources() / "ontology" / "shapes").glob("*.ttl")))

    def __getitem__(self, name: str) -> Shape:
        if name not in self._read:
            self._read[name] = self._shape(name)
        return self._read[name]

    @cached_property
    def targeted(self) -> tuple[Shape, ...]:
        """The shapes that have targets and are not switched off, by IRI."""
        names: set[str] = set()
        for kind in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"):
            names |= {name_of(quad.subject) for quad in self._quads(None, SH[kind])}
        for shape_class in (SH.NodeShape, SH.PropertyShape):
            for quad in self._quads(None, RDF.type, ox.NamedNode(shape_class)):
                if self._is_class(quad.subject):
                    names.add(name_of(quad.subject))
        found = (self[name] for name in sorted(names))
        return tuple(shape for shape in found if not shape.deactivated)

    def reported(self) -> Iterator[tuple[Shape, Shape]]:
        """(shape with targets, shape that reports) for every shape whose findings a report can show."""
        for shape in self.targeted:
            yield shape, shape
            for name in shape.properties:
                if not self[name].deactivated:
                    yield shape, self[name]

    def constraint_count(self) -> int:
        """How many constraints a report can speak of."""
        skipped = {SH.qualifiedValueShape}
        return sum(c.parameter not in skipped for _, shape in self.reported() for c in shape.constraints)

    def list_of(self, head: Term) -> list[Term]:
        """The members of an RDF list."""
        members: list[Term] = []
        while head != ox.NamedNode(RDF.nil):
            first, rest = self._object(head, RDF.first), self._object(head, RDF.rest)
            if first is None or rest is None or len(members) > 10_000:
                raise InputError(f"shapes: {head} is not a well-formed list")
            members.append(first)
            head = rest
        return members

    def select(self, constraint: Term, shape: Shape) -> tuple[str, dict[str, str]]:
        """The SELECT text of a SPARQL constraint, and its prefixes."""
        known = {RDF.type, SH.select, SH.prefixes}
        for quad in self._quads(constraint, None):
            if quad.predicate.value not in known:
                raise unsupported(shape, f"{compact(quad.predicate.value)} of a SPARQL constraint")
        text = self._object(constraint, SH.select)
        if not isinstance(text, ox.Literal):
            raise unsupported(shape, "a SPARQL constraint without sh:select")
        prefixes: dict[str, str] = {}
        for holder in self._objects(constraint, SH.prefixes):
            for declaration in self._objects(holder, SH.declare):
                prefix, space = self._object(declaration, SH.prefix), self._object(declaration, SH.namespace)
                if isinstance(prefix, ox.Literal) and isinstance(space, ox.Literal):
                    prefixes[prefix.value] = space.value
        return text.value, prefixes

    def mentions(self, name: str) -> frozenset[str]:
        """What a shape names in its path and its constraints: all properties that its findings rest on are among it."""
        shape = self[name]
        found = set(_IRI.findall(shape.path.sparql)) if shape.path else set()
        for constraint in shape.constraints:
            if constraint.parameter == SH.sparql:
                text, prefixes = self.select(constraint.value, shape)
                found.update(_IRI.findall(text))
                found.update(prefixes[prefix] + local for prefix, local in _NAME.findall(text) if prefix in prefixes)
            elif isinstance(constraint.value, ox.NamedNode):
                found.add(constraint.value.value)
        return frozenset(found)

    # ── reading one shape ──────────────────────────────────────────────────────────────────────────────────────

    def _shape(self, name: str) -> Shape:
        node = ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)
        path_node = self._object(node, SH.path)
        flags = self._object(node, SH.flags)
        severity = self._object(node, SH.severity)
        strict = self._object(node, SHAPES.violationWhereComplete)
        off = self._object(node, SH.deactivated)
        return Shape(
            iri=name,
            path=None if path_node is None else self._path(path_node, name),
            targets=tuple(self._targets(node)),
            constraints=tuple(self._constraints(node)),
            properties=tuple(sorted(name_of(term) for term in self._objects(node, SH.property))),
            severity=_severity(severity, name),
            messages=self._texts(node, SH.message),
            labels=self._texts(node, RDFS.label),
            flags=flags.value if isinstance(flags, ox.Literal) else "",
            deactivated=isinstance(off, ox.Literal) and off.value in ("true", "1"),
            strict_for=strict.value if isinstance(strict, ox.NamedNode) else None,
            strict_paths=tuple(self._path(term, name) for term in self._objects(node, SHAPES.completenessPath)),
        )

    def _targets(self, node: Term) -> Iterator[Target]:
        for kind in ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf"):
            for term in sorted(str(term) for term in self._objects(node, SH[kind])):
                yield Target(kind, term)
        if self._is_class(node):
            yield Target("targetClass", str(node))

    def _constraints(self, node: Term) -> Iterator[Constraint]:
        quads = sorted(self._quads(node, None), key=lambda quad: (quad.predicate.value, str(quad.object)))
        for quad in quads:
            parameter = quad.predicate.value
            if parameter.startswith(SH) and parameter not in _NOT_CONSTRAINTS:
                yield Constraint(parameter, quad.object)

    def _path(self, node: Term, shape: str) -> SparqlPath:
        if isinstance(node, ox.NamedNode):
            return SparqlPath(str(node), _short(node.value))
        if self._object(node, RDF.first) is not None:
            parts = [self._path(part, shape) for part in self.list_of(node)]
            return replace(self._joined(parts, "/"), steps=tuple(part.sparql for part in parts))
        for predicate, before, after in (
            (SH.inversePath, "^", ""), (SH.zeroOrMorePath, "", "*"), (SH.oneOrMorePath, "", "+"),
            (SH.zeroOrOnePath, "", "?"),
        ):  # fmt: skip
            inner = self._object(node, predicate)
            if inner is not None:
                part = self._path(inner, shape)
                return SparqlPath(f"{before}{part.sparql}{after}", f"{before}{part.text}{after}")
        choice = self._object(node, SH.alternativePath)
        if choice is not None:
            return self._joined([self._path(part, shape) for part in self.list_of(choice)], "|")
        raise InputError(f"{compact(shape)}: its sh:path is not a SHACL path")

    @staticmethod
    def _joined(parts: list[SparqlPath], sign: str) -> SparqlPath:
        return SparqlPath(f"({sign.join(p.sparql for p in parts)})", f"({sign.join(p.text for p in parts)})")

    def _is_class(self, node: Term) -> bool:
        types = self._objects(node, RDF.type)
        return ox.NamedNode(RDFS.Class) in types or ox.NamedNode(OWL.Class) in types

    def _texts(self, node: Term, predicate: str) -> dict[str, str]:
        found = [term for term in self._objects(node, predicate) if isinstance(term, ox.Literal)]
        return {term.language or "": term.value for term in sorted(found, key=str)}

    def _quads(self, subject: Term | None, predicate: str | None, value: Term | None = None) -> Iterator[ox.Quad]:
        if isinstance(subject, ox.Literal):
            return iter(())
        named = None if predicate is None else ox.NamedNode(predicate)
        return self.store.quads_for_pattern(subject, named, value, ox.DefaultGraph())

    def _objects(self, subject: Term, predicate: str) -> list[Term]:
        return [quad.object for quad in self._quads(subject, predicate)]

    def _object(self, subject: Term, predicate: str) -> Term | None:
        return min(self._objects(subject, predicate), key=str, default=None)


def name_of(term: Term) -> str:
    """An IRI, or ``_:name`` of a blank node."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def unsupported(shape: Shape, what: str) -> InputError:
    """The error for what an engine does not know, naming the shape."""
    return InputError(f"shape {compact(shape.iri)}: {what} is not supported", parameter=shape.iri)


def _short(iri: str) -> str:
    short = compact(iri)
    return short if short != iri else f"<{iri}>"


def _severity(term: Term | None, name: str) -> Severity:
    if term is None:
        return Severity.VIOLATION
    for severity in Severity:
        if isinstance(term, ox.NamedNode) and term.value == severity.iri:
            return severity
    raise InputError(f"shape {compact(name)}: sh:severity {term} is not sh:Violation, sh:Warning or sh:Info")
