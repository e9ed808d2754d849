"""How partners judged a practice, criterion by criterion."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.terms import local_name
from p4c_graph.web.views.data_text import DataText
from p4c_graph.web.views.facts import Names
from p4c_graph.web.views.visit import Visit

_QUERY = """
SELECT ?criterion ?partner ?value ?minimum ?maximum ?category WHERE {{
  ?evaluation p4c:onPractice {practice} . ?evaluation p4c:onCriterion ?criterion . ?evaluation p4c:byPartner ?partner .
  OPTIONAL {{ ?evaluation p4c:value ?value ; p4c:onScale ?scale . ?scale p4c:minimum ?minimum ; p4c:maximum ?maximum }}
  OPTIONAL {{ ?evaluation p4c:category ?category }}
}}"""
"""The engine takes these patterns in this order; labels beside them would be looked up for everything first."""


@dataclass(frozen=True)
class Vote:
    """One partner's judgement: the value on its scale, and where on [0, 1] that is."""

    partner: DataText
    shown: str
    share: float | None


@dataclass(frozen=True)
class Judgement:
    """A criterion with the partners' judgements and their mean on [0, 1] (None for categories)."""

    code: str
    label: DataText
    votes: list[Vote]

    @property
    def mean(self) -> float | None:
        """The mean over partners."""
        shares = [vote.share for vote in self.votes if vote.share is not None]
        return sum(shares) / len(shares) if shares else None


async def judgements(visit: Visit, practice: str) -> list[Judgement]:
    """The judgements of a practice (an IRI as SPARQL writes it), by criterion."""
    votes: dict[str, dict[str, tuple[str, float | None]]] = defaultdict(dict)
    things: set[str] = set()
    for row in await visit.rows(_QUERY.format(practice=practice)):
        told = {name: term.value for name, term in row.items() if isinstance(term, ox.NamedNode | ox.Literal)}
        criterion, partner = told["criterion"], told["partner"]
        things |= {criterion, partner, *([told["category"]] if "category" in told else [])}
        if "value" in told:
            value, low, high = (float(told[name]) for name in ("value", "minimum", "maximum"))
            votes[criterion][partner] = (f"{value:g} ({low:g}–{high:g})", (value - low) / (high - low))
        elif "category" in told:
            votes[criterion][partner] = (told["category"], None)
    if not votes:
        return []
    names = await Names.read(visit, things)
    return [
        Judgement(local_name(criterion), names.label(criterion), [
            Vote(names.label(partner), shown if share is not None else str(names.label(shown)), share)
            for partner, (shown, share) in sorted(given.items())])
        for criterion, given in sorted(votes.items())
    ]
