"""A build of more than memory should hold: the same snapshot, made on disk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from bench.generate import World, write
from p4c_graph import KnowledgeGraph
from p4c_graph.errors import InvalidData, StoreProblem, SyntaxProblem
from p4c_graph.intake import lines
from p4c_graph.namespaces import P4C, RDFS, ROOT
from p4c_graph.pipeline import build, change
from p4c_graph.pipeline.filling import Held
from p4c_graph.settings import Settings, load
from p4c_graph.store.snapshots import Snapshots, difference

WORLD = World(practices=30, regions=50)
UNPROVIDED = "\n".join([
    f"<{ROOT}id/practice/lonely> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{P4C.Practice}> .",
    f'<{ROOT}id/practice/lonely> <{RDFS.label}> "A practice of nobody"@en .',
])


@pytest.fixture(scope="module", autouse=True)
def _everything_is_large() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "LARGE", 1)
        patch.setattr(lines, "PIECE", 100_000)
        yield


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write(WORLD, folder)
    return folder


def small(folder: Path) -> Settings:
    """Settings with hardly any memory."""
    return load(store=folder, memory_statements=1000)


@pytest.fixture(scope="module")
def on_disk(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store that was built on disk."""
    settings = small(tmp_path_factory.mktemp("on-disk"))
    build(settings, [world], facts=False)
    return settings


@pytest.mark.parametrize("held", [Held.ALL, Held.MERGED])
def test_on_disk_and_in_memory_the_same_is_built(
    world: Path, on_disk: Settings, tmp_path: Path, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Held, "of", lambda _statements, _most: held)
    build(load(store=tmp_path), [world], facts=False)
    one, other = Snapshots(on_disk.store).current(), Snapshots(tmp_path).current()
    assert not (one.path / "statements.nq.gz").exists()
    assert (other.path / "statements.nq.gz").exists() == (held == Held.ALL)
    differing = {"created", "seconds"}
    assert {k: v for k, v in one.manifest().items() if k not in differing} == {
        k: v for k, v in other.manifest().items() if k not in differing}
    assert difference(one, other).by_graph() == {}
    assert one.manifest()["statements"] + one.manifest()["merged"] == len(one.open()) == len(other.open())
    assert {path.name for path in other.path.iterdir()} - {"statements.nq.gz"} == {
        path.name for path in one.path.iterdir()}


def test_it_is_served_and_ranked_from_disk(on_disk: Settings) -> None:
    kg = KnowledgeGraph.open(on_disk.store)
    assert kg.query("SELECT (COUNT(*) AS ?n) { ?p a p4c:Practice }").tuples() == [(30,)]
    assert len(kg.match(region="XA11", limit=3).results) == 3


def test_progress_counts_the_parts_of_large_files_and_the_constraints(world: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    build(small(tmp_path), [world], facts=False, progress=lambda *of: told.append(of))
    stages = {stage: [(done, total) for name, done, total in told if name == stage] for stage, _, _ in told}
    assert list(stages) == ["read", "validate", "derive", "snapshot"]
    for stage in ("read", "validate"):
        assert len(stages[stage]) > 5
        assert stages[stage] == sorted(stages[stage])
        assert len({total for _, total in stages[stage]}) == 1
    assert stages["read"][-1][0] == stages["read"][-1][1]


def test_a_change_goes_on_from_what_was_built_on_disk(world: Path, tmp_path: Path) -> None:
    settings = small(tmp_path)
    first = build(settings, [world], facts=False).snapshot
    quad = ox.Quad(ox.NamedNode(f"{ROOT}id/practice/synthetic-000001"), ox.NamedNode(RDFS.seeAlso),
                   ox.NamedNode("https://example.org/more"), ox.NamedNode("https://example.org/graph/ours"))
    report = change(settings, lambda draft: draft.add([quad]), title="One more")
    assert report.snapshot
    assert difference(first, report.snapshot).added >= {quad}
    again = build(settings, [world], facts=False)
    assert quad in set(again.snapshot.open()), "what was written is carried over"


def test_a_mistake_or_a_violation_leaves_nothing_behind(world: Path, tmp_path: Path) -> None:
    settings = small(tmp_path / "store")
    for name, text, error in (
        ("broken.nt", UNPROVIDED + "\n<http://e/a> nonsense\n", SyntaxProblem), ("lonely.nt", UNPROVIDED, InvalidData),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(error, match=rf"{name}, line"):
            build(settings, [world, tmp_path / name], facts=False)
        assert Snapshots(settings.store).history() == []
        assert list((settings.store / "snapshots").iterdir()) == []


def test_skip_invalid_leaves_both_out(world: Path, on_disk: Settings, tmp_path: Path) -> None:
    (tmp_path / "broken.nt").write_text(UNPROVIDED + "\n<http://e/a> nonsense\n")
    (tmp_path / "lonely.nt").write_text(UNPROVIDED)
    given = [world, tmp_path / "broken.nt", tmp_path / "lonely.nt"]
    report = build(small(tmp_path / "store"), given, facts=False, skip_invalid=True)
    assert set(report.left_out) == {str(path) for path in given[1:]}
    assert report.digest == Snapshots(on_disk.store).current().manifest()["digest"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount a small disk")
@pytest.mark.parametrize("held", [Held.MERGED, Held.NONE])
@pytest.mark.parametrize("size", ["1m", "4m", "8m"])
def test_a_disk_that_fills_up_is_told_and_nothing_is_left(
    world: Path, tmp_path: Path, size: str, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Held, "of", lambda _statements, _most: held)
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        with pytest.raises(StoreProblem, match=r"No space left .* nothing was changed"):
            build(load(store=disk / "store"), [world], facts=False)
        assert Snapshots(disk / "store").history() == []
        assert list((disk / "store" / "snapshots").iterdir()) == []
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
