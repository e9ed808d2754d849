"""``p4c select``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store
from p4c_graph.cli.output import aside, progress, say, say_nothing_written, table, write_json, write_table
from p4c_graph.process.agreement import Agreement, agreement
from p4c_graph.process.catalogue import Named, default_title, record_selection
from p4c_graph.process.evaluations import Evaluations
from p4c_graph.process.selection import METHODS, Outcome, Rules, criterion_weights, majority
from p4c_graph.process.selection import select as decide
from p4c_graph.transfer.model import read_weights

_SPREADS, _BEYOND = 5, 10
"""So many of the most disputed judgements, and of the practices below the line, are shown."""


@app.command()
def select(
    size: Annotated[int, typer.Option(help="How many practices are kept.")] = 15,
    method: Annotated[str, typer.Option(help=f"{' or '.join(METHODS)}; topsis takes the package pymcdm.")] = METHODS[0],
    weights: Annotated[Path | None, typer.Option(help="JSON or TOML file: criterion or family → weight.")] = None,
    min_evaluators: Annotated[
        int | None, typer.Option(help="How many partners must have judged; default: more than half.")] = None,
    project: Annotated[str | None, typer.Option(help="The project whose partners evaluated.")] = None,
    title: Annotated[str | None, typer.Option(help="The name of the selection.")] = None,
    by: Annotated[str | None, typer.Option(help="The organisation that selects.")] = None,
    whole: Annotated[bool, typer.Option("--all", help="List every practice that is ranked.")] = False,
    coverage: Annotated[bool, typer.Option("--coverage", help="Also show who judged what.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be kept, and write nothing.")] = False,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """From evaluations to a catalogue: which practices are kept, why, how far from the line, how stably."""
    kg = KnowledgeGraph.open(store)
    evaluations = kg.evaluations(project)
    given = read_weights(weights) if weights else None
    rules = Rules(size, method, criterion_weights(evaluations.criteria, given, str(weights)),
                  majority(evaluations) if min_evaluators is None else min_evaluators)
    who = kg.organisation(by) if by else None
    outcome, agreed = decide(evaluations, rules), agreement(evaluations)
    today = date.today().isoformat()
    named = Named.of(title or default_title(outcome, evaluations, today), kg.minter)
    with progress() as update:
        change = record_selection(
            kg.settings, kg.dataset, outcome, evaluations, named, kg.minter, snapshot=kg.snapshot.id,
            today=today, by=who, dry_run=dry_run, progress=update)
    if as_json:
        write_json(_json(evaluations, outcome, agreed) | {
            "title": named.title, "selection": named.iri, "catalogue": named.catalogue, "computed_on": kg.snapshot.id,
            "snapshot": change.snapshot.id if change.snapshot else None})
        return
    _show(evaluations, outcome, len(outcome.verdicts) if whole else size + _BEYOND)
    if coverage:
        _show_coverage(evaluations)
    _show_agreement(agreed)
    if change.snapshot:
        say(f"Written as {named.title!r} in snapshot {change.snapshot.id}.")
    else:
        say_nothing_written(dry_run)


def _json(evaluations: Evaluations, outcome: Outcome, agreed: Agreement) -> dict[str, Any]:
    project = evaluations.project.to_dict() if evaluations.project else None
    return {
        "project": project, "partners": [partner.to_dict() for partner in evaluations.partners], **outcome.to_dict(),
        "agreement": agreed.to_dict(), "coverage": evaluations.coverage(), "notes": evaluations.notes,
    }


def _show(evaluations: Evaluations, outcome: Outcome, shown: int) -> None:
    families = [family.family for family in outcome.verdicts[0].families]
    numbers = ("", "score", "interval", "judged by", *families, "margin", "stable")
    rows = table("", "practice", "score", "interval", "judged by", *families, "margin", "stable", "", numbers=numbers)
    for v in outcome.verdicts[:shown]:
        means = ("–" if family.value is None else f"{family.value:.2f}" for family in v.families)
        margin = "" if v.margin is None else f"{v.margin:+.3f}"
        rows.add_row(
            str(v.rank), v.practice.label, f"{v.score.expected:.3f}", f"{v.score.low:.2f}–{v.score.high:.2f}",
            f"{v.evaluators}/{len(evaluations.partners)}", *means, margin, f"{v.stability:.0%}",
            "tie" if v.tie else "open" if v.open else "", style="" if v.kept else "dim",
            end_section=v.rank == outcome.rules.size)
    write_table(rows)
    if len(outcome.verdicts) > shown:
        say(f"{len(outcome.verdicts) - shown} more are out: --all lists them.", style="dim")
    for note in evaluations.notes:
        aside(note, style="yellow")
    say(
        f"{outcome.identified} identified, {outcome.evaluated} evaluated, {len(outcome.set_apart)} set apart, "
        f"{len(outcome.kept)} kept by {outcome.rules.method}; the line is at {outcome.line:.3f}.")
    say("Families show means from 0 to 1. margin: above the best left out, or below the last kept. stable: "
        "share of 1,000 draws of the weights in which it is kept. open: blanks, filled in, could carry it over "
        "the line.", style="dim")
    for tie in sorted({verdict.tie for verdict in outcome.verdicts if verdict.tie}):
        say(tie + ".")
    if outcome.set_apart:
        say(f"Set apart, {len(outcome.set_apart)}:")
    for apart in outcome.set_apart[:10]:
        say(f"  {apart.practice.label}: {apart.reason}")
    if len(outcome.set_apart) > 10:
        say(f"  and {len(outcome.set_apart) - 10} more: see --json")


def _show_coverage(evaluations: Evaluations) -> None:
    names = [partner.label for partner in evaluations.partners]
    rows = table("practice", *names, numbers=tuple(names), title="Criteria judged, by practice and partner")
    for line in evaluations.coverage():
        counts = (partner["judged"] for partner in line["partners"])
        rows.add_row(line["practice"]["label"], *(str(count) if count else "·" for count in counts))
    write_table(rows)
    say(f"Of {len(evaluations.criteria)} criteria each; p4c ask evaluation-gaps lists what is missing.",
        style="dim")


def _show_agreement(agreed: Agreement) -> None:
    if agreed.computed:
        alphas = (f"{name} {'–' if value is None else f'{value:.2f}'}" for name, value in agreed.alphas.items())
        say(f"Agreement of the partners (Krippendorff's alpha; 1 full, 0 chance): {', '.join(alphas)}.")
    else:
        say("Krippendorff's alpha takes the package krippendorff: pip install 'p4c-graph[agreement]'.")
    for spread in agreed.spreads[:_SPREADS]:
        say(f"  most disputed: {spread.practice.label}, {spread.criterion}: {spread.lowest:.2f} to "
            f"{spread.highest:.2f} among {spread.partners}", style="dim")
