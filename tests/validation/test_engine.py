"""The set-wise engine: what it supports and refuses, focus, places, severity where a process is complete, speed."""

from __future__ import annotations

import time
from collections import Counter

import pyoxigraph as ox
import pytest
import rdflib.plugins.sparql

from p4c_graph.errors import InputError
from p4c_graph.namespaces import P4C, SHAPES, XSD
from p4c_graph.validation import engine, referee
from p4c_graph.validation.compile import Compiler
from p4c_graph.validation.report import Location, Severity, ValidationReport
from p4c_graph.validation.shapes import Shapes

from .cases import drop, forget, new, put
from .graphs import DEFAULT, SHAPE_FILES, iri, prologue, shapes, valid_store

PREFIXES = """
@prefix : <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
DATA = """
:a a :Thing ; :text "abcdef"@en, "x"@fr ; :number 1, 2.5, "3.5"^^xsd:double ; :to :b ; :flag true ; :low 1 ; :high 2 .
:b a :Thing ; :text "ABC" ; :number -1, "many" ; :to "c", :nowhere ; :low 3 ; :high 2 ; :code "a-1" .
:c a :Part ; :text <http://example.org/a> ; :number 7 ; :to :a, :b, :c ; :low "low" ; :high 2 ; :code "B-2" .
:Part rdfs:subClassOf :Whole . :Whole rdfs:subClassOf :Thing .
"""


def data(turtle: str = DATA) -> ox.Store:
    store = ox.Store()
    store.load((PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE)
    return store


def shape(constraints: str, *, more: str = "", target: str = "sh:targetClass :Thing") -> Shapes:
    return Shapes.parse(f"{PREFIXES} :S {target} ; {constraints} . {more}")


def found(report: ValidationReport) -> Counter[tuple[str, str, str]]:
    return Counter((finding.focus[-1], finding.value_text or "", finding.component) for finding in report.findings)


COMPONENTS = {
    "sh:minCount 2": 2,
    "sh:minCount 3": 3,
    "sh:maxCount 1": 1,
    "sh:maxCount 0": 3,
    "sh:nodeKind sh:Literal": 1,
    "sh:nodeKind sh:IRIOrLiteral": 0,
    "sh:class :Thing": 3,
    "sh:datatype rdf:langString": 2,
    "sh:minLength 3": 1,
    "sh:maxLength 3": 2,
    "sh:pattern '^a'": 3,
    "sh:pattern '^a' ; sh:flags 'i'": 2,
    "sh:languageIn ( 'en' )": 3,
    "sh:in ( 'ABC' )": 3,
    "sh:hasValue 'ABC'": 2,
    "sh:not :Short": 1,
    "sh:and ( :Short :Literal )": 3,
    "sh:or ( :Short :English )": 2,
    "sh:node :Short": 3,
    "sh:uniqueLang true": 0,
    "sh:qualifiedValueShape :Short ; sh:qualifiedMinCount 1": 2,
}
MORE = ":Short a sh:NodeShape ; sh:maxLength 2 . :Literal a sh:NodeShape ; sh:nodeKind sh:Literal . "
MORE += ":English a sh:NodeShape ; sh:languageIn ( 'en' ) ."


@pytest.mark.parametrize("constraint", COMPONENTS)
def test_components_on_texts_agree_with_the_referee(constraint: str) -> None:
    one = shape(f"a sh:PropertyShape ; sh:path :text ; {constraint}", more=MORE)
    ours, theirs = engine.validate(data(), one), referee.validate(data(), one)
    assert found(ours) == found(theirs)
    assert len(ours.findings) == COMPONENTS[constraint]


@pytest.mark.parametrize(
    ("path", "constraint", "count"),
    [
        (":number", "sh:minInclusive 1", 2),
        (":number", "sh:maxInclusive 3", 3),
        (":number", "sh:minExclusive 1", 3),
        (":number", "sh:maxExclusive 3", 3),
        (":number", "sh:datatype xsd:integer", 3),
        (":number", "sh:datatype xsd:decimal", 5),
        (":flag", "sh:datatype xsd:boolean", 0),
        (":low", "sh:lessThan :high", 2),
        (":low", "sh:lessThanOrEquals :high", 2),
        (":to", "sh:class :Thing", 2),
        (":to", "sh:class :Whole", 5),
        (":to", "sh:nodeKind sh:IRI", 1),
        ("[ sh:inversePath :to ]", "sh:minCount 2", 2),
        ("( :to :number )", "sh:maxCount 2", 1),
        ("( :to :number )", "sh:minCount 1", 1),
        ("( :to :to :code )", "sh:minCount 1", 2),
        ("[ sh:alternativePath ( :code :flag ) ]", "sh:maxCount 0", 3),
        ("[ sh:zeroOrMorePath :to ]", "sh:class :Thing", 6),
        ("[ sh:oneOrMorePath :to ]", "sh:hasValue :a", 2),
        ("[ sh:zeroOrOnePath :to ]", "sh:minCount 3", 1),
        (":to", "sh:node :Numbered", 2),
        (":to", "sh:node :Bounded", 3),
        (":to", "sh:or ( :Twice [ sh:path :code ; sh:minCount 1 ] )", 3),
        (":to", "sh:node :Twice", 6),
        (":to", "sh:node :IsB", 4),
    ],
)  # fmt: skip
def test_components_and_paths_agree_with_the_referee(path: str, constraint: str, count: int) -> None:
    more = """:Numbered a sh:NodeShape ; sh:property :Numbered-number .
        :Numbered-number a sh:PropertyShape ; sh:path :number ; sh:minCount 1 .
        :Bounded a sh:NodeShape ; sh:property [ sh:path :low ; sh:lessThan :high ] ,
            [ sh:path :number ; sh:minInclusive 1 ] .
        :Twice a sh:NodeShape ; sh:property [ sh:path :text ; sh:minCount 2 ; sh:uniqueLang true ; sh:maxCount 2 ;
            sh:hasValue "no" ] . :IsB a sh:NodeShape ; sh:hasValue :b ."""
    one = shape(f"a sh:PropertyShape ; sh:path {path} ; {constraint}", more=more)
    ours, theirs = engine.validate(data(), one), referee.validate(data(), one)
    assert found(ours) == found(theirs)
    assert len(ours.findings) == count


def test_the_time_of_a_path_of_several_steps_grows_with_the_graph_and_no_faster() -> None:
    many = 5000  # a join for each node takes seconds of these
    store = data(" ".join(f":n{i} a :Thing ; :to :m{i} . :m{i} :code {i} ." for i in range(many)) + ":n a :Thing .")
    one = shape("a sh:PropertyShape ; sh:path ( :to :code ) ; sh:minCount 1")
    before = time.process_time()
    report = engine.validate(store, one)
    assert time.process_time() - before < 1
    assert [finding.focus for finding in report.findings] == ["http://example.org/n"]


@pytest.mark.parametrize(
    ("target", "nodes"),
    [
        ("sh:targetNode :a, :elsewhere", {"a", "e"}),
        ("sh:targetSubjectsOf :code", {"b", "c"}),
        ("sh:targetObjectsOf :to", {"a", "b", "c", "e", '"'}),
        ("sh:targetClass :Whole", {"c"}),
        ("sh:targetClass :Whole ; sh:targetNode :b", {"b", "c"}),
    ],
)
def test_targets_agree_with_the_referee(target: str, nodes: set[str]) -> None:
    one = shape("a sh:NodeShape ; sh:property :P", more=":P a sh:PropertyShape ; sh:path :missing ; sh:minCount 1 .",
                target=target)  # fmt: skip
    store = data(DATA)
    ours, theirs = engine.validate(store, one), referee.validate(store, one)
    assert found(ours) == found(theirs)
    assert {finding.focus[-1] for finding in ours.findings} == nodes


def test_a_shape_that_is_a_class_is_about_its_instances() -> None:
    one = Shapes.parse(
        PREFIXES + ":Whole a owl:Class, sh:NodeShape ; sh:property [ sh:path :missing ; sh:minCount 1 ] ."
    )
    assert [finding.focus for finding in engine.validate(data(), one).findings] == ["http://example.org/c"]


def test_constraints_of_a_node_shape_judge_the_node_itself() -> None:
    one = shape("a sh:NodeShape ; sh:in ( :a :b )")
    ours, theirs = engine.validate(data(), one), referee.validate(data(), one)
    assert found(ours) == found(theirs)
    assert [(finding.focus, finding.path) for finding in ours.findings] == [("http://example.org/c", None)]


def test_a_query_may_use_the_path_and_a_node_shape() -> None:
    query = ':Q sh:select "SELECT $this ?value WHERE { $this $PATH ?value . FILTER (?value = 7) }" .'
    one = shape("a sh:PropertyShape ; sh:path <http://example.org/number> ; sh:sparql :Q", more=query)
    assert found(engine.validate(data(), one)) == found(referee.validate(data(), one))
    query = ':Q a sh:SPARQLConstraint ; sh:select "SELECT $this WHERE { $this <http://example.org/flag> true }" .'
    one = shape("a sh:NodeShape ; sh:sparql :Q", more=query)
    ours = engine.validate(data(), one)
    assert found(ours) == found(referee.validate(data(), one))
    assert [finding.focus for finding in ours.findings] == ["http://example.org/a"]


def test_a_shape_that_is_switched_off_says_nothing() -> None:
    assert not engine.validate(data(), shape("a sh:NodeShape ; sh:deactivated true ; sh:in ( :a )")).findings
    more = ":P a sh:PropertyShape ; sh:path :missing ; sh:minCount 1 ; sh:deactivated true ."
    assert not engine.validate(data(), shape("a sh:NodeShape ; sh:property :P", more=more)).findings
    more = ":Off a sh:NodeShape ; sh:in ( 1 ) ; sh:deactivated true ."
    assert not engine.validate(data(), shape("a sh:PropertyShape ; sh:path :to ; sh:node :Off", more=more)).findings


REFUSED = {
    "sh:closed true": "sh:closed",
    "sh:xone ( :A )": "sh:xone",
    "sh:path :p ; sh:equals :q": "sh:equals",
    "sh:path :p ; sh:disjoint :q": "sh:disjoint",
    "sh:path :p ; sh:qualifiedValueShape :A ; sh:qualifiedMaxCount 1": "sh:qualifiedMaxCount",
    "sh:path :p ; sh:qualifiedMinCount 1": "sh:qualifiedMinCount without",
    "sh:path :p ; sh:minCount 40": "sh:minCount over 3",
    "sh:path :p ; sh:maxCount 'many'": "sh:maxCount",
    "sh:path :p ; sh:datatype xsd:hexBinary": "sh:datatype xsd:hexBinary",
    "sh:path :p ; sh:class 'Thing'": "sh:class",
    "sh:path :p ; sh:property :A": "sh:property in a property shape",
    "sh:path :p ; sh:node :Unknown": "sh:closed",
    "sh:minCount 1": "sh:minCount without sh:path",
    "sh:rule :A": "sh:rule",
    "sh:js :A": "sh:js",
    "sh:path :p ; sh:sparql :NoSelect": "without sh:select",
    "sh:path :p ; sh:sparql :Ask": "sh:ask",
    "sh:path :p ; sh:sparql :Minus": "MINUS",
    "sh:path :p ; sh:sparql :Service": "MINUS",
    "sh:path :p ; sh:sparql :Star": "sh:select",
    "sh:path :p ; sh:sparql :Other": "variables other, this",
    "sh:sparql :Path": "$PATH",
}


@pytest.mark.parametrize("constraint", REFUSED)
def test_what_it_does_not_know_it_refuses_naming_shape_and_component(constraint: str) -> None:
    more = """:A a sh:NodeShape ; sh:in ( 1 ) . :Unknown a sh:NodeShape ; sh:closed true .
        :NoSelect a sh:SPARQLConstraint . :Ask sh:ask "ASK { $this ?p ?o }" .
        :Minus sh:select "SELECT $this WHERE { $this ?p ?o MINUS { $this a ?o } }" .
        :Service sh:select "SELECT $this WHERE { SERVICE <http://example.org> { $this ?p ?o } }" .
        :Star sh:select "SELECT * WHERE { $this ?p ?o }" .
        :Other sh:select "SELECT $this ?other WHERE { $this ?p ?other }" .
        :Path sh:select "SELECT $this WHERE { $this $PATH ?o }" ."""
    with pytest.raises(InputError) as error:
        engine.validate(data(), shape(constraint, more=more))
    assert REFUSED[constraint] in str(error.value)
    assert "http://example.org/" in str(error.value)


@pytest.mark.parametrize(
    ("turtle", "words"),
    [
        (":S sh:targetClass :T ; sh:path [ :odd :path ] ; sh:minCount 1 .", "not a SHACL path"),
        (":S sh:targetClass :T ; sh:in [ rdf:first 1 ] .", "not a well-formed list"),
        (":S sh:targetClass :T ; sh:severity :Bad .", "sh:severity"),
        (":S sh:targetClass", "line 5"),
    ],
)
def test_malformed_shapes_are_named(turtle: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        engine.validate(data(), Shapes.parse(PREFIXES + turtle))


def test_a_missing_file_of_shapes_is_named(tmp_path: object) -> None:
    with pytest.raises(InputError, match=r"none\.ttl"):
        Shapes.load([SHAPE_FILES[0].with_name("none.ttl")])


def test_by_default_the_shapes_of_the_project_are_used() -> None:
    assert engine.validate(valid_store()).constraints == engine.validate(valid_store(), SHAPE_FILES).constraints > 250


# ---- focus


def broken_store() -> ox.Store:
    return valid_store([drop("practice:booth", "rdfs:label"), drop("practice:training", "rdfs:label")])


def test_the_referee_counts_and_never_reads_graphs_from_elsewhere() -> None:
    assert referee.validate(valid_store(), shapes()).constraints == engine.validate(valid_store(), shapes()).constraints
    assert rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS is False


def test_focus_limits_what_is_checked() -> None:
    one = engine.validate(broken_store(), shapes(), focus={iri("practice:booth")})
    assert {finding.focus for finding in one.findings} == {iri("practice:booth")}
    assert {item.label(): item.count for item in one.checked}["Practices"] == 1
    assert not engine.validate(broken_store(), shapes(), focus=[]).findings
    assert not engine.validate(broken_store(), shapes(), focus=["http://example.org/unknown"]).findings


def test_focus_agrees_with_the_referee_and_with_the_whole() -> None:
    nodes = {iri(name) for name in ("practice:booth", "evaluation:booth-south", "observation:north", "region:bay")}
    store = valid_store(
        [
            drop("practice:booth", "rdfs:label"),
            put("evaluation:booth-south", "p4c:byPartner", "organisation:north-agency"),
            drop("region:bay", "p4c:approximatedBy"),
            new(
                "observation:x a p4c:Observation ; p4c:indicator indicator:graduates ; p4c:refArea region:XX11 ; "
                'p4c:refPeriod "2018"^^xsd:gYear ; p4c:value 3 .'
            ),
        ]
    )
    ours = engine.validate(store, shapes(), focus=nodes)
    theirs = referee.validate(store, shapes(), focus=nodes)
    whole = engine.validate(store, shapes()).about(nodes)
    assert {finding.key for finding in ours.findings} == {finding.key for finding in whole.findings}
    assert {finding.key for finding in ours.findings} == {finding.key for finding in theirs.findings}
    assert len(ours.findings) >= 4


def test_a_focus_that_is_no_iri_is_refused() -> None:
    with pytest.raises(InputError, match="focus"):
        engine.validate(valid_store(), shapes(), focus=["not an iri } UNION {"])


# ---- names, places, counts


def test_findings_carry_name_path_value_and_place() -> None:
    store = valid_store([put("observation:north", "p4c:value", "140"), drop("practice:booth", "rdfs:label")])
    places = {iri("observation:north"): Location("figures.csv", row=7)}
    report = engine.validate(store, shapes(), locate=places.get)
    by_focus = {finding.focus: finding for finding in report.findings}
    north, booth = by_focus[iri("observation:north")], by_focus[iri("practice:booth")]
    assert (north.label, north.path, north.value_text, str(north.location)) == (
        None, "p4c:value", "140", "figures.csv, row 7",
    )  # fmt: skip
    assert (booth.label, booth.path, booth.value, booth.location) == (None, "rdfs:label", None, None)
    assert booth.message("fr") == "La pratique n'a pas de nom."
    assert booth.message("de") == booth.message("en") == "The practice has no name."


def test_things_that_are_values_are_named_too() -> None:
    store = valid_store([put("evaluation:booth-south", "p4c:byPartner", "organisation:north-agency")])
    [finding] = engine.validate(store, shapes()).findings
    assert (finding.label, finding.value_label) == ("Collective booth", "South Agency")


def test_each_node_is_located_once() -> None:
    asked: list[str] = []
    store = valid_store([forget("summary:smes"), new("summary:smes a p4c:ResponseSummary .")])
    report = engine.validate(store, shapes(), locate=lambda node: asked.append(node) or Location("x.ttl", line=3))  # type: ignore[func-returns-value]
    assert len(report.findings) >= 3
    assert sorted(asked) == sorted({finding.focus for finding in report.findings})


def test_the_report_says_how_much_was_checked() -> None:
    counts = {item.label("fr"): item.count for item in engine.validate(valid_store(), shapes()).checked}
    assert counts["Pratiques"] == 2
    assert counts["Tests de terrain"] == 4
    assert counts["Organisations"] == 4


# ---- severity where a process is complete


def severities(changes: list[str], *, graph: str = "", complete: str = "") -> dict[str, Severity]:
    """Shape → severity after these changes; ``graph`` is Turtle of a graph declared complete (``complete``)."""
    store = valid_store(changes)
    store.update(f"{prologue()} INSERT DATA {{ {complete} GRAPH <graph/process/verified> {{ {graph} }} }}")
    return {
        finding.shape.removeprefix(SHAPES): finding.severity for finding in engine.validate(store, shapes()).findings
    }


NO_TOOLS = [drop("application:booth-north", "p4c:instrument")]
TESTS_COMPLETE = "<graph/process/verified> p4c:completeFor p4c:FieldTest ."


def test_a_breach_of_process_is_a_warning_where_nothing_is_declared_complete() -> None:
    graph = 'application:booth-north rdfs:label "Booth, north"@en'
    assert severities(NO_TOOLS, graph=graph) == {"WorkshopRules-instrument": Severity.WARNING}


def test_it_is_a_violation_in_a_graph_declared_complete() -> None:
    graph = 'application:booth-north rdfs:label "Booth, north"@en'
    found = severities(NO_TOOLS, graph=graph, complete=TESTS_COMPLETE)
    assert found == {"WorkshopRules-instrument": Severity.VIOLATION}


def test_it_stays_a_warning_outside_the_complete_graph() -> None:
    graph = "application:training-north a p4c:FieldTest"
    assert severities(NO_TOOLS, graph=graph, complete=TESTS_COMPLETE) == {"WorkshopRules-instrument": Severity.WARNING}


def test_complete_for_something_else_changes_nothing() -> None:
    graph = 'application:booth-north rdfs:label "Booth, north"@en'
    complete = "<graph/process/verified> p4c:completeFor p4c:Evaluation ."
    assert severities(NO_TOOLS, graph=graph, complete=complete) == {"WorkshopRules-instrument": Severity.WARNING}


CANCELLED = [put("application:booth-south", "p4c:applicationStatus", "status:cancelled")]


@pytest.mark.parametrize(
    ("complete", "graph"),
    [
        (TESTS_COMPLETE, "application:booth-north p4c:fieldTestOf project:pool"),
        ("project:pool p4c:completeFor p4c:FieldTest .", ""),
        ("partnership:south p4c:completeFor p4c:FieldTest .", ""),
    ],
)
def test_too_few_tests_violate_where_the_tests_of_the_project_are_complete(complete: str, graph: str) -> None:
    assert severities(CANCELLED) == {"TestingPartnership-tests": Severity.WARNING}
    assert severities(CANCELLED, complete=complete, graph=graph) == {"TestingPartnership-tests": Severity.VIOLATION}


NOT_JUDGED = [forget("evaluation:booth-south"), forget("evaluation:booth-north")]


@pytest.mark.parametrize(
    ("complete", "graph"),
    [
        ("<graph/process/verified> p4c:completeFor p4c:Evaluation .", "evaluation:x p4c:onPractice practice:training"),
        ("project:pool p4c:completeFor p4c:Evaluation .", ""),
        ("selection:pool p4c:completeFor p4c:Evaluation .", ""),
    ],
)
def test_missing_evaluations_violate_where_the_evaluations_are_complete(complete: str, graph: str) -> None:
    assert severities(NOT_JUDGED) == {"SelectedPractice-evaluations": Severity.WARNING}
    assert severities(NOT_JUDGED, complete=complete, graph=graph) == {
        "SelectedPractice-evaluations": Severity.VIOLATION
    }


def test_both_engines_give_the_same_severity() -> None:
    store = valid_store(CANCELLED)
    store.update(prologue() + "INSERT DATA { project:pool p4c:completeFor p4c:FieldTest }")
    assert not engine.validate(store, shapes()).conforms
    assert not referee.validate(store, shapes()).conforms


# ---- speed


def observations(number: int) -> list[ox.Quad]:
    """So many observations of twenty indicators, in regions of the size of Europe."""
    quads = []
    for place in range(number):
        node = ox.NamedNode(f"http://example.org/o{place}")
        facts = {
            "refArea": ox.NamedNode(iri(f"region:R{place % (number // 20)}")),
            "indicator": ox.NamedNode(
                iri("indicator:graduates") if place % 20 == 0 else iri(f"indicator:{place % 20}")
            ),
            "refPeriod": ox.Literal(str(2000 + place // (number // 20)), datatype=ox.NamedNode(XSD.gYear)),
            "value": ox.Literal("12.5", datatype=ox.NamedNode(XSD.decimal)),
        }
        quads.append(ox.Quad(node, ox.NamedNode(str(RDF_TYPE)), ox.NamedNode(P4C.Observation), DEFAULT))
        quads += [ox.Quad(node, ox.NamedNode(P4C[name]), value, DEFAULT) for name, value in facts.items()]
    return quads


RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.fixture(scope="module")
def large_store() -> ox.Store:
    store = valid_store()
    store.bulk_extend(observations(30_000))
    return store


def test_each_constraint_on_thirty_thousand_observations_is_fast(large_store: ox.Store) -> None:
    slow = {}
    for query in Compiler(shapes(), {}).queries():
        start = time.perf_counter()
        rows = large_store.query(query.text)
        assert isinstance(rows, ox.QuerySolutions)
        for _ in rows:
            pass
        slow[query.shape.iri] = time.perf_counter() - start
    worst = max(slow, key=lambda name: slow[name])
    assert slow[worst] < 2, (worst, slow[worst])  # 0.3 s on an idle machine


def test_the_time_for_a_few_nodes_does_not_depend_on_the_graph(large_store: ox.Store) -> None:
    def seconds(store: ox.Store) -> float:
        start = time.perf_counter()
        report = engine.validate(store, shapes(), focus=[iri("observation:north"), iri("practice:booth")])
        assert not report.findings
        return time.perf_counter() - start

    small = min(seconds(valid_store()) for _ in range(3))
    large = min(seconds(large_store) for _ in range(3))
    assert large < 3 * small + 0.05
