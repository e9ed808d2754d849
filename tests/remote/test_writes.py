"""A write over HTTP that is stopped while it is pushed says what is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from small import FEW, small_store

from p4c_graph.errors import OverLimit
from p4c_graph.pipeline.update import write_update
from p4c_graph.settings import load
from p4c_graph.store.snapshots import Snapshots
from p4c_graph.web.writer import Writer

from .misbehaving import misbehaving

pytestmark = pytest.mark.slow
UPDATE = "INSERT DATA { GRAPH <https://example.org/graph/ours> { <https://example.org/a> rdfs:seeAlso rdfs:label } }"
PREFIX = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


def refused(**settings: object) -> tuple[str, bool]:
    """What a write says that takes longer than it may, and whether it made a snapshot."""
    async def write() -> None:
        writer = Writer(configured)
        try:
            await writer.run(write_update, PREFIX + UPDATE)
        finally:
            await writer.close()

    configured = load(**settings)
    before = Snapshots(configured.store).current()
    with pytest.raises(OverLimit) as raised:
        asyncio.run(write())
    return str(raised.value), Snapshots(configured.store).current() != before


def test_a_write_that_is_stopped_says_whether_it_is_there(tmp_path: Path) -> None:
    store = small_store(tmp_path, FEW)
    with misbehaving() as server:
        told, made = refused(store=store, write_timeout=0.01, sparql_url=server.url, sparql_update_url=server.url)
        assert (told, made) == (
            "The write took longer than 0.01 seconds (setting write_timeout) and was stopped; nothing was written.",
            False)
        assert server.requests == []
        told, made = refused(store=store, write_timeout=8, sparql_url=server.url, sparql_update_url=server.url)
    assert server.requests
    assert made
    assert told == (
        "The write took longer than 8 seconds (setting write_timeout) and was stopped; snapshot "
        f"{Snapshots(store).current().id} is there and current, but was not pushed to the SPARQL server. "
        "Push it again: p4c snapshots push.")
