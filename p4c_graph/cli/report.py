"""``p4c report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import Store
from p4c_graph.cli.output import say
from p4c_graph.errors import InputError
from p4c_graph.files import write_file
from p4c_graph.process.rendering import FORMATS, render


@app.command()
def report(
    output: Annotated[Path, typer.Argument(help="The file to write, which ends in .html or .md.")],
    region: Annotated[str, typer.Option(help="NUTS code of any version, or a name.")],
    language: Annotated[str, typer.Option("--lang", help="en or fr.")] = "en",
    store: Store = None,
) -> None:
    """Write one document for a region's authority: profile, policy, catalogue, what suits, tests, visits, sources."""
    ending = output.suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"{output}: ends in {ending or 'nothing'}; expected {', '.join(FORMATS)}", parameter="output")
    found = KnowledgeGraph.open(store).report(region, language)
    write_file(output, render(found, ending).encode(), parameter="output")
    say(f"{output}: {found.region}; figures: {len(found.figures)}, practices that "
        f"suit: {len(found.suiting)}, field tests: {len(found.tests)}, sources: {len(found.sources)}.")
