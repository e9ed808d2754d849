"""``p4c ask``."""

from __future__ import annotations

from typing import Annotated

import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import Store, check_format
from p4c_graph.cli.output import say, table, write_bytes, write_json, write_table
from p4c_graph.errors import InputError
from p4c_graph.questions import Library, Parameter, Question, parameter_name, readable
from p4c_graph.store.answers import QueryAnswer

FORMATS = ("table", "json", "csv")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="A question of the library.")] = None,
    show_list: Annotated[bool, typer.Option("--list", help="List the questions and their parameters.")] = False,
    output: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "table",
    store: Store = None,
) -> None:
    """Ask a question of the library; its parameters are options: --region FRL0 --lang fr --limit 5."""
    check_format(output, FORMATS)
    library = Library.shipped()
    if show_list:
        _list(library, output)
        return
    if question is None or question.startswith("-"):
        raise InputError("name a question first; `p4c ask --list` lists them", parameter="question")
    asked, values = library.get(question), options(context.args)
    answer = KnowledgeGraph.open(store).ask(question, **values)
    if output != "table" or answer.form != "SELECT":
        write_bytes(answer.serialize("json" if output == "table" else output))
    else:
        _show(asked, answer, values)


def options(arguments: list[str]) -> dict[str, str]:
    """The values of ``--name value``, ``--name=value`` and ``--name`` alone, which means true.

    >>> options(["--region", "FRL0", "--target-group=smes", "--outside"])
    {'region': 'FRL0', 'targetGroup': 'smes', 'outside': 'true'}
    """
    found: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        if not option.startswith("--") or option == "--":
            raise InputError(f"expected --name value, got {option!r}")
        name, sign, value = option[2:].partition("=")
        if not sign:
            value = rest.pop(0) if rest and not rest[0].startswith("--") else "true"
        name = parameter_name(name)
        if name in found:
            raise InputError(f"--{name} is given twice", parameter=name)
        found[name] = value
    return found


def _list(library: Library, output: str) -> None:
    if output == "json":
        write_json({"questions": [question.to_dict() for question in library]})
        return
    rows = table("question", "what it asks", "parameters")
    for question in library:
        rows.add_row(question.name, question.title.en, " ".join(map(_option, question.parameters)))
    write_table(rows)
    say("Those in [brackets] may be left out.", style="dim")


def _option(parameter: Parameter) -> str:
    optional = not parameter.required or parameter.default is not None
    return f"[--{parameter.name}]" if optional else f"--{parameter.name}"


def _show(question: Question, answer: QueryAnswer, values: dict[str, str]) -> None:
    """A table without the identifiers of things that it names, and without columns that are empty."""
    language = values.get("lang", "en")
    rows = answer.tuples()
    if not rows:
        say("No rows. " + question.head.empty.in_language(language))
        return
    found = readable(question, rows, language)
    shown = table(*found.headings, title=question.title.in_language(language))
    for row in found.rows:
        shown.add_row(*row)
    write_table(shown)
    if question.head.limit and len(rows) >= int(values.get("limit") or question.head.limit):
        say(f"The first {len(rows)} rows; --limit asks for more.", style="dim")
