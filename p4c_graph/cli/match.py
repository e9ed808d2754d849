"""``p4c match`` and ``p4c similar``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pyoxigraph as ox
import typer

from p4c_graph.api import KnowledgeGraph
from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store, check_format
from p4c_graph.cli.output import say, table, write_bytes, write_json, write_table
from p4c_graph.intake.csvtext import csv_text
from p4c_graph.namespaces import PREFIXES
from p4c_graph.transfer.explain import explain
from p4c_graph.transfer.model import checked_weights, read_weights
from p4c_graph.transfer.result import Match, MatchResult

FORMATS = ("table", "json", "csv", "ttl")


@app.command()
def match(
    region: Annotated[str | None, typer.Option(help="NUTS code of any version, or a name.")] = None,
    practice: Annotated[str | None, typer.Option(help="Slug, IRI or name of a practice.")] = None,
    limit: Annotated[int, typer.Option(help="How many results.")] = 10,
    order: Annotated[str, typer.Option(help="cautious (by the lower bound) or expected.")] = "cautious",
    weights: Annotated[Path | None, typer.Option(help="JSON or TOML file: component → weight.")] = None,
    include_existing: Annotated[bool, typer.Option(help="Also rank what already runs there.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Say for each result what it rests on.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Same as --format json.")] = False,
    output: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "table",
    store: Store = None,
) -> None:
    """Rank practices for a region, or regions for a practice."""
    check_format(output, FORMATS)
    kg = KnowledgeGraph.open(store)
    given = checked_weights(kg.model, read_weights(weights), str(weights)) if weights else None
    found = kg.match(region=region, practice=practice, limit=limit, order=order, weights=given,
                     include_existing=include_existing)
    if as_json or output == "json":
        write_json(found.to_dict())
    elif output == "ttl":
        write_bytes(ox.serialize(found.to_rdf(), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"")
    elif output == "csv":
        rows = found.rows()
        headings = list(rows[0]) if rows else ["rank"]
        write_bytes(csv_text(headings, (list(row.values()) for row in rows), line_end="\n").encode())
    else:
        _show(found, kg, why)


def _show(found: MatchResult, kg: KnowledgeGraph, why: bool) -> None:
    about = found.region or found.practice
    assert about is not None
    say(str(about), style="bold")
    for note in found.notes:
        say(note, style="dim")
    rows = table("", found.subject, "score", "interval", "known", "adoption", "top 10", "",
                 numbers=("", "score", "interval", "known", "adoption", "top 10"))
    for m in found.results:
        stable = "" if m.acceptability is None else f"{m.acceptability:.0%}"
        marks = "blocked" if m.blocked else "test planned here" if m.planned_here else ""
        ref = m.practice if found.subject == "practice" else m.region
        rows.add_row(str(m.rank), str(ref), f"{m.total.expected:.2f}", f"{m.total.low:.2f}–{m.total.high:.2f}",
                     f"{m.known:.0%}", f"{m.adoption.expected:.2f}", stable, marks)
    write_table(rows)
    if why:
        sources = kg.sources(sorted({r.source for m in found.results for r in m.because if r.source}))
        for m in found.results:
            _show_why(m, found.subject, sources)
    say(
        f"{found.total} ranked, by {'lower bound' if found.order == 'cautious' else 'expected score'}; "
        f"{len(found.too_little_known)} too little known to rank; {len(found.already_here)} already here. "
        f"Model {found.model['version']}, snapshot {found.snapshot}.", style="dim")
    if why and found.too_little_known:
        names = [getattr(pair, found.subject).label for pair in found.too_little_known[:8]]
        rest = len(found.too_little_known) - len(names)
        say(f"Too little known: {', '.join(names)}{f' and {rest} more' if rest > 0 else ''}.")
    if why and found.already_here:
        say(f"Already here: {', '.join(ref.label for ref in found.already_here[:8])}"
            f"{' …' if len(found.already_here) > 8 else ''}.")


def _show_why(m: Match, subject: str, sources: dict[str, tuple[str, str | None]]) -> None:
    ref = m.practice if subject == "practice" else m.region
    say(f"\n{m.rank}. {ref.label}", style="bold")
    sentences = explain(m)
    for name, score in m.components.items():
        value = f"{score.expected:.2f} [{score.low:.2f}–{score.high:.2f}]" if score.known else "unknown          "
        say(f"  {name:<11}{value:<18} {sentences[name]}")
    for iri in sorted({reason.source for reason in m.because if reason.source}):
        title, page = sources.get(iri, (iri, None))
        say(f"  source      {title}{f' <{page}>' if page else ''}", style="dim")


@app.command()
def similar(
    region: Annotated[str, typer.Argument(help="NUTS code of any version, or a name.")],
    limit: Annotated[int, typer.Option(help="How many results.")] = 10,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """The regions most alike in structure."""
    found = KnowledgeGraph.open(store).similar(region, limit)
    if as_json:
        write_json(found)
        return
    rows = table("", "region", "code", "similarity", "interval", numbers=("", "similarity", "interval"),
                 title=f"Most like {found['region']['label']} ({found['region']['code']})")
    for row in found["results"]:
        rows.add_row(str(row["rank"]), row["region"]["label"], row["region"]["code"], f"{row['expected']:.2f}",
                     f"{row['low']:.2f}–{row['high']:.2f}")
    write_table(rows)
    for note in found["notes"]:
        say(note, style="dim")
