"""Why: a match in plain sentences, in English or French."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from p4c_graph.transfer.result import ComponentScore, Condition, Match, Reason

_UNNAMED: Mapping[str, str] = MappingProxyType({})
_BASIS = {
    "origin": ("it comes from there", "elle en vient"),
    "implementation": ("tested there in practice", "testée sur place"),
    "workshop": ("tested there in a workshop", "testée là en atelier"),
    "transfer": ("taken over there", "reprise là"),
    "application": ("it ran there", "elle y a été mise en œuvre"),
    "fieldtest": ("tested there", "testée là"),
}


def explain(match: Match, language: str = "en", names: Mapping[str, str] = _UNNAMED) -> dict[str, str]:
    """Component → one sentence that says what is known and what is not; ``language`` is ``en`` or ``fr``.

    ``names`` holds what places are called in that language, by IRI.
    """
    fr = language.partition("-")[0].lower() == "fr"
    of = match.components
    return {
        "context": _context(match, fr, names),
        "evidence": _evidence(of["evidence"], fr),
        "conditions": _conditions(match, fr),
        "relevance": _relevance(of["relevance"], fr),
        "capacity": _capacity(of["capacity"], fr),
        "merit": _merit(of["merit"], fr),
    }


def _percent(score: ComponentScore, fr: bool) -> str:
    low, high = f"{score.low * 100:.0f}", f"{score.high * 100:.0f}"
    if low == high:
        return f"{low} %"
    return f"entre {low} et {high} %" if fr else f"between {low} and {high} %"


def _context(match: Match, fr: bool, names: Mapping[str, str]) -> str:
    if not match.because:
        return "Inconnu : on ne sait pas où elle a été mise en œuvre." if fr else "Unknown: where it ran is not known."
    return (" ; " if fr else "; ").join(_place(reason, fr, names) for reason in match.because) + "."


def _place(reason: Reason, fr: bool, names: Mapping[str, str]) -> str:
    name = names.get(reason.place.id, reason.place.label)
    place = f"{name} ({reason.place.code})" if reason.place.code else name
    basis = _BASIS.get(reason.basis, _BASIS["application"])[fr]
    if reason.strength < 0:
        basis = "l'issue y a été négative" if fr else "the outcome there was negative"
    if reason.similarity is None:
        alike = "similarité inconnue" if fr else "similarity unknown"
    else:
        similarity = f"{reason.similarity:.2f}"
        alike = f"similarité {similarity.replace('.', ',')}" if fr else f"similarity {similarity}"
    return f"{place}: {basis}, {alike}" if not fr else f"{place} : {basis}, {alike}"


def _evidence(score: ComponentScore, fr: bool) -> str:
    if not score.known:
        return ("Inconnu : aucune issue ni aucun résultat n'est publié." if fr
                else "Unknown: no outcome or result is published.")
    if score.high > score.low:
        return ("Des issues ou des résultats sont rapportés ; pour d'autres lieux, l'issue est inconnue." if fr
                else "Outcomes or results are reported; for other places the outcome is unknown.")
    return "Des issues ou des résultats sont rapportés." if fr else "Outcomes or results are reported."


def _labels(conditions: list[Condition]) -> str:
    return "; ".join(condition.label.rstrip(".") for condition in conditions)


def _conditions(match: Match, fr: bool) -> str:
    score = match.components["conditions"]
    found = []
    if match.blocked:
        found.append(("Condition obligatoire non remplie : " if fr else "A required condition is not met: ")
                     + _labels(match.blocked) + ".")
    if match.possibly_blocked:
        found.append(("Obligatoire, état inconnu, à vérifier sur place : " if fr
                      else "Required, state unknown, to check at home: ") + _labels(match.possibly_blocked) + ".")
    if score.known:
        share = _percent(score, fr)
        found.append(f"Remplies à {share}, selon leur importance." if fr else f"Met at {share}, by importance.")
    elif not found:
        found.append("Inconnu : aucune condition n'est énoncée, ou l'état de la région n'est pas connu." if fr
                     else "Unknown: none are stated, or the region's state is not known.")
    return " ".join(found)


def _relevance(score: ComponentScore, fr: bool) -> str:
    if not score.known:
        return ("Inconnu : la région ne déclare aucun besoin ici, ou le thème de la pratique n'est pas connu." if fr
                else "Unknown: the region declares no need here, or the practice's theme is not known.")
    share = _percent(score, fr)
    return f"Répond à {share} des besoins que déclare la région." if fr else f"Answers {share} of the declared needs."


def _capacity(score: ComponentScore, fr: bool) -> str:
    if not score.known:
        return ("Inconnu : aucune organisation capable de la porter n'y est recensée ; il peut y en avoir." if fr
                else "Unknown: no organisation that could run it is recorded there; there may be some.")
    if score.low == 1:
        return ("Des organisations capables de la porter y sont connues." if fr
                else "Organisations that could run it are known there.")
    if score.high == 0:
        return ("Il n'y en a pas : les listes d'organisations de la région sont déclarées complètes." if fr
                else "There is none: the region's lists of organisations are declared complete.")
    rest = ("le reste est inconnu" if fr else "the rest is unknown") if score.high > score.low else (
        "le reste manque" if fr else "the rest is lacking")
    return (f"Une partie y est connue (agence ou initiative de cluster) ; {rest}." if fr
            else f"Part of it is known there (agency or cluster initiative); {rest}.")


def _merit(score: ComponentScore, fr: bool) -> str:
    if not score.known:
        return "Inconnu : aucune évaluation n'est publiée." if fr else "Unknown: no evaluation is published."
    if score.inferred:
        return ("Déduit : retenue par une sélection dont les notes ne sont pas publiées." if fr
                else "Inferred: kept by a selection whose scores are not published.")
    return "Évaluée par les partenaires." if fr else "Evaluated by the partners."
