"""``p4c build``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph import pipeline
from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store
from p4c_graph.cli.output import aside, progress, say, table, write_json, write_table
from p4c_graph.settings import load


@app.command()
def build(
    sources: Annotated[list[Path] | None, typer.Argument(help="Files or folders to add to the shipped facts.")] = None,
    skip_invalid: Annotated[bool, typer.Option(help="Leave out sources that violate a shape, and say so.")] = False,
    facts: Annotated[bool, typer.Option(help="Read the shipped facts too, not only the model and SOURCES.")] = True,
    forget: Annotated[
        bool, typer.Option("--forget", help="Drop what was written into the store since the last build.")] = False,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Read, validate, derive, and make a new current snapshot."""
    settings = load(store=store)
    with progress() as update:
        report = pipeline.build(
            settings, sources or [], skip_invalid=skip_invalid, facts=facts, forget=forget, progress=update)
    for name, why in report.left_out.items():
        aside(f"left out {name}: {why}", style="yellow")
    if as_json:
        write_json({
            "snapshot": report.snapshot.id, "digest": report.digest, "statements": report.statements,
            "graphs": report.graphs, "classes": report.classes, "seconds": report.seconds,
            "left_out": report.left_out, "same_content_as": report.unchanged_since,
        })
        return
    rows = table("what", "how many", numbers=("how many",), title=f"Snapshot {report.snapshot.id}")
    rows.add_row("statements", f"{report.statements:,}")
    rows.add_row("graphs", f"{report.graphs:,}")
    for name in ("Practice", "Application", "Region", "Observation", "Suitability"):
        rows.add_row(f"p4c:{name}", f"{report.classes.get(name, 0):,}")
    for stage, seconds in report.seconds.items():
        rows.add_row(f"seconds to {stage}", f"{seconds:.1f}")
    write_table(rows)
    if report.unchanged_since:
        say(f"Same content as {report.unchanged_since}.")
