"""A selection as statements: the step with every input, what it found of each practice, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.languages import LANGUAGES
from p4c_graph.namespaces import DCT, P4C, PROV, SCHEME
from p4c_graph.pipeline import ChangeReport, change
from p4c_graph.process import selection
from p4c_graph.process.evaluations import Evaluations
from p4c_graph.process.selection import METHODS, Outcome
from p4c_graph.process.statements import Statements, boolean, day, text, whole
from p4c_graph.progress import Progress
from p4c_graph.regions import Rows
from p4c_graph.settings import Settings
from p4c_graph.store.draft import Draft
from p4c_graph.terms import Minter, local_name, slugify
from p4c_graph.transfer.features import RENEWABILITY
from p4c_graph.transfer.result import decimal

_METHOD = {
    METHODS[0]: (
        "Weighted mean over criteria of the partners' mean judgements.",
        "Moyenne, pondérée par critère, des moyennes des notes des partenaires.",
    ),
    METHODS[1]: (
        "TOPSIS over criteria of the partners' mean judgements, between the ends of the scales.",
        "TOPSIS sur les moyennes par critère des notes des partenaires, entre les bornes des échelles.",
    ),
}
_DESCRIPTION = (
    "Criteria that nobody judged are left out, the others re-weighted. Ranked by score, then by lower bound, then by "
    "IRI. The acceptability of a verdict is the share of {draws} draws of the weights in which the practice is kept.",
    "Les critères que personne n'a notés sont laissés de côté et les autres repondérés. Classement par score, puis par "
    "borne inférieure, puis par IRI. L'acceptabilité d'un verdict est la part des {draws} tirages des poids dans "
    "lesquels la pratique est retenue.",
)


@dataclass(frozen=True)
class Named:
    """The names of one selection: its title, slug, IRI, the IRI of its catalogue, and the graph that holds both."""

    title: str
    slug: str
    iri: str
    catalogue: str
    graph: str

    @classmethod
    def of(cls, title: str, minter: Minter) -> Named:
        """The names that a title gives. Raises InputError where it has no letter or digit."""
        slug = slugify(title)
        if not slug:
            raise InputError(f"--title is {title!r}; expected a name with letters or digits", parameter="title")
        return cls(title, slug, minter.resource("selection", slug), minter.resource("catalogue", slug),
                   minter.graph(f"selection/{slug}"))


def default_title(outcome: Outcome, evaluations: Evaluations, today: str) -> str:
    """What a selection is called where it is given no name."""
    of = f" of {evaluations.project.label}" if evaluations.project else ""
    return f"Selection of {len(outcome.kept)} practices{of}, {today}"


def selection_triples(
    outcome: Outcome, evaluations: Evaluations, named: Named, minter: Minter, *, snapshot: str, today: str,
    by: str | None = None, synthetic: Iterable[str] = (),
) -> set[ox.Triple]:
    """The statements of a selection and its catalogue; ``synthetic`` are graphs of made-up data.

    What rests on made-up data is marked as made up too.
    """
    s = Statements()
    _say_step(s, outcome, evaluations, named.iri)
    s.say(named.iri, P4C.ofSnapshot, ox.Literal(snapshot))
    s.say(named.iri, DCT.date, day(today, "date"))
    s.say(named.iri, PROV.wasAssociatedWith, by)
    s.thing(named.iri, en=named.title)
    _say_weights(s, outcome, evaluations, named, minter)
    _say_verdicts(s, outcome, named, minter)
    _say_catalogue(s, outcome, named)
    if evaluations.project:
        s.say(evaluations.project.id, P4C.selection, named.iri)
    if set(synthetic) & set(evaluations.graphs):
        s.thing(named.graph, P4C.SyntheticGraph)
    return s.triples


def _say_step(s: Statements, outcome: Outcome, evaluations: Evaluations, iri: str) -> None:
    """How the selection was made: its method, its input, its counts and the line."""
    s.thing(iri, P4C.Selection, PROV.Activity)
    for words, predicate in ((_METHOD[outcome.rules.method], P4C.method), (_DESCRIPTION, DCT.description)):
        for language, sentence in zip(LANGUAGES, words, strict=True):
            s.say(iri, predicate, text(sentence.format(draws=selection.DRAWS), language))
    s.say(iri, PROV.used, *evaluations.graphs)
    s.say(iri, P4C.identifiedCount, whole(outcome.identified))
    s.say(iri, P4C.evaluatedCount, whole(outcome.evaluated))
    s.say(iri, P4C.keptCount, whole(len(outcome.kept)))
    s.say(iri, P4C.minimumEvaluators, whole(outcome.rules.minimum_evaluators))
    s.say(iri, P4C.threshold, None if outcome.line is None else decimal(outcome.line))
    s.say(iri, P4C.draws, whole(selection.DRAWS))
    s.say(iri, P4C.seed, whole(selection.SEED))
    s.say(iri, P4C.dirichletConcentration, decimal(selection.CONCENTRATION))


def _say_weights(s: Statements, outcome: Outcome, evaluations: Evaluations, named: Named, minter: Minter) -> None:
    s.say(named.iri, P4C.usesCriterion, f"{SCHEME}criterion/{RENEWABILITY}")
    for criterion in evaluations.criteria:
        weight = minter.resource("criterion-weight", f"{named.slug}-{slugify(criterion.notation)}")
        s.say(named.iri, P4C.usesCriterion, criterion.iri)
        s.say(named.iri, P4C.criterionWeight, weight)
        s.thing(weight, P4C.CriterionWeight)
        s.say(weight, P4C.onCriterion, criterion.iri)
        s.say(weight, P4C.weight, decimal(outcome.rules.weights[criterion.notation]))


def _say_catalogue(s: Statements, outcome: Outcome, named: Named) -> None:
    s.thing(named.catalogue, P4C.Catalogue, PROV.Collection, en=f"Catalogue: {named.title}",
            fr=f"Catalogue : {named.title}")
    s.say(named.iri, P4C.produced, named.catalogue)
    s.say(named.catalogue, PROV.wasGeneratedBy, named.iri)
    s.say(named.catalogue, PROV.hadMember, *(verdict.practice.id for verdict in outcome.kept))


def _say_verdicts(s: Statements, outcome: Outcome, named: Named, minter: Minter) -> None:
    for found in outcome.verdicts:
        verdict = minter.resource("verdict", f"{named.slug}-{slugify(local_name(found.practice.id))}")
        s.say(named.iri, P4C.verdict, verdict)
        s.thing(verdict, P4C.Verdict)
        s.say(verdict, P4C.onPractice, found.practice.id)
        s.say(verdict, P4C.kept, boolean(found.kept))
        s.say(verdict, P4C.rank, whole(found.rank))
        s.say(verdict, P4C.known, decimal(found.known))
        s.say(verdict, P4C.acceptability, decimal(found.stability))
        for name, value in found.score.to_dict().items():
            s.say(verdict, P4C[name], decimal(value))


_SYNTHETIC = "SELECT DISTINCT ?graph WHERE { ?graph a p4c:SyntheticGraph }"
_ELSEWHERE = "SELECT ?graph WHERE {{ GRAPH ?graph {{ <{iri}> a p4c:Selection }} FILTER(?graph != <{own}>) }}"


def record_selection(
    settings: Settings, rows: Rows, outcome: Outcome, evaluations: Evaluations, named: Named, minter: Minter, *,
    snapshot: str, today: str, by: str | None = None, dry_run: bool = False, progress: Progress | None = None,
) -> ChangeReport:
    """Writes a selection and its catalogue as a graph of its own, in place of one of the same name.

    Raises InputError where another graph holds a selection of this name, and what ``change`` raises.
    """
    if any(True for _ in rows.rows(_ELSEWHERE.format(iri=named.iri, own=named.graph))):
        raise InputError(f"--title is {named.title!r}, the name of a selection from elsewhere; expected another",
                         parameter="title")
    synthetic = [str(graph) for (graph,) in rows.rows(_SYNTHETIC)]
    triples = selection_triples(
        outcome, evaluations, named, minter, snapshot=snapshot, today=today, by=by, synthetic=synthetic)

    def edit(draft: Draft) -> None:
        # On which snapshot it was computed is no difference by itself: the same again changes nothing.
        if _but_snapshot(draft.triples(named.graph)) != _but_snapshot(triples):
            draft.put(named.graph, triples)

    return change(settings, edit, title=named.title, by=by, dry_run=dry_run, progress=progress)


def _but_snapshot(triples: set[ox.Triple]) -> set[ox.Triple]:
    return {triple for triple in triples if triple.predicate.value != P4C.ofSnapshot}
