"""``p4c template``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.output import out
from p4c_graph.errors import InputError, NoSnapshot
from p4c_graph.process import workbooks


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(workbooks.kinds())}.")],
    path: Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="The workbook to write; must not exist yet.")],
    language: Annotated[str, typer.Option("--lang", help="Language of headings and lists: en or fr.")] = "en",
    store: Annotated[Path | None, typer.Option(help="Folder of the snapshots.")] = None,
) -> None:
    """Write a spreadsheet to fill in, for p4c import."""
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"{path}: expected a file name that ends in .xlsx", parameter="path")
    if path.exists():
        raise InputError(f"{path}: is there already, and may be filled in; expected a new name", parameter="path")
    try:
        content = KnowledgeGraph.open(store).template(kind, language=language)
    except NoSnapshot:
        content = workbooks.template(kind, language=language)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})", parameter="path") from None
    out.print(f"Wrote {path}: fill it in, then p4c import {path} --dry-run", soft_wrap=True)
