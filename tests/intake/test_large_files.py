"""Large files of N-Triples and N-Quads: the engine reads them itself, and they say the same as read one by one."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from p4c_graph.errors import SyntaxProblem
from p4c_graph.intake import lines
from p4c_graph.intake.lines import LineFile
from p4c_graph.intake.rdf import read_rdf
from p4c_graph.intake.sources import SourceFile
from p4c_graph.pipeline.filling import Filling, Held
from p4c_graph.store.statements import graph_of
from p4c_graph.terms import Minter

MINTER = Minter("https://example.org/kb/")
INTEGER = "^^<http://www.w3.org/2001/XMLSchema#integer>"
SAID = {
    "a graph": "<http://e/a> <http://e/p> <http://e/b> <http://e/g> .",
    "no graph": "<http://e/a> <http://e/p> <http://e/c> .",
    "a text without a graph": f'<http://e/a> <http://e/p> "7"{INTEGER} .',
    "a text in a graph": f'<http://e/a> <http://e/p> "007"{INTEGER} <http://e/g> .',
    "a language": '<http://e/a> <http://e/p> "réseau"@fr-BE <http://e/g>.',
    "no spaces": "<http://e/a><http://e/p><http://e/d><http://e/g>.",
    "tabs and a comment": "\t<http://e/a>\t<http://e/p>\t<http://e/e>\t<http://e/g>\t. # of <http://e/x> .",
    "what looks like a graph": r'<http://e/a> <http://e/p> "a \"<http://e/g> . \\" <http://e/g> .',
    "what looks like a blank node": '<http://e/_:a> <http://e/p> "_:b << \\u00e9" <http://e/g> .',
    "a comment": "# <http://e/a> <http://e/p> <http://e/b> <http://e/g> .",
    "nothing": "",
    "a graph with an escape": r"<http://e/a> <http://e/p> <http://e/b> <http://e/\u00e9> .",
    "the same again": "<http://e/a> <http://e/p> <http://e/b> <http://e/g> .",
}


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LARGE", 1)
    monkeypatch.setattr(lines, "PIECE", 150)


def stored(path: Path, folder: Path | None = None, held: Held = Held.ALL) -> tuple[set[ox.Quad], set[ox.Triple]]:
    """What stands in named graphs and in the default graph of a store after a file was read into it."""
    filling = Filling(folder, held)
    assert len(list(filling.read(SourceFile(path), MINTER))) == SourceFile(path).parts
    named = {quad for quad in filling.named if isinstance(quad.graph_name, ox.NamedNode)}
    assert filling.graphs() == sorted({graph_of(quad) for quad in named})
    return named, {quad.triple for quad in set(filling.store) - named}


def merged_only(path: Path) -> None:
    """Reads a file as ``p4c validate`` does."""
    for _ in Filling(held=Held.MERGED).read(SourceFile(path), MINTER):
        pass


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("held", Held)
def test_every_line_is_read_as_it_would_be_one_by_one(tmp_path: Path, ending: str, held: Held) -> None:
    path = tmp_path / "world.nq"
    path.write_bytes(("\ufeff" + ending.join(SAID.values())).encode())
    found = LineFile.of(path)
    assert found
    assert found.count == len(SAID) - 1
    expected = ox.Store()
    expected.extend(read_rdf(path, MINTER))
    named, merged = stored(path, tmp_path, held)
    assert named == set(expected)
    assert merged == {quad.triple for quad in expected}
    again = ox.Store()
    again.extend(SourceFile(path).quads(MINTER))
    assert set(again) == set(expected)


@pytest.mark.parametrize("more", [
    "", "<http://e/a> <http://e/p> <http://e/g> .", "\t<http://e/a><http://e/p> <http://e/g> .",
    "# <http://e/a> <http://e/p> <http://e/g> .", "<http://e/a> <http://e/p> <http://e/g> <http://e/g> .",
    '<http://e/a> <http://e/p> "b <http://e/h> ." <http://e/h> .',
    "<http://e/a> <http://e/p> <http://e/b> <http://e/i> .",
    "<http://e/a> <http://e/p> <http://e/b> <http://e/h> . # <http://e/g> .",
])
@pytest.mark.parametrize("ending", ["", "\n"])
def test_so_is_a_dump_graph_by_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, ending: str) -> None:
    monkeypatch.setattr(lines, "PIECE", 10_000)
    path = tmp_path / "dump.nq"
    path.write_text("\n".join([
        *(f"<http://e/a> <http://e/p> <http://e/{n}> <http://e/g> ." for n in range(3)), *filter(None, [more]),
        *(f'<http://e/a> <http://e/p> "{n}" <http://e/h> .' for n in range(3))]) + ending)
    expected = set(SourceFile(path).quads(MINTER))
    assert stored(path) == (expected, {quad.triple for quad in expected})


def test_triples_go_into_the_graph_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "My Things.nt"
    path.write_text(SAID["no graph"] + "\n" + SAID["a text without a graph"])
    named, merged = stored(path)
    assert {str(quad.graph_name.value) for quad in named} == {"https://example.org/kb/graph/my-things"}
    assert len(merged) == len(named) == 2


@pytest.mark.parametrize("line", [
    "_:a <http://e/p> <http://e/b> .", "<http://e/a> <http://e/p> _:b .", "<http://e/a><http://e/p>_:b.",
    '<http://e/a> <http://e/p> "_:b" _:g .',
    "<http://e/a> <http://e/p> <<( <http://e/a> <http://e/p> <http://e/b> )>> .",
])
def test_what_must_be_rewritten_is_read_one_by_one(tmp_path: Path, line: str) -> None:
    path = tmp_path / "world.nq"
    path.write_text("\n".join([*SAID.values(), line]))
    assert LineFile.of(path) is None


@pytest.mark.parametrize("name", ["small.ttl", "small.trig", "small.csv", "small.jsonld"])
def test_other_formats_are_read_one_by_one(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    assert LineFile.of(tmp_path / name) is None


def test_a_small_file_is_read_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LARGE", 10_000)
    (tmp_path / "small.nt").write_text(SAID["no graph"])
    assert LineFile.of(tmp_path / "small.nt") is None


@pytest.mark.parametrize("wrong", [
    "<http://e/a> <relative> <http://e/b> .", "<http://e/a> <http://e/p> .", '<http://e/a> <http://e/p> "x .',
    "nonsense", '<http://e/a> "p" <http://e/b> .', "<http://e/a> <http://e/p> <http://e/b> <relative> .",
])
def test_a_mistake_is_told_with_file_and_line_wherever_it_stands(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "world.nq"
    path.write_text("\n".join([*SAID.values(), wrong, *SAID.values()]))
    place = rf"world.nq, line {len(SAID) + 1}: "
    for read in (stored, merged_only, lambda path: list(SourceFile(path).quads(MINTER))):
        with pytest.raises(SyntaxProblem, match=place):
            read(path)
