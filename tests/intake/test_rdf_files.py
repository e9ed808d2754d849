"""RDF files: every format, every statement in a graph, no blank nodes, messages with file and line."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.intake.rdf import FORMATS, parse, read_rdf
from p4c_graph.namespaces import P4C
from p4c_graph.terms import Minter

BASE = "https://example.org/kb/"
MINTER = Minter(BASE)
QUAD = ox.Quad(
    ox.NamedNode(f"{BASE}id/practice/a"), ox.NamedNode(P4C.theme), ox.Literal("réseau", language="fr"),
    ox.NamedNode(f"{BASE}graph/things"),
)
TTL, NQ = ox.RdfFormat.TURTLE, ox.RdfFormat.N_QUADS


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(text: str, rdf_format: ox.RdfFormat = TTL) -> list[ox.Quad]:
    return parse(text.encode(), rdf_format, MINTER, source="test")


# ── formats and graphs ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_is_read(tmp_path: Path, ending: str) -> None:
    content = ox.serialize([QUAD.triple], format=FORMATS[ending])
    assert content
    for name in (f"things{ending}", f"things{ending.upper()}"):
        assert list(read_rdf(write(tmp_path, name, content), MINTER)) == [QUAD]


@pytest.mark.parametrize(("file", "name", "graph"), [
    ("things.ttl", None, "things"), ("Mes Données.ttl", None, "mes-donnees"), ("???.ttl", None, "unnamed"),
    ("things.ttl", "scheme/theme", "scheme/theme"),
])
def test_statements_outside_a_graph_go_into_that_of_the_file(
    tmp_path: Path, file: str, name: str | None, graph: str
) -> None:
    (quad,) = read_rdf(write(tmp_path, file, "<a> <b> 1 ."), MINTER, name=name)
    assert quad.graph_name == ox.NamedNode(f"{BASE}graph/{graph}")


def test_statements_in_a_graph_stay_there(tmp_path: Path) -> None:
    path = write(tmp_path, "x.trig", "<a> <b> 1 . <graph/mine> { <a> <b> 2 } <https://other.org/g> { <a> <b> 3 }")
    assert {(q.object.value, q.graph_name.value) for q in read_rdf(path, MINTER)} == {
        ("1", f"{BASE}graph/x"), ("2", f"{BASE}graph/mine"), ("3", "https://other.org/g"),
    }


def test_the_base_moves_resources_and_graphs_but_not_the_terms_of_the_ontology() -> None:
    text = f"@prefix p4c: <{P4C}> . @prefix r: <id/region/> . <graph/s/verified> {{ r:FRL0 a p4c:Region }}"
    for base in ("https://w3id.org/pooling4clusters/", "https://elsewhere.example/kb/"):
        (quad,) = parse(text.encode(), ox.RdfFormat.TRIG, Minter(base), source="test")
        assert quad.subject.value == f"{base}id/region/FRL0"
        assert quad.graph_name.value == f"{base}graph/s/verified"
        assert quad.object == ox.NamedNode("https://w3id.org/pooling4clusters/ontology#Region")


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert len(parse(b"\xef\xbb\xbf<a> <b> 1 .", TTL, MINTER, source="test")) == 1


# ── what cannot be read ─────────────────────────────────────────────────────────────────────────────────────

RDF_XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/">{}</rdf:RDF>'
BOMB = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n' + RDF_XML.format("")


@pytest.mark.parametrize(("name", "content", "line", "expected"), [
    ("x.ttl", "@prefix a: <a#> .\n\na:b a:c d:e .\n", 3, "The prefix d: has not been declared"),
    ("x.ttl", "<a> <b> 1 .\n<a> <b>\n 'open\n", 3, "Unexpected end of file"),
    ("x.ttl", "<a> <b> <not an iri> .", 1, "Invalid IRI"),
    ("x.ttl", b"<a> <b> 1 .\n<a> <b> '\xff' .", 2, "UTF-8"),
    ("x.trig", "<g> {\n <a> <b> 1\n", 3, "Unexpected end"),
    ("x.nt", "<http://a> <http://b> 1 .", 1, "The object of a triple must be"),
    ("x.nq", "<http://a> <http://b> <http://c> .\nnonsense\n", 2, "The subject of a triple must be"),
    ("x.rdf", RDF_XML.format("\n<e:A>\n</e:B>"), 3, "is not XML: mismatched tag"),
    ("x.rdf", RDF_XML.format("\n").removesuffix("</rdf:RDF>"), 2, "is not XML: no element found"),
    ("x.xml", BOMB, 1, "declares an entity"),
    ("x.xml", "<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><r>&a;</r>", 1, "declares an entity"),
    ("x.rdf", "<html><body/></html>", None, "XML namespaces are required"),
    ("x.ttl", "<a> <b> <<( <a> <b> <c> )>> .", None, "has statements about statements"),
])
def test_a_malformed_file_is_refused_naming_file_and_line(
    tmp_path: Path, name: str, content: str | bytes, line: int | None, expected: str
) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(SyntaxProblem) as refused:
        list(read_rdf(path, MINTER))
    message = str(refused.value)
    assert refused.value.line == line
    assert message.startswith(f"{path}, line {line}: " if line else f"{path}: ")
    assert re.search(expected, message)
    assert "column" not in message


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.ttl: cannot be read \(No such file"):
        list(read_rdf(tmp_path / "nowhere.ttl", MINTER))


def test_deeply_nested_xml_is_refused() -> None:
    deep = "<rdf:Description><e:p>" * 10_000 + "</e:p></rdf:Description>" * 10_000
    with pytest.raises(SyntaxProblem, match="nested more than 100 levels deep"):
        read(RDF_XML.format(deep), ox.RdfFormat.RDF_XML)


@pytest.mark.parametrize("text", [
    "<a> <b> " + "[ <c> " * 10_000 + "1" + " ]" * 10_000 + " .",
    "<a> <b> (" + " 1" * 10_000 + " ) .",
])
def test_deep_nesting_and_long_lists_of_turtle_are_read(text: str) -> None:
    quads = read(text)
    assert len(quads) > 10_000
    assert not any(isinstance(term, ox.BlankNode) for quad in quads for term in quad)


# ── blank nodes ─────────────────────────────────────────────────────────────────────────────────────────────

BLANK = """
<a> <knows> [ <name> "x" ; <lives> [ <in> <place> ] ] , [ <name> "y" ] .
_:one <likes> _:two . _:two <likes> _:one ; <name> "two" . <b> <list> ( 1 [ <name> "x" ] ) .
"""


def test_blank_nodes_become_iris_that_are_the_same_at_each_reading(tmp_path: Path) -> None:
    first, second = (set(read_rdf(write(tmp_path, "x.ttl", BLANK), MINTER)) for _ in range(2))
    assert first == second
    assert len(first) == len(list(ox.parse(BLANK, TTL, base_iri=BASE)))
    terms = {term for quad in first for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
    minted = {term.value for term in terms if "/genid/" in term.value}
    assert len(minted) == 8
    assert all(re.fullmatch(rf"{BASE}id/genid/[0-9a-f]{{16}}-1", iri) for iri in minted)


def test_equal_content_gives_equal_iris_whatever_the_file_the_format_and_the_order(tmp_path: Path) -> None:
    quads = list(ox.parse(BLANK, TTL, base_iri=BASE))
    random.Random(1).shuffle(quads)
    triples = ox.serialize(quads, format=ox.RdfFormat.N_TRIPLES)
    assert triples
    one = {q.triple for q in read_rdf(write(tmp_path, "x.ttl", BLANK), MINTER)}
    other = {q.triple for q in read_rdf(write(tmp_path, "other.nt", triples), MINTER)}
    assert one == other


def test_different_content_gives_different_iris() -> None:
    one, other = read("[] <name> 1 ."), read("[] <name> 2 .")
    assert one[0].subject != other[0].subject


def test_what_is_said_elsewhere_in_the_file_does_not_change_an_iri() -> None:
    alone, among = read("<a> <p> [ <q> 1 ] ."), read("<a> <p> [ <q> 1 ] . <z> <p> [ <q> 2 ; <r> [] ] .")
    assert set(alone) < set(among)


def test_blank_nodes_of_which_the_same_is_said_are_kept_apart() -> None:
    quads = read("<a> <p> [ <q> 1 ] , [ <q> 1 ] . <b> <p> [ <q> 1 ] .")
    assert len({quad.subject for quad in quads if quad.predicate.value.endswith("q")}) == 3


@pytest.mark.parametrize("graph", ["_:g", "[]"])
def test_a_graph_named_by_a_blank_node_gets_an_iri(graph: str) -> None:
    (quad,) = read(f"{graph} {{ <a> <b> 1 }}", ox.RdfFormat.TRIG)
    assert isinstance(quad.graph_name, ox.NamedNode)


def test_many_blank_nodes_all_tied_to_each_other_are_named_in_no_time() -> None:
    text = "\n".join(f"_:n{i} <http://p> _:n{j} ." for i in range(40) for j in range(40) if i != j)
    assert len({q.subject for q in read(text, NQ)}) == 40


NODES = st.sampled_from(["_:a", "_:b", "_:c", "<http://x>"])
STATEMENTS = st.lists(st.tuples(NODES, st.sampled_from(["<http://p>", "<http://q>"]), NODES), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None, database=None)
@given(STATEMENTS, st.permutations("abc"), st.randoms(use_true_random=False))
def test_the_names_blank_nodes_have_in_the_file_do_not_matter(
    statements: list[tuple[str, str, str]], names: list[str], order: random.Random
) -> None:
    lines = sorted({" ".join(statement) + " ." for statement in statements})
    renamed = [re.sub(r"_:([abc])", lambda node: f"_:{names['abc'.index(node[1])]}x", line) for line in lines]
    order.shuffle(renamed)
    one, other = read("\n".join(lines), NQ), read("\n".join(renamed), NQ)
    assert len(one) == len(other) == len(lines)
    same = {q.subject for q in one} | {q.object for q in one}
    assert same == {q.subject for q in other} | {q.object for q in other}
    assert ox.Dataset(one) == ox.Dataset(other) or has_twins(same)


def has_twins(terms: set[object]) -> bool:
    """Whether some nodes could not be told apart, so that their order decides."""
    return any(isinstance(term, ox.NamedNode) and term.value.endswith("-2") for term in terms)
