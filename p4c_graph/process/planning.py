"""Which field tests a partner should hold: suitable, new there, both kinds, somebody to ask; each with its reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from p4c_graph.errors import InputError
from p4c_graph.process.names import CONTACT, labels
from p4c_graph.regions import Region, Rows
from p4c_graph.terms import local_name
from p4c_graph.transfer.explain import explain
from p4c_graph.transfer.match import Matcher
from p4c_graph.transfer.result import DIGITS, Match, Ref

KINDS = ("Implementation", "Workshop")
REQUIRED = 2
"""The tests that the project asks of each partner."""
MOST = 20


@dataclass(frozen=True)
class KnownTest:
    """A field test of the partner that the graph knows."""

    test: Ref
    practice: Ref | None
    kind: str | None
    status: str

    @property
    def counts(self) -> bool:
        """Whether it counts for the two-tests rule: whatever was not called off."""
        return self.status != "cancelled"

    def to_dict(self) -> dict[str, Any]:
        """The JSON of one test."""
        practice = self.practice.to_dict() if self.practice else None
        return {"test": self.test.to_dict(), "practice": practice, "kind": self.kind, "status": self.status}


@dataclass(frozen=True)
class Candidate:
    """A practice that could be tested: how it suits (None: too little is known to rank it), whom to ask."""

    practice: Ref
    match: Match | None
    missing: list[str]
    """The components of which nothing is known, where it cannot be ranked."""
    providers: list[Ref]
    origins: list[str]
    target_groups: list[str] = field(default_factory=list)

    @property
    def uncertain(self) -> tuple[bool, bool, float]:
        """What it sorts by: too little known, a required condition of unknown state, then the lower bound."""
        if self.match is None:
            return True, True, 0.0
        return False, bool(self.match.possibly_blocked), -round(self.match.total.low, 9)


@dataclass(frozen=True)
class Proposal:
    """A test that is proposed: which practice, of which kind, and why."""

    candidate: Candidate
    kind: str
    reasons: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of one proposal."""
        c = self.candidate
        return {
            "practice": c.practice.to_dict(), "kind": self.kind, "reasons": self.reasons,
            "providers": [provider.to_dict() for provider in c.providers],
            "score": {**c.match.total.to_dict(), "known": round(c.match.known, DIGITS)} if c.match else None,
        }


@dataclass(frozen=True)
class Plan:
    """What a partner has planned or done, what it could plan, and what was passed over and why."""

    partner: Ref
    region: Ref
    project: Ref | None
    wanted: int
    known: list[KnownTest]
    proposals: list[Proposal]
    passed_over: list[tuple[Ref, str]]
    notes: list[str]

    @property
    def total(self) -> int:
        """How many tests there are with those proposed."""
        return sum(test.counts for test in self.known) + len(self.proposals)

    @property
    def meets_the_rule(self) -> bool:
        """Whether the partner has its two tests, with those proposed."""
        return self.total >= REQUIRED

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the plan."""
        return {
            "partner": self.partner.to_dict(), "region": self.region.to_dict(),
            "project": self.project.to_dict() if self.project else None, "tests": self.wanted,
            "known": [test.to_dict() for test in self.known],
            "proposals": [proposal.to_dict() for proposal in self.proposals],
            "passed_over": [{"practice": practice.to_dict(), "reason": why} for practice, why in self.passed_over],
            "two_tests_rule": {"required": REQUIRED, "total": self.total, "met": self.meets_the_rule},
            "notes": self.notes,
        }


_HOME = f"""
SELECT ?place ?region ?project WHERE {{
  {{ ?partnership p4c:member <PARTNER> ; p4c:inProject ?project .
    FILTER EXISTS {{ ?partnership p4c:role ?role FILTER(?role != <{CONTACT}>) }}
    OPTIONAL {{ ?partnership p4c:actsFor ?region BIND(0 AS ?place) }} }}
  UNION {{ <PARTNER> p4c:territory ?region BIND(1 AS ?place) }}
  UNION {{ <PARTNER> p4c:locatedIn ?region BIND(2 AS ?place) }}
}}"""
_KNOWN = """
SELECT ?test ?practice ?kind ?status WHERE {
  ?test a p4c:FieldTest ; p4c:partner <PARTNER> .
  OPTIONAL { ?practice p4c:application ?test }
  OPTIONAL { ?test a ?kind FILTER(?kind IN (p4c:Implementation, p4c:Workshop)) }
  OPTIONAL { ?test p4c:applicationStatus ?status }
} ORDER BY ?test ?practice"""
_CATALOGUES = """
SELECT ?selection ?date ?practice WHERE {
  <PROJECT> p4c:selection ?selection . ?selection p4c:produced ?catalogue .
  ?catalogue prov:hadMember ?practice .
  OPTIONAL { ?selection dct:date ?day } OPTIONAL { ?selection p4c:end ?last }
  BIND(COALESCE(STR(?day), STR(?last), "") AS ?date)
}"""
_WHOM = """
SELECT DISTINCT ?practice ?provider WHERE {
  { ?practice p4c:provider ?provider }
  UNION { ?practice p4c:application ?origin . ?origin a p4c:Origin ; p4c:operator ?provider }
} ORDER BY ?provider"""
_ORIGINS = """
SELECT ?practice ?origin WHERE { ?practice p4c:application ?origin . ?origin a p4c:Origin } ORDER BY DESC(?origin)"""
_GROUPS = "SELECT ?practice ?group WHERE { ?practice a p4c:Practice ; p4c:targetGroup ?group } ORDER BY ?group"


def plan(rows: Rows, matcher: Matcher, partner: Ref, *, tests: int = REQUIRED, project: str | None = None) -> Plan:
    """The tests that a partner could hold, so many that it has ``tests`` with those planned or done.

    Candidates are the practices of the latest catalogue of its project, or all where it has none.
    Raises InputError where the number is no number of tests, or no region of the partner is known.
    """
    if not 1 <= tests <= MOST:
        raise InputError(f"--tests is {tests}; expected a whole number from 1 to {MOST}", parameter="tests")
    region, projects = _home(rows, matcher, partner)
    if project and project not in projects:
        raise InputError(f"{partner.label} is no partner of {local_name(project)}; expected one of "
                         f"{', '.join(sorted(map(local_name, projects))) or 'none, it is in no project'}",
                         parameter="project")
    catalogue, of, notes = _candidates(rows, [project] if project else sorted(projects))
    known = _known(rows, partner)
    notes = [*notes, *matcher.notes(region)]
    candidates, passed_over = _sift(rows, matcher, region, catalogue, known)
    proposals = _propose(candidates, known, tests, matcher.region_ref(region))
    if len(proposals) < tests - sum(test.counts for test in known):
        notes.append(f"Only {len(proposals)} can be proposed; what was passed over says why.")
    return Plan(partner, matcher.region_ref(region), Ref(of, projects[of]) if of else None, tests, known, proposals,
                passed_over, notes)


def _home(rows: Rows, matcher: Matcher, partner: Ref) -> tuple[Region, dict[str, str]]:
    """The region a partner acts for, serves or sits in, and its projects with their names."""
    regions: dict[int, str] = {}
    projects: set[str] = set()
    for place, region, project in rows.rows(_HOME.replace("PARTNER", partner.id)):
        projects.update({project} if project else ())
        if region and place:
            regions[int(place)] = min(regions.get(int(place), str(region)), str(region))
    if not regions:
        raise InputError(f"No region of {partner.label} is known; expected the region it acts for in a project "
                         "(p4c:actsFor), serves (p4c:territory) or sits in (p4c:locatedIn)", parameter="partner")
    return matcher.gazetteer.by_iri[regions[min(regions)]], labels(rows, projects)


def _candidates(rows: Rows, projects: list[str]) -> tuple[set[str] | None, str | None, list[str]]:
    """The practices of the latest catalogue of the projects (None: there is none), whose it is, what to say of it."""
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for project in projects:
        for selection, date, practice in rows.rows(_CATALOGUES.replace("PROJECT", project)):
            found.setdefault((str(date), str(selection)), (project, set()))[1].add(str(practice))
    if not found:
        only = projects[0] if len(projects) == 1 else None
        return None, only, ["No catalogue of its project is known, so every practice is a candidate; `p4c select` "
                            "makes one from the evaluations."]
    latest = max(found)
    project, members = found[latest]
    title = labels(rows, [latest[1]])[latest[1]]
    return members, project, [f"Candidates are the {len(members)} practices of the latest catalogue ({title})."]


def _known(rows: Rows, partner: Ref) -> list[KnownTest]:
    found = {str(row[0]): row[1:] for row in rows.rows(_KNOWN.replace("PARTNER", partner.id))}
    names = labels(rows, [*found, *(str(practice) for practice, _, _ in found.values() if practice)])
    return [
        KnownTest(Ref(test, names[test]), Ref(practice, names[practice]) if practice else None,
                  local_name(kind) if kind else None, local_name(status) if status else "unknown")
        for test, (practice, kind, status) in found.items()
    ]


def _sift(
    rows: Rows, matcher: Matcher, region: Region, catalogue: set[str] | None, known: list[KnownTest]
) -> tuple[list[Candidate], list[tuple[Ref, str]]]:
    """What can be tested, the surest first; what cannot, and why."""
    providers, origins, groups = (_every(rows.rows(query)) for query in (_WHOM, _ORIGINS, _GROUPS))
    names = labels(rows, {iri for iris in providers.values() for iri in iris})
    tested = {test.practice.id for test in known if test.practice}
    candidates, passed_over = [], []
    for index, iri in enumerate(matcher.columns.practices):
        if catalogue is not None and iri not in catalogue:
            continue
        practice = matcher.practice_ref(index)
        found = matcher.for_practice(index, matcher.model.weights, limit=1, regions=[region], with_acceptability=False)
        match = found.results[0] if found.results else None
        if iri in tested:
            passed_over.append((practice, "the partner tests it, or has tested it, already"))
        elif found.already_here:
            passed_over.append((practice, f"it runs in {region.label} already"))
        elif match and match.planned_here:
            passed_over.append((practice, f"a test of it is planned in {region.label}"))
        elif match and match.blocked:
            unmet = "; ".join(condition.label for condition in match.blocked)
            passed_over.append((practice, f"a required condition is not met: {unmet}"))
        elif not providers.get(iri):
            passed_over.append((practice, "no provider or operator is known whom to ask"))
        else:
            missing = found.too_little_known[0].missing if found.too_little_known else []
            whom = [Ref(provider, names[provider]) for provider in providers[iri]]
            candidates.append(Candidate(practice, match, missing, whom, origins.get(iri, []), groups.get(iri, [])))
    return sorted(candidates, key=lambda c: (c.uncertain, c.practice.id)), passed_over


def _every(pairs: Iterable[tuple[str | None, ...]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for subject, value in pairs:
        found[str(subject)].append(str(value))
    return found


def kinds_wanted(known: Iterable[KnownTest], count: int) -> list[str]:
    """The kinds of the next tests, so that both are held about equally often; an implementation first."""
    held = [test.kind for test in known if test.counts]
    tally = {kind: held.count(kind) for kind in KINDS}
    wanted = []
    for _ in range(count):
        kind = min(KINDS, key=lambda k: (tally[k], KINDS.index(k)))
        tally[kind] += 1
        wanted.append(kind)
    return wanted


def _propose(candidates: list[Candidate], known: list[KnownTest], tests: int, region: Ref) -> list[Proposal]:
    """The surest candidates; of these, those of which most is known are implemented, the others asked about."""
    count = max(0, tests - sum(test.counts for test in known))
    chosen = candidates[:count]
    wanted = sorted(kinds_wanted(known, len(chosen)), key=KINDS.index)
    return [
        Proposal(c, kind, [*_reasons(c, region), _why_kind(c, kind, alone=len(set(wanted)) == 1)])
        for c, kind in zip(chosen, wanted, strict=True)
    ]


def _reasons(candidate: Candidate, region: Ref) -> list[str]:
    match, found = candidate.match, []
    if match:
        score = match.total
        found.append(f"Suits {region.label}: {score.expected:.2f} [{score.low:.2f}–{score.high:.2f}], "
                     f"{match.known:.0%} of the weight known.")
        if match.because:
            found.append(explain(match)["context"])
    else:
        found.append(f"Too little is known to say how it suits {region.label} (nothing on "
                     f"{', '.join(candidate.missing)}); a test would tell.")
    found.append(f"Not known to run, or to be tested, in {region.label}.")
    found.append("Whom to ask: " + "; ".join(provider.label for provider in candidate.providers) + ".")
    return found


def _why_kind(candidate: Candidate, kind: str, *, alone: bool) -> str:
    name = "an implementation" if kind == KINDS[0] else "a workshop"
    match = candidate.match
    if kind == KINDS[1] and match and match.possibly_blocked:
        to_check = "; ".join(condition.label.rstrip(".") for condition in match.possibly_blocked)
        return f"As {name}: whether the region has what it requires is to be found out first ({to_check})."
    if alone:
        return f"As {name}: so that the partner holds both kinds."
    return f"As {name}: of those proposed, {'most' if kind == KINDS[0] else 'least'} is sure of it."
