"""Every question of the library gives the golden rows on oxigraph, and a copy of what was pushed is the same."""

from __future__ import annotations

import pytest
from questions.engines import Rows, plain, resolver
from questions.test_golden import CASES

from p4c_graph.questions import Question
from p4c_graph.store.remote import Remote, RemoteSnapshot
from p4c_graph.store.snapshots import Snapshot

from .servers import Server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def remote(holding: Server) -> Remote:
    return RemoteSnapshot.current(holding.configured()).dataset


@pytest.mark.parametrize("server", ["oxigraph"], indirect=True)
@pytest.mark.parametrize(("question", "values", "rows"), CASES)
def test_a_server_gives_the_golden_rows(
    remote: Remote, question: Question, values: dict[str, str], rows: Rows
) -> None:
    assert plain(remote.query(question.bind(values, resolver())).terms()) == rows


def test_a_copy_holds_what_was_pushed(holding: Server, snapshot: Snapshot) -> None:
    found = RemoteSnapshot.current(holding.configured())
    assert set(found.open()) == set(snapshot.open())
    without = RemoteSnapshot.current(holding.configured(sparql_graph_store_url=""))
    assert set(without.open()) == set(snapshot.open())
    for opened in (found, without):
        opened.dataset.close()
