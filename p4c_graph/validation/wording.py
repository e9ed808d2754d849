"""The words around findings, in English and French."""

from __future__ import annotations

from babel.numbers import format_decimal

from p4c_graph.languages import check_language
from p4c_graph.validation.report import Severity, ValidationReport

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Validation report",
        "fine": "The data conform: nothing to object to.",
        "fine_warnings": "The data conform. There are points that would make them better.",
        "broken": "The data do not conform: what is listed as a violation must be put right.",
        "severity": "Severity",
        "what": "What is wrong",
        "focus": "Subject",
        "path": "Property",
        "value": "Value",
        "place": "Place",
        "rule": "Rule",
        "checked": "What was checked",
        "unnamed": "(no name)",
        "more": "and {number} more",
        "colon": ":",
        "semicolon": ";",
    },
    "fr": {
        "title": "Rapport de validation",
        "fine": "Les données sont conformes : rien à redire.",
        "fine_warnings": "Les données sont conformes. Quelques points les rendraient meilleures.",
        "broken": "Les données ne sont pas conformes : ce qui est signalé comme violation doit être corrigé.",
        "severity": "Gravité",
        "what": "Ce qui ne va pas",
        "focus": "Sujet",
        "path": "Propriété",
        "value": "Valeur",
        "place": "Emplacement",
        "rule": "Règle",
        "checked": "Ce qui a été vérifié",
        "unnamed": "(sans nom)",
        "more": "et {number} de plus",
        "colon": "\u00a0:",
        "semicolon": "\u00a0;",
    },
}

_COUNTED: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "Violation": ("violation", "violations"),
        "Warning": ("warning", "warnings"),
        "Info": ("remark", "remarks"),
        "constraints": ("constraint checked", "constraints checked"),
        "cases": ("case", "cases"),
    },
    "fr": {
        "Violation": ("violation", "violations"),
        "Warning": ("avertissement", "avertissements"),
        "Info": ("remarque", "remarques"),
        "constraints": ("contrainte vérifiée", "contraintes vérifiées"),
        "cases": ("cas", "cas"),
    },
}


def words(language: str) -> dict[str, str]:
    """The words of a language. Raises InputError where it is neither English nor French."""
    check_language(language)
    return WORDS[language]


def number(value: int, language: str) -> str:
    """A number as people of that language write it: ``28,786``."""
    return format_decimal(value, locale=language)


def counted(value: int, name: str, language: str) -> str:
    """A number with its noun: ``1 violation``, ``2 warnings``."""
    one, several = _COUNTED[language][name]
    singular = value == 1 or (language == "fr" and value == 0)
    return f"{number(value, language)} {one if singular else several}"


def severity_name(severity: Severity, language: str) -> str:
    """The name of a severity: ``Warning``, ``Avertissement``."""
    return _COUNTED[language][severity.value][0].capitalize()


def verdict(report: ValidationReport, language: str) -> str:
    """One sentence: whether the data conform."""
    if not report.conforms:
        return words(language)["broken"]
    return words(language)["fine_warnings" if report.findings else "fine"]


def summary(report: ValidationReport, language: str) -> str:
    """The numbers in one line: ``2 violations, 1 warning; 275 constraints checked``."""
    counts = report.counts()
    shown = [s for s in Severity if counts[s] or s is not Severity.INFO]
    parts = ", ".join(counted(counts[severity], severity.value, language) for severity in shown)
    return f"{parts}{words(language)['semicolon']} {counted(report.constraints, 'constraints', language)}"
