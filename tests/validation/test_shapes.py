"""Every shape objects to its counter-example and to nothing else, in both engines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from p4c_graph.namespaces import P4C, SH, SHAPES
from p4c_graph.validation import engine, referee
from p4c_graph.validation.report import Finding, Severity, ValidationReport
from p4c_graph.validation.shapes import Shapes

from . import cases_core, cases_other
from .cases import Case
from .graphs import REPOSITORY, SHAPE_FILES, shapes, valid_store

CASES = [*cases_core.CASES, *cases_other.CASES]


def named(case: Case) -> str:
    return case.shape


def names(report: ValidationReport) -> set[str]:
    return {finding.shape.removeprefix(SHAPES) for finding in report.findings}


def content(finding: Finding) -> tuple[str, str, str, str, Severity]:
    return (*finding.key, finding.component, finding.severity)


def test_the_valid_graph_gives_no_finding_at_all() -> None:
    report = engine.validate(valid_store(), shapes())
    assert not report.findings
    assert report.conforms
    assert report.constraints == len({reporting.iri for _, reporting in shapes().reported() if reporting.path})


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_counter_example_fails_with_exactly_its_shape(case: Case) -> None:
    report = engine.validate(valid_store([case.bad]), shapes())
    assert names(report) == {case.shape, *case.also}


@pytest.mark.parametrize("case", [case for case in CASES if case.good], ids=named)
def test_its_neighbour_passes(case: Case) -> None:
    report = engine.validate(valid_store([case.good]), shapes())
    assert names(report) == set()


def test_every_property_shape_has_a_counter_example() -> None:
    reporting = {shape.iri.removeprefix(SHAPES) for _, shape in shapes().reported() if shape.path is not None}
    assert reporting == {case.shape for case in CASES}


def test_every_property_shape_is_reported_or_used_by_one_that_is() -> None:
    reporting = {shape.iri for _, shape in shapes().reported()}
    for quad in shapes().store.quads_for_pattern(None, None, ox.NamedNode(SH.PropertyShape), None):
        name = quad.subject.value
        used = any(shapes().store.quads_for_pattern(None, ox.NamedNode(SH.property), quad.subject, None))
        assert name in reporting or used, name


def test_both_engines_find_the_same_in_many_counter_examples_at_once() -> None:
    """One may hide another (a test without a partner has no region to compare): what is hidden comes again later."""
    waiting = CASES
    while waiting:
        hidden = []
        batches = 7 if waiting is CASES else (len(waiting) + 7) // 8 if len(waiting) > 8 else len(waiting)
        for number in range(batches):
            batch = waiting[number::batches]
            found = agreed(case.bad for case in batch)
            hidden += [case for case in batch if case.shape not in found]
        assert len(hidden) < len(waiting)
        waiting = hidden


def test_both_engines_find_the_same_in_many_neighbours_at_once() -> None:
    for number in range(3):
        agreed(case.good for case in CASES[number::3])


def agreed(changes: Iterable[str]) -> set[str]:
    """The shapes that object to the valid graph after these changes, which both engines must find alike."""
    store = valid_store(changes)
    ours, theirs = engine.validate(store, shapes()), referee.validate(store, shapes())
    assert Counter(map(content, ours.findings)) == Counter(map(content, theirs.findings))
    return names(ours)


@pytest.mark.parametrize("file", SHAPE_FILES, ids=lambda file: file.stem)
def test_every_file_stands_alone_and_has_its_severity(file: Path) -> None:
    expected = Severity.VIOLATION if file.stem in ("core", "codelists") else Severity.WARNING
    own = Shapes.load([file])
    assert engine.validate(valid_store(), own).constraints
    found = [shape for _, shape in own.reported() if shape.path is not None]
    assert found
    assert {shape.severity for shape in found} == {expected}
    assert {shape.strict_for is not None for shape in found} == {file.stem == "process"}


def test_every_shape_speaks_english_and_french_in_whole_sentences() -> None:
    for _, shape in shapes().reported():
        if shape.path is not None:
            assert set(shape.messages) == {"en", "fr"}, shape.iri
            assert len(set(shape.messages.values())) == 2, shape.iri
            for text in shape.messages.values():
                assert re.fullmatch(r"[A-ZÀÉ].*\.", text), text


def test_every_shape_has_an_iri_and_one_constraint() -> None:
    for _, shape in shapes().reported():
        assert shape.iri.startswith(SHAPES), shape.iri
        if shape.path is not None:
            parameters = {constraint.parameter for constraint in shape.constraints} - {SH.qualifiedValueShape}
            assert len(parameters) == 1, shape.iri


def test_blank_nodes_in_shapes_are_only_lists_and_paths() -> None:
    allowed = re.compile(r"(22-rdf-syntax-ns#(first|rest)|shacl#(inversePath|alternativePath|zeroOrMorePath))$")
    for quad in shapes().store:
        if isinstance(quad.subject, ox.BlankNode):
            assert allowed.search(quad.predicate.value), quad


def test_every_term_of_ours_that_a_shape_names_is_in_the_ontology() -> None:
    ontology = (REPOSITORY / "ontology" / "p4c.ttl").read_text("utf-8")
    defined = set(re.findall(r"^p4c:([\w-]+) a ", ontology, re.MULTILINE))
    for file in SHAPE_FILES:
        used = set(re.findall(r"(?<![\w-])p4c:([\w-]+)", file.read_text("utf-8")))
        assert used <= defined, (file.name, used - defined)
    assert P4C.endswith("ontology#")


def test_every_scheme_that_a_shape_names_exists() -> None:
    stems = {file.stem for file in (REPOSITORY / "ontology" / "schemes").glob("*.ttl")}
    text = "".join(file.read_text("utf-8") for file in SHAPE_FILES)
    named_schemes = set(re.findall(r"sh:hasValue scheme:([\w-]+)", text))
    assert named_schemes <= stems
    for scheme, concept in re.findall(r"/scheme/([\w-]+)/([\w.-]*\w)>", text):
        concepts = (REPOSITORY / "ontology" / "schemes" / f"{scheme}.ttl").read_text("utf-8")
        assert re.search(rf"^[\w-]+:{re.escape(concept)} a ", concepts, re.MULTILINE), (scheme, concept)


def test_every_scheme_valued_property_of_the_ontology_has_a_shape() -> None:
    query = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT DISTINCT ?property WHERE { ?property rdfs:range skos:Concept ; rdfs:seeAlso ?scheme }"""
    store = ox.Store()
    store.load(path=str(REPOSITORY / "ontology" / "p4c.ttl"), format=ox.RdfFormat.TURTLE)
    rows = store.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    expected = {row["property"].value.removeprefix(P4C) for row in rows}
    checked = {case.shape.removesuffix("-scheme") for case in CASES if case.shape.endswith("-scheme")}
    assert expected <= checked
