"""From what an engine found to the report: severity where a process is declared complete, names, places."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.namespaces import DCT, P4C, RDFS, SKOS
from p4c_graph.validation.report import Checked, Finding, Location, Severity, ValidationReport, is_iri
from p4c_graph.validation.shapes import Shape, Shapes

Locate = Callable[[str], Location | None]


@dataclass(frozen=True)
class Raw:
    """What an engine found: a node, perhaps a value (N-Triples form), the shape and its component."""

    focus: str
    value: str | None
    shape: str
    component: str


def build_report(
    raw: Iterable[Raw],
    shapes: Shapes,
    store: ox.Store,
    *,
    checked: Iterable[Checked] = (),
    constraints: int = 0,
    locate: Locate | None = None,
) -> ValidationReport:
    """The report on these findings: each once, the worst first, then by focus node and shape."""
    unique = sorted(set(raw), key=lambda found: (found.focus, found.shape, found.value or "", found.component))
    strict = _strict(unique, shapes, store)
    labels = _labels(store, {found.focus for found in unique} | {_iri_value(found) for found in unique})
    places: dict[str, Location | None] = {}
    findings = []
    for found in unique:
        shape = shapes[found.shape]
        if locate is not None and found.focus not in places:
            places[found.focus] = locate(found.focus)
        findings.append(
            Finding(
                focus=found.focus,
                label=labels.get(found.focus),
                path=None if shape.path is None else shape.path.text,
                value=found.value,
                shape=found.shape,
                component=found.component,
                severity=Severity.VIOLATION if (found.focus, found.shape) in strict else shape.severity,
                messages=shape.messages,
                location=places.get(found.focus),
                value_label=labels.get(_iri_value(found)),
            )
        )
    findings.sort(key=lambda finding: finding.severity.rank)
    return ValidationReport(tuple(findings), tuple(checked), constraints)


# ── severity ───────────────────────────────────────────────────────────────────────────────────────────────────


def _strict(found: Collection[Raw], shapes: Shapes, store: ox.Store) -> set[tuple[str, str]]:
    """(focus, shape) of the findings that are violations because their process is declared complete."""
    by_shape: dict[str, set[str]] = {}
    for item in found:
        if shapes[item.shape].strict_for is not None:
            by_shape.setdefault(item.shape, set()).add(item.focus)
    strict: set[tuple[str, str]] = set()
    for name, nodes in by_shape.items():
        shape = shapes[name]
        declared = _declared_complete(store, shape.strict_for or "")
        if not declared:
            continue
        for node in nodes:
            scope = {node} | _reached(store, shape, node)
            if any(_is_complete(store, member, declared) for member in scope):
                strict.add((node, name))
    return strict


def _declared_complete(store: ox.Store, class_iri: str) -> set[ox.NamedNode]:
    quads = store.quads_for_pattern(None, ox.NamedNode(P4C.completeFor), ox.NamedNode(class_iri), ox.DefaultGraph())
    return {quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)}


def _reached(store: ox.Store, shape: Shape, node: str) -> set[str]:
    reached: set[str] = set()
    if not is_iri(node):
        return reached
    for path in shape.strict_paths:
        rows = store.query(f"SELECT DISTINCT ?node WHERE {{ {ox.NamedNode(node)} {path.sparql} ?node }}")
        assert isinstance(rows, ox.QuerySolutions)
        reached |= {row["node"].value for row in rows if isinstance(row["node"], ox.NamedNode)}
    return reached


def _is_complete(store: ox.Store, node: str, declared: set[ox.NamedNode]) -> bool:
    """True where the node itself is declared complete, or occurs in a graph that is."""
    if not is_iri(node):
        return False
    term = ox.NamedNode(node)
    if term in declared:
        return True
    return any(
        next(store.quads_for_pattern(term, None, None, graph), None) is not None
        or next(store.quads_for_pattern(None, None, term, graph), None) is not None
        for graph in declared
    )


# ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _labels(store: ox.Store, nodes: Collection[str]) -> dict[str, str]:
    """The name of each node: English, else untagged, else French, else any."""
    best: dict[str, tuple[int, str]] = {}
    for node in nodes:
        if not is_iri(node):
            continue
        for place, predicate in enumerate((RDFS.label, SKOS.prefLabel, DCT["title"])):
            for quad in store.quads_for_pattern(ox.NamedNode(node), ox.NamedNode(predicate), None, ox.DefaultGraph()):
                if isinstance(quad.object, ox.Literal):
                    order = {"en": 0, "": 1, "fr": 2}.get(quad.object.language or "", 3)
                    best[node] = min(best.get(node, (99, "")), (place * 4 + order, quad.object.value))
    return {node: label for node, (_, label) in best.items()}


def _iri_value(found: Raw) -> str:
    """The value where it is an IRI, else nothing."""
    return found.value[1:-1] if found.value is not None and found.value.startswith("<") else ""


def subclasses(store: ox.Store) -> Mapping[str, frozenset[str]]:
    """Class → all its subclasses, as the default graph has them."""
    below: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDFS.subClassOf), None, ox.DefaultGraph()):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            below.setdefault(quad.object.value, set()).add(quad.subject.value)

    def under(name: str, seen: set[str]) -> set[str]:
        for child in below.get(name, ()):
            if child not in seen:
                seen.add(child)
                under(child, seen)
        return seen

    return {name: frozenset(under(name, set())) for name in below}
