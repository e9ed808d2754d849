"""Derive: what is computed from the asserted graphs, all of it or only what a change touches."""

from __future__ import annotations

import os
import pickle
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from p4c_graph.intake.sources import Library
from p4c_graph.namespaces import P4C, PREFIXES, PROV, RDF, RDFS
from p4c_graph.progress import Progress
from p4c_graph.regions import Gazetteer
from p4c_graph.store.rows import StoreRows, iri_list
from p4c_graph.store.statements import in_graph
from p4c_graph.terms import Minter
from p4c_graph.transfer import derived
from p4c_graph.transfer.best import Best, Stated, best_of_all, compare
from p4c_graph.transfer.columns import build_columns
from p4c_graph.transfer.features import Features, read_features, read_features_again
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import TransferModel, read_model

DERIVED = "derived/"
PROVENANCE = "provenance"
SUITABILITY = "suitability"
_FEATURES, _REGIONS = "features.pickle", "regions.json"
_ONLY = "#{ ?practice }"
"""Where a query of ``sparql/derive`` takes the practices that are to be derived again."""


class Target(Protocol):
    """Graphs that can be asked and written to; the default graph is their merged set."""

    @property
    def store(self) -> ox.Store:
        """The store to be asked."""
        ...

    def put(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Lets a graph hold just these statements."""
        ...

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Adds statements to named graphs."""
        ...


class Changing(Target, Protocol):
    """Graphs from which statements can be taken, too."""

    def remove(self, quads: Iterable[ox.Quad]) -> None:
        """Takes statements from named graphs."""
        ...


@dataclass(frozen=True)
class Touched:
    """What a change touches: practices, and nodes that may be organisations."""

    practices: frozenset[str]
    organisations: frozenset[str]


@dataclass(frozen=True)
class Derivation:
    """What the derived graphs were computed with: kept with the snapshot, so that the next change can go on from it."""

    gazetteer: Gazetteer
    features: Features
    matcher: Matcher
    best: dict[str, Best]
    stated: Stated
    regions: Path | None = None
    """The file that holds the gazetteer already."""

    def save(self, folder: Path) -> None:
        """Writes regions, columns and features into a snapshot's folder."""
        if self.regions:
            os.link(self.regions, folder / _REGIONS)
        else:
            self.gazetteer.save(folder / _REGIONS)
        self.matcher.columns.save(folder)
        self.stated.save(folder)
        (folder / _FEATURES).write_bytes(pickle.dumps(self.features, protocol=5))


def saved_features(folder: Path) -> Features | None:
    """The features that ``Derivation.save`` wrote, where they can be read by this version of the program."""
    try:
        # Written and read by this program alone, in a folder that holds nothing from outside.
        found = pickle.loads((folder / _FEATURES).read_bytes())
    except (OSError, pickle.UnpicklingError, AttributeError, EOFError, ImportError):
        return None
    return found if isinstance(found, Features) else None


def derive(target: Target, library: Library, minter: Minter, progress: Progress) -> Derivation:
    """Computes every derived graph anew, each with what generated it."""
    queries = _queries(library)
    for done, path in enumerate(queries):
        progress("derive", done, len(queries) + 2)
        target.put(_graph(minter, path), _construct(target.store, path.read_text("utf-8")))
        _describe(target, minter, _name(path), f"sparql/derive/{path.name}")
    rows = StoreRows(target.store)
    gazetteer, model = Gazetteer.read(rows), read_model(rows)
    found = _derivation(read_features(rows), gazetteer, model, minter)
    matcher = found.matcher
    for done, (name, triples) in enumerate((
        ("similarity", derived.similarities(matcher)), (SUITABILITY, derived.suitabilities(matcher, found.best)),
    )):
        progress("derive", len(queries) + done, len(queries) + 2)
        target.put(minter.graph(DERIVED + name), triples)
        _describe(target, minter, name, model.iri)
    return found


def derive_again(
    target: Changing, library: Library, minter: Minter, before: Path, touched: Touched, progress: Progress
) -> Derivation | None:
    """Computes what a change touches, from where the snapshot in the folder ``before`` stands.

    None where that snapshot does not hold what is needed; then everything is to be derived.
    """
    features, stated = saved_features(before), Stated.load(before)
    if features is None or stated is None:
        return None
    for path in _queries(library):
        graph = _graph(minter, path)
        target.remove(list(_of_subjects(target.store, touched.practices, graph)))
        limited = _limited(path, touched.practices)
        target.add(in_graph(_construct(target.store, limited), graph))
    rows = StoreRows(target.store)
    gazetteer = Gazetteer.load(before / _REGIONS)
    features = read_features_again(features, rows, touched.practices, touched.organisations)
    found = _derivation(features, gazetteer, read_model(rows), minter)
    progress("derive", 1, 2)
    _restate(target, minter.graph(DERIVED + SUITABILITY), found, stated)
    return replace(found, regions=before / _REGIONS)


def _restate(target: Changing, graph: str, found: Derivation, before: Stated) -> None:
    """Brings the graph of suitability from what a snapshot states to what is to be stated."""
    node, minted, changes = ox.NamedNode(graph), found.matcher.minted, compare(before, found.stated)
    old: list[ox.Quad] = []
    new: list[ox.Triple] = []
    for region, change in changes.items():
        for practice in (*change.gone, *change.anew):
            for name in (derived.suitability_node, derived.adoption_node):
                old += target.store.quads_for_pattern(name(minted, region, practice), None, None, node)
        for practice, (was, now) in change.moved.items():
            pair = derived.suitability_node(minted, region, practice)
            old += in_graph([derived.rank_statement(pair, was)], graph)
            new.append(derived.rank_statement(pair, now))
    anew = {region: frozenset(change.anew) for region, change in changes.items() if change.anew}
    target.remove(old)
    target.add(in_graph([*new, *derived.suitabilities(found.matcher, found.best, anew)], graph))


def _derivation(features: Features, gazetteer: Gazetteer, model: TransferModel, minter: Minter) -> Derivation:
    columns = build_columns(features, gazetteer, model)
    matcher = Matcher(columns, gazetteer, model, "", minter.resources)
    best = best_of_all(matcher)
    return Derivation(gazetteer, features, matcher, best, Stated.of(matcher, best))


def _queries(library: Library) -> list[Path]:
    return sorted((library.folder / "sparql" / "derive").glob("*.rq"))


def _name(path: Path) -> str:
    return path.stem.split("-", 1)[1]


def _graph(minter: Minter, path: Path) -> str:
    return minter.graph(DERIVED + _name(path))


def _limited(path: Path, practices: Collection[str]) -> str:
    """A query of ``sparql/derive`` for some practices only."""
    return path.read_text("utf-8").replace(_ONLY, f"VALUES ?practice {{ {iri_list(practices)} }}")


def _construct(store: ox.Store, query: str) -> list[ox.Triple]:
    constructed = store.query(query, prefixes=PREFIXES)
    assert isinstance(constructed, ox.QueryTriples)
    return list(constructed)


def _of_subjects(store: ox.Store, subjects: Iterable[str], graph: str) -> Iterator[ox.Quad]:
    for iri in subjects:
        yield from store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.NamedNode(graph))


def _describe(target: Target, minter: Minter, name: str, used: str) -> None:
    """Says of a derived graph what generated it."""
    graph = ox.NamedNode(minter.graph(DERIVED + name))
    activity = ox.NamedNode(minter.resource("activity", f"derive-{name}"))
    by = ox.NamedNode(used) if "://" in used else ox.Literal(used)
    statements: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
        (graph, RDF.type, ox.NamedNode(P4C.DerivedGraph)), (graph, PROV.wasGeneratedBy, activity),
        (activity, RDF.type, ox.NamedNode(PROV.Activity)),
        (activity, PROV.used if isinstance(by, ox.NamedNode) else RDFS.comment, by),
        (activity, RDFS.label, ox.Literal(f"Derivation of {name}", language="en")),
        (activity, RDFS.label, ox.Literal(f"Dérivation : {name}", language="fr")),
    ]
    provenance = ox.NamedNode(minter.graph(PROVENANCE))
    target.add(ox.Quad(s, ox.NamedNode(p), o, provenance) for s, p, o in statements)
