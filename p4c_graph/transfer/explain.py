"""Why: a match in plain sentences, in English or French."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from p4c_graph.transfer.result import ComponentScore, Condition, Match, Reason

_UNNAMED: Mapping[str, str] = MappingProxyType({})
_BASIS = {
    "origin": {"en": "it comes from there", "fr": "elle en vient"},
    "implementation": {"en": "tested there in practice", "fr": "testée sur place"},
    "workshop": {"en": "tested there in a workshop", "fr": "testée là en atelier"},
    "transfer": {"en": "taken over there", "fr": "reprise là"},
    "application": {"en": "it ran there", "fr": "elle y a été mise en œuvre"},
    "fieldtest": {"en": "tested there", "fr": "testée là"},
    "negative": {"en": "the outcome there was negative", "fr": "l'issue y a été négative"},
}
_TEXTS = {
    "percent": {"en": "{low}%", "fr": "{low} %"},
    "percents": {"en": "between {low}% and {high}%", "fr": "entre {low} et {high} %"},
    "context-unknown": {
        "en": "Unknown: where it ran is not known.",
        "fr": "Inconnu : on ne sait pas où elle a été mise en œuvre."},
    "place": {"en": "{place}: {basis}, {alike}", "fr": "{place} : {basis}, {alike}"},
    "between-places": {"en": "; ", "fr": " ; "},
    "similarity": {"en": "similarity {value}", "fr": "similarité {value}"},
    "similarity-unknown": {"en": "similarity unknown", "fr": "similarité inconnue"},
    "evidence-unknown": {
        "en": "Unknown: no outcome or result is published.",
        "fr": "Inconnu : aucune issue ni aucun résultat n'est publié."},
    "evidence-partly": {
        "en": "Outcomes or results are reported; for other places the outcome is unknown.",
        "fr": "Des issues ou des résultats sont rapportés ; pour d'autres lieux, l'issue est inconnue."},
    "evidence": {"en": "Outcomes or results are reported.", "fr": "Des issues ou des résultats sont rapportés."},
    "blocked": {
        "en": "A required condition is not met: {labels}.",
        "fr": "Condition obligatoire non remplie : {labels}."},
    "possibly-blocked": {
        "en": "Required, state unknown, to check at home: {labels}.",
        "fr": "Obligatoire, état inconnu, à vérifier sur place : {labels}."},
    "conditions": {"en": "Met at {share}, by importance.", "fr": "Remplies à {share}, selon leur importance."},
    "conditions-unknown": {
        "en": "Unknown: none are stated, or the region's state is not known.",
        "fr": "Inconnu : aucune condition n'est énoncée, ou l'état de la région n'est pas connu."},
    "relevance": {
        "en": "Answers {share} of the declared needs.",
        "fr": "Répond à {share} des besoins que déclare la région."},
    "relevance-unknown": {
        "en": "Unknown: the region declares no need here, or the practice's theme is not known.",
        "fr": "Inconnu : la région ne déclare aucun besoin ici, ou le thème de la pratique n'est pas connu."},
    "capacity-unknown": {
        "en": "Unknown: no organisation that could run it is recorded there; there may be some.",
        "fr": "Inconnu : aucune organisation capable de la porter n'y est recensée ; il peut y en avoir."},
    "capacity": {
        "en": "Organisations that could run it are known there.",
        "fr": "Des organisations capables de la porter y sont connues."},
    "capacity-none": {
        "en": "There is none: the region's lists of organisations are declared complete.",
        "fr": "Il n'y en a pas : les listes d'organisations de la région sont déclarées complètes."},
    "capacity-rest-unknown": {
        "en": "Part of it is known there (agency or cluster initiative); the rest is unknown.",
        "fr": "Une partie y est connue (agence ou initiative de cluster) ; le reste est inconnu."},
    "capacity-rest-lacking": {
        "en": "Part of it is known there (agency or cluster initiative); the rest is lacking.",
        "fr": "Une partie y est connue (agence ou initiative de cluster) ; le reste manque."},
    "merit-unknown": {
        "en": "Unknown: no evaluation is published.",
        "fr": "Inconnu : aucune évaluation n'est publiée."},
    "merit-inferred": {
        "en": "Inferred: kept by a selection whose scores are not published.",
        "fr": "Déduit : retenue par une sélection dont les notes ne sont pas publiées."},
    "merit": {"en": "Evaluated by the partners.", "fr": "Évaluée par les partenaires."},
}


def explain(match: Match, language: str = "en", names: Mapping[str, str] = _UNNAMED) -> dict[str, str]:
    """Component → one sentence that says what is known and what is not; ``language`` is ``en`` or ``fr``.

    ``names`` holds what places are called in that language, by IRI.
    """
    language = "fr" if language.partition("-")[0].lower() == "fr" else "en"
    of = match.components
    return {
        "context": _context(match, language, names),
        "evidence": _say(_evidence(of["evidence"]), language),
        "conditions": _conditions(match, language),
        "relevance": _relevance(of["relevance"], language),
        "capacity": _say(_capacity(of["capacity"]), language),
        "merit": _say(_merit(of["merit"]), language),
    }


def _say(key: str, language: str, **parts: str) -> str:
    return _TEXTS[key][language].format(**parts)


def _percent(score: ComponentScore, language: str) -> str:
    low, high = f"{score.low * 100:.0f}", f"{score.high * 100:.0f}"
    return _say("percent" if low == high else "percents", language, low=low, high=high)


def _context(match: Match, language: str, names: Mapping[str, str]) -> str:
    if not match.because:
        return _say("context-unknown", language)
    places = [_place(reason, language, names) for reason in match.because]
    return _say("between-places", language).join(places) + "."


def _place(reason: Reason, language: str, names: Mapping[str, str]) -> str:
    name = names.get(reason.place.id, reason.place.label)
    place = f"{name} ({reason.place.code})" if reason.place.code else name
    basis = "negative" if reason.strength < 0 else reason.basis
    if reason.similarity is None:
        alike = _say("similarity-unknown", language)
    else:
        value = f"{reason.similarity:.2f}"
        alike = _say("similarity", language, value=value.replace(".", ",") if language == "fr" else value)
    return _say("place", language, place=place, basis=_BASIS.get(basis, _BASIS["application"])[language], alike=alike)


def _evidence(score: ComponentScore) -> str:
    if not score.known:
        return "evidence-unknown"
    return "evidence-partly" if score.high > score.low else "evidence"


def _labels(conditions: list[Condition]) -> str:
    return "; ".join(condition.label.rstrip(".") for condition in conditions)


def _conditions(match: Match, language: str) -> str:
    score = match.components["conditions"]
    found = []
    if match.blocked:
        found.append(_say("blocked", language, labels=_labels(match.blocked)))
    if match.possibly_blocked:
        found.append(_say("possibly-blocked", language, labels=_labels(match.possibly_blocked)))
    if score.known:
        found.append(_say("conditions", language, share=_percent(score, language)))
    elif not found:
        found.append(_say("conditions-unknown", language))
    return " ".join(found)


def _relevance(score: ComponentScore, language: str) -> str:
    if not score.known:
        return _say("relevance-unknown", language)
    return _say("relevance", language, share=_percent(score, language))


def _capacity(score: ComponentScore) -> str:
    if not score.known:
        return "capacity-unknown"
    if score.low == 1:
        return "capacity"
    if score.high == 0:
        return "capacity-none"
    return "capacity-rest-unknown" if score.high > score.low else "capacity-rest-lacking"


def _merit(score: ComponentScore) -> str:
    if not score.known:
        return "merit-unknown"
    return "merit-inferred" if score.inferred else "merit"
