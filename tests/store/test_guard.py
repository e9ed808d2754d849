from __future__ import annotations

import time
from contextlib import suppress

import pyoxigraph as ox
import pytest
from attacks import FETCHING, LOADING
from hypothesis import given, settings
from hypothesis import strategies as st

from p4c_graph.errors import Forbidden, InputError, P4CError, SyntaxProblem
from p4c_graph.namespaces import P4C
from p4c_graph.store.guard import NESTING, check_query, check_update

E = "PREFIX e: <http://example.org/> "

FINE = [
    "ASK { ?s e:service ?o }",
    "ASK { ?service ?p ?o }",
    "ASK { ?s ?p $SERVICE }",
    'ASK { ?s ?p "SERVICE <http://example.org/> {}" }',
    "ASK { ?s ?p 'it is a \\'SERVICE\\' <http://example.org/> {}' }",
    'ASK { ?s ?p """\n SERVICE <http://example.org/> { "" }\n""" }',
    "ASK { ?s ?p '''SERVICE ' '' <http://example.org/> {}''' }",
    'ASK { ?s ?p "" . ?s ?q "SERVICE" }',
    "ASK { ?s ?p <http://example.org/SERVICE> }",
    "ASK { ?s <http://example.org/#SERVICE> ?o { ?a ?b ?c } }",
    "ASK { ?s a p4c:PooledService }",
    "ASK { ?s a p4c:PooledService . { ?a ?b ?c } }",
    "PREFIX service: <http://example.org/> ASK { ?s service:p ?o }",
    "PREFIX service: <http://example.org/> ASK { GRAPH service:g { ?s ?p ?o } }",
    "PREFIX service: <http://example.org/> ASK { GRAPH # which\n service:g#this\n{ ?s ?p ?o } }",
    "PREFIX service: <http://example.org/> SELECT * FROM service:g { ?s ?p ?o }",
    "PREFIX service: <http://example.org/> SELECT * FROM NAMED service:g { ?s ?p ?o }",
    "PREFIX service: <http://example.org/> DESCRIBE service:x { ?s ?p ?o }",
    "PREFIX upload: <http://example.org/> ASK { ?s upload:service ?o }",
    "# SERVICE <http://example.org/> {}\nASK {}",
    "ASK { # SERVICE <http://example.org/> {}\r }",
    "ASK { ?s ?p 'x'@en-service }",
    "ASK { ?s ?p _:service . _:service.b ?q ?o }",
    "ASK { ?s ?p e:a.service , e:a\\#SERVICE , e:SERVICE%41 }",
    "ASK { ?s e:a.service ?o . { ?a ?b ?c } }",
    "ASK { ?a e:p ?b FILTER(?a < ?b && ?b > 1 || ?a<2) }",
    "ASK { ?s e:loads ?load FILTER(?load<5) }",
    "select * { ?s ?p ?o } order by ?s",
    "BASE <http://example.org/> ASK { <service> <load> <#x> }",
    'VERSION "1.2" ASK {}',
    "SELECT(COUNT(*)AS?n){}",
    "ASK { ?s ?p '\\u0053ERVICE \\u007B' }",
    "ASK{FILTER(" + "(" * 150 + "1" + ")" * 150 + ")}",
]

DOUBTFUL = [
    "ASK { VALUES ?x {''' x'}SERVICE<u:x>{}}",
    "ASK { VALUES ?x { ''' x'}SERVICE<u:x>{}#\\x ''' }",
    'ASK { VALUES ?x { """ x"}SERVICE<u:x>{}#\\uD800 """ }',
    "ASK { FILTER(1<<#'''>'\n2)SERVICE<u:x>{}#'''\n}",
    "ASK { ?s ?p 'x }",
    "ASK { ?s ?p 'x\n' }",
    "ASK { ?s ?p 'a\\x' }",
    "PREFIXh:<http://a:> ASK { ?s ?p h:SERVICE <u:x> {} }",
    "ASK { \\u003F }",
    "FOO {}",
    "",
    "# nothing",
    "SERVICE <u:x> {}",
]


@pytest.mark.parametrize("query", FINE)
def test_a_harmless_query_passes_and_is_one(query: str) -> None:
    assert check_query(E + query).form in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    prefixes = {"e": "http://example.org/", "p4c": P4C}
    ox.Store().query(E + query, prefixes=prefixes)


@pytest.mark.parametrize("query", FETCHING)
def test_a_query_that_would_fetch_is_refused(query: str) -> None:
    with pytest.raises(Forbidden, match=r"^[A-Z].*[.]$"):
        check_query(E + query)
    with pytest.raises(Forbidden):
        check_query(query)


@pytest.mark.parametrize("query", DOUBTFUL)
def test_a_text_that_may_be_read_in_several_ways_is_refused(query: str) -> None:
    with pytest.raises(SyntaxProblem, match="line 1"):
        check_query(query)


@pytest.mark.parametrize("spelled", ["\\u0053ERVICE", "S\\u0045RVICE", "SERVIC\\U00000045", "\\u004cOAD"])
def test_a_keyword_spelled_with_escapes_is_refused(spelled: str) -> None:
    with pytest.raises(Forbidden):
        check_query(f"ASK {{ {spelled} <u:x> {{}} }}")


@pytest.mark.parametrize("update", ["INSERT DATA {}", "CLEAR ALL", "PREFIX a: <u:x> LOAD <u:x>", "DROP GRAPH <u:x>",
                                    "WITH <u:g> DELETE {} WHERE {}", "delete where { ?s ?p ?o }"])
def test_an_update_is_no_query(update: str) -> None:
    with pytest.raises(Forbidden):
        check_query(update)


@pytest.mark.parametrize("query", [
    'DEFINE input:inference "x" ASK {}',
    "PREFIX a: <u:x> define get:soft 'soft' ASK {}",
    "ASK { FILTER(bif:exec('x')) }",
    "ASK { FILTER(BIF:exec('x')) }",
    "ASK { FILTER(sql:x(1)) }",
    "ASK { FILTER(<bif:exec>('x')) }",
    "ASK { FILTER(<b\\u0069f:exec>('x')) }",
    "PREFIX x: <bif:> ASK { FILTER(x:exec('x')) }",
    "PREFIX x: <java:java.lang.> ASK { FILTER(x:exec('x')) }",
    "ASK { \\u0053ERVICE <u:x> {} }",
    'ASK { ?s ?p "\\u0022 . SERVICE <u:x> {} #" }',
    "ASK { #\r'''\nSERVICE <u:x> {} #'''\n}",
])
def test_a_remote_store_refuses_what_other_servers_understand(query: str) -> None:
    with pytest.raises((Forbidden, SyntaxProblem)):
        check_query(query, remote=True)


@pytest.mark.parametrize("query", FINE)
def test_a_remote_store_takes_harmless_queries(query: str) -> None:
    if "\\u007B" not in query:
        check_query(E + query, remote=True)


@pytest.mark.parametrize("update", [
    "INSERT DATA { <u:a> <u:b> 'LOAD' }",
    "PREFIX load: <u:> INSERT DATA { load:a load:b load:c ; load:d load:e }",
    "PREFIX load: <u:> CLEAR GRAPH load:a ; WITH load:g DELETE {} WHERE {} ; COPY load:a TO load:b",
])
def test_a_harmless_update_passes(update: str) -> None:
    assert check_update(update).form == "UPDATE"


@pytest.mark.parametrize("update", LOADING)
def test_an_update_that_would_fetch_is_refused(update: str) -> None:
    with pytest.raises(Forbidden):
        check_update(update)


def test_a_query_is_no_update() -> None:
    with pytest.raises(InputError, match="ASK query; expected an update"):
        check_update("ASK {}")


def test_form_keywords_and_prefixes_are_told() -> None:
    info = check_query(E + "prefix f: <u:f> select (count(*) as ?n) { ?s e:p ?o ; a p4c:Practice . # f:x\n }")
    assert info.form == "SELECT"
    assert {"SELECT", "COUNT", "AS", "A"} <= info.keywords
    assert info.prefixes == {"e": "http://example.org/", "p4c": P4C}


def test_from_clauses_are_told_whatever_way_they_are_written() -> None:
    info = check_query(
        "BASE <http://example.org/> PREFIX f: <x/> SELECT * FROM <a> FROM#\nf:b FROM p4c:c from named <#d> "
        "FROM NAMED f:e\\-e { ?s ?p 'FROM <z>' }"
    )
    assert info.default_graphs == ("http://example.org/a", "http://example.org/x/b", P4C.c)
    assert info.named_graphs == ("http://example.org/#d", "http://example.org/x/e-e")


def test_a_query_nested_too_deeply_is_refused() -> None:
    with pytest.raises(InputError, match=str(NESTING)):
        check_query("ASK" + "{" * 1000 + "}" * 1000)


def test_the_line_of_an_open_string_is_told() -> None:
    with pytest.raises(SyntaxProblem, match="line 3") as caught:
        check_query("ASK {\n?s ?p\n'x }\n")
    assert caught.value.line == 3


PIECES = [
    "SERVICE", "SERVICE<u:x>{}", "SERVICEe:s{}", "LOAD", "e:SERVICE", "e:a.b.", "9", "{", "}", "(", ")", "<", ">",
    "<#a>", "<'>", "'", '"', "'''", '"""', "\\", "\\u0041", "#", "\n", "\r", " ", "?a", "FILTER", "e:", ":", ".",
    "1", "true", "ASK", "@en", "SELECT *", "WHERE", "GRAPH", "VALUES ?x", "PREFIX e: <u:x> ", "BASE <http://a:> ",
    "FROM", "<http://[#>", "_:a",
]
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=15).map("".join))


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.booleans())
def test_no_text_breaks_the_guard(text: str, remote: bool) -> None:
    for check in (check_query, check_update):
        with suppress(P4CError):
            check(text, remote=remote)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join), st.sampled_from(["ASK {%s}", "ASK {%s\n}"]))
def test_what_passes_has_no_keyword_that_fetches(inner: str, frame: str) -> None:
    query = frame % inner
    try:
        check_query(query)
    except P4CError:
        return
    if "SERVICE" in query and parses(query):
        assert parses(query.replace("SERVICE", "SERVIXE")), "the word is a keyword here"


def parses(query: str) -> bool:
    try:
        ox.Store().query(query, prefixes={"e": "http://example.org/"})
    except SyntaxError:
        return False
    except (RuntimeError, OSError):
        return True
    return True


@pytest.mark.parametrize("piece", ["service:x ", "<#a>", "'''x", "{}", "<a", "a.", "GRAPH service:x{}", "?x e:y 'z' . ",
                                   '"""', "#\n", "\\a"])
def test_time_grows_in_proportion_to_the_text(piece: str) -> None:
    def seconds(length: int) -> float:
        text = "ASK {" + piece * (length // len(piece))
        started = time.process_time()
        with suppress(P4CError):
            check_query(text)
        return time.process_time() - started

    seconds(1000)
    small = min(seconds(20_000) for _ in range(3))
    assert seconds(200_000) < 50 * small + 0.05
