"""``p4c validate``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from p4c_graph import pipeline
from p4c_graph.cli import app
from p4c_graph.cli.options import check_format
from p4c_graph.cli.output import progress, say, table, write_bytes, write_table
from p4c_graph.intake.sources import Library
from p4c_graph.languages import check_language
from p4c_graph.settings import load
from p4c_graph.terms import Minter
from p4c_graph.validation import render, wording
from p4c_graph.validation.report import Severity, ValidationReport

FORMATS = ("table", *render.FORMATS)


@app.command()
def validate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders: RDF, CSV tables; default: the shipped facts.")
    ] = None,
    output: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "table",
    language: Annotated[str, typer.Option("--lang", help="en or fr.")] = "en",
    whole: Annotated[bool, typer.Option("--all", help="In the table, list every warning too.")] = False,
) -> None:
    """Check files against the shapes, together with the shipped facts; exit 1 on a violation."""
    check_format(output, FORMATS)
    check_language(language)
    library, minter = Library.shipped(), Minter(load().base_iri)
    given = [file for path in files or [] for file in library.of(path)]
    own = {file.path.resolve() for file in given}
    others = [file for file in library.model() + library.facts() if file.path.resolve() not in own]
    with progress() as update:
        store = pipeline.load(others + given, minter, update)
        report = pipeline.check(store, library, given + others, minter, update)
    if given:
        report = _of(report, {str(file.path) for file in given})
    _print(report, output, language, whole)
    if not report.conforms:
        raise typer.Exit(1)


def _of(report: ValidationReport, files: set[str]) -> ValidationReport:
    """The warnings about what stands in these files; and every violation, wherever it shows."""
    violation = Severity.VIOLATION
    kept = (f for f in report.findings if f.severity is violation or (f.location and f.location.file in files))
    return replace(report, findings=tuple(kept))


def _print(report: ValidationReport, output: str, language: str, whole: bool) -> None:
    if output != "table":
        write_bytes(render.render(report, output, language).encode())
        return
    shown = report if whole else replace(report, findings=report.violations)
    if shown.findings:
        rows = table(*render.headings(language))
        for row in render.rows(shown, language):
            rows.add_row(*row)
        write_table(rows)
    if report.warnings and not whole:
        rows = table("warnings", "of what", numbers=("warnings",))
        for group in render.groups(replace(report, findings=report.warnings), language):
            rows.add_row(f"{len(group.findings):,}", group.message)
        write_table(rows)
    say(f"{wording.verdict(report, language)} {wording.summary(report, language)}")
