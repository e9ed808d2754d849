"""What changed between two snapshots."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from p4c_graph.pipeline import change
from p4c_graph.publish import changes as module
from p4c_graph.publish.addresses import Addresses
from p4c_graph.publish.changes import affected_paths, changes
from p4c_graph.settings import load
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.store.steps import run

BASE = "https://w3id.org/pooling4clusters/"
P4C = f"{BASE}ontology#"
NOTES = f"{BASE}graph/notes/verified"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def quad(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
    return ox.Quad(ox.NamedNode(BASE + subject), ox.NamedNode(predicate), value, ox.NamedNode(NOTES))


@pytest.fixture(scope="module")
def history(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Snapshot]:
    """Three snapshots: a name more; then one practice more and one recommendation less."""
    store = shutil.copytree(small_store, tmp_path_factory.mktemp("changes") / "store")
    settings = load(store=store)
    change(settings, lambda draft: draft.add([quad("id/practice/booth", LABEL, ox.Literal("Stand", language="fr"))]),
           title="A name")
    gone = f"{BASE}id/recommendation/north-1"

    def edit(draft: object) -> None:
        held = draft.triples(NOTES)  # type: ignore[attr-defined]
        draft.put(NOTES, {t for t in held if t.subject.value != gone} | {  # type: ignore[attr-defined]
            quad("id/practice/new", TYPE, ox.NamedNode(f"{P4C}Practice")).triple,
            quad("id/practice/new", LABEL, ox.Literal("New", language="en")).triple,
            quad("id/practice/new", f"{P4C}providerUnknown", ox.Literal(True)).triple,
        })

    change(settings, edit, title="One more, one less")
    return Snapshots(store).history()


def resources(found: frozenset[str]) -> set[str]:
    return {iri.removeprefix(f"{BASE}id/") for iri in found if "/id/practice/" in iri or "/id/recommendation/" in iri}


def test_created_updated_and_deleted_resources_are_told_apart(history: list[Snapshot]) -> None:
    first, second, third = history
    assert resources(changes(first, second).updated) == {"practice/booth"}
    last = changes(second, third)
    assert resources(last.created) == {"practice/new"}
    assert resources(last.deleted) == {"recommendation/north-1"}
    both = changes(first, third)
    assert resources(both.all) == {"practice/booth", "practice/new", "recommendation/north-1"}
    assert changes(third, third).all == frozenset()


def test_patches_and_comparing_find_the_same(history: list[Snapshot], monkeypatch: pytest.MonkeyPatch) -> None:
    read = changes(history[0], history[2])
    monkeypatch.setattr(module, "_from_patches", lambda before, after: None)
    assert changes(history[0], history[2]) == read


def test_what_was_withdrawn_counts_as_deleted() -> None:
    withdrawn = ox.Quad(
        ox.NamedNode(f"{BASE}id/practice/gone"), ox.NamedNode("http://www.w3.org/ns/prov#invalidatedAtTime"),
        ox.Literal("2026-01-02T03:04:05Z", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")))
    there = ox.Store()
    there.add(quad("id/practice/gone", LABEL, ox.Literal("Gone", language="en")))
    assert module._stands(there, f"{BASE}id/practice/gone")
    there.add(withdrawn)
    assert not module._stands(there, f"{BASE}id/practice/gone")


def test_changes_affect_the_documents_of_what_they_are_tied_to(history: list[Snapshot]) -> None:
    found = changes(history[0], history[1])
    paths = run(affected_paths(found, Addresses(BASE, "https://p4c.example.org")), Embedded(history[1].open()))
    assert {"/doc/practice/booth", "/doc/application/booth-north", "/doc/catalogue/pool"} <= paths
    assert "/doc/scheme/nace" not in paths
