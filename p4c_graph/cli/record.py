"""``p4c record``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store
from p4c_graph.cli.output import progress, say, say_nothing_written, table, write_json, write_table
from p4c_graph.errors import InputError
from p4c_graph.pipeline import ChangeReport
from p4c_graph.process.effect import Standing, neighbours, standings
from p4c_graph.process.fieldtests import FieldTest, record_results
from p4c_graph.process.recordsheet import SHEETS, FilledSheet, record_sheet
from p4c_graph.process.results import Form, read_form

_WATCHED = ("context", "evidence", "merit")


@dataclass(frozen=True)
class _Effect:
    """A test before and after, and how its practice stood in the regions most like its own."""

    old: FieldTest | None
    new: FieldTest
    before: list[Standing]
    after: list[Standing]


@app.command()
def record(
    test: Annotated[str | None, typer.Argument(help="Slug, IRI or name of a field test; none with a sheet.")] = None,
    file: Annotated[Path | None, typer.Option(help="A filled sheet (.xlsx, .csv), or the options as .json.")] = None,
    status: Annotated[str, typer.Option(help="done, cancelled or planned.")] = "done",
    outcome: Annotated[str | None, typer.Option(help="positive, mixed, negative or unknown.")] = None,
    note: Annotated[str | None, typer.Option(help="What is known of the outcome, in a few words.")] = None,
    start: Annotated[str | None, typer.Option(help="First day, or year.")] = None,
    end: Annotated[str | None, typer.Option(help="Last day, or year.")] = None,
    adaptation: Annotated[str | None, typer.Option(help="What was changed for the region.")] = None,
    degree: Annotated[str | None, typer.Option(help="copy, emulation, mixture or inspiration.")] = None,
    transfer: Annotated[
        str | None, typer.Option(help="That the region took it over, and how: adopted, adapted, piloted…")] = None,
    instrument: Annotated[list[str] | None, typer.Option(help="questionnaire or interviews[=DESCRIPTION].")] = None,
    answers: Annotated[list[str] | None, typer.Option(help="GROUP=INTERESTED/ASKED, such as smes=14/20.")] = None,
    result: Annotated[list[str] | None, typer.Option(help="MEASURE=VALUE[ UNIT], such as \"jobs=12\".")] = None,
    language: Annotated[str, typer.Option("--lang", help="Language of the texts: en or fr.")] = "en",
    by: Annotated[str | None, typer.Option(help="The organisation that records; default: the partner.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, and write nothing.")] = False,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """Record what came of a field test, and show what that changes in the ranking."""
    kg = KnowledgeGraph.open(store)
    who = kg.organisation(by) if by else None
    sheet = file is not None and file.suffix.lower() in SHEETS
    if sheet == (test is not None):
        raise InputError("name a field test, or give a filled sheet with --file", parameter="field test")
    if file and sheet:
        effects, change = _from_sheet(kg, kg.filled_sheet(file), who, dry_run, store)
    else:
        form = read_form(file) if file else Form.of_options(
            status=status, outcome=outcome, note=note, start=start, end=end, adaptation=adaptation, degree=degree,
            transfer=transfer, instruments=instrument or [], answers=answers or [], results=result or [],
            language=language)
        effects, change = _from_form(kg, kg.field_test(str(test)), form, who, dry_run, store)
    if as_json:
        write_json(_as_dict(effects, change))
    else:
        _show(effects, change, dry_run)


def _from_form(
    kg: KnowledgeGraph, test: FieldTest, form: Form, who: str | None, dry_run: bool, store: Path | None
) -> tuple[list[_Effect], ChangeReport]:
    results = form.resolved(kg.resolver)
    with progress() as update:
        change = record_results(
            kg.settings, test, results, kg.minter, by=who or test.partner.id, dry_run=dry_run, progress=update)
    return _effects(kg, [test.test.id], change, store), change


def _from_sheet(
    kg: KnowledgeGraph, sheet: FilledSheet, who: str | None, dry_run: bool, store: Path | None
) -> tuple[list[_Effect], ChangeReport]:
    with progress() as update:
        change = record_sheet(kg.settings, sheet, by=who, dry_run=dry_run, progress=update)
    return _effects(kg, sheet.tests, change, store), change


def _effects(kg: KnowledgeGraph, tests: list[str], change: ChangeReport, store: Path | None) -> list[_Effect]:
    """What a change did to tests; nothing where it was only tried."""
    if change.snapshot is None:
        return []
    now, found = KnowledgeGraph.open(store), []
    for iri in tests:
        new = now.field_test(iri)
        region = kg.gazetteer.by_iri.get(new.region or "")
        watched = neighbours(kg.matcher, region) if region and new.practice else []
        practice = new.practice.id if new.practice else ""
        old = kg.field_test(iri) if kg.describes(iri) else None
        found.append(_Effect(
            old, new, standings(kg.matcher, practice, watched), standings(now.matcher, practice, watched)))
    return found


def _as_dict(effects: list[_Effect], change: ChangeReport) -> dict[str, Any]:
    return {
        "snapshot": change.snapshot.id if change.snapshot else None, "added": len(change.added),
        "removed": len(change.removed), "tests": [_effect_as_dict(effect) for effect in effects],
    }


def _effect_as_dict(effect: _Effect) -> dict[str, Any]:
    new = effect.new
    return {
        "test": new.test.to_dict(), "practice": new.practice.to_dict() if new.practice else None,
        "status": new.status, "outcome": new.outcome, "interest": [answer.to_dict() for answer in new.answers],
        "effect": [{"before": old.to_dict(), "after": now.to_dict()}
                   for old, now in zip(effect.before, effect.after, strict=True)],
    }


def _show(effects: list[_Effect], change: ChangeReport, dry_run: bool) -> None:
    for effect in effects:
        _show_effect(effect)
    if change.snapshot:
        say(f"Written in snapshot {change.snapshot.id}: {len(change.added)} statements added, "
            f"{len(change.removed)} taken out.")
    else:
        say_nothing_written(dry_run)


def _show_effect(effect: _Effect) -> None:
    new = effect.new
    outcome = f", outcome {new.outcome}" if new.outcome else ""
    was = effect.old.status if effect.old else "not known"
    say(f"{new.test.label}: {_change(str(was), str(new.status))}{outcome}", style="bold")
    for answer in new.answers:
        share = answer.share
        shown = f", {share.expected:.0%} [{share.low:.0%}–{share.high:.0%}]" if share else ""
        say(f"  interest of {answer.group}: {answer.interested} of {answer.asked}{shown}")
    if not effect.before or new.practice is None:
        say("It names no practice or no region with figures, so no ranking changes.", style="dim")
        return
    rows = table("region", "rank", "lower bound", *_WATCHED,
                 title=f"{new.practice.label} in the regions most like that of the test: before → after")
    for old, now in zip(effect.before, effect.after, strict=True):
        rows.add_row(
            str(now.region), _change(_rank(old), _rank(now)), _change(_low(old), _low(now)),
            *(_change(_component(old, name), _component(now, name)) for name in _WATCHED))
    write_table(rows)


def _change(old: str, new: str) -> str:
    return new if old == new else f"{old} → {new}"


def _rank(standing: Standing) -> str:
    return str(standing.match.rank) if standing.match else str(standing.why)


def _low(standing: Standing) -> str:
    return "–" if standing.match is None else f"{standing.match.total.low:.2f}"


def _component(standing: Standing, name: str) -> str:
    if standing.match is None or not standing.match.components[name].known:
        return "unknown"
    return f"{standing.match.components[name].expected:.2f}"
