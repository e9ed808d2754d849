"""``p4c record``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.output import out, progress, table, write_json
from p4c_graph.process.effect import Standing, neighbours, standings
from p4c_graph.process.fieldtests import FieldTest, Results, record_results
from p4c_graph.process.forms import Form, read_form

_WATCHED = ("context", "evidence", "merit")


@app.command()
def record(
    test: Annotated[str, typer.Argument(help="Slug, IRI or name of a field test.")],
    file: Annotated[Path | None, typer.Option(help="A JSON file with the results, instead of the options.")] = None,
    status: Annotated[str, typer.Option(help="done, cancelled or planned.")] = "done",
    outcome: Annotated[str | None, typer.Option(help="positive, mixed, negative or unknown.")] = None,
    note: Annotated[str | None, typer.Option(help="What is known of the outcome, in a few words.")] = None,
    start: Annotated[str | None, typer.Option(help="First day, or year.")] = None,
    end: Annotated[str | None, typer.Option(help="Last day, or year.")] = None,
    adaptation: Annotated[str | None, typer.Option(help="What was changed for the region.")] = None,
    degree: Annotated[str | None, typer.Option(help="copy, emulation, mixture or inspiration.")] = None,
    transfer: Annotated[str | None, typer.Option(help="The region took it over: adopted, adapted, piloted…")] = None,
    instrument: Annotated[list[str] | None, typer.Option(help="questionnaire or interviews[=DESCRIPTION].")] = None,
    answers: Annotated[list[str] | None, typer.Option(help="GROUP=INTERESTED/ASKED, such as smes=14/20.")] = None,
    result: Annotated[list[str] | None, typer.Option(help="MEASURE=VALUE[ UNIT], such as \"jobs=12\".")] = None,
    language: Annotated[str, typer.Option("--lang", help="Language of the texts: en or fr.")] = "en",
    by: Annotated[str | None, typer.Option(help="The organisation that records; default the partner.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, show the effect, and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    store: Annotated[Path | None, typer.Option(help="Folder of the snapshots.")] = None,
) -> None:
    """Record what came of a field test, and show what that changes in the ranking."""
    kg = KnowledgeGraph.open(store)
    found = kg.field_test(test)
    form = read_form(file) if file else Form.of_options(
        status=status, outcome=outcome, note=note, start=start, end=end, adaptation=adaptation, degree=degree,
        transfer=transfer, instruments=instrument or [], answers=answers or [], results=result or [], language=language)
    results = form.resolved(kg.resolver)
    who = kg.organisation(by) if by else found.partner.id
    practice, region = found.practice, kg.gazetteer.by_iri.get(found.region or "")
    watched = [] if region is None else neighbours(kg.matcher, region)
    before = standings(kg.matcher, practice.id, watched) if practice else []
    with progress() as update:
        change = record_results(kg.settings, found, results, kg.minter, by=who, dry_run=dry_run, progress=update)
    after = before
    if change.snapshot and practice:
        after = standings(KnowledgeGraph.open(store).matcher, practice.id, watched)
    if as_json:
        write_json({
            "test": found.test.to_dict(), "practice": practice.to_dict() if practice else None,
            "snapshot": change.snapshot.id if change.snapshot else None,
            "interest": [answer.to_dict() for answer in results.answers],
            "added": len(change.added), "removed": len(change.removed),
            "effect": [{"before": old.to_dict(), "after": new.to_dict()}
                       for old, new in zip(before, after, strict=True)],
        })
        return
    _show(found, results, before, after)
    if change.snapshot:
        out.print(f"Written in snapshot {change.snapshot.id}: {len(change.added)} statements added, "
                  f"{len(change.removed)} taken out.")
    else:
        out.print("Nothing was written." if dry_run else "It is in the graph already; nothing was written.")


def _show(test: FieldTest, results: Results, before: list[Standing], after: list[Standing]) -> None:
    out.print(f"{test.test.label}: {test.status or 'unknown'} → {results.status}"
              f"{f', outcome {results.outcome}' if results.outcome else ''}", style="bold", soft_wrap=True)
    for answer in results.answers:
        share = answer.share
        shown = f", {share.expected:.0%} [{share.low:.0%}–{share.high:.0%}]" if share else ""
        out.print(f"  interest of {answer.group}: {answer.interested} of {answer.asked}{shown}")
    if not before or test.practice is None:
        out.print("The test names no practice or no region with figures, so no ranking changes.", style="dim")
        return
    rows = table("region", "rank", "lower bound", *_WATCHED,
                 title=f"{test.practice.label} in the regions most like that of the test: before → after")
    for old, new in zip(before, after, strict=True):
        rows.add_row(
            f"{new.region.label} ({new.region.code})", _change(_rank(old), _rank(new)),
            _change(_low(old), _low(new)),
            *(_change(_component(old, name), _component(new, name)) for name in _WATCHED))
    out.print(rows)


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
