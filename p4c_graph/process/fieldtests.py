"""Field tests as statements: what is planned, what came of it, and how a result takes the place of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.namespaces import DCT, P4C, RDF
from p4c_graph.pipeline import ChangeReport, change
from p4c_graph.process.interest import Interest
from p4c_graph.process.names import labels
from p4c_graph.process.planning import KINDS, Plan, Proposal
from p4c_graph.process.statements import Statements, day, text, whole
from p4c_graph.progress import Progress
from p4c_graph.regions import Rows
from p4c_graph.settings import Settings
from p4c_graph.store.draft import Draft
from p4c_graph.store.statements import in_graph
from p4c_graph.terms import Minter, concept, local_name, slugify
from p4c_graph.transfer.result import Ref, decimal

INSTRUMENTS = ("questionnaire", "interviews")
SINGLE = (P4C.applicationStatus, P4C.outcome, P4C.start, P4C.end, P4C.transferKind)
"""What an application has one of: a new value takes the place of the old one, in whichever graph that stands."""
_KIND_NAMES = {KINDS[0]: ("Implementation", "Mise en œuvre"), KINDS[1]: ("Workshop on", "Atelier sur")}
_INSTRUMENT = {
    "questionnaire": (P4C.Questionnaire, "Questionnaire", "Questionnaire"),
    "interviews": (P4C.Interview, "Interviews", "Entretiens"),
}


@dataclass(frozen=True)
class Measured:
    """A result of a test: what was counted, how many, in which unit."""

    measure: str
    value: float
    unit: str | None = None


@dataclass(frozen=True)
class Results:
    """What came of a field test; concepts and kinds by the end of their IRI."""

    status: str = "done"
    outcome: str | None = None
    note: str | None = None
    start: str | None = None
    end: str | None = None
    adaptation: str | None = None
    degree: str | None = None
    transfer: str | None = None
    instruments: dict[str, str | None] = field(default_factory=dict)
    """``questionnaire`` or ``interviews`` → a description of it."""
    target_groups: tuple[str, ...] = ()
    answers: tuple[Interest, ...] = ()
    measured: tuple[Measured, ...] = ()
    language: str = "en"
    """The language of the texts."""


@dataclass(frozen=True)
class FieldTest:
    """A field test as the graph knows it."""

    test: Ref
    practice: Ref | None
    partner: Ref
    region: str | None
    kinds: frozenset[str]
    status: str | None
    origins: tuple[str, ...] = ()
    outcome: str | None = None
    answers: tuple[Interest, ...] = ()

    @property
    def is_workshop(self) -> bool:
        """Whether it is a workshop; what is neither kind yet is none."""
        return KINDS[1] in self.kinds


_TEST = """
SELECT ?practice ?partner ?region ?kind ?status ?origin ?outcome WHERE {
  <TEST> p4c:partner ?partner . <TEST> a ?kind .
  OPTIONAL { ?practice p4c:application <TEST> OPTIONAL { ?practice p4c:application ?origin . ?origin a p4c:Origin } }
  OPTIONAL { <TEST> p4c:inRegion ?region } OPTIONAL { <TEST> p4c:applicationStatus ?status }
  OPTIONAL { <TEST> p4c:outcome ?outcome }
} ORDER BY ?practice ?partner ?region ?origin"""
_ANSWERS = """
SELECT ?group ?asked ?interested WHERE {
  <TEST> p4c:responses ?summary .
  ?summary p4c:ofTargetGroup ?group ; p4c:asked ?asked ; p4c:interested ?interested .
} ORDER BY ?group"""


def record_plan(
    settings: Settings, plan: Plan, minter: Minter, start: str | None = None, *, dry_run: bool = False,
    progress: Progress | None = None,
) -> ChangeReport:
    """Writes the tests that a plan proposes as planned ones, in the graph of the partner's tests."""
    graph, triples = graph_of(plan.partner.id, minter), planned_triples(plan, minter, start)

    def edit(draft: Draft) -> None:
        draft.add(in_graph(triples, graph))
        mark_synthetic(draft, graph, plan.partner.id)

    return change(settings, edit, title=f"Field tests planned by {plan.partner.label}", by=plan.partner.id,
                  dry_run=dry_run, progress=progress)


def record_results(
    settings: Settings, test: FieldTest, results: Results, minter: Minter, *, by: str, dry_run: bool = False,
    progress: Progress | None = None,
) -> ChangeReport:
    """Writes what came of a test, in the graph of its partner's tests; a plan becomes done.

    Raises InputError where the results do not fit the test, and what ``change`` raises.
    """
    graph, triples = graph_of(test.partner.id, minter), result_triples(test, results, minter)

    def edit(draft: Draft) -> None:
        take_the_place(draft, graph, triples)
        mark_synthetic(draft, graph, test.partner.id)

    return change(settings, edit, title=f"Results of {test.test.label}", by=by, dry_run=dry_run, progress=progress)


def graph_of(partner: str, minter: Minter) -> str:
    """The graph in which the field tests of a partner stand."""
    return minter.graph(f"field-tests/{local_name(partner)}")


def read_test(rows: Rows, iri: str) -> FieldTest:
    """The field test of this IRI. Raises InputError where it has no partner."""
    found = list(rows.rows(_TEST.replace("TEST", iri)))
    if not found:
        raise InputError(f"{local_name(iri)} names no partner that tests", parameter="field test")
    practice, partner, region, _, status, _, outcome = found[0]
    answers = rows.rows(_ANSWERS.replace("TEST", iri))
    names = labels(rows, {iri, str(partner), *([str(practice)] if practice else [])})
    return FieldTest(
        Ref(iri, names[iri]), Ref(str(practice), names[str(practice)]) if practice else None,
        Ref(str(partner), names[str(partner)]), region, frozenset(local_name(str(row[3])) for row in found),
        local_name(status) if status else None, tuple(sorted({row[5] for row in found if row[5]})),
        local_name(outcome) if outcome else None,
        tuple(Interest(local_name(str(g)), int(str(a)), int(str(i))) for g, a, i in answers))


def planned_triples(plan: Plan, minter: Minter, start: str | None = None) -> set[ox.Triple]:
    """The statements of the tests that a plan proposes."""
    s = Statements()
    for proposal in plan.proposals:
        _plan_one(s, plan, proposal, minter, start)
    return s.triples


def test_slug(plan: Plan, proposal: Proposal) -> str:
    """The slug of a proposed test: partner and practice, as in the sheet for field tests."""
    return slugify(f"{local_name(plan.partner.id)}-{local_name(proposal.candidate.practice.id)}")


def _plan_one(s: Statements, plan: Plan, proposal: Proposal, minter: Minter, start: str | None) -> None:
    slug, practice = test_slug(plan, proposal), proposal.candidate.practice
    test = minter.resource("application", slug)
    en, fr = test_names(plan, proposal)
    s.thing(test, P4C[proposal.kind], P4C.FieldTest, P4C.Application, en=en, fr=fr)
    s.say(practice.id, P4C.application, test)
    s.say(test, P4C.partner, plan.partner.id)
    s.say(test, P4C.inRegion, plan.region.id)
    s.say(test, P4C.fieldTestOf, plan.project.id if plan.project else None)
    s.say(test, P4C.applicationStatus, concept("application-status", "planned"))
    s.say(test, P4C.start, day(start, "--start") if start else None)
    s.say(test, P4C.presenter, *(provider.id for provider in proposal.candidate.providers[:1]))
    s.say(test, P4C.takenFrom, *proposal.candidate.origins)
    s.say(test, P4C.targetGroup, *proposal.candidate.target_groups)
    s.say(test, DCT.description, text(" ".join(proposal.reasons), "en"))
    if proposal.kind == KINDS[1]:
        for name in INSTRUMENTS:
            _say_instrument(s, test, slug, name, None, "en", minter)


def test_names(plan: Plan, proposal: Proposal) -> tuple[str, str]:
    """What a proposed test is called, in English and French."""
    en, fr = _KIND_NAMES[proposal.kind]
    practice, region = proposal.candidate.practice.label, plan.region.label
    colon = (": ", " : ") if proposal.kind == KINDS[0] else (" ", " ")
    return f"{en}{colon[0]}{practice}, {region}", f"{fr}{colon[1]}{practice}, {region}"


def _say_instrument(
    s: Statements, test: str, slug: str, name: str, description: str | None, language: str, minter: Minter
) -> None:
    instrument = minter.resource("instrument", f"{slug}-{name}")
    kind, en, fr = _INSTRUMENT[name]
    s.thing(instrument, kind, P4C.Instrument, en=en, fr=fr)
    s.say(instrument, DCT.description, text(description, language))
    s.say(test, P4C.instrument, instrument)


def result_triples(test: FieldTest, results: Results, minter: Minter) -> set[ox.Triple]:
    """The statements of what came of a test. Raises InputError where they do not fit the kind of test or each other."""
    _check(test, results)
    s, iri, slug = Statements(), test.test.id, local_name(test.test.id)
    s.say(iri, P4C.applicationStatus, concept("application-status", results.status))
    s.say(iri, P4C.outcome, concept("outcome", results.outcome) if results.outcome else None)
    s.say(iri, P4C.outcomeNote, text(results.note, results.language))
    for predicate, value, name in ((P4C.start, results.start, "start"), (P4C.end, results.end, "end")):
        s.say(iri, predicate, day(value, name) if value else None)
    s.say(iri, P4C.targetGroup, *(concept("target-group", group) for group in results.target_groups))
    if results.adaptation or results.degree:
        _say_adaptation(s, iri, slug, results, minter)
    if results.transfer:
        s.say(iri, RDF.type, P4C.Transfer)
        s.say(iri, P4C.transferKind, concept("transfer-kind", results.transfer))
        s.say(iri, P4C.takenFrom, *test.origins)
    for name, description in results.instruments.items():
        _say_instrument(s, iri, slug, name, description, results.language, minter)
    for answer in results.answers:
        _say_answers(s, iri, slug, answer, minter)
    for measured in results.measured:
        _say_measured(s, iri, slug, measured, results.language, minter)
    return s.triples


def _say_adaptation(s: Statements, test: str, slug: str, results: Results, minter: Minter) -> None:
    adaptation = minter.resource("adaptation", slug)
    s.thing(adaptation, P4C.Adaptation)
    s.say(adaptation, DCT.description, text(results.adaptation, results.language))
    s.say(adaptation, P4C.degreeOfTransfer, concept("degree-of-transfer", results.degree) if results.degree else None)
    s.say(test, P4C.adaptation, adaptation)


def _say_answers(s: Statements, test: str, slug: str, answers: Interest, minter: Minter) -> None:
    summary = minter.resource("responses", f"{slug}-{answers.group}")
    s.thing(summary, P4C.ResponseSummary)
    s.say(test, P4C.responses, summary)
    s.say(test, P4C.targetGroup, concept("target-group", answers.group))
    s.say(summary, P4C.ofTargetGroup, concept("target-group", answers.group))
    s.say(summary, P4C.asked, whole(answers.asked))
    s.say(summary, P4C.interested, whole(answers.interested))


def _say_measured(
    s: Statements, test: str, slug: str, measured: Measured, language: str, minter: Minter
) -> None:
    result = minter.resource("result", f"{slug}-{slugify(measured.measure)}")
    s.thing(result, P4C.Result)
    s.say(test, P4C.result, result)
    s.say(result, P4C.measure, text(measured.measure, language))
    s.say(result, P4C.value, decimal(measured.value))
    s.say(result, P4C.unit, text(measured.unit, language))


def _check(test: FieldTest, results: Results) -> None:
    planned = results.status == "planned"
    if planned and (results.outcome or results.answers or results.measured or results.transfer):
        raise InputError("what is only planned has no outcome, answers, results or transfer; expected --status done",
                         parameter="status")
    if results.status == "done" and not (results.outcome or results.note or results.answers or results.measured):
        raise InputError("a test that is done needs something that came of it: --outcome, --note, --answers or "
                         "--result", parameter="outcome")
    for answer in results.answers:
        if answer.interested > answer.asked:
            raise InputError(f"answers of {answer.group}: {answer.interested} interested of {answer.asked} asked; "
                             "expected no more than were asked", parameter="answers")
    if results.answers and KINDS[0] in test.kinds and not test.is_workshop:
        raise InputError(f"{test.test.label} is an implementation; answers of target groups belong to a workshop. "
                         "Record its outcome, results or adaptation", parameter="answers")
    if results.transfer and not test.origins:
        raise InputError(f"{test.test.label}: where its practice comes from is not known, so no transfer can be "
                         "recorded; leave --transfer out", parameter="transfer")


def take_the_place(draft: Draft, graph: str, triples: Iterable[ox.Triple]) -> None:
    """Adds statements to a graph; where an application has only one value, other ones are taken out of every graph.

    So are other numbers of a summary of answers, and other values of a result.
    """
    new = set(triples)
    replaced: Sequence[str] = (*SINGLE, P4C.asked, P4C.interested, P4C.value, P4C.degreeOfTransfer)
    for triple in new:
        if triple.predicate.value in replaced:
            old = draft.query(
                f"SELECT ?graph ?value WHERE {{ GRAPH ?graph {{ {triple.subject} {triple.predicate} ?value }} }}")
            draft.remove([
                ox.Quad(triple.subject, triple.predicate, value, at)  # type: ignore[arg-type]
                for at, value in old.terms() if value != triple.object
            ])
    draft.add(in_graph(new, graph))


def mark_synthetic(draft: Draft, graph: str, partner: str) -> None:
    """Marks a graph as made up where its partner is: what a made-up partner tests is made up too."""
    made_up = f"ASK {{ GRAPH ?graph {{ <{partner}> a ?kind }} ?graph a p4c:SyntheticGraph }}"
    if draft.triples(graph) and draft.query(made_up).boolean():
        node = ox.NamedNode(graph)
        draft.add([ox.Quad(node, ox.NamedNode(RDF.type), ox.NamedNode(P4C.SyntheticGraph), node)])
