"""Every constraint of a set of shapes as one SPARQL query that finds all its violations at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.namespaces import SH
from p4c_graph.terms import compact
from p4c_graph.validation.components import Expressions, order_test
from p4c_graph.validation.shapes import Constraint, Shape, Shapes, Target, unsupported

_SELECT = re.compile(r"\s*SELECT\s+(?:DISTINCT\s+)?((?:[?$]\w+\s+)+)WHERE\s*\{(.*)\}\s*", re.DOTALL | re.IGNORECASE)
_BOUND = re.compile(r"OPTIONAL\s*\{([^{}]*)\}\s*FILTER\s*\(BOUND\(\?value\)\)", re.IGNORECASE)
_FORBIDDEN = re.compile(r"\b(MINUS|SERVICE|LOAD|FROM)\b|\$(shapesGraph|currentShape)\b", re.IGNORECASE)
_COMPONENTS = {
    SH.sparql: "SPARQL",
}


@dataclass(frozen=True)
class Query:
    """A SELECT query whose rows (``?this``, perhaps ``?value``) are the violations of one constraint."""

    shape: Shape
    component: str
    text: str


@dataclass(frozen=True)
class Count:
    """A SELECT query whose one row is the number of nodes a shape is about."""

    shape: Shape
    text: str


class Compiler:
    """Compiles shapes for data with this class hierarchy, for all nodes or only for those in focus.

    Raises InputError naming the shape and the component where something is not supported.
    """

    def __init__(
        self, shapes: Shapes, subclasses: Mapping[str, frozenset[str]], focus: Collection[str] | None = None,
        kinds: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self._shapes = shapes
        self._make = Expressions(shapes, subclasses)
        self._kinds = kinds
        """Where it is known, the classes of the nodes in focus: a shape about others then needs no query."""
        self._focus = "" if focus is None else f"VALUES ?this {{ {' '.join(_focus_terms(focus))} }} "

    def queries(self) -> Iterator[Query]:
        """One query for each constraint that can be reported."""
        for targeted, shape in self._shapes.reported():
            self._refuse_nesting(targeted, shape)
            target = self._aim(targeted)
            for constraint in shape.constraints if target else ():
                if constraint.parameter == SH.qualifiedValueShape:
                    self._make.conforms(_shape_name(constraint), "?value")  # refuses what it cannot judge
                    continue
                yield self._query(target, shape, constraint)

    def counts(self) -> Iterator[Count]:
        """One query for each targeted shape that has a label."""
        for shape in self._shapes.targeted:
            if shape.labels:
                where = f"{{ {self._focus}{self._target(shape)} }}"
                yield Count(shape, f"SELECT (COUNT(DISTINCT ?this) AS ?count) WHERE {where}")

    def _query(self, target: str, shape: Shape, constraint: Constraint) -> Query:
        prologue, pattern = "", ""
        if constraint.parameter == SH.sparql:
            prologue, pattern = self._sparql(shape, constraint)
        else:
            pattern = self._pattern(shape, constraint)
        where = f"{{ {target} {pattern} }}"
        text = f"{prologue}SELECT DISTINCT ?this ?value WHERE {where}"
        return Query(shape, component_iri(constraint.parameter), text)

    def _pattern(self, shape: Shape, constraint: Constraint) -> str:
        """What holds, beside the target, where the constraint is violated."""
        if shape.path is None:
            test = self._make.value_test(constraint, shape, "?this")
            if test is None:
                raise unsupported(shape, f"{compact(constraint.parameter)} without sh:path")
            return f"FILTER (!({test})) BIND (?this AS ?value)"
        values = f"?this {shape.path.sparql} ?value ."
        order = order_test(constraint, "?value", "?other")
        if order is not None:
            return f"{values} ?this {constraint.value} ?other . FILTER (!{order})"
        test = self._make.value_test(constraint, shape, "?value")
        if test is not None:
            return f"{values} FILTER (!({test}))"
        return f"FILTER (!({self._make.node_test(constraint, shape, '?this')}))"

    def _sparql(self, shape: Shape, constraint: Constraint) -> tuple[str, str]:
        """Prefixes and pattern of a SPARQL constraint: its WHERE clause joins the target."""
        text, prefixes = self._shapes.select(constraint.value, shape)
        match = _SELECT.fullmatch(text)
        if match is None or _FORBIDDEN.search(text):
            raise unsupported(shape, "sh:select other than SELECT $this ?value WHERE { … } without MINUS")
        variables = {name[1:] for name in match.group(1).split()}
        if "this" not in variables or not variables <= {"this", "value"}:
            raise unsupported(shape, f"sh:select with variables {', '.join(sorted(variables))}")
        body = match.group(2).replace("$this", "?this")
        if "$PATH" in body:
            if shape.path is None:
                raise unsupported(shape, "$PATH without sh:path")
            body = body.replace("$PATH", shape.path.sparql)
        if self._focus:  # a plain join is fast for few nodes, a left join (by hash) for all of them
            body = _BOUND.sub(r"\1", body)
        prologue = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in sorted(prefixes.items()))
        if shape.path is None and "value" not in variables:
            body += " BIND (?this AS ?value)"
        return prologue, body

    def _aim(self, shape: Shape) -> str:
        """The pattern that binds ?this to the nodes in focus that the shape is about; empty where it is about none."""
        if self._kinds is None or any(target.kind != "targetClass" for target in shape.targets):
            return self._focus + self._target(shape)
        classes = {term[1:-1] for target in shape.targets for term in self._make.classes(target.term[1:-1])}
        nodes = [node for node, kinds in self._kinds.items() if kinds & classes]
        return f"VALUES ?this {{ {' '.join(_focus_terms(nodes))} }}" if nodes else ""

    def _target(self, shape: Shape) -> str:
        """The pattern that binds ?this to every node the shape is about."""
        classes: set[str] = set()
        patterns: list[str] = []
        for target in shape.targets:
            if target.kind == "targetClass":
                classes |= set(self._make.classes(target.term[1:-1]))
            else:
                patterns.append(self._other_target(target))
        if classes:
            patterns.append(self._make.instance("?this", sorted(classes)))
        return patterns[0] if len(patterns) == 1 else " UNION ".join(f"{{ {part} }}" for part in patterns)

    def _other_target(self, target: Target) -> str:
        if target.kind == "targetNode":
            return f"VALUES ?this {{ {target.term} }}"
        other = self._make.fresh()
        if target.kind == "targetSubjectsOf":
            return f"?this {target.term} {other} ."
        return f"{other} {target.term} ?this ."

    def _refuse_nesting(self, targeted: Shape, shape: Shape) -> None:
        if shape is not targeted and shape.properties:
            raise unsupported(shape, "sh:property in a property shape")
        if shape is targeted and shape.path is not None and shape.properties:
            raise unsupported(shape, "sh:property in a property shape")


def component_iri(parameter: str) -> str:
    """The constraint component of a parameter: ``sh:minCount`` → ``sh:MinCountConstraintComponent``."""
    name = parameter.removeprefix(SH)
    return SH[f"{_COMPONENTS.get(parameter, name[:1].upper() + name[1:])}ConstraintComponent"]


def _shape_name(constraint: Constraint) -> str:
    value = constraint.value
    return value.value if isinstance(value, ox.NamedNode) else str(value)


def _focus_terms(focus: Collection[str]) -> list[str]:
    try:
        return [str(ox.NamedNode(iri)) for iri in sorted(set(focus))]
    except ValueError as error:
        raise InputError(f"focus: {error}", parameter="focus") from None
