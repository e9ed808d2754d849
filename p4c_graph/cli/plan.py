"""``p4c plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store
from p4c_graph.cli.output import progress, say, table, write_json, write_table
from p4c_graph.process.fieldtests import record_plan
from p4c_graph.process.planning import REQUIRED, Plan
from p4c_graph.process.plansheet import write_plan

_PASSED_OVER = 8


@app.command()
def plan(
    partner: Annotated[str, typer.Option(help="Slug, IRI or name of a partner of the project.")],
    tests: Annotated[int, typer.Option(help="How many tests the partner is to have in all.")] = REQUIRED,
    project: Annotated[str | None, typer.Option(help="The project, where the partner is in several.")] = None,
    start: Annotated[str | None, typer.Option(help="When the tests are to begin: a day or a year.")] = None,
    output: Annotated[Path | None, typer.Option("--out", help="Write the sheet, .xlsx or .csv.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Write the proposals as planned tests.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --record: check, and write nothing.")] = False,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """Propose field tests for a partner: what suits its region, is new there, whom to ask; each with its reasons."""
    kg = KnowledgeGraph.open(store)
    found = kg.plan(partner, tests=tests, project=project)
    if output:
        write_plan(found, output, kg.known_names, start=start)
    snapshot = None
    if record:
        with progress() as update:
            snapshot = record_plan(kg.settings, found, kg.minter, start, dry_run=dry_run, progress=update).snapshot
    if as_json:
        write_json(found.to_dict() | {"snapshot": snapshot.id if snapshot else None})
        return
    _show(found)
    if output:
        say(f"Wrote {output}: complete it after the tests, then p4c record --file {output}")
    if snapshot:
        say(f"Written as planned tests in snapshot {snapshot.id}; p4c record takes their results.")
    elif record:
        say("Nothing was written." if dry_run or not found.proposals else "They are in the graph already.")


def _show(found: Plan) -> None:
    project = f" in {found.project.label}" if found.project else ""
    say(f"{found.partner.label}{project}, for {found.region}", style="bold")
    for note in found.notes:
        say(note, style="dim")
    if found.known:
        rows = table("known test", "practice", "kind", "status")
        for test in found.known:
            rows.add_row(test.test.label, test.practice.label if test.practice else "", test.kind or "", test.status)
        write_table(rows)
    for number, proposal in enumerate(found.proposals, 1):
        say(f"\n{number}. {proposal.kind}: {proposal.candidate.practice.label}", style="bold")
        for reason in proposal.reasons:
            say(f"   {reason}")
    if found.proposals:
        say()
    kept = sum(test.counts for test in found.known)
    say(
        f"{kept} planned or done, {len(found.proposals)} proposed: the rule of {REQUIRED} tests a partner is "
        f"{'met' if found.meets_the_rule else 'not met'}.")
    if not found.proposals and kept >= found.wanted:
        say(f"None is proposed, since there are {kept} already; --tests {kept + 1} asks for one more.",
            style="dim")
    for practice, why in found.passed_over[:_PASSED_OVER]:
        say(f"  passed over: {practice.label}: {why}", style="dim")
    if len(found.passed_over) > _PASSED_OVER:
        say(f"  and {len(found.passed_over) - _PASSED_OVER} more: see --json", style="dim")
