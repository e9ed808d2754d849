"""The shipped facts, read once a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox
import pytest

from p4c_graph.intake.sources import Library
from p4c_graph.regions import Gazetteer
from p4c_graph.store.rows import StoreRows
from p4c_graph.terms import Minter
from p4c_graph.transfer.columns import Columns, build_columns
from p4c_graph.transfer.features import Features, read_features
from p4c_graph.transfer.hindcast import Hindcast, Transfer, hindcast, observed_transfers
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.model import TransferModel, read_model

from .worlds import MINTED


@dataclass(frozen=True)
class Real:
    """The shipped facts, all in the default graph, and what the transfer model makes of them."""

    store: ox.Store
    dataset: StoreRows
    gazetteer: Gazetteer
    model: TransferModel
    features: Features

    @cached_property
    def columns(self) -> Columns:
        return build_columns(self.features, self.gazetteer, self.model)

    @cached_property
    def matcher(self) -> Matcher:
        return Matcher(self.columns, self.gazetteer, self.model, "real", MINTED)

    @cached_property
    def transfers(self) -> list[Transfer]:
        """All observed and planned transfers between two NUTS 2 regions."""
        return observed_transfers(self.dataset, self.matcher, with_planned=True)

    @cached_property
    def hindcast(self) -> Hindcast:
        return hindcast(self.matcher, self.transfers)


@pytest.fixture(scope="session")
def real() -> Real:
    store = ox.Store()
    for file in Library.shipped().facts():
        store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in file.quads(Minter()))
    dataset = StoreRows(store)
    return Real(store, dataset, Gazetteer.read(dataset), read_model(dataset), read_features(dataset))
