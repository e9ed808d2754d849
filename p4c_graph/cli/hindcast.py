"""``p4c hindcast``."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store
from p4c_graph.cli.output import progress, say, table, write_json, write_table
from p4c_graph.transfer.hindcast import BASELINES, FAMILIES, METHODS, Accuracy, Advantage


@app.command()
def hindcast(
    transfers: Annotated[Path | None, typer.Option(
        metavar="FILE", help="CSV file of transfers of your own; default: those the graph records.")] = None,
    origin_alone: Annotated[bool, typer.Option(
        "--origin-alone", help="Hide also all else that is known of where the practice ran.")] = False,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """Hide each observed transfer, rank all regions, and say where the true adopter came out."""
    with progress() as update:
        found = KnowledgeGraph.open(store).hindcast(
            lambda done, total: update("hindcast", done, total), transfers=transfers,
            origin_alone=origin_alone)
    if as_json:
        write_json(found.to_dict())
        return
    for title, accuracies in (("Observed transfers", found.accuracies), ("Without roll-outs", found.without_roll_outs),
                              ("With planned ones", found.with_planned)):
        if not accuracies:
            continue
        by = {(a.method, a.family): a for a in accuracies}
        rows = table("method", *FAMILIES, title=f"{title}: mean percentile of the adopter [95 % interval], top tenth")
        for method in METHODS:
            rows.add_row(method, *(_cell(by.get((method, family))) for family in FAMILIES))
        counts = (by.get((METHODS[0], family)) for family in FAMILIES)
        rows.add_row("pairs", *("0" if a is None else str(a.pairs) for a in counts), style="dim")
        write_table(rows)
    if found.advantages:
        beyond = {(a.baseline, a.family): a for a in found.advantages}
        rows = table("baseline", *FAMILIES, title="What adoption has over each baseline, pair by pair: mean difference "
                                                  "of the percentiles [95 % interval]")
        for baseline in BASELINES:
            rows.add_row(baseline, *(_difference(beyond.get((baseline, family))) for family in FAMILIES))
        write_table(rows)
    say(f"{found.regions} NUTS 2 regions; 0.5 is chance. A pair that is not recorded is unlabelled, not a "
        f"failure. Adoption: {found.pairs - found.unseen} transfers are scored by weights learned without their "
        f"practice and project, {found.unseen} by the shipped weights, in which they have no part. "
        f"Model {found.model['version']}, snapshot {found.snapshot}.", style="dim")


def _cell(accuracy: Accuracy | None) -> str:
    if accuracy is None:
        return "–"
    # Of one group of transfers there is no interval.
    interval = "" if isnan(accuracy.low) else f" [{accuracy.low:.2f}–{accuracy.high:.2f}]"
    return f"{accuracy.mean:.2f}{interval} {accuracy.top_tenth:.0%}"


def _difference(found: Advantage | None) -> str:
    if found is None:
        return "–"
    return f"{found.mean:+.2f}" + ("" if isnan(found.low) else f" [{found.low:+.2f}, {found.high:+.2f}]")
