"""Field tests in the graph: plans, results, how results take the place of a plan; all of it conforms."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from validation.graphs import shapes, valid_store

from p4c_graph.errors import InputError
from p4c_graph.namespaces import P4C, RDF, SCHEME
from p4c_graph.process.fieldtests import FieldTest, Measured, Results, planned_triples, result_triples
from p4c_graph.process.interest import Interest
from p4c_graph.process.planning import Candidate, Plan, Proposal
from p4c_graph.process.results import Form, read_form
from p4c_graph.terms import Minter
from p4c_graph.transfer.result import Ref
from p4c_graph.validation import engine
from p4c_graph.validation.report import Severity

MINTER = Minter()


def ref(kind: str, slug: str, label: str) -> Ref:
    return Ref(MINTER.resource(kind, slug), label)


BOOTH, SOUTH, BAY = ref("practice", "booth", "Booth"), ref("organisation", "south-agency", "South"), ref(
    "region", "bay", "Bay")
ORIGIN = MINTER.resource("application", "booth-origin")


def plan(kind: str) -> Plan:
    provider = ref("organisation", "north-agency", "North")
    candidate = Candidate(BOOTH, None, ["merit"], [provider], [ORIGIN], [f"{SCHEME}target-group/smes"])
    proposal = Proposal(candidate, kind, ["Because it suits.", "Because it is new."])
    return Plan(SOUTH, BAY, ref("project", "pool", "Pool"), 2, [], [proposal], [], [])


def field_test(kind: str, origins: tuple[str, ...] = (ORIGIN,)) -> FieldTest:
    iri = MINTER.resource("application", "south-agency-booth")
    kinds = frozenset({kind, "FieldTest"})
    return FieldTest(Ref(iri, "Booth in the Bay"), BOOTH, SOUTH, BAY.id, kinds, "planned", origins)


def findings(triples: set[ox.Triple], without: tuple[str, ...] = ()) -> list[str]:
    """What the shapes find in the valid graph with these statements added, violations and warnings of the process."""
    store = valid_store()
    before = {(f.focus, f.shape) for f in engine.validate(store, shapes()).findings}
    store.extend([ox.Quad(*triple) for triple in triples if triple.predicate.value not in without])
    report = engine.validate(store, shapes())
    ours = [f for f in report.findings if (f.focus, f.shape) not in before]
    assert all(f.severity is not Severity.VIOLATION for f in ours), [f.message() for f in ours]
    return sorted(f.shape.rpartition("#")[2] for f in ours)


@pytest.mark.parametrize("kind", ["Implementation", "Workshop"])
def test_a_plan_conforms_to_the_rules_of_the_process(kind: str) -> None:
    assert findings(planned_triples(plan(kind), MINTER, "2012-03-01")) == ["UsefulApplication-source"]


def test_a_planned_workshop_has_instruments_and_target_groups() -> None:
    kinds = {t.object.value for t in planned_triples(plan("Workshop"), MINTER) if t.predicate.value == RDF.type}  # type: ignore[union-attr]
    assert {P4C.Workshop, P4C.Questionnaire, P4C.Interview} <= kinds


RESULTS = Results(
    outcome="positive", start="2012-03-01", end="2012-05-31", adaptation="Shorter", degree="emulation",
    transfer="adapted", measured=(Measured("companies at the booth", 12, "companies"),))


def test_results_of_an_implementation_take_the_place_of_the_plan_and_conform() -> None:
    planned = {t for t in planned_triples(plan("Implementation"), MINTER) if t.predicate.value != P4C.applicationStatus}
    done = result_triples(field_test("Implementation"), RESULTS, MINTER)
    assert findings(planned | done) == ["UsefulApplication-source"]


def test_answers_of_a_workshop_conform_and_are_sums_only() -> None:
    planned = {t for t in planned_triples(plan("Workshop"), MINTER) if t.predicate.value != P4C.applicationStatus}
    results = Results(instruments={"questionnaire": "Ten questions"}, answers=(Interest("smes", 20, 14),))
    done = result_triples(field_test("Workshop"), results, MINTER)
    assert findings(planned | done) == ["UsefulApplication-source"]
    assert {t.object.value for t in done if t.predicate.value in (P4C.asked, P4C.interested)} == {"20", "14"}  # type: ignore[union-attr]


@pytest.mark.parametrize(("kind", "results", "message"), [
    ("Workshop", Results(status="planned", outcome="positive"), "only planned has no outcome"),
    ("Workshop", Results(), "a test that is done needs something that came of it"),
    ("Workshop", Results(answers=(Interest("smes", 2, 3),)), "answers of smes: 3 interested of 2 asked"),
    ("Implementation", Results(answers=(Interest("smes", 3, 2),)), "is an implementation; answers of target groups"),
    ("Implementation", Results(outcome="mixed", start="March 2012"), "start is 'March 2012'; expected a day such as"),
])
def test_results_that_do_not_fit_are_refused(kind: str, results: Results, message: str) -> None:
    with pytest.raises(InputError, match=message):
        result_triples(field_test(kind), results, MINTER)


def test_a_transfer_needs_a_known_origin() -> None:
    with pytest.raises(InputError, match="where its practice comes from is not known"):
        result_triples(field_test("Implementation", ()), Results(outcome="positive", transfer="adopted"), MINTER)


OPTIONS: dict[str, object] = {
    "status": "done", "outcome": None, "note": None, "start": None, "end": None, "adaptation": None, "degree": None,
    "transfer": None, "instruments": [], "answers": [], "results": [], "language": "en",
}


def test_options_are_read_into_a_form() -> None:
    form = Form.of_options(**{  # type: ignore[arg-type]
        **OPTIONS, "answers": ["smes=14/20"], "results": ["jobs in the region=12.5 full-time posts"],
        "instruments": ["questionnaire=Ten questions", "interviews"]})
    assert (form.answers[0].targetGroup, form.answers[0].interested, form.answers[0].asked) == ("smes", 14, 20)
    assert (form.results[0].measure, form.results[0].value, form.results[0].unit) == (
        "jobs in the region", 12.5, "full-time posts")
    assert (form.questionnaire, form.interviews) == ("Ten questions", "")


@pytest.mark.parametrize(("option", "value", "message"), [
    ("answers", "smes=14 of 20", "--answers is 'smes=14 of 20'; expected GROUP=INTERESTED/ASKED"),
    ("answers", "14/20", "expected GROUP=INTERESTED/ASKED"),
    ("answers", "smes=-1/20", "expected GROUP=INTERESTED/ASKED"),
    ("results", "jobs", "--result is 'jobs'; expected MEASURE=VALUE"),
    ("results", "jobs=many", "expected MEASURE=VALUE"),
    ("instruments", "phone", "--instrument is 'phone'; expected questionnaire or interviews"),
])
def test_an_option_of_another_form_is_refused(option: str, value: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Form.of_options(**{**OPTIONS, option: [value]})  # type: ignore[arg-type]


@pytest.mark.parametrize(("content", "message"), [
    ('{"outcom": "positive"}', "there is no key outcom; expected one of status, outcome"),
    ('{"answers": [{"targetGroup": "smes", "asked": "many", "interested": 1}]}',
     "answers.0.asked is 'many'; expected a whole number"),
    ('{"answers": [{"targetGroup": "smes", "asked": 3}]}', "answers.0.interested is missing"),
    ('{"results": [{"measure": "jobs", "value": 3, "units": "a"}]}', "expected one of measure, value, unit"),
    ('{"answers": 3}', "answers is 3; expected a list"), ("[]", r"the whole is \[\]; expected an object"),
    ("{", "is not JSON"),
])
def test_a_wrong_file_is_refused_naming_file_place_and_expectation(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(content)
    with pytest.raises(InputError, match=message) as refused:
        read_form(path)
    assert str(refused.value).startswith(str(path))
    with pytest.raises(InputError, match=r"none\.json: cannot be read"):
        read_form(tmp_path / "none.json")


def test_a_file_says_what_the_options_say(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    answers = {"targetGroup": "smes", "asked": 20, "interested": 14}
    path.write_text(json.dumps({"outcome": "positive", "answers": [answers]}))
    assert read_form(path) == Form.of_options(**{**OPTIONS, "outcome": "positive", "answers": ["smes=14/20"]})  # type: ignore[arg-type]
