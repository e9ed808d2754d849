"""What a build reads: the shipped library, and the files and folders a user adds."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from p4c_graph.errors import InputError
from p4c_graph.intake.sources import Library, SourceFile, graph_descriptions
from p4c_graph.namespaces import DCT, P4C, RDF, SCHEME
from p4c_graph.terms import Minter

TTL = "<id/practice/a> <http://p.org/> 1 ."
PRACTICES = "id,label_en,themes,source\na,A practice,training,book\n"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.shipped()


def named(files: list[SourceFile], folder: Path) -> list[tuple[str, str | None]]:
    """File and table of each."""
    return [(str(file.path.relative_to(folder)), file.table.name if file.table else None) for file in files]


def fill(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


# ── what is shipped ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_model_is_the_ontology_and_one_graph_a_scheme(library: Library) -> None:
    graphs = {file.path.stem: file.graph for file in library.model()}
    assert graphs["p4c"] == "ontology"
    assert graphs["theme"] == "scheme/theme"
    quads = [quad for file in library.model() for quad in file.quads(Minter("https://elsewhere.example/"))]
    assert {quad.graph_name.value.rsplit("/graph/")[0] for quad in quads} == {"https://elsewhere.example"}
    assert f"{P4C}Practice" in {quad.subject.value for quad in quads}, "the base does not move the ontology"


def test_the_facts_are_every_described_table_and_every_rdf_file(library: Library, root: Path) -> None:
    found = dict(named(library.facts(), root / "data"))
    assert found["practices/practices.csv"] == "practices"
    assert found["p4c/territories.trig"] is None
    assert "regions/left_out.csv" not in found
    assert len(found) == len(library.facts())
    assert all(path.suffix == ".ttl" for path in library.shapes)


# ── what a user gives ───────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_gives_its_readable_files_in_order_and_leaves_hidden_ones(library: Library, tmp_path: Path) -> None:
    fill(tmp_path, b_dot_ttl=TTL, a_dot_TTL=TTL, sub__c_dot_jsonld="{}", practices_dot_CSV=PRACTICES, notes_dot_txt="x",
         _dot_hidden_dot_ttl=TTL, _dot_p4c__snapshots__1__regions_dot_json="{}", sub___dot_git__x_dot_ttl=TTL)
    (tmp_path / "folder.ttl").mkdir()
    assert named(library.of(tmp_path), tmp_path) == [
        ("a.TTL", None), ("b.ttl", None), ("practices.CSV", "practices"), ("sub/c.jsonld", None),
    ]


def test_a_hidden_folder_is_read_where_it_is_the_one_given(library: Library, tmp_path: Path) -> None:
    folder = fill(tmp_path / ".mine", a_dot_ttl=TTL)
    assert named(library.of(folder), folder) == [("a.ttl", None)]


@pytest.mark.parametrize(("name", "expected"), [
    ("table.xls", "table.xls: .xls cannot be read; expected .json, .jsonld, .nq"),
    ("README", "README: no ending cannot be read; expected"),
    ("nowhere.ttl", "nowhere.ttl: no such file or folder"),
    ("empty", "empty: holds no file that can be read; expected"),
])
def test_what_cannot_be_read_is_refused(library: Library, tmp_path: Path, name: str, expected: str) -> None:
    fill(tmp_path, table_dot_xls="x", README="x", empty__notes_dot_txt="x")
    with pytest.raises(InputError, match=re.escape(f"{tmp_path}/{expected}")):
        library.of(tmp_path / name)


@pytest.mark.parametrize(("name", "headings", "table"), [
    ("mine.csv", "id,label_en,themes,provider,source", "practices"),
    ("mine.csv", "identifiant,Nom en anglais,Thèmes,prestataire,source", "practices"),
    ("mine.csv", "nuts_code,indicator,year,value,basis,source", "observations"),
    ("mine.csv", "id,label_en,themes,typing error", "practices"),
    ("organisations.csv", "id,label_en,source", "organisations"),
    ("practices.csv", "id,label_en,source", "practices"),
])
def test_a_csv_file_is_of_the_table_whose_headings_it_has(
    library: Library, tmp_path: Path, name: str, headings: str, table: str
) -> None:
    (tmp_path / name).write_text(headings + "\n", "utf-8")
    assert named(library.of(tmp_path / name), tmp_path) == [(name, table)]


@pytest.mark.parametrize("table", [t.name for t in Library.shipped().tables])
def test_every_shipped_table_is_known_by_its_headings_alone(library: Library, tmp_path: Path, table: str) -> None:
    (described,) = (file for file in library.facts() if file.table and file.table.name == table)
    path = tmp_path / "renamed.csv"
    path.write_text(described.path.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    (found,) = library.of(path)
    assert found.table
    assert found.table.name == table


@pytest.mark.parametrize(("content", "expected"), [
    ("colour,size\n", "row 1: the headings are of no known table; expected one of code_changes, conditions"),
    ("", "row 1: the headings are of no known table"),
    ("id,label_en,source\n", "is a table of organisations or practices; name the file after one of them"),
])
def test_a_csv_file_that_is_of_no_one_table_is_refused(
    library: Library, tmp_path: Path, content: str, expected: str
) -> None:
    (tmp_path / "mine.csv").write_text(content)
    with pytest.raises(InputError, match=expected):
        library.of(tmp_path / "mine.csv")


def test_a_file_given_by_a_user_is_read_like_a_shipped_one(library: Library, tmp_path: Path) -> None:
    fill(tmp_path, facts_dot_ttl=TTL, practices_dot_csv=PRACTICES)
    quads = [quad for file in library.of(tmp_path) for quad in file.quads(Minter("https://e.org/"))]
    assert {quad.subject.value for quad in quads} == {"https://e.org/id/practice/a"}
    assert {quad.graph_name.value for quad in quads} == {
        "https://e.org/graph/facts", "https://e.org/graph/book/verified", "https://e.org/graph/book/inferred",
    }


def test_a_library_may_lie_anywhere(library: Library, tmp_path: Path) -> None:
    shutil.copytree(library.folder / "ontology" / "tables", tmp_path / "ontology" / "tables")
    fill(tmp_path, data__practices__practices_dot_csv=PRACTICES, data__mine_dot_trig="<g> { <a> <b> 1 }")
    other = Library(tmp_path)
    assert named(other.facts(), tmp_path / "data") == [("practices/practices.csv", "practices"), ("mine.trig", None)]
    assert other.model() == other.shapes == []


# ── what is said of graphs ──────────────────────────────────────────────────────────────────────────────────


def test_a_graph_of_a_source_is_described_and_no_other() -> None:
    start = "https://e.org/graph/"
    graphs = [f"{start}book/verified", f"{start}book/inferred", f"{start}sources", f"{start}provenance",
              f"{start}scheme/theme", f"{start}verified", "https://other.org/graph/book/verified"]
    said = [(q.subject.value, q.predicate.value, q.object.value, q.graph_name.value)
            for q in graph_descriptions(graphs, Minter("https://e.org/"))]
    assert said == [
        (f"{start}book/{basis}", predicate, value, f"{start}provenance")
        for basis in ("inferred", "verified")
        for predicate, value in ((RDF.type, P4C.SourceGraph), (DCT.source, "https://e.org/id/source/book"),
                                 (P4C.basis, f"{SCHEME}basis/{basis}"))
    ]


def test_descriptions_do_not_depend_on_the_order_of_graphs() -> None:
    graphs = ["https://e.org/graph/b/verified", "https://e.org/graph/a/inferred"]
    minter = Minter("https://e.org/")
    assert list(graph_descriptions(graphs, minter)) == list(graph_descriptions(reversed(graphs), minter))
