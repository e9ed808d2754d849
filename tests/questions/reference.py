"""The reference in docs/questions.md: what each question asks, its parameters, columns, what an empty answer means."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from p4c_graph.questions.head import LANG, LIMIT, Choices, Parameter
from p4c_graph.questions.library import Question
from p4c_graph.terms import compact, local_name


def markdown(questions: Iterable[Question]) -> str:
    """A section for each question, headed by its name; ``lang`` and ``limit``, which all take, are left out."""
    return "\n\n".join("\n".join(_section(question)) for question in questions) + "\n"


def command(question: Question) -> str:
    """The command line that asks it with its examples: ``p4c ask similar-regions --region FRL0``."""
    values = question.examples()
    options = [f"--{name} {shlex.quote(value)}" for name, value in values.items()]
    return " ".join(["p4c ask", question.name, *options])


def _section(question: Question) -> Iterator[str]:
    head = question.head
    yield f"## {question.name}"
    yield f"\n**{head.title.en}** {head.description.en}"
    yield f"\n`{command(question)}`\n"
    yield "| parameter | meaning | type | example |\n|---|---|---|---|"
    for parameter in question.parameters:
        if parameter in (LANG, LIMIT):
            continue
        name = f"`{parameter.name}`" + (" (required)" if _needed(parameter) else "")
        example = f"`{parameter.example}`" if parameter.example else ""
        meaning = f"{parameter.label.en}: {parameter.description.en}"
        yield f"| {name} | {meaning} | {_kind(parameter)} | {example} |"
    columns = ", ".join(f"`{name}` ({text.en})" for name, text in head.columns.items())
    yield f"\nColumns: {columns}."
    if head.limit:
        yield f"At most {head.limit} rows unless asked."
    yield f"\nNo rows: {head.empty.en}"


def _needed(parameter: Parameter) -> bool:
    return parameter.required and parameter.default is None


def _kind(parameter: Parameter) -> str:
    choices = parameter.choices or Choices()
    if choices.scheme:
        return f"concept of `{local_name(choices.scheme)}`"
    if choices.values:
        return ", ".join(f"`{value}`" for value in choices.values)
    return f"`{compact(parameter.type)}`"
