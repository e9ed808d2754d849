"""A selection in the graph: all its inputs, a verdict a practice, the catalogue; it conforms to the shapes."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from validation.graphs import shapes, valid_store

from p4c_graph.errors import InputError
from p4c_graph.namespaces import DCT, P4C, PROV, RDF, RDFS
from p4c_graph.process.catalogue import Named, default_title, selection_triples
from p4c_graph.process.selection import select
from p4c_graph.terms import Minter
from p4c_graph.validation import engine

from .evaluated import flat, rules

MINTER = Minter()


def written(title: str = "A trial") -> set[ox.Triple]:
    found = flat(0.2, 0.9, 0.5)
    found.graphs.append("https://example.org/graph/evaluations")
    outcome = select(found, rules(2))
    return selection_triples(outcome, found, Named.of(title, MINTER), MINTER, snapshot="000001-abc", today="2026-03-31",
                             synthetic=["https://example.org/graph/evaluations"])


def values(triples: set[ox.Triple], subject: str, predicate: str) -> set[str]:
    return {t.object.value for t in triples if t.subject.value == subject and t.predicate.value == predicate}  # type: ignore[union-attr]


def test_the_selection_carries_its_inputs() -> None:
    triples, iri = written(), MINTER.resource("selection", "a-trial")
    for term, expected in (
        ("identifiedCount", "3"), ("evaluatedCount", "3"), ("keptCount", "2"), ("minimumEvaluators", "1"),
        ("threshold", "0.5"), ("draws", "1000"), ("seed", "2011"), ("ofSnapshot", "000001-abc"),
    ):
        assert values(triples, iri, P4C[term]) == {expected}
    assert len(values(triples, iri, P4C.criterionWeight)) == 10
    assert values(triples, iri, PROV.used) == {"https://example.org/graph/evaluations"}
    assert values(triples, iri, DCT.date) == {"2026-03-31"}


def test_the_catalogue_holds_those_kept_and_a_verdict_stands_for_each_ranked() -> None:
    triples = written()
    kept = values(triples, MINTER.resource("catalogue", "a-trial"), PROV.hadMember)
    assert kept == {"https://example.org/practice/001", "https://example.org/practice/002"}
    assert len({t for t in triples if t.predicate.value == P4C.verdict}) == 3


def test_what_rests_on_made_up_data_is_marked_made_up() -> None:
    assert values(written(), MINTER.graph("selection/a-trial"), RDF.type) == {P4C.SyntheticGraph}


def test_what_is_written_conforms_to_the_shapes() -> None:
    store = valid_store()
    for practice in flat(0.2, 0.9, 0.5).practices:
        store.extend([ox.Quad(ox.NamedNode(practice.id), ox.NamedNode(p), o) for p, o in (
            (RDF.type, ox.NamedNode(P4C.Practice)), (RDFS.label, ox.Literal(practice.label, language="en")),
            (P4C.providerUnknown, ox.Literal(True)))])
    store.extend([ox.Quad(*triple) for triple in written()])
    assert engine.validate(store, shapes()).conforms


def test_a_title_names_the_project_and_must_have_letters() -> None:
    found = flat(0.2, 0.9)
    assert default_title(select(found, rules(1)), found, "2026-03-31") == "Selection of 1 practices, 2026-03-31"
    with pytest.raises(InputError, match="--title is '…'"):
        Named.of("…", MINTER)
