"""A snapshot is pushed to a server: whole, by its changes, and back; a half-pushed state is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from p4c_graph.errors import Busy, InputError, NoSnapshot, P4CError, StoreProblem
from p4c_graph.namespaces import ROOT
from p4c_graph.settings import Settings
from p4c_graph.store.client import SparqlClient
from p4c_graph.store.draft import Draft
from p4c_graph.store.push import push, writer
from p4c_graph.store.remote import Remote, RemoteSnapshot
from p4c_graph.store.snapshots import Snapshot, Snapshots
from p4c_graph.store.statements import digest, graph_of

from .misbehaving import TABLE, answers, misbehaving
from .servers import Server
from .snapshot import make_snapshot

pytestmark = pytest.mark.slow
BASE = "http://example.org/push/"
A, B = BASE + "graph/a", BASE + "graph/b"
LITERALS = """
"plain", "with \\"quotes\\", \\\\ and \\n lines", "Łódź – 東京 😀", "oui"@fr, "2024-01-05"^^xsd:date,
"1.5"^^xsd:decimal, 7, "2011"^^xsd:gYear, true, <http://example.org/?q=a&b=%20c>
"""


def statements(extra: str = "") -> list[ox.Quad]:
    """A statement that stands in two graphs, and literals of all kinds."""
    text = f"""PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX : <http://example.org/>
      GRAPH <{A}> {{ :s :p 1 . :s :q {LITERALS} }} GRAPH <{B}> {{ :s :p 1 . {extra} }}"""
    return list(ox.parse(text, format=ox.RdfFormat.TRIG))


@pytest.fixture(scope="module", params=["graph store", "update"])
def writing(request: pytest.FixtureRequest, server: Server) -> dict[str, str]:
    """Settings of one of the two ways to write, under a base of their own."""
    without = "sparql_update_url" if request.param == "graph store" else "sparql_graph_store_url"
    return {**{name: value for name, value in server.settings.items() if name != without}, "base_iri": BASE}


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Snapshot]:
    """Makes a snapshot under that base."""
    return lambda *quads: make_snapshot(tmp_path, [*statements(), *quads], base=BASE)


@pytest.fixture
def configured(writing: dict[str, str], tmp_path: Path) -> Settings:
    return Settings(**writing, store=tmp_path)  # type: ignore[arg-type]


@pytest.fixture
def reader(configured: Settings) -> Iterator[Callable[[], RemoteSnapshot]]:
    opened: list[RemoteSnapshot] = []

    def read() -> RemoteSnapshot:
        opened.append(RemoteSnapshot.current(configured))
        return opened[-1]

    yield read
    for snapshot in opened:
        snapshot.dataset.close()


def count(remote: RemoteSnapshot, pattern: str) -> int:
    return len(remote.dataset.query(f"SELECT * {{ {pattern} }}").tuples())


def test_a_pushed_snapshot_is_there_with_its_manifest(
    configured: Settings, make: Callable[..., Snapshot], reader: Callable[[], RemoteSnapshot]
) -> None:
    snapshot = make()
    sent = push(configured, snapshot)
    found = reader()
    assert (sent.snapshot, sent.since) == (snapshot.id, None)
    assert (found.id, found.manifest()) == (snapshot.id, snapshot.manifest())
    assert count(found, f"GRAPH <{A}> {{ ?s ?p ?o }}") == snapshot.manifest()["graphs"][A]
    found.confirm()


def test_the_default_graph_is_the_merged_set(
    configured: Settings, make: Callable[..., Snapshot], reader: Callable[[], RemoteSnapshot]
) -> None:
    push(configured, make())
    found = reader()
    assert count(found, "<http://example.org/s> <http://example.org/p> ?o") == 1
    assert count(found, "GRAPH ?g { <http://example.org/s> <http://example.org/p> ?o } "
                        f"FILTER(?g IN (<{A}>, <{B}>))") == 2


def test_every_literal_comes_back_with_its_value(
    configured: Settings, make: Callable[..., Snapshot], reader: Callable[[], RemoteSnapshot]
) -> None:
    snapshot = make()
    push(configured, snapshot)
    text = "SELECT ?o { <http://example.org/s> <http://example.org/q> ?o }"
    expected = {str(value) for (value,) in snapshot.dataset.query(text).tuples()}
    assert {str(value) for (value,) in reader().dataset.query(text).tuples()} == expected


def test_the_dataset_may_be_named(
    configured: Settings, make: Callable[..., Snapshot], reader: Callable[[], RemoteSnapshot]
) -> None:
    push(configured, make())
    dataset = reader().dataset
    everything, only = "SELECT ?p { ?s ?p ?o }", "SELECT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert len(dataset.query(everything, default_graphs=[B]).tuples()) == 1
    assert dataset.query(everything, named_graphs=[B]).tuples() == []
    assert set(dataset.query(only, named_graphs=[B]).tuples()) == {(B,)}
    assert dataset.query(only, default_graphs=[B]).tuples() == []
    assert len(dataset.query(f"SELECT ?p FROM <{B}> {{ ?s ?p ?o }}").tuples()) == 1


def test_graphs_that_are_no_more_are_gone_and_those_of_others_stay(
    configured: Settings, make: Callable[..., Snapshot], reader: Callable[[], RemoteSnapshot]
) -> None:
    gone, other = BASE + "graph/gone", "http://example.org/elsewhere"
    s, p = ox.NamedNode("http://example.org/x"), ox.NamedNode("http://example.org/p")
    push(configured, make(ox.Quad(s, p, s, ox.NamedNode(gone))))
    remote = Remote(configured)
    list(writer(configured, remote).put(other, [ox.Triple(s, p, s)]))
    assert count(reader(), f"GRAPH <{gone}> {{ ?s ?p ?o }}") == 1
    push(configured, make())
    assert count(reader(), f"GRAPH <{gone}> {{ ?s ?p ?o }}") == 0
    assert len(remote.query(f"SELECT * {{ GRAPH <{other}> {{ ?s ?p ?o }} }}").tuples()) == 1
    list(writer(configured, remote).put(other, []))
    remote.close()


def test_a_push_that_breaks_off_is_told_and_can_be_done_again(
    configured: Settings, make: Callable[..., Snapshot], reader: Callable[[], RemoteSnapshot],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = make()
    push(configured, first)
    done: list[int] = []

    def breaks(stage: str, sent: int, total: int) -> None:
        done.append(sent)
        raise KeyboardInterrupt

    second = make(*statements("<http://example.org/new> <http://example.org/p> 2 ."))
    with pytest.raises(KeyboardInterrupt):
        push(configured, second, breaks)
    assert done
    with pytest.raises(Busy, match=rf"half written: snapshot {second.id} is being pushed since .*p4c snapshots push"):
        reader()
    push(configured, second)
    assert reader().id == second.id


def test_a_push_notices_another_one(
    configured: Settings, make: Callable[..., Snapshot], reader: Callable[[], RemoteSnapshot]
) -> None:
    first = make()
    second = make(*statements("<http://example.org/new> <http://example.org/p> 2 ."))
    came: list[str] = []

    def between(stage: str, sent: int, total: int) -> None:
        if not came:
            came.append(second.id)
            push(configured, second)

    push(configured, make(*statements("<http://example.org/third> <http://example.org/p> 3 .")))
    with pytest.raises(Busy, match="Another push"):
        push(configured, first, between)
    assert came


def test_changes_are_pushed_as_changes_and_taken_back_so(server: Server, tmp_path: Path) -> None:
    configured = Settings(**{**server.settings, "base_iri": BASE, "store": tmp_path})
    first = make_snapshot(tmp_path, statements(), base=BASE)
    push(configured, first)
    new = ox.Quad(ox.NamedNode("http://example.org/new"), ox.NamedNode("http://example.org/p"), ox.Literal("né"),
                  ox.NamedNode(BASE + "graph/c"))
    old = next(quad for quad in first.open() if graph_of(quad) == B)
    second = _changed(tmp_path, first, added=[new], removed=[old])
    sent = push(configured, second)
    assert (sent.since, sent.statements) == (first.id, 3)  # the one removed still stands in another graph
    found = RemoteSnapshot.current(configured)
    assert (found.id, count(found, "?s ?p ?o")) == (second.id, second.manifest()["merged"])
    assert count(found, f"GRAPH <{B}> {{ ?s ?p ?o }}") == 0
    back = push(configured, first)
    assert (back.since, back.statements) == (second.id, 3)
    assert RemoteSnapshot.current(configured).manifest() == first.manifest()
    assert push(configured, first).statements == 0
    found.dataset.close()


def test_where_changes_do_not_fit_everything_is_pushed(server: Server, tmp_path: Path) -> None:
    configured = Settings(**{**server.settings, "base_iri": BASE, "store": tmp_path})
    first = make_snapshot(tmp_path, statements(), base=BASE)
    push(configured, first)
    remote = Remote(configured)
    list(writer(configured, remote).put(A, []))  # somebody meddles
    remote.close()
    sent = push(configured, first)
    assert (sent.since, sent.statements) == (None, first.manifest()["statements"] + first.manifest()["merged"])


def _changed(folder: Path, before: Snapshot, added: list[ox.Quad], removed: list[ox.Quad]) -> Snapshot:
    history = Snapshots(folder)
    with history.writing() as work:
        draft = Draft(before, work)
        draft.remove(removed)
        draft.add(added)
        manifest = before.manifest()
        graphs = {**manifest["graphs"], **{graph_of(quad): 1 for quad in added}}
        for quad in removed:
            graphs[graph_of(quad)] -= 1
        gained, lost = draft.merged()
        total = digest(draft.added, less=draft.removed, start=manifest["digest"])
        draft.write(history.next_id(total))
        return history.publish(work, {
            **manifest, "digest": total, "graphs": {graph: n for graph, n in graphs.items() if n},
            "merged": manifest["merged"] + len(gained) - len(lost),
            "statements": manifest["statements"] + len(added) - len(removed)}, keep=10)


def test_a_server_without_a_manifest_says_that_nothing_was_pushed(configured: Settings) -> None:
    with pytest.raises(NoSnapshot, match=r"holds no snapshot under http://example\.org/empty/"):
        RemoteSnapshot.current(configured.model_copy(update={"base_iri": "http://example.org/empty/"}))


def test_without_an_address_to_write_to_nothing_is_pushed(make: Callable[..., Snapshot], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="P4C_SPARQL_GRAPH_STORE_URL or P4C_SPARQL_UPDATE_URL"):
        push(Settings(sparql_url="http://127.0.0.1:1/", base_iri=BASE), make())


def test_a_snapshot_of_another_base_is_not_pushed(configured: Settings, make: Callable[..., Snapshot]) -> None:
    other = configured.model_copy(update={"base_iri": ROOT})
    with pytest.raises(InputError, match=rf"was built for {BASE}"):
        push(other, make())


@pytest.mark.parametrize("way", ["sparql_update_url", "sparql_graph_store_url"])
def test_a_server_that_refuses_writes_is_told(make: Callable[..., Snapshot], way: str) -> None:
    with misbehaving() as server:
        server.answer = lambda connection: answers(
            *(("200 OK", TABLE.replace(b'{"n":{"type":"literal","value":"1"}}', b""))
              if b"/sparql HTTP" in server.requests[-1] else ("400 No", b"read only")), "Connection: close")(connection)
        configured = Settings(**{"sparql_url": server.url, way: server.url + "/write", "base_iri": BASE})
        with pytest.raises(StoreProblem, match="refuses a write") as refused:
            push(configured, make())
    assert isinstance(refused.value, P4CError)


@pytest.mark.parametrize("server", ["virtuoso"], indirect=True)
def test_wrong_credentials_are_told(server: Server, make: Callable[..., Snapshot]) -> None:
    configured = Settings(**{**server.settings, "sparql_password": "wrong secret", "base_iri": BASE})
    with pytest.raises(StoreProblem, match=r"does not let us in \(401\)") as refused:
        push(configured, make())
    assert "secret" not in str(refused.value)


def test_the_client_never_shows_its_credentials(server: Server) -> None:
    configured = Settings(**{**server.settings, "sparql_password": "very secret", "sparql_token": "also secret"})
    assert "secret" not in repr(configured)
    assert "secret" not in repr(vars(SparqlClient(configured, 1)))
