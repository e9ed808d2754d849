"""The made-up world: equal for equal seeds, right by every shape, labelled as synthetic, written as a stream."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pytest

from bench.generate import World, statements, write
from bench.lines import GRAPH
from p4c_graph.intake.sources import Library
from p4c_graph.namespaces import P4C, RDF
from p4c_graph.pipeline import check, load
from p4c_graph.terms import Minter

SMALL = World.of_triples(4000)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write(SMALL, folder)
    return folder


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_equal_seeds_give_equal_bytes_and_others_do_not(world: Path, tmp_path: Path) -> None:
    write(SMALL, tmp_path / "again")
    write(World.of_triples(4000, seed=2), tmp_path / "other")
    assert content(tmp_path / "again") == content(world)
    assert content(tmp_path / "other") != content(world)


def test_a_small_world_is_near_the_size_asked_for(world: Path) -> None:
    assert 4000 <= len(content(world).splitlines()) < 4600


@pytest.mark.parametrize("asked", [SMALL, World(practices=40, matching=True, regions=50)], ids=["whole", "matching"])
def test_no_shape_objects_not_even_with_a_warning(asked: World, tmp_path: Path) -> None:
    write(asked, tmp_path)
    library, minter = Library.shipped(), Minter()
    files = [*library.model(), *library.foundations(), *library.of(tmp_path)]
    store = load(files, minter)
    assert check(store, library, files, minter).findings == ()


def test_all_of_it_stands_in_a_graph_labelled_synthetic(world: Path) -> None:
    quads = list(ox.parse(content(world), ox.RdfFormat.N_QUADS))
    graphs = Counter(quad.graph_name.value.rsplit("/", 1)[-1] for quad in quads)
    assert graphs == {"synthetic-world": len(quads) - 2, "provenance": 2}
    label = ox.Triple(ox.NamedNode(GRAPH), ox.NamedNode(RDF.type), ox.NamedNode(P4C.SyntheticGraph))
    assert label in {quad.triple for quad in quads}


def test_no_statement_is_made_twice(world: Path) -> None:
    lines = content(world).splitlines()
    assert len(lines) == len(set(lines))


def test_it_comes_as_a_stream_with_its_1500_districts_first() -> None:
    first = list(islice(statements(World(practices=10**9)), 200_000))
    levels = Counter(line.split('"')[1] for line in first if f"<{P4C.level}>" in line)
    assert levels == {"0": 30, "1": 60, "2": 300, "3": 1500}
