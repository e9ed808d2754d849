"""``p4c import``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store
from p4c_graph.cli.output import aside, progress, say, write_json
from p4c_graph.files import write_file
from p4c_graph.intake.problems import Problem, by_kind
from p4c_graph.intake.submission import MEDIA_TYPES
from p4c_graph.languages import check_language
from p4c_graph.process.differences import Kind, ResourceChange
from p4c_graph.process.importing import ImportReport, import_file
from p4c_graph.process.rejected import check_rejected_path, rejected_file, rejected_path
from p4c_graph.settings import load
from p4c_graph.validation.render import groups

_STYLES = {Kind.ADDED: "green", Kind.REMOVED: "red", Kind.CHANGED: "yellow"}
_SHOWN = 50


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=f"A file that ends in {', '.join(MEDIA_TYPES)}.")],
    source: Annotated[
        str | None, typer.Option(help="Name under which the graph keeps it; default: the file's name.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Import the rows that are right.")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Where wrong rows go; default: FILE-rejected, beside the file.")] = None,
    language: Annotated[
        str | None, typer.Option("--lang", help="en or fr; default: the language of the headings.")] = None,
    by: Annotated[str | None, typer.Option(help="The organisation that imports.")] = None,
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Mark it as made-up data.")] = False,
    whole: Annotated[bool, typer.Option("--all", help="List everything that changes or is wrong.")] = False,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """Import a filled template, a table, JSON or Turtle; exit 1 where something in it is wrong."""
    if language:
        check_language(language)
    if rejected:
        check_rejected_path(rejected)
    settings = load(store=store)
    with progress() as update:
        report = import_file(
            settings, file, source=source, dry_run=dry_run, partial=partial, language=language, by=by,
            synthetic=synthetic, progress=update)
    side = _write_rejected(report, rejected or rejected_path(file)) if report.rejected and not dry_run else None
    if as_json:
        write_json(_as_dict(report, side, dry_run))
    else:
        _show(report, side, dry_run, None if whole else _SHOWN)
    if report.problems:
        raise typer.Exit(1)


def _write_rejected(report: ImportReport, path: Path) -> Path:
    content = rejected_file(report.rejected, report.problems, path.suffix.lower(), report.reading.language)
    write_file(path, content, parameter="rejected")
    return path


def _show(report: ImportReport, side: Path | None, dry_run: bool, limit: int | None) -> None:
    language = report.reading.language
    words = _WORDS[language]
    for style, found in (("yellow", report.reading.notes), ("red", report.problems)):
        for line in _told(found, language, limit):
            aside(line, style=style)
    for change in report.changes[:limit]:
        _show_change(change, words["nothing"])
    if limit and len(report.changes) > limit:
        say(words["more"].format(number=len(report.changes) - limit))
    if report.warnings.warnings:
        say(words["warnings"])
        for group in groups(report.warnings, language):
            say(f"  {len(group.findings):,} × {group.message}")
    say(_verdict(report, side, dry_run), style="bold")


def _told(problems: list[Problem], language: str, limit: int | None) -> Iterator[str]:
    """All problems, or, where they are more than the limit, some of each kind and how many more there are of it."""
    if limit is None or len(problems) <= limit:
        yield from (problem.text(language) for problem in problems)
        return
    kinds = by_kind(problems)
    each = max(1, limit // len(kinds))
    for kind in kinds[:limit]:
        yield from (problem.text(language) for problem in kind[:each])
        if more := kind[each:]:
            yield _WORDS[language]["alike"].format(number=len(more), place=more[0].place(language))
    if rest := sum(map(len, kinds[limit:])):
        yield _WORDS[language]["more"].format(number=rest)


def _show_change(change: ResourceChange, nothing: str) -> None:
    say(f"{change.kind.value} {change.label or change.slug}"
        f"{f' ({change.slug})' if change.label else ''}", style=_STYLES[change.kind])
    if change.kind is Kind.REMOVED:
        return
    for value in change.values:
        arrow = f"{', '.join(value.removed)} → " if value.removed else ""
        say(f"    {value.name}: {arrow}{', '.join(value.added) or nothing}")


_WORDS = {
    "en": {
        "wrong": "Nothing was imported: {problems} to put right.",
        "same": "Nothing changes: the graph holds it already.",
        "would": "This would change {counts}. Nothing was written.",
        "done": "Imported as {source}: {counts}; snapshot {snapshot}.",
        "counts": "{added:,} added, {removed:,} removed, {changed:,} changed", "problem": "one thing",
        "problems": "{number:,} things", "left_out": "Rows left out: {number:,}.", "side": "See {path}.",
        "more": "… and {number:,} more: see --all", "alike": "  … and {number:,} more like it, from {place}: see --all",
        "warnings": "Could be better:", "nothing": "nothing",
    },
    "fr": {
        "wrong": "Rien n'a été importé : {problems} à corriger.",
        "same": "Rien ne change : le graphe le contient déjà.",
        "would": "Cela changerait le graphe : {counts}. Rien n'a été écrit.",
        "done": "Importé sous {source} : {counts} ; instantané {snapshot}.",
        "counts": "ajouts : {added}, retraits : {removed}, modifications : {changed}", "problem": "un point",
        "problems": "{number} points", "left_out": "Lignes laissées de côté : {number}.", "side": "Voir {path}.",
        "more": "… et {number} de plus : voir --all",
        "alike": "  … et {number} de plus du même genre, à partir de {place} : voir --all",
        "warnings": "À améliorer :", "nothing": "rien",
    },
}


def _verdict(report: ImportReport, side: Path | None, dry_run: bool) -> str:
    """What was done, or why nothing was."""
    words = _WORDS[report.reading.language]
    kinds = [change.kind for change in report.changes]
    counts = words["counts"].format(**{kind.name.lower(): kinds.count(kind) for kind in Kind})
    told = []
    if report.change is None:
        several = words["problem" if len(report.problems) == 1 else "problems"]
        told.append(words["wrong"].format(problems=several.format(number=len(report.problems))))
    elif not report.changes:
        told.append(words["same"])
    elif dry_run:
        told.append(words["would"].format(counts=counts))
    else:
        snapshot = report.snapshot.id if report.snapshot else ""
        told.append(words["done"].format(source=report.source, counts=counts, snapshot=snapshot))
    if report.rejected:
        told.append(words["left_out"].format(number=len(report.rejected)))
    if side:
        told.append(words["side"].format(path=side))
    return " ".join(told)


def _as_dict(report: ImportReport, side: Path | None, dry_run: bool) -> dict[str, object]:
    language = report.reading.language
    return {
        "source": report.source, "graph": report.graph, "dry_run": dry_run,
        "snapshot": report.snapshot.id if report.snapshot else None, "language": language,
        "rows": len(report.reading.rows), "left_out": len(report.rejected), "rejected": str(side) if side else None,
        "changes": [change.to_dict() for change in report.changes],
        "problems": [problem.to_dict(language) for problem in report.problems],
        "notes": [note.to_dict(language) for note in report.reading.notes],
        "warnings": len(report.warnings.warnings),
    }
