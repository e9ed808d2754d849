"""What the partners of a project judged: practice × partner × criterion on [0, 1], blanks visible."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.errors import AmbiguousName, InputError
from p4c_graph.namespaces import SCHEME
from p4c_graph.process.names import CONTACT, labels
from p4c_graph.regions import Rows
from p4c_graph.terms import local_name
from p4c_graph.transfer.features import RENEWABILITY
from p4c_graph.transfer.result import Ref

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Criterion:
    """A criterion that is scored by a number: its IRI, notation (``C1.2``) and name."""

    iri: str
    notation: str
    label: str

    @property
    def family(self) -> str:
        """``C1`` of ``C1.2``; a criterion without parts is its own family."""
        return self.notation.partition(".")[0]


@dataclass(frozen=True)
class Evaluations:
    """All judgements of one project. ``values`` is (practices, partners, criteria), NaN where nothing was judged."""

    practices: list[Ref]
    """Those identified by the project, and those evaluated, by IRI."""
    partners: list[Ref]
    """Who was to evaluate: the partners of the project; without a project, who did."""
    criteria: list[Criterion]
    values: Array
    renewability: dict[int, Counter[str]] = field(default_factory=dict)
    """Practice → how many partners call it new, and how many repeated."""
    categories: Array | None = None
    """(practices, partners): the judgement of renewability as a number that names it, NaN where there is none."""
    project: Ref | None = None
    graphs: list[str] = field(default_factory=list)
    """The named graphs the judgements stand in."""
    notes: list[str] = field(default_factory=list)

    @property
    def known(self) -> Array:
        """(practices, partners, criteria): whether there is a judgement."""
        return ~np.isnan(self.values)

    @property
    def evaluators(self) -> Array:
        """(practices,): how many partners judged a practice on at least one criterion."""
        return np.asarray(self.known.any(axis=2).sum(axis=1))

    @property
    def evaluated(self) -> int:
        """How many practices at least one partner judged."""
        return int((self.evaluators > 0).sum())

    def coverage(self) -> list[dict[str, Any]]:
        """The matrix practice × partner: how many criteria are judged, and which are not."""
        known = self.known
        return [
            {"practice": practice.to_dict(), "partners": [
                {"partner": partner.to_dict(), "judged": int(known[p, a].sum()), "criteria": len(self.criteria),
                 "missing": [c.notation for c, there in zip(self.criteria, known[p, a], strict=True) if not there]}
                for a, partner in enumerate(self.partners)]}
            for p, practice in enumerate(self.practices)
        ]


_CRITERIA = f"""
SELECT ?criterion ?notation ?label (LANG(?label) AS ?language) WHERE {{
  ?criterion skos:inScheme <{SCHEME}criterion> ; skos:notation ?notation ; skos:prefLabel ?label .
}} ORDER BY ?notation"""
_EVALUATIONS = """
SELECT ?practice ?partner ?criterion ?value ?minimum ?maximum ?category ?date WHERE {
  ?evaluation a p4c:Evaluation ; p4c:onPractice ?practice ; p4c:byPartner ?partner ; p4c:onCriterion ?criterion .
  OPTIONAL { ?evaluation p4c:value ?value ; p4c:onScale ?scale . ?scale p4c:minimum ?minimum ; p4c:maximum ?maximum }
  OPTIONAL { ?evaluation p4c:category ?category }
  OPTIONAL { ?evaluation dct:date ?date }
} ORDER BY ?date ?evaluation"""
_GRAPHS = "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?evaluation a p4c:Evaluation } } ORDER BY ?graph"
_PARTNERS = f"""
SELECT DISTINCT ?project ?partner WHERE {{
  ?partnership p4c:inProject ?project ; p4c:member ?partner ; p4c:role ?role .
  FILTER(?role != <{CONTACT}>)
}}"""
_IDENTIFIED = "SELECT ?project ?practice WHERE { ?practice a p4c:Practice ; p4c:identifiedBy ?project }"


@dataclass(frozen=True)
class _Judgement:
    value: float | None
    category: str | None


def read_evaluations(dataset: Rows, project: str | None = None) -> Evaluations:
    """The evaluations of a project (its IRI), or of the one whose partners evaluated.

    Of several judgements by one partner on one practice and criterion the latest counts: a later round replaces an
    earlier one. A judgement on a family of criteria stands for those of its parts that have none.
    Raises InputError where there is nothing, AmbiguousName where partners of several projects evaluated.
    """
    judged = _judgements(dataset)
    members: dict[str, set[str]] = defaultdict(set)
    for of, partner in dataset.rows(_PARTNERS):
        members[str(of)].add(str(partner))
    project = project or _project_of(judged, members)
    if not judged:
        raise InputError("No evaluation is in the graph; import them first: `p4c template evaluations FILE.xlsx` "
                         "writes the sheet for them.", parameter="project")
    partners = members.get(project, set()) if project else {partner for _, partner, _ in judged}
    counted = {key: found for key, found in judged.items() if key[1] in partners}
    identified = {str(practice) for of, practice in dataset.rows(_IDENTIFIED) if project and of == project}
    practices = sorted(identified | {practice for practice, _, _ in counted})
    notes = []
    if others := len({partner for _, partner, _ in judged} - partners):
        notes.append(f"Judgements of {others} organisation{'s' if others > 1 else ''} outside the project are not "
                     "counted.")
    names = labels(dataset, [*practices, *partners, *([project] if project else [])])
    criteria = _criteria(dataset)
    values, categories, renewability = _fill(counted, practices, sorted(partners), criteria)
    return Evaluations(
        practices=[Ref(iri, names[iri]) for iri in practices],
        partners=[Ref(iri, names[iri]) for iri in sorted(partners)],
        criteria=criteria, values=values, renewability=renewability, categories=categories,
        project=Ref(project, names[project]) if project else None,
        graphs=[str(graph) for (graph,) in dataset.rows(_GRAPHS)], notes=notes,
    )


def _judgements(dataset: Rows) -> dict[tuple[str, str, str], _Judgement]:
    """(practice, partner, notation of the criterion) → the latest judgement."""
    found: dict[tuple[str, str, str], _Judgement] = {}
    for practice, partner, criterion, value, low, high, category, _ in dataset.rows(_EVALUATIONS):
        scaled = None
        if value is not None and low is not None and high is not None:
            scaled = (float(value) - float(low)) / (float(high) - float(low))
        if scaled is not None or category is not None:
            found[str(practice), str(partner), local_name(str(criterion))] = _Judgement(
                scaled, local_name(category) if category else None)
    return found


def _project_of(judged: Iterable[tuple[str, str, str]], members: dict[str, set[str]]) -> str | None:
    evaluators = {partner for _, partner, _ in judged}
    found = sorted(project for project, partners in members.items() if partners & evaluators)
    if len(found) > 1:
        raise AmbiguousName("Partners of several projects evaluated practices.",
                            candidates=[local_name(iri) for iri in found], parameter="project")
    return found[0] if found else None


def _criteria(dataset: Rows) -> list[Criterion]:
    """The criteria that are scored: those without parts, renewability left out."""
    labels: dict[str, tuple[str, str]] = {}
    for iri, notation, label, language in dataset.rows(_CRITERIA):
        if language == "en" or str(notation) not in labels:
            labels[str(notation)] = str(iri), str(label)
    families = {notation.partition(".")[0] for notation in labels if "." in notation}
    return [Criterion(iri, notation, label) for notation, (iri, label) in sorted(labels.items())
            if notation not in families and notation != RENEWABILITY]


def _fill(
    judged: dict[tuple[str, str, str], _Judgement], practices: list[str], partners: list[str], criteria: list[Criterion]
) -> tuple[Array, Array, dict[int, Counter[str]]]:
    row, column = ({iri: i for i, iri in enumerate(names)} for names in (practices, partners))
    depth = {criterion.notation: i for i, criterion in enumerate(criteria)}
    values = np.full((len(practices), len(partners), len(criteria)), np.nan)
    words = sorted({judgement.category for judgement in judged.values() if judgement.category})
    categories = np.full((len(practices), len(partners)), np.nan)
    renewability: dict[int, Counter[str]] = defaultdict(Counter)
    whole = []
    for (practice, partner, notation), judgement in judged.items():
        p, a = row[practice], column[partner]
        if judgement.category and notation == RENEWABILITY:
            renewability[p][judgement.category] += 1
            categories[p, a] = words.index(judgement.category)
        elif judgement.value is not None and notation in depth:
            values[p, a, depth[notation]] = judgement.value
        elif judgement.value is not None:
            whole.append((p, a, notation, judgement.value))
    for p, a, family, value in whole:
        parts = [i for i, criterion in enumerate(criteria) if criterion.family == family]
        blank = [i for i in parts if np.isnan(values[p, a, i])]
        values[p, a, blank] = value
    return values, categories, dict(renewability)
