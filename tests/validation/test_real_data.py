"""The shipped facts conform, fast enough; and both engines agree on a part of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from p4c_graph.intake.sources import Library
from p4c_graph.namespaces import ADMS, P4C, RDF, ROOT
from p4c_graph.pipeline import load
from p4c_graph.terms import Minter
from p4c_graph.validation import engine, referee

from .graphs import DEFAULT, REPOSITORY, shapes


@pytest.fixture(scope="module")
def facts() -> ox.Store:
    library = Library(REPOSITORY)
    return load([*library.model(), *library.facts()], Minter(ROOT))


def test_the_shipped_facts_have_no_violation(facts: ox.Store) -> None:
    start = time.perf_counter()
    report = engine.validate(facts, shapes())
    seconds = time.perf_counter() - start
    assert [(finding.shape, finding.focus, finding.value_text) for finding in report.violations] == []
    assert {item.label(): item.count for item in report.checked}["Practices"] > 100
    assert seconds < 10


def sample(facts: ox.Store) -> Iterator[ox.Quad]:
    """All facts, but only every 150th of the things there are thousands of."""
    left_out: set[ox.NamedNode] = set()
    for kind in (P4C.Observation, P4C.CodeChange, ADMS.Identifier, P4C.Region):
        members = facts.quads_for_pattern(None, ox.NamedNode(RDF.type), ox.NamedNode(kind), DEFAULT)
        nodes = sorted((quad.subject for quad in members), key=str)
        left_out |= {node for place, node in enumerate(nodes) if place % 150}
    for quad in facts.quads_for_pattern(None, None, None, DEFAULT):
        if quad.subject not in left_out:
            yield quad


@pytest.mark.slow
def test_both_engines_agree_on_a_sample_of_the_shipped_facts(facts: ox.Store) -> None:
    store = ox.Store()
    store.extend(sample(facts))
    ours, theirs = engine.validate(store, shapes()), referee.validate(store, shapes())
    assert Counter(finding.key for finding in ours.findings) == Counter(finding.key for finding in theirs.findings)
    assert len(ours.findings) > 500
