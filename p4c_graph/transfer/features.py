"""What the model needs to know of practices and regions, asked of the graph by SPARQL once a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from p4c_graph.regions import Rows
from p4c_graph.terms import local_name

ACTORS = (
    "DevelopmentAgency", "ClusterInitiative", "Enterprise", "ResearchBody", "PublicAuthority", "Chamber",
)
COLLECTIVE = frozenset({"open-collective", "closed-collective"})
RENEWABILITY = "C4"
"""The family of criteria that is a category (new, repeated) and so never part of a mean."""
DEFAULT_IMPORTANCE = 1
"""Of a condition that states none; one that does not say whether it is required is not."""


@dataclass
class Application:
    """One time and place at which a practice ran, was tested or taken over."""

    iri: str
    kind: str = "Application"
    status: str = "unknown"
    outcome: str = "unknown"
    source: str | None = None
    regions: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)
    taken_from: set[str] = field(default_factory=set)
    organisations: set[str] = field(default_factory=set)
    """Who ran it, tested it, presented it, attended it."""
    has_result: bool = False
    asked: int = 0
    interested: int = 0

    @property
    def took_place(self) -> bool:
        """Whether it is more than a plan; a plan, and what was called off, says nothing."""
        return self.status not in ("planned", "cancelled")

    @property
    def failed(self) -> bool:
        """Whether it took place and went badly."""
        return self.took_place and self.outcome == "negative"


@dataclass
class Condition:
    """What a region must have, or had better have."""

    iri: str
    label: str
    importance: int
    required: bool
    indicator: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    actor: str | None = None
    sector: str | None = None


@dataclass
class Practice:
    """One practice with all that speaks for or against it somewhere."""

    iri: str
    label: str
    kind: str | None = None
    themes: set[str] = field(default_factory=set)
    sectors: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)
    """Names of the projects that name it."""
    applications: dict[str, Application] = field(default_factory=dict)
    conditions: dict[str, Condition] = field(default_factory=dict)
    scores: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """Evaluations on [0, 1] (value on its scale), by partner and family of criteria."""
    kept_share: float | None = None
    """Kept ÷ identified of the strictest selection that kept it."""

    @property
    def merit_is_inferred(self) -> bool:
        """Whether its merit is concluded from a selection, whose scores are not published."""
        return not self.scores and self.kept_share is not None


@dataclass
class Actor:
    """One organisation of a known kind, with the regions it is active in."""

    kinds: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)
    sectors: set[str] = field(default_factory=set)
    elsewhere: bool = False
    """Whether the graph names it for something else than an application of a practice."""


@dataclass
class Need:
    """A priority a region, or an agency active in it, declares."""

    regions: set[str] = field(default_factory=set)
    themes: set[str] = field(default_factory=set)
    sectors: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)


@dataclass
class Features:
    """Everything read: practices by IRI order, actors, needs, complete lists, observations, partnerships."""

    practices: list[Practice]
    actors: dict[str, Actor] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    complete: set[tuple[str, str]] = field(default_factory=set)
    """(region, kind of actor) of each list declared complete."""
    observations: dict[tuple[str, str, int], float] = field(default_factory=dict)
    """(region, indicator, year) → value."""
    partners: dict[str, set[str]] = field(default_factory=dict)
    """English name of a project → regions with a partner in it."""


_PRACTICES = """
SELECT ?practice ?label (LANG(?label) AS ?language) WHERE { ?practice a p4c:Practice ; rdfs:label ?label }"""
_CODES = """
SELECT ?practice ?property ?value WHERE {
  ?practice a p4c:Practice ; ?property ?value .
  FILTER(?property IN (p4c:serviceKind, p4c:theme, p4c:sector, p4c:targetGroup, p4c:projectName))
}"""
_APPLICATIONS = """
SELECT ?practice ?application ?kind ?region ?status ?outcome ?source ?project WHERE {
  ?practice p4c:application ?application .
  OPTIONAL { ?application a ?kind
    FILTER(?kind IN (p4c:Origin, p4c:Implementation, p4c:Workshop, p4c:Transfer, p4c:FieldTest)) }
  OPTIONAL { ?application p4c:inRegion ?region }
  OPTIONAL { ?application p4c:applicationStatus ?status }
  OPTIONAL { ?application p4c:outcome ?outcome }
  OPTIONAL { ?application dct:source ?source }
  OPTIONAL { ?application p4c:projectName ?project }
} ORDER BY ?practice ?application ?kind ?source"""
_RESULTS = """
SELECT DISTINCT ?practice ?application WHERE {
  ?practice p4c:application ?application . ?application p4c:result ?result .
  FILTER NOT EXISTS { ?result p4c:isTarget true }
}"""
_RESPONSES = """
SELECT ?practice ?application ?asked ?interested WHERE {
  ?practice p4c:application ?application . ?application p4c:responses ?summary .
  ?summary p4c:asked ?asked ; p4c:interested ?interested .
}"""
_TAKEN_FROM = """
SELECT ?practice ?application ?other WHERE {
  ?practice p4c:application ?application . ?application p4c:takenFrom ?other .
}"""
_WHO = """
SELECT DISTINCT ?practice ?application ?organisation WHERE {
  ?practice p4c:application ?application .
  ?application p4c:operator|p4c:partner|p4c:presenter|p4c:attendedBy ?organisation .
}"""
_CONDITIONS = """
SELECT ?practice ?condition ?importance ?required ?indicator ?minimum ?maximum ?actor ?sector ?text WHERE {
  ?practice p4c:condition ?condition .
  OPTIONAL { ?condition p4c:importance ?importance }
  OPTIONAL { ?condition p4c:required ?required }
  OPTIONAL { ?condition p4c:onIndicator ?indicator }
  OPTIONAL { ?condition p4c:minimum ?minimum }
  OPTIONAL { ?condition p4c:maximum ?maximum }
  OPTIONAL { ?condition p4c:requiresActor ?actor }
  OPTIONAL { ?condition p4c:sector ?sector }
  OPTIONAL { ?condition dct:description ?text . FILTER(LANGMATCHES(LANG(?text), "en") || LANG(?text) = "") }
} ORDER BY ?practice ?condition ?text ?actor ?sector"""
_EVALUATIONS = """
SELECT ?practice ?partner ?criterion ?value ?minimum ?maximum WHERE {
  ?evaluation a p4c:Evaluation ; p4c:onPractice ?practice ; p4c:byPartner ?partner ; p4c:onCriterion ?criterion ;
    p4c:value ?value ; p4c:onScale ?scale .
  ?scale p4c:minimum ?minimum ; p4c:maximum ?maximum .
  OPTIONAL { ?evaluation dct:date ?date }
} ORDER BY ?practice ?date ?evaluation"""
"""In the order of their dates: of several by one partner on one practice and criterion the latest counts."""
_SELECTIONS = """
SELECT ?practice ?identified ?kept WHERE {
  ?selection a p4c:Selection ; p4c:produced ?catalogue ; p4c:identifiedCount ?identified ; p4c:keptCount ?kept .
  ?catalogue prov:hadMember ?practice .
}"""
_ACTORS = """
SELECT ?organisation ?kind ?region ?sector WHERE {
  ?organisation a ?kind ; p4c:locatedIn|p4c:territory ?region .
  FILTER(STRSTARTS(STR(?kind), STR(p4c:)))
  OPTIONAL { ?organisation p4c:sector ?sector }
}"""
_NAMED_ELSEWHERE = """
SELECT DISTINCT ?organisation WHERE {
  ?organisation p4c:locatedIn|p4c:territory ?region . ?other ?property ?organisation .
  FILTER NOT EXISTS { ?practice p4c:application ?other }
}"""
_COMPLETE = "SELECT ?region ?kind WHERE { ?region a p4c:Region ; p4c:completeFor ?kind }"
_NEEDS = """
SELECT ?need ?region ?property ?value WHERE {
  { ?region a p4c:Region ; p4c:need ?need } UNION { ?organisation p4c:need ?need ; p4c:territory ?region }
  ?need ?property ?value . FILTER(?property IN (p4c:theme, p4c:sector, p4c:targetGroup))
}"""
_OBSERVATIONS = """
SELECT ?region ?indicator ?year ?value WHERE {
  ?observation p4c:refArea ?region ; p4c:indicator ?indicator ; p4c:refPeriod ?year ; p4c:value ?value .
}"""
_PARTNERS = """
SELECT ?project ?label (LANG(?label) AS ?language) ?region WHERE {
  ?partnership p4c:inProject ?project ; p4c:actsFor ?region . ?project rdfs:label ?label .
}"""


class _Limited:
    """A dataset asked of some practices or organisations only."""

    def __init__(self, dataset: Rows, variable: str, iris: Collection[str]) -> None:
        self._dataset = dataset
        self._values = f"WHERE {{ VALUES ?{variable} {{ {' '.join(f'<{iri}>' for iri in sorted(iris))} }}"

    def rows(self, query: str) -> Iterator[tuple[str | None, ...]]:
        return self._dataset.rows(query.replace("WHERE {", self._values, 1))


def read_features(dataset: Rows) -> Features:
    """Everything the model reads of a dataset."""
    return Features(
        practices=_read_practices(dataset),
        actors=_actors(dataset),
        needs=_needs(dataset),
        complete=_complete(dataset),
        observations={
            (str(region), str(indicator), int(str(year)[:4])): float(str(value))
            for region, indicator, year, value in dataset.rows(_OBSERVATIONS)
        },
        partners=_partners(dataset),
    )


def read_features_again(
    before: Features, dataset: Rows, practices: Collection[str], organisations: Collection[str]
) -> Features:
    """The features of a dataset that differs from that of ``before`` only in these practices and organisations.

    Observations are those of before; needs, complete lists and partnerships, which are few, are read anew.
    """
    kept = [practice for practice in before.practices if practice.iri not in practices]
    again = _read_practices(_Limited(dataset, "practice", practices))
    actors = {iri: actor for iri, actor in before.actors.items() if iri not in organisations}
    actors |= _actors(_Limited(dataset, "organisation", organisations))
    return Features(
        practices=sorted([*kept, *again], key=lambda practice: practice.iri),
        actors=actors,
        needs=_needs(dataset),
        complete=_complete(dataset),
        observations=before.observations,
        partners=_partners(dataset),
    )


def _read_practices(dataset: Rows) -> list[Practice]:
    """The practices in order of IRI, with all that is known of each."""
    practices = _practices(dataset)
    for read in (_read_codes, _read_applications, _read_conditions, _read_merit):
        read(dataset, practices)
    return [practices[iri] for iri in sorted(practices)]


def _complete(dataset: Rows) -> set[tuple[str, str]]:
    return {(str(region), local_name(str(kind))) for region, kind in dataset.rows(_COMPLETE)}


def _practices(dataset: Rows) -> dict[str, Practice]:
    labels: dict[str, set[tuple[bool, str]]] = defaultdict(set)
    for iri, label, language in dataset.rows(_PRACTICES):
        labels[str(iri)].add((language != "en", str(label)))
    return {iri: Practice(iri, min(found)[1]) for iri, found in labels.items()}


def _partners(dataset: Rows) -> dict[str, set[str]]:
    labels: dict[str, set[tuple[bool, str]]] = defaultdict(set)
    regions: dict[str, set[str]] = defaultdict(set)
    for project, label, language, region in dataset.rows(_PARTNERS):
        labels[str(project)].add((language != "en", str(label)))
        regions[str(project)].add(str(region))
    found: dict[str, set[str]] = defaultdict(set)
    for project, names in labels.items():
        found[min(names)[1]] |= regions[project]
    return dict(found)


def _read_codes(dataset: Rows, practices: dict[str, Practice]) -> None:
    for iri, prop, value in dataset.rows(_CODES):
        practice, name = practices.get(str(iri)), local_name(str(prop))
        if practice is None:
            continue
        if name == "projectName":
            practice.projects.add(str(value))
        elif name == "serviceKind":
            practice.kind = local_name(str(value))
        else:
            found = {"theme": practice.themes, "sector": practice.sectors, "targetGroup": practice.targets}[name]
            found.add(local_name(str(value)))


def _read_applications(dataset: Rows, practices: dict[str, Practice]) -> None:
    for practice, iri, kind, region, status, outcome, source, project in dataset.rows(_APPLICATIONS):
        if str(practice) not in practices:
            continue
        applications = practices[str(practice)].applications
        found = applications.setdefault(str(iri), Application(str(iri)))
        if kind and found.kind in ("Application", "FieldTest"):
            found.kind = local_name(kind)
        found.status = local_name(status) if status else found.status
        found.outcome = local_name(outcome) if outcome else found.outcome
        found.source = found.source or source
        found.regions.update({region} if region else ())
        found.projects.update({project} if project else ())
    every = {(p.iri, a.iri): a for p in practices.values() for a in p.applications.values()}
    for practice, iri in dataset.rows(_RESULTS):
        if application := every.get((str(practice), str(iri))):
            application.has_result = True
    for practice, iri, asked, interested in dataset.rows(_RESPONSES):
        if application := every.get((str(practice), str(iri))):
            application.asked += int(str(asked))
            application.interested += int(str(interested))
    for practice, iri, other in dataset.rows(_TAKEN_FROM):
        if application := every.get((str(practice), str(iri))):
            application.taken_from.add(str(other))
    for practice, iri, organisation in dataset.rows(_WHO):
        if application := every.get((str(practice), str(iri))):
            application.organisations.add(str(organisation))


def _read_conditions(dataset: Rows, practices: dict[str, Practice]) -> None:
    for practice, iri, importance, required, indicator, low, high, actor, sector, text in dataset.rows(_CONDITIONS):
        if str(practice) in practices:
            practices[str(practice)].conditions.setdefault(str(iri), Condition(
                str(iri), text or local_name(str(iri)), int(importance or DEFAULT_IMPORTANCE),
                required in ("true", "1"), indicator,
                None if low is None else float(low), None if high is None else float(high),
                local_name(actor) if actor else None, local_name(sector) if sector else None,
            ))


def _read_merit(dataset: Rows, practices: dict[str, Practice]) -> None:
    latest: dict[tuple[str, str, str], float] = {}
    for iri, partner, criterion, value, low, high in dataset.rows(_EVALUATIONS):
        lowest, highest = float(str(low)), float(str(high))
        share = (float(str(value)) - lowest) / (highest - lowest)
        latest[str(iri), str(partner), local_name(str(criterion))] = share
    for (judged, by, criterion_name), share in latest.items():
        family = criterion_name.split(".")[0]
        if judged in practices and family != RENEWABILITY:
            practices[judged].scores.setdefault(by, {}).setdefault(family, []).append(share)
    for iri, identified, kept in dataset.rows(_SELECTIONS):
        if str(iri) in practices and int(str(identified)):
            practice, share = practices[str(iri)], int(str(kept)) / int(str(identified))
            practice.kept_share = share if practice.kept_share is None else min(share, practice.kept_share)


def _actors(dataset: Rows) -> dict[str, Actor]:
    actors: dict[str, Actor] = defaultdict(Actor)
    for organisation, kind, region, sector in dataset.rows(_ACTORS):
        actor = actors[str(organisation)]
        actor.kinds.add(local_name(str(kind)))
        actor.regions.add(str(region))
        if sector:
            actor.sectors.add(local_name(sector))
    for (organisation,) in dataset.rows(_NAMED_ELSEWHERE):
        if str(organisation) in actors:
            actors[str(organisation)].elsewhere = True
    return dict(actors)


def _needs(dataset: Rows) -> dict[str, Need]:
    needs: dict[str, Need] = defaultdict(Need)
    for iri, region, prop, value in dataset.rows(_NEEDS):
        need, concept = needs[str(iri)], local_name(str(value))
        need.regions.add(str(region))
        name = local_name(str(prop))
        {"theme": need.themes, "sector": need.sectors, "targetGroup": need.targets}[name].add(concept)
    return dict(needs)
