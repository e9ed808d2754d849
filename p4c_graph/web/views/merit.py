"""How partners judged a practice, criterion by criterion."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.terms import local_name
from p4c_graph.web.views.said import Said, best
from p4c_graph.web.views.visit import Visit

_QUERY = """
SELECT ?criterion ?label ?partner ?partnerLabel ?value ?minimum ?maximum ?category WHERE {{
  ?evaluation p4c:onPractice {practice} ; a p4c:Evaluation ; p4c:onCriterion ?criterion ; p4c:byPartner ?partner .
  ?criterion skos:prefLabel ?label . ?partner rdfs:label ?partnerLabel .
  OPTIONAL {{ ?evaluation p4c:value ?value ; p4c:onScale ?scale . ?scale p4c:minimum ?minimum ; p4c:maximum ?maximum }}
  OPTIONAL {{ ?evaluation p4c:category/skos:prefLabel ?category }}
}}"""


@dataclass(frozen=True)
class Vote:
    """One partner's judgement: the value on its scale, and where on [0, 1] that is."""

    partner: Said
    shown: str
    share: float | None


@dataclass(frozen=True)
class Judgement:
    """A criterion with the partners' judgements and their mean on [0, 1] (None for categories)."""

    code: str
    label: Said
    votes: list[Vote]

    @property
    def mean(self) -> float | None:
        """The mean over partners."""
        shares = [vote.share for vote in self.votes if vote.share is not None]
        return sum(shares) / len(shares) if shares else None


async def judgements(visit: Visit, practice: str) -> list[Judgement]:
    """The judgements of a practice (an IRI as SPARQL writes it), by criterion."""
    names: dict[str, set[ox.Literal]] = defaultdict(set)
    votes: dict[str, dict[str, tuple[str, float | None]]] = defaultdict(dict)
    for row in await visit.rows(_QUERY.format(practice=practice)):
        told = {name: term.value for name, term in row.items() if term is not None and not isinstance(term, ox.Triple)}
        for key, label in ((told["criterion"], row["label"]), (told["partner"], row["partnerLabel"])):
            assert isinstance(label, ox.Literal)
            names[key].add(label)
        if "value" in told:
            value, low, high = (float(told[name]) for name in ("value", "minimum", "maximum"))
            votes[told["criterion"]][told["partner"]] = (f"{value:g} ({low:g}–{high:g})", (value - low) / (high - low))
        elif "category" in told:
            votes[told["criterion"]][told["partner"]] = (told["category"], None)
    return [
        Judgement(local_name(criterion), best(names[criterion], visit.language)[0], [
            Vote(best(names[partner], visit.language)[0], shown, share)
            for partner, (shown, share) in sorted(given.items())])
        for criterion, given in sorted(votes.items())
    ]
