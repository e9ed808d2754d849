"""Where a resource stands: the line of a file at which a statement about it begins, or the row of a table."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from p4c_graph.intake.locate import Locator, subjects
from p4c_graph.intake.sources import Library, SourceFile
from p4c_graph.namespaces import P4C, ROOT
from p4c_graph.terms import Minter, concept
from p4c_graph.validation.report import Location


@pytest.fixture(scope="module")
def shipped() -> Locator:
    library = Library.shipped()
    facts = [file for file in library.facts() if not file.table or file.table.name in ("practices", "regions")]
    return Locator(facts + library.model(), Minter())


@pytest.mark.parametrize(("file", "iri", "line"), [
    ("territories.trig", "id/region/gorenjska", "region:gorenjska a p4c:Region ;"),
    ("territories.trig", "id/region/south-estonia", "region:south-estonia a p4c:Region ;"),
    ("field-tests.trig", "id/application/fsa-trainings-test", "application:fsa-trainings-test a"),
    ("field-tests.trig", "id/adaptation/fsa-trainings", "adaptation:fsa-trainings a p4c:Adaptation"),
    ("project.trig", "id/project/pooling4clusters", "project:pooling4clusters"),
    ("organisations.trig", "id/organisation/fondation-sophia-antipolis", "organisation:fondation-sophia-antipolis"),
    ("selection.trig", "id/selection/", "selection:"),
    ("p4c.ttl", "ontology#Practice", "p4c:Practice a"),
    ("theme.ttl", "scheme/theme/financing", "theme:financing a"),
])
def test_a_resource_is_found_on_the_line_where_it_is_described(
    shipped: Locator, root: Path, file: str, iri: str, line: str
) -> None:
    if iri.endswith("/"):
        lines = next(root.glob(f"data/p4c/{file}")).read_text("utf-8").splitlines()
        iri += next(m[1] for m in (re.match(rf"\s*{line}([\w-]+) a ", text) for text in lines) if m)
    place = shipped(ROOT + iri)
    assert place
    assert place.line
    assert place.row is None
    assert Path(place.file).name == file
    assert Path(place.file).read_text("utf-8").splitlines()[place.line - 1].strip().startswith(line)


def test_every_subject_of_the_shipped_files_is_found_where_it_first_stands(root: Path) -> None:
    for path in sorted((root / "data" / "p4c").glob("*.trig")):
        said = {q.subject.value for q in ox.parse(path=str(path), base_iri=ROOT) if isinstance(q.subject, ox.NamedNode)}
        found = dict(reversed(list(subjects(path.read_text("utf-8", "replace"), Minter()))))
        assert said <= found.keys(), path
        graphs = {q.graph_name.value for q in ox.parse(path=str(path), base_iri=ROOT)}
        assert found.keys() <= said | graphs, path


def test_a_resource_of_a_table_is_found_with_its_row(shipped: Locator, root: Path) -> None:
    place = shipped(f"{ROOT}id/region/FRL0")
    assert place
    lines = (root / "data" / "regions" / "regions.csv").read_text("utf-8").splitlines()
    assert place == Location(file=str(root / "data" / "regions" / "regions.csv"), row=place.row)
    assert lines[(place.row or 0) - 1].startswith("FRL0,")


@pytest.mark.parametrize("iri", [f"{ROOT}id/region/nowhere", concept("theme", "nothing"), "", P4C.Nothing])
def test_what_stands_nowhere_has_no_place(shipped: Locator, iri: str) -> None:
    assert shipped(iri) is None


def test_the_first_file_that_speaks_of_it_is_named(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.ttl").write_text("# a comment.\n<x> <p> 1 .\n")
    place = Locator([SourceFile(tmp_path / "b.ttl"), SourceFile(tmp_path / "a.ttl")], Minter())(f"{ROOT}x")
    assert place == Location(file=str(tmp_path / "b.ttl"), line=2)


TURTLE = """@prefix : <https://e.org/x#> .
PREFIX r: <id/region/>
@prefix far: <https://far.org/> . # prefixes end here
r:SI042 a :R ;
    :near
        r:SI04 ,
        r:FRL0 ;
    :note "r:MT00 is elsewhere." ;   # a comment.
    far:away far:place .
# r:hidden a :R .
r:SI04
    a :R .
<id/region/FRL0> :p :C1.1 . far:same :line 1 .
:C1.1 a :C ; :p r:MT00 .
<graph/g> { r:MT00 :p 1 .
    r:MT000 :p 1 . }
GRAPH r:graph { far:place :p 1 }
"""


@pytest.mark.parametrize(("iri", "line"), [
    ("id/region/SI042", 4), ("id/region/SI04", 11), ("id/region/FRL0", 13), ("https://e.org/x#C1.1", 14),
    ("id/region/MT00", 15), ("id/region/MT000", 16), ("https://far.org/place", 17), ("id/region/hidden", None),
    ("https://e.org/x#near", None), ("id/region/SI0", None),
])
def test_only_what_begins_a_statement_counts(tmp_path: Path, iri: str, line: int | None) -> None:
    path = tmp_path / "x.trig"
    path.write_text(TURTLE)
    base = "https://elsewhere.example/kb/"
    found = dict(reversed(list(subjects(path.read_text("utf-8", "replace"), Minter(base)))))
    assert found.get(iri if ":" in iri else base + iri) == line


@pytest.mark.parametrize(("name", "text"), [
    ("x.jsonld", '{\n"@context": "c",\n"id": "id/practice/a",\n"label": "id/practice/b"}'),
    ("x.jsonld", f'[\n\n{{"x": {{"@id" : "{ROOT}id/practice/a"}}}}]'),
    ("x.rdf", '<rdf:RDF>\n\n<p4c:Practice rdf:about="id/practice/a"/></rdf:RDF>'),
    ("x.nt", f"<http://a> <http://p> <{ROOT}id/practice/a> .\n# x\n<{ROOT}id/practice/a> <http://p> <http://o> ."),
])
def test_other_formats_are_searched_too(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    found = dict(reversed(list(subjects((tmp_path / name).read_text("utf-8", "replace"), Minter()))))
    assert found[f"{ROOT}id/practice/a"] == 3
    assert f"{ROOT}id/practice/b" not in found
