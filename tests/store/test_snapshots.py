"""Snapshots: whole or not there, one writer at a time, readers undisturbed, whatever dies when."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4c_graph.errors import Busy, NoSnapshot, StoreProblem, UnknownName
from p4c_graph.store.snapshots import Snapshot, Snapshots, difference
from p4c_graph.store.statements import STATEMENTS, digest, write_statements

A, B = ox.NamedNode("https://e.org/graph/a"), ox.NamedNode("https://e.org/graph/b")


def quads(*values: int, graph: ox.NamedNode = A) -> list[ox.Quad]:
    """A statement a value, in the graph and in the default graph."""
    node = ox.NamedNode("https://e.org/x")
    triples = [ox.Triple(node, node, ox.Literal(value)) for value in values]
    return [ox.Quad(*triple, name) for triple in triples for name in (graph, ox.DefaultGraph())]


def build(folder: Path, statements: list[ox.Quad], keep: int = 10) -> Snapshot:
    """A snapshot of these statements, made as a build makes one."""
    snapshots = Snapshots(folder)
    with snapshots.writing() as work:
        store = ox.Store()
        store.extend(statements)
        write_statements(store, work)
        (work / "regions.json").write_text("{}")
        named = [quad for quad in statements if quad.graph_name != ox.DefaultGraph()]
        return snapshots.publish(work, {"digest": digest(named), "statements": len(named)}, keep=keep)


def values(snapshot: Snapshot, graph: ox.NamedNode = A) -> list[int]:
    found = snapshot.open().quads_for_pattern(None, None, None, graph)
    return sorted(int(quad.object.value) for quad in found)


def whole(snapshots: Snapshots) -> list[str]:
    """The ids of the listed snapshots, each of which must open and be what its manifest says."""
    for snapshot in snapshots.history():
        manifest = snapshot.manifest()
        named = [quad for quad in snapshot.open() if quad.graph_name != ox.DefaultGraph()]
        assert manifest["id"] == snapshot.id
        assert manifest["statements"] == len(named)
        assert manifest["digest"] == digest(named)
        assert (snapshot.path / "regions.json").is_file()
    return [snapshot.id for snapshot in snapshots.history()]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store folder with snapshots of 1 and of 2, to be copied."""
    folder = tmp_path_factory.mktemp("model")
    build(folder, quads(1))
    build(folder, quads(2))
    return folder


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    """A store folder with a snapshot of the statement 1 and a current one of the statement 2."""
    return Path(shutil.copytree(model, tmp_path / "store"))


# ── history ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_nothing_was_built_there_is_no_snapshot(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path / "store")
    assert snapshots.history() == []
    for ask in (snapshots.current, snapshots.before_current):
        with pytest.raises(NoSnapshot, match=r"No snapshot in .*store; make one with: p4c build"):
            ask()
    with pytest.raises(UnknownName, match="There is no snapshot '1'; kept are: none"):
        snapshots.get("1")


def test_a_build_makes_a_numbered_current_snapshot(folder: Path) -> None:
    snapshots = Snapshots(folder)
    first, second = snapshots.history()
    assert snapshots.current() == second
    assert (first.number, second.number) == (1, 2)
    assert second.id == f"000002-{second.manifest()['digest'][:12]}"
    assert values(second) == [2]
    assert whole(snapshots) == [first.id, second.id]


def test_the_statements_are_kept_packed_too_with_their_count_before_them(folder: Path) -> None:
    snapshot = Snapshots(folder).current()
    with gzip.open(snapshot.path / STATEMENTS) as packed:
        assert packed.readline() == b"# 2\n"
        assert set(ox.parse(packed, ox.RdfFormat.N_QUADS)) == set(snapshot.open())


def test_a_snapshot_is_found_by_id_or_number(folder: Path) -> None:
    snapshots = Snapshots(folder)
    first, second = snapshots.history()
    assert snapshots.get(first.id) == snapshots.get("1") == first
    with pytest.raises(UnknownName, match=f"no snapshot '3'; kept are: {first.id}, {second.id}"):
        snapshots.get("3")


def test_rollback_moves_the_pointer_and_the_next_build_goes_on_from_the_last_number(folder: Path) -> None:
    snapshots = Snapshots(folder)
    first, second = snapshots.history()
    assert snapshots.before_current() == first
    snapshots.point_to(first)
    assert snapshots.current() == first
    assert snapshots.history() == [first, second]
    with pytest.raises(UnknownName, match=f"current snapshot {first.id} is the oldest"):
        snapshots.before_current()
    third = build(folder, quads(3))
    assert third.number == 3
    assert snapshots.current() == third
    assert snapshots.before_current() == second


@pytest.mark.parametrize(("keep", "numbers"), [(1, [3]), (2, [2, 3]), (3, [1, 2, 3]), (9, [1, 2, 3])])
def test_only_the_last_snapshots_are_kept(folder: Path, keep: int, numbers: list[int]) -> None:
    build(folder, quads(3), keep=keep)
    assert [snapshot.number for snapshot in Snapshots(folder).history()] == numbers
    assert len(os.listdir(folder / "snapshots")) == len(numbers), "nothing is left of the others"


@pytest.mark.parametrize("content", ["", "000001-000000000000\n", "../..\n", "snapshots\n", "000001-0000"])
def test_a_pointer_to_nothing_is_no_snapshot(folder: Path, content: str) -> None:
    (folder / "current").write_text(content)
    with pytest.raises(NoSnapshot):
        Snapshots(folder).current()


def test_what_is_no_snapshot_is_not_listed(folder: Path) -> None:
    for name in ("notes", "000002", ".preparing", "000003-xyz"):
        (folder / "snapshots" / name).mkdir()
    assert [snapshot.number for snapshot in Snapshots(folder).history()] == [1, 2]


def test_a_snapshot_that_is_damaged_says_which_it_is(folder: Path) -> None:
    snapshot = Snapshots(folder).current()
    (snapshot.path / "store" / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreProblem, match=f"Snapshot {snapshot.id} is damaged"):
        snapshot.open()


# ── difference and digest ───────────────────────────────────────────────────────────────────────────────────


def test_the_difference_of_two_snapshots_is_by_graph_and_leaves_the_merged_graph_out(tmp_path: Path) -> None:
    before = build(tmp_path, quads(1, 2) + quads(1, graph=B))
    after = build(tmp_path, quads(2, 3, 4) + quads(1, graph=B))
    changes = difference(before, after)
    assert {(int(q.object.value), q.graph_name) for q in changes.added} == {(3, A), (4, A)}
    assert {(int(q.object.value), q.graph_name) for q in changes.removed} == {(1, A)}
    assert changes.by_graph() == {"https://e.org/graph/a": (2, 1)}
    assert difference(after, after).by_graph() == {}
    assert difference(after, before).added == changes.removed


@settings(max_examples=50, deadline=None, database=None)
@given(st.lists(st.text(), min_size=1, max_size=8, unique=True), st.randoms(use_true_random=False))
def test_equal_statements_give_an_equal_digest_in_any_order(texts: list[str], order: random.Random) -> None:
    node = ox.NamedNode("https://e.org/x")
    statements = [ox.Quad(node, node, ox.Literal(text), A) for text in texts]
    shuffled = order.sample(statements, len(statements))
    assert digest(shuffled) == digest(iter(statements))
    assert digest(statements[1:]) != digest(statements)


def test_the_digest_tells_graph_type_and_language_apart() -> None:
    node = ox.NamedNode("https://e.org/x")
    objects = [ox.Literal("1"), ox.Literal(1), ox.Literal("1", language="en"), ox.NamedNode("https://e.org/1")]
    statements = [ox.Quad(node, node, value, graph) for value in objects for graph in (A, B)]
    assert len({digest([statement]) for statement in statements}) == len(statements)


# ── writers and readers ─────────────────────────────────────────────────────────────────────────────────────


def test_a_second_writer_is_told_that_another_is_busy_and_the_first_goes_on(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    with snapshots.writing() as work:
        with pytest.raises(Busy, match="Another build is writing to"), Snapshots(tmp_path).writing():
            pass
        assert "Another build is writing" in run(writer(tmp_path, 1)).stderr
        assert work.is_dir()
    assert build(tmp_path, quads(1)).number == 1


def test_a_build_that_fails_leaves_nothing(folder: Path) -> None:
    snapshots = Snapshots(folder)
    current = snapshots.current()

    def fail() -> None:
        with snapshots.writing() as work:
            (work / "half").write_text("x")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert snapshots.current() == current
    assert sorted(os.listdir(folder / "snapshots")) == whole(snapshots)


@pytest.mark.parametrize("path", ["file/store", "file"])
def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreProblem, match=r"cannot be written to \("), Snapshots(tmp_path / path).writing():
        pass


def test_readers_of_an_old_snapshot_go_on_while_new_ones_are_made_and_the_old_is_removed(tmp_path: Path) -> None:
    old = build(tmp_path, quads(*range(500)), keep=1)
    reader = old.open()
    rows = reader.quads_for_pattern(None, None, None, A)
    first = next(rows)
    for value in (1, 2):
        build(tmp_path, quads(value), keep=1)
    assert not old.path.exists()
    assert len({first, *rows}) == 500
    assert sum(1 for _ in reader.quads_for_pattern(None, None, ox.Literal(499), A)) == 1
    assert values(Snapshots(tmp_path).current()) == [2]


def test_a_snapshot_may_be_open_many_times(folder: Path) -> None:
    snapshot = Snapshots(folder).current()
    stores = [snapshot.open() for _ in range(3)]
    assert [len(store) for store in stores] == [2, 2, 2]
    with pytest.raises(RuntimeError, match="read-write"):
        stores[0].add(quads(2)[0])


def test_pointers_moved_by_many_at_once_always_name_a_snapshot(folder: Path) -> None:
    movers = [subprocess.Popen([sys.executable, "-c", MOVER, str(folder)]) for _ in range(2)]
    seen = set()
    while any(mover.poll() is None for mover in movers):
        seen.add(Snapshots(folder).current().number)
    assert [mover.returncode for mover in movers] == [0, 0]
    assert seen == {1, 2}


# ── killed at any moment ────────────────────────────────────────────────────────────────────────────────────

PARTS = 15
"""Into how many parts the way of a writer is cut; it is killed somewhere in each."""

MOVER = """
import sys
from pathlib import Path
from p4c_graph.store.snapshots import Snapshots
snapshots = Snapshots(Path(sys.argv[1]))
for _ in range(50):
    for snapshot in snapshots.history():
        snapshots.point_to(snapshot)
"""

WRITER = """
import os, signal, sys
from pathlib import Path
import pyoxigraph as ox
import p4c_graph.store.snapshots as module
import p4c_graph.store.statements as statements

folder, first, last, kill_at = Path(sys.argv[1]), *map(int, sys.argv[2:])
step = 0

def die_or_go_on():
    global step
    step += 1
    if step == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)

def watched(frame, event, argument):
    if event == "line":
        die_or_go_on()
    return watched

def only_snapshots(frame, event, argument):
    return watched if frame.f_code.co_filename in (module.__file__, statements.__file__) else None

unlink = os.unlink
def slow_unlink(*arguments, **options):
    die_or_go_on()
    unlink(*arguments, **options)
os.unlink = slow_unlink

def build(value):
    node = ox.NamedNode("https://e.org/x")
    quads = [ox.Quad(node, node, ox.Literal(n), g) for n in (value, value + 1)
             for g in (ox.NamedNode("https://e.org/graph/a"), ox.DefaultGraph())]
    snapshots = module.Snapshots(folder)
    sys.settrace(only_snapshots)
    with snapshots.writing() as work:
        store = ox.Store()
        store.extend(quads)
        statements.write_statements(store, work)
        die_or_go_on()
        (work / "regions.json").write_text("{}")
        named = [quad for quad in quads if quad.graph_name != ox.DefaultGraph()]
        snapshots.publish(work, {"digest": statements.digest(named), "statements": 2}, keep=2)
    sys.settrace(None)

for value in range(first, last + 1):
    build(value)
print(step)
"""


def writer(folder: Path, first: int, last: int | None = None, *, kill_at: int = 0, text: str = WRITER) -> list[str]:
    """A process that makes a snapshot of each number; it kills itself at a step of its way."""
    return [sys.executable, "-c", text, str(folder), str(first), str(last or first), str(kill_at)]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps a writer takes that also removes an old snapshot."""
    folder = tmp_path_factory.mktemp("dry-run")
    assert run(writer(folder, 10, 11)).returncode == 0
    done = run(writer(folder, 12))
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_writer_killed_at_any_step_leaves_every_snapshot_whole_and_the_next_build_works(
    folder: Path, steps: int, part: int
) -> None:
    last = Snapshots(folder).current()
    first, end = steps * part // PARTS, steps * (part + 1) // PARTS
    kill_at = random.Random(part).randint(first + 1, min(end, steps - 5))
    assert run(writer(folder, 30, kill_at=kill_at)).returncode == -signal.SIGKILL
    snapshots = Snapshots(folder)
    listed = whole(snapshots)
    assert snapshots.current().id in listed
    assert last.id in listed
    assert values(snapshots.current()) in ([2], [30, 31])
    following = build(folder, quads(4), keep=2)
    assert snapshots.current() == following
    assert len(whole(snapshots)) == 2
    assert sorted(os.listdir(folder / "snapshots")) == whole(snapshots), "what was left over is gone"


@pytest.mark.parametrize(("method", "listed"), [
    ("statements.digest", 2), ("statements.write_statements", 2), ("module._sync_tree", 2),
    ("module.Snapshots.point_to", 3), ("module.shutil.rmtree", 2),
])
def test_a_writer_killed_before_a_given_step_leaves_the_last_snapshot_current(
    folder: Path, method: str, listed: int
) -> None:
    (folder / "snapshots" / ".preparing").mkdir()
    deadly = WRITER.replace("def build", f"{method} = lambda *a, **k: os.kill(os.getpid(), 9)\n\ndef build")
    assert run(writer(folder, 30, text=deadly)).returncode == -signal.SIGKILL
    snapshots = Snapshots(folder)
    assert values(snapshots.current()) == [2]
    assert len(whole(snapshots)) == listed
    following = build(folder, quads(4))
    assert following.number == listed + 1
    assert snapshots.current() == following


@pytest.mark.parametrize("after", [0.05, 0.2, 0.35])
def test_writers_killed_from_outside_at_some_time_leave_a_usable_store(folder: Path, after: float) -> None:
    command = writer(folder, 10, 1000)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while Snapshots(folder).current().number < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(after)
    assert process.poll() is None, "it is still writing"
    process.kill()
    process.wait()
    snapshots = Snapshots(folder)
    assert snapshots.current().id in whole(snapshots)
    following = build(folder, quads(4))
    assert snapshots.current() == following
