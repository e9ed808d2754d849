"""``p4c query``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import Store
from p4c_graph.cli.output import say, table, write_bytes, write_table
from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.files import read_file
from p4c_graph.store.answers import QueryAnswer
from p4c_graph.terms import compact


@app.command()
def query(
    file: Annotated[Path | None, typer.Argument(help="A file with a SPARQL query.")] = None,
    text: Annotated[str | None, typer.Option("-e", "--execute", help="The query itself.")] = None,
    output: Annotated[str, typer.Option("--format", help="table, or a format such as json, csv, ttl.")] = "table",
    store: Store = None,
) -> None:
    """Ask the current snapshot a SPARQL query; the project's prefixes need not be declared."""
    if (file is None) == (text is None):
        raise InputError("give a query file, or a query with -e")
    if file is None:
        show(KnowledgeGraph.open(store).query(str(text)), output)
        return
    try:
        asked = read_file(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: is not UTF-8 (byte {error.start})") from None
    try:
        answer = KnowledgeGraph.open(store).query(asked)
    except SyntaxProblem as error:
        raise InputError(f"{file}, {error}") from None
    show(answer, output)


def show(answer: QueryAnswer, output: str) -> None:
    """Prints an answer: as a table for people, or written in a format."""
    if output != "table":
        write_bytes(answer.serialize(output))
    elif answer.form == "SELECT":
        rows = table(*answer.columns())
        for row in answer.tuples():
            rows.add_row(*("" if value is None else compact(str(value)) for value in row))
        write_table(rows)
    elif answer.form == "ASK":
        say(str(answer.boolean()).lower())
    else:
        write_bytes(answer.serialize("ttl"))
