"""``p4c template``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import Store
from p4c_graph.cli.output import say
from p4c_graph.errors import NoSnapshot
from p4c_graph.files import check_new, write_file
from p4c_graph.process import workbooks


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(workbooks.kinds())}.")],
    path: Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="The workbook to write; must not exist yet.")],
    language: Annotated[str, typer.Option("--lang", help="Language of headings and lists: en or fr.")] = "en",
    store: Store = None,
) -> None:
    """Write a spreadsheet to fill in, for p4c import."""
    check_new(path, (".xlsx",), parameter="path")
    try:
        content = KnowledgeGraph.open(store).template(kind, language=language)
    except NoSnapshot:
        content = workbooks.template(kind, language=language)
    write_file(path, content, parameter="path")
    say(f"Wrote {path}: fill it in, then p4c import {path} --dry-run")
