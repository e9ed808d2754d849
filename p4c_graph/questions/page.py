"""A question as a page of documentation: what it asks, its parameters, columns, and what an empty answer means."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from p4c_graph.questions.head import LANG, LIMIT, Choices, Parameter
from p4c_graph.questions.library import Question
from p4c_graph.terms import compact, local_name

_WORDS = {
    "en": {"parameter": "parameter", "meaning": "meaning", "type": "type", "example": "example",
           "required": "required", "columns": "Columns", "empty": "No rows", "rows": "At most {} rows unless asked."},
    "fr": {"parameter": "paramètre", "meaning": "sens", "type": "type", "example": "exemple",
           "required": "obligatoire", "columns": "Colonnes", "empty": "Aucune ligne",
           "rows": "Au plus {} lignes, sauf demande."},
}


def markdown(questions: Iterable[Question], language: str = "en") -> str:
    """A section for each question, headed by its name; ``lang`` and ``limit``, which all take, are left out."""
    return "\n\n".join("\n".join(_section(question, language)) for question in questions) + "\n"


def command(question: Question) -> str:
    """The command line that asks it with its examples: ``p4c ask similar-regions --region FRL0``."""
    values = question.examples()
    options = [f"--{name} {shlex.quote(value)}" for name, value in values.items()]
    return " ".join(["p4c ask", question.name, *options])


def _section(question: Question, language: str) -> Iterator[str]:
    words, head = _WORDS["fr" if language == "fr" else "en"], question.head
    yield f"## {question.name}"
    yield f"\n**{head.title.in_language(language)}** {head.description.in_language(language)}"
    yield f"\n`{command(question)}`\n"
    yield f"| {words['parameter']} | {words['meaning']} | {words['type']} | {words['example']} |\n|---|---|---|---|"
    for parameter in question.parameters:
        if parameter in (LANG, LIMIT):
            continue
        name = f"`{parameter.name}`" + (f" ({words['required']})" if _needed(parameter) else "")
        example = f"`{parameter.example}`" if parameter.example else ""
        meaning = f"{parameter.label.in_language(language)}: {parameter.description.in_language(language)}"
        yield f"| {name} | {meaning} | {_kind(parameter)} | {example} |"
    columns = ", ".join(f"`{name}` ({text.in_language(language)})" for name, text in head.columns.items())
    yield f"\n{words['columns']}: {columns}."
    if head.limit:
        yield words["rows"].format(head.limit)
    yield f"\n{words['empty']}: {head.empty.in_language(language)}"


def _needed(parameter: Parameter) -> bool:
    return parameter.required and parameter.default is None


def _kind(parameter: Parameter) -> str:
    choices = parameter.choices or Choices()
    if choices.scheme:
        return f"concept of `{local_name(choices.scheme)}`"
    if choices.values:
        return ", ".join(f"`{value}`" for value in choices.values)
    return f"`{compact(parameter.type)}`"
