from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from store_support import TWO_GRAPHS, Listener

from p4c_graph.errors import Forbidden, InputError, StoreProblem, SyntaxProblem
from p4c_graph.store import answers, embedded
from p4c_graph.store.answers import QueryAnswer, value
from p4c_graph.store.dataset import Dataset
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.formats import by_name
from p4c_graph.store.statements import STATEMENTS, Patch

G1, G2 = "http://example.org/g1", "http://example.org/g2"
FROM_BOTH = f"FROM <{G1}> FROM <{G2}>"
COUNT = "SELECT (COUNT(*) AS ?n) (AVG(?v) AS ?mean) %s { ?s <http://example.org/score> ?v }"
MERGED = {"n": 2, "mean": 2.5}


@pytest.fixture
def dataset() -> Embedded:
    return Embedded.in_memory(ox.parse(TWO_GRAPHS, ox.RdfFormat.TRIG))


def test_the_embedded_store_is_a_dataset(dataset: Embedded) -> None:
    promised: Dataset = dataset
    assert promised.query("ASK {}").boolean()


def test_the_default_graph_counts_a_statement_of_two_graphs_once(dataset: Embedded) -> None:
    assert dataset.query(COUNT % "").rows() == [MERGED]


@pytest.mark.parametrize("clauses", [
    FROM_BOTH,
    f"FROM <{G2}> FROM <{G1}> FROM <{G1}>",
    "FROM e:g1 FROM e:g2 FROM NAMED e:g1",
    f"FROM <{G2}>",
    f"FROM <{G2}> FROM <{G2}>",
])
def test_from_merges_its_graphs(dataset: Embedded, clauses: str) -> None:
    assert dataset.query("PREFIX e: <http://example.org/>" + COUNT % clauses).rows() == [MERGED]


def test_the_dataset_of_the_protocol_merges_its_graphs_and_wins_over_from(dataset: Embedded) -> None:
    for text in (COUNT % "", COUNT % f"FROM <{G1}>", COUNT % f"FROM NAMED <{G1}>"):
        assert dataset.query(text, default_graphs=[G1, G2]).rows() == [MERGED]
    assert dataset.query(COUNT % FROM_BOTH, default_graphs=[G1]).rows() == [{"n": 1, "mean": 1.0}]


def test_only_the_named_graphs_of_the_dataset_can_be_asked(dataset: Embedded) -> None:
    def graphs(clauses: str, **given: list[str]) -> list[answers.Value]:
        found = dataset.query(f"SELECT DISTINCT ?g {clauses} {{ GRAPH ?g {{ ?s ?p ?o }} }} ORDER BY ?g", **given)
        return [row["g"] for row in found.rows()]

    assert graphs("") == [G1, G2]
    assert graphs(f"FROM NAMED <{G1}>") == graphs("", named_graphs=[G1]) == [G1]
    assert graphs(f"{FROM_BOTH} FROM NAMED <{G2}>") == graphs("", default_graphs=[G1, G2], named_graphs=[G2]) == [G2]
    assert graphs(f"FROM <{G1}>") == graphs("", default_graphs=[G1]) == graphs(FROM_BOTH) == []
    rows = dataset.query(f"SELECT * FROM NAMED <{G1}> FROM NAMED <{G1}> {{ GRAPH ?g {{ ?s ?p ?o }} }}").rows()
    assert len(rows) == 1


def test_named_graphs_alone_leave_the_default_graph_empty(dataset: Embedded) -> None:
    assert not dataset.query("ASK { ?s ?p ?o }", named_graphs=[G1]).boolean()


def test_an_unknown_graph_is_empty(dataset: Embedded) -> None:
    assert not dataset.query("ASK { ?s ?p ?o }", default_graphs=["http://example.org/none"]).boolean()


def test_a_graph_that_is_no_iri_is_refused(dataset: Embedded) -> None:
    with pytest.raises(InputError, match="IRI"):
        dataset.query("ASK {}", default_graphs=["not an IRI"])


def test_merging_is_bounded(dataset: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "MERGE_LIMIT", 2)
    with pytest.raises(InputError, match="more than 2 statements") as caught:
        dataset.query(COUNT % FROM_BOTH)
    assert caught.value.parameter == "default-graph-uri"


def test_from_never_fetches(dataset: Embedded, listener: Listener) -> None:
    for iri in (listener.iri, "file:///etc/passwd"):
        for clause in ("FROM", "FROM NAMED", f"FROM <{G1}> FROM"):
            dataset.query(f"SELECT * {clause} <{iri}> {{ ?s ?p ?o }}").rows()
        dataset.query("ASK {}", default_graphs=[iri, G1], named_graphs=[iri]).boolean()
        dataset.query(f"ASK {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}").boolean()
    assert not listener.calls


def test_service_and_load_never_fetch(dataset: Embedded, listener: Listener) -> None:
    for query in (f"ASK {{ SERVICE <{listener.iri}> {{}} }}", f"LOAD <{listener.iri}>",
                  f"PREFIX s: <{listener.iri}> ASK {{SERVICEs:{{}}}}"):
        with pytest.raises(Forbidden):
            dataset.query(query)
    assert not listener.calls


def test_the_prefixes_of_the_project_need_no_declaration(dataset: Embedded) -> None:
    assert dataset.query("SELECT (STR(p4c:Practice) AS ?x) {}").tuples() == [
        ("https://w3id.org/pooling4clusters/ontology#Practice",)
    ]
    assert dataset.query("PREFIX p4c: <u:> SELECT (STR(p4c:x) AS ?x) {}").tuples() == [("u:x",)]


def test_terms_become_python_values() -> None:
    terms = {
        '"3"^^xsd:integer': 3, "2.50": 2.5, "1e3": 1000.0, "true": True, '"0"^^xsd:boolean': False, '"Lyon"@fr': "Lyon",
        "'x'": "x", "<u:x>": "u:x", '"2014"^^xsd:gYear': "2014", '"x"^^xsd:integer': "x", '"7"^^xsd:unsignedByte': 7,
    }
    for written, expected in terms.items():
        [(found,)] = Embedded.in_memory().query(f"SELECT ({written} AS ?x) {{}}").tuples()
        assert found == expected
        assert type(found) is type(expected)
    assert value(None) is None


def test_a_select_gives_columns_rows_and_terms(dataset: Embedded) -> None:
    query = "SELECT ?s ?none ?v { ?s <http://example.org/score> ?v } ORDER BY ?v"
    answer = dataset.query(query)
    assert (answer.form, answer.columns()) == ("SELECT", ["s", "none", "v"])
    assert answer.rows()[1] == {"s": "http://example.org/b", "none": None, "v": 4}
    assert next(iter(dataset.query(query).terms())) == (ox.NamedNode("http://example.org/a"), None, ox.Literal(1))


def test_a_construct_gives_triples_and_uses_the_prefixes_of_the_query(dataset: Embedded) -> None:
    query = "PREFIX e: <http://example.org/> CONSTRUCT { ?s e:is p4c:Practice } { ?s e:score 4 }"
    assert [str(triple.subject) for triple in dataset.query(query).triples()] == ["<http://example.org/b>"]
    turtle = dataset.query(query).serialize("ttl").decode()
    assert "e:b e:is p4c:Practice ." in turtle
    assert "@prefix skos:" not in turtle
    assert b"<e:is " in dataset.query(query).serialize("rdf")


def test_an_answer_that_was_written_can_be_read_again(dataset: Embedded) -> None:
    for form, query in {"SELECT": COUNT % "", "ASK": "ASK {}", "CONSTRUCT": "CONSTRUCT WHERE { ?s ?p ?o }"}.items():
        names = ("json", "xml", "tsv") if form != "CONSTRUCT" else ("ttl", "jsonld", "nt", "trig", "rdf", "nq")
        for name in names:
            body = dataset.query(query).serialize(name)
            again = QueryAnswer.read(body, by_name(name), form)  # type: ignore[arg-type]
            if form == "SELECT":
                assert again.rows() == [MERGED]
            elif form == "ASK":
                assert again.boolean()
            else:
                assert set(again.triples()) == set(dataset.query(query).triples())


def test_reading_twice_or_in_the_wrong_way_is_told(dataset: Embedded) -> None:
    answer = dataset.query("SELECT * {}")
    answer.rows()
    with pytest.raises(InputError, match="read already"):
        answer.serialize()
    for read in (answer.boolean, lambda: list(answer.triples()), dataset.query("ASK {}").rows):
        with pytest.raises(InputError, match="expected"):
            read()
    with pytest.raises(InputError, match="no format 'ttl'"):
        dataset.query("ASK {}").serialize("ttl")


@pytest.mark.parametrize(("query", "line", "words"), [
    ("SELECT * {", 1, "after 'SELECT \\* {'"),
    ("SELECT ?x {\n ?s foo:bar ?x }", 2, "the prefix foo: is not declared, near .* foo:bar"),
    ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", 1, "not grouped"),
    ("ASK { ?s ?p\n\n<relative> }", 3, "relative"),
    ("ASK { ?s ?p 'open }", 1, "not closed"),
    ("", 1, "starts with SELECT"),
])
def test_a_syntax_error_names_the_line(dataset: Embedded, query: str, line: int, words: str) -> None:
    with pytest.raises(SyntaxProblem, match=words) as caught:
        dataset.query(query)
    assert caught.value.line == line
    assert "[" not in str(caught.value), "no list of characters"


def test_an_unknown_function_is_told_when_the_answer_is_read(dataset: Embedded) -> None:
    with pytest.raises(InputError, match="custom function <u:f> is not supported"):
        dataset.query("SELECT (<u:f>(1) AS ?x) {}").rows()


def test_a_store_on_disk_is_opened_or_copied(make_snapshot: Callable[..., Path]) -> None:
    folder = make_snapshot("disk", rows=1000) / "store"
    on_disk = Embedded.open_read_only(folder)
    copy = Embedded.load_into_memory(folder)
    assert copy is not None
    assert len(copy) == len(on_disk) == 1005
    assert set(copy.store) == set(on_disk.store)
    assert Embedded.load_into_memory(folder, limit=1004) is None
    assert Embedded.load_into_memory(folder, limit=1005) is not None


@pytest.mark.parametrize("query", [
    "SELECT ?s ?v { ?s ?p ?v }",
    "SELECT ?g ?s ?v { GRAPH ?g { ?s ?p ?v } }",
    "SELECT ?g ?s ?v { gRaPh ?g { ?s ?p ?v } ?s ?p ?w }",
    f"SELECT ?s ?v FROM <{G1}> {{ ?s ?p ?v }}",
    f"SELECT ?s ?v FROM NAMED <{G2}> {{ GRAPH ?g {{ ?s ?p ?v }} }}",
    "ASK { ?s ?p 4 }",
])  # fmt: skip
def test_a_copy_in_memory_answers_like_the_store_before_and_after_a_change(
    make_snapshot: Callable[..., Path], query: str
) -> None:
    folder = make_snapshot("disk", rows=20) / "store"
    copy, on_disk = Embedded.load_into_memory(folder), Embedded.open_read_only(folder)
    assert copy is not None
    whole = Embedded.in_memory(on_disk.store)
    node, score = ox.NamedNode("http://example.org/new"), ox.NamedNode("http://example.org/score")
    added = [ox.Quad(node, score, ox.Literal(4), *graph) for graph in ((), (ox.NamedNode(G1),))]
    removed = [next(iter(on_disk.store.quads_for_pattern(None, score, None, graph)))
               for graph in (ox.NamedNode(G2), ox.DefaultGraph())
               if any(on_disk.store.quads_for_pattern(None, score, None, graph))]
    for _ in range(2):
        both = [dataset.query(query) for dataset in (copy, whole)]
        if both[0].form == "ASK":
            assert both[0].boolean() == both[1].boolean()
        else:
            rows = [sorted(map(str, answer.rows())) for answer in both]
            assert rows[0] == rows[1]
        for dataset in (copy, whole):
            dataset.apply(Patch("", removed, added))


def test_packed_statements_beside_a_store_are_taken_and_checked(make_snapshot: Callable[..., Path]) -> None:
    folder = make_snapshot("packed", rows=100)
    store = Embedded.open_read_only(folder / "store").store
    lines = store.dump(format=ox.RdfFormat.N_QUADS)
    assert lines is not None
    packed = folder / STATEMENTS
    packed.write_bytes(gzip.compress(b"# 105\n" + lines))
    copy = Embedded.load_into_memory(folder / "store")
    assert copy is not None
    assert set(copy.store) == set(store)
    for broken in (gzip.compress(b"# 105\n" + lines[:-100]), packed.read_bytes()[:-20], b"", gzip.compress(lines)):
        packed.write_bytes(broken)
        with pytest.raises(StoreProblem, match="could not be read whole"):
            Embedded.load_into_memory(folder / "store")


def test_a_store_that_is_not_there_or_broken_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreProblem, match="no store in"):
        Embedded.open_read_only(tmp_path / "none")
    (tmp_path / "CURRENT").write_text("nonsense")
    for opening in (Embedded.open_read_only, Embedded.load_into_memory):
        with pytest.raises(StoreProblem):
            opening(tmp_path)


@pytest.mark.parametrize("query", [
    "SELECT ?x { ?x foo:bar 1 }", "ASK { ?s a\n foo:bar }", "ASK { FILTER(foo:f(1) > 1) }", "ASK { foo:a ?p }",
])
def test_a_prefix_that_is_not_declared_is_named(dataset: Embedded, query: str) -> None:
    with pytest.raises(SyntaxProblem, match="the prefix foo: is not declared"):
        dataset.query(query)
    assert dataset.query(f"PREFIX foo: <http://foo/> ASK {{ FILTER(1 < 2) }} # {query.splitlines()[0]}").boolean()
