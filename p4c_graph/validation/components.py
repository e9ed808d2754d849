"""SHACL constraint components as SPARQL expressions.

A *value test* says of one value whether it is right (``sh:datatype``); a *node test* says it of a node and
all its values of a path together (``sh:minCount``). No expression raises an error: what cannot be compared is
not right. To support another component, add a function to one of the two tables at the end.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

import pyoxigraph as ox

from p4c_graph.namespaces import RDF, SH, XSD
from p4c_graph.terms import compact
from p4c_graph.validation.shapes import Constraint, Shape, Shapes, SparqlPath, Term, unsupported

_NUMERIC = {XSD[name] for name in ("decimal", "integer", "double", "float", "int", "long", "nonNegativeInteger")}
_CAST = {XSD[name] for name in ("boolean", "date", "dateTime", "time", "gYear", "gYearMonth")}
_UNCHECKED = {XSD.string, XSD.anyURI, RDF.langString}
_MOST = 3  # counts above this would need GROUP BY

ValueTest = Callable[["Expressions", Constraint, Shape, str], str]
NodeTest = Callable[["Expressions", Constraint, Shape, str, SparqlPath], str]


class Expressions:
    """Builds expressions for one set of shapes over data with this class hierarchy."""

    def __init__(self, shapes: Shapes, subclasses: Mapping[str, frozenset[str]]) -> None:
        self.shapes = shapes
        self._subclasses = subclasses
        self._numbers = itertools.count(1)

    def fresh(self) -> str:
        """A variable that nothing else uses."""
        return f"?v{next(self._numbers)}"

    def classes(self, iri: str) -> list[str]:
        """A class and all its subclasses, as SPARQL terms."""
        return sorted(str(ox.NamedNode(name)) for name in {iri, *self._subclasses.get(iri, ())})

    def instance(self, variable: str, classes: list[str]) -> str:
        """A pattern that holds where the variable is of one of these classes."""
        if len(classes) == 1:
            return f"{variable} a {classes[0]} ."
        kind = self.fresh()
        return f"VALUES {kind} {{ {' '.join(classes)} }} {variable} a {kind} ."

    def value_test(self, constraint: Constraint, shape: Shape, variable: str) -> str | None:
        """The expression that is true where the value is right, or None where this is no value test."""
        test = VALUE_TESTS.get(constraint.parameter)
        return None if test is None else test(self, constraint, shape, variable)

    def node_test(self, constraint: Constraint, shape: Shape, node: str) -> str:
        """The expression that is true where the node is right. Refuses what is neither kind of test."""
        test = NODE_TESTS.get(constraint.parameter)
        if test is None:
            raise unsupported(shape, compact(constraint.parameter))
        if shape.path is None:
            raise unsupported(shape, f"{compact(constraint.parameter)} without sh:path")
        return test(self, constraint, shape, node, shape.path)

    def conforms(self, name: str, node: str) -> str:
        """The expression that is true where the node conforms to the shape of this name."""
        shape = self.shapes[name]
        if shape.deactivated:
            return "true"
        if shape.path is None:
            parts = [self._test_of_node_shape(constraint, shape, node) for constraint in shape.constraints]
            parts += [self.conforms(inner, node) for inner in shape.properties]
        else:
            parts = self._property_parts(shape, node)
        return f"({' && '.join(parts)})" if parts else "true"

    def _test_of_node_shape(self, constraint: Constraint, shape: Shape, node: str) -> str:
        if constraint.parameter == SH.hasValue:
            return f"sameTerm({node}, {constraint.value})"
        test = self.value_test(constraint, shape, node)
        return self.node_test(constraint, shape, node) if test is None else test

    def _property_parts(self, shape: Shape, node: str) -> list[str]:
        assert shape.path is not None
        parts: list[str] = []
        value = self.fresh()
        tests: list[str] = []
        for constraint in shape.constraints:
            test = self.value_test(constraint, shape, value)
            if test is None:
                parts.append(self.node_test(constraint, shape, node))
            else:
                tests.append(test)
        tests += [self.conforms(inner, value) for inner in shape.properties]
        if tests:
            each = f"{node} {shape.path.sparql} {value} . FILTER (!({' && '.join(tests)}))"
            parts.append(f"NOT EXISTS {{ {each} }}")
        return parts

    def several(self, node: str, path: SparqlPath, number: int, extra: Callable[[str], str] = lambda _: "") -> str:
        """A pattern that holds where the node has at least so many different values, each with ``extra``."""
        values = [self.fresh() for _ in range(number)]
        lines = []
        for place, value in enumerate(values):
            lines.append(f"{node} {path.sparql} {value} .{extra(value)}")
            lines += [f"FILTER (!sameTerm({other}, {value}))" for other in values[:place]]
        return " ".join(lines)

    def some(self, node: str, steps: Sequence[str]) -> str:
        """An expression that is true where a sequence of paths leads from the node to anything.

        One step in the other: of a whole path in EXISTS the engine would join the steps anew for each node.
        """
        value = self.fresh()
        further = f" FILTER ({self.some(value, steps[1:])})" if len(steps) > 1 else ""
        return f"EXISTS {{ {node} {steps[0]} {value} .{further} }}"


def _number(constraint: Constraint, shape: Shape) -> int:
    name = compact(constraint.parameter)
    if not isinstance(constraint.value, ox.Literal) or not constraint.value.value.isdigit():
        raise unsupported(shape, f"{name} {constraint.value}")
    number = int(constraint.value.value)
    if number > _MOST:
        raise unsupported(shape, f"{name} over {_MOST}")
    return number


def _iri(constraint: Constraint, shape: Shape) -> str:
    if not isinstance(constraint.value, ox.NamedNode):
        raise unsupported(shape, f"{compact(constraint.parameter)} {constraint.value}")
    return constraint.value.value


def _string(term: Term) -> str:
    assert isinstance(term, ox.Literal)
    return str(ox.Literal(term.value))


def _name(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


# ── value tests ────────────────────────────────────────────────────────────────────────────────────────────────


def _class(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
    return f"EXISTS {{ {make.instance(value, make.classes(_iri(constraint, shape)))} }}"


def _datatype(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
    datatype = _iri(constraint, shape)
    same = f"isLiteral({value}) && COALESCE(DATATYPE({value}) = <{datatype}>, false)"
    if datatype in _NUMERIC:
        return f"({same} && isNumeric({value}))"
    if datatype in _CAST:
        return f"({same} && COALESCE(DATATYPE(<{datatype}>(STR({value}))) = <{datatype}>, false))"
    if datatype in _UNCHECKED:
        return f"({same})"
    raise unsupported(shape, f"sh:datatype {compact(datatype)}")


def _node_kind(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
    tests = {"IRI": "isIRI", "BlankNode": "isBlank", "Literal": "isLiteral"}
    kinds = _iri(constraint, shape).removeprefix(SH).split("Or")
    return "(" + " || ".join(f"{tests[kind]}({value})" for kind in kinds) + ")"


def _in(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
    members = make.shapes.list_of(constraint.value)
    return "(" + (" || ".join(f"sameTerm({value}, {member})" for member in members) or "false") + ")"


def _pattern(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
    flags = f", {ox.Literal(shape.flags)}" if shape.flags else ""
    return f"(!isBlank({value}) && REGEX(STR({value}), {_string(constraint.value)}{flags}))"


def _comparison(sign: str) -> ValueTest:
    def test(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
        return f"COALESCE({value} {sign} {constraint.value}, false)"

    return test


def _length(sign: str) -> ValueTest:
    def test(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
        return f"(!isBlank({value}) && STRLEN(STR({value})) {sign} {constraint.value})"

    return test


def _language_in(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
    ranges = make.shapes.list_of(constraint.value)
    matches = " || ".join(f"LANGMATCHES(LANG({value}), {_string(term)})" for term in ranges)
    return f"(isLiteral({value}) && ({matches or 'false'}))"


def _conforms(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
    return make.conforms(_name(constraint.value), value)


def _not(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
    return f"!{make.conforms(_name(constraint.value), value)}"


def _logical(sign: str) -> ValueTest:
    def test(make: Expressions, constraint: Constraint, shape: Shape, value: str) -> str:
        members = make.shapes.list_of(constraint.value)
        return "(" + sign.join(make.conforms(_name(member), value) for member in members) + ")"

    return test


# ── node tests ─────────────────────────────────────────────────────────────────────────────────────────────────


def _min_count(make: Expressions, constraint: Constraint, shape: Shape, node: str, path: SparqlPath) -> str:
    number = _number(constraint, shape)
    if number == 1:
        return make.some(node, path.steps or [path.sparql])
    return f"EXISTS {{ {make.several(node, path, number)} }}" if number else "true"


def _max_count(make: Expressions, constraint: Constraint, shape: Shape, node: str, path: SparqlPath) -> str:
    return f"NOT EXISTS {{ {make.several(node, path, _number(constraint, shape) + 1)} }}"


def _has_value(make: Expressions, constraint: Constraint, shape: Shape, node: str, path: SparqlPath) -> str:
    return f"EXISTS {{ {node} {path.sparql} {constraint.value} }}"


def _unique_lang(make: Expressions, constraint: Constraint, shape: Shape, node: str, path: SparqlPath) -> str:
    if _string(constraint.value) != '"true"':
        return "true"
    one, two = make.fresh(), make.fresh()
    clash = f'!sameTerm({one}, {two}) && LANG({one}) != "" && LCASE(LANG({one})) = LCASE(LANG({two}))'
    return f"NOT EXISTS {{ {node} {path.sparql} {one} . {node} {path.sparql} {two} . FILTER ({clash}) }}"


def _qualified_min(make: Expressions, constraint: Constraint, shape: Shape, node: str, path: SparqlPath) -> str:
    wanted = [_name(other.value) for other in shape.constraints if other.parameter == SH.qualifiedValueShape]
    if len(wanted) != 1:
        raise unsupported(shape, "sh:qualifiedMinCount without one sh:qualifiedValueShape")

    def restricted(value: str) -> str:
        return f" FILTER ({make.conforms(wanted[0], value)})"

    return f"EXISTS {{ {make.several(node, path, _number(constraint, shape), restricted)} }}"


def _nothing(make: Expressions, constraint: Constraint, shape: Shape, node: str, path: SparqlPath) -> str:
    return "true"


def order_test(constraint: Constraint, value: str, other: str) -> str | None:
    """The expression of ``sh:lessThan`` or ``sh:lessThanOrEquals`` for two values, else None."""
    sign = {SH.lessThan: "<", SH.lessThanOrEquals: "<="}.get(constraint.parameter)
    return None if sign is None else f"COALESCE({value} {sign} {other}, false)"


def _ordered(make: Expressions, constraint: Constraint, shape: Shape, node: str, path: SparqlPath) -> str:
    one, two = make.fresh(), make.fresh()
    pair = f"{node} {path.sparql} {one} . {node} <{_iri(constraint, shape)}> {two} ."
    return f"NOT EXISTS {{ {pair} FILTER (!{order_test(constraint, one, two)}) }}"


VALUE_TESTS: dict[str, ValueTest] = {
    SH["class"]: _class,
    SH.datatype: _datatype,
    SH.nodeKind: _node_kind,
    SH["in"]: _in,
    SH.pattern: _pattern,
    SH.minInclusive: _comparison(">="),
    SH.maxInclusive: _comparison("<="),
    SH.minExclusive: _comparison(">"),
    SH.maxExclusive: _comparison("<"),
    SH.minLength: _length(">="),
    SH.maxLength: _length("<="),
    SH.languageIn: _language_in,
    SH.node: _conforms,
    SH["not"]: _not,
    SH["and"]: _logical(" && "),
    SH["or"]: _logical(" || "),
}

NODE_TESTS: dict[str, NodeTest] = {
    SH.minCount: _min_count,
    SH.maxCount: _max_count,
    SH.hasValue: _has_value,
    SH.uniqueLang: _unique_lang,
    SH.qualifiedMinCount: _qualified_min,
    SH.qualifiedValueShape: _nothing,  # read together with the count
    SH.lessThan: _ordered,
    SH.lessThanOrEquals: _ordered,
}
