"""``p4c snapshots list | rollback | push | diff``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store
from p4c_graph.cli.output import progress, say, table, write_bytes, write_json, write_table
from p4c_graph.cli.usage import Commands
from p4c_graph.errors import InputError
from p4c_graph.pipeline import push_where_configured
from p4c_graph.settings import Settings, load
from p4c_graph.store.snapshots import Snapshots, difference

snapshots = typer.Typer(cls=Commands, no_args_is_help=True, help="The history of the graph.")
app.add_typer(snapshots, name="snapshots")


def _settings(store: Path | None) -> Settings:
    return load(store=store)


def _history(store: Path | None) -> Snapshots:
    return Snapshots(_settings(store).store)


@snapshots.command("list")
def list_(as_json: AsJson = False, store: Store = None) -> None:
    """The snapshots that are kept, oldest first; the current one is marked."""
    history = _history(store)
    found = history.history()
    current = history.current().id if found else ""
    if as_json:
        write_json([{**snapshot.manifest(), "current": snapshot.id == current} for snapshot in found])
        return
    rows = table("", "snapshot", "created", "statements", "program", numbers=("statements",))
    for snapshot in found:
        manifest = snapshot.manifest()
        rows.add_row("→" if snapshot.id == current else "", snapshot.id, manifest["created"],
                     f"{manifest['statements']:,}", manifest["program"])
    write_table(rows)


@snapshots.command()
def rollback(
    snapshot: Annotated[str | None, typer.Argument(help="Id or number; default: the one before the current.")] = None,
    store: Store = None,
) -> None:
    """Make an older snapshot the current one again, also on the SPARQL server where one is configured."""
    settings = _settings(store)
    history = Snapshots(settings.store)
    target = history.get(snapshot) if snapshot else history.before_current()
    history.point_to(target)
    with progress() as update:
        pushed = push_where_configured(settings, target, update)
    say(f"Current snapshot: {target.id}{', pushed to the SPARQL server' if pushed else ''}")


@snapshots.command("push")
def push_(
    snapshot: Annotated[str | None, typer.Argument(help="Id or number; default: the current one.")] = None,
    store: Store = None,
) -> None:
    """Make the SPARQL server of the setting sparql_url hold a snapshot."""
    settings = _settings(store)
    if not settings.sparql_url:
        raise InputError("to push a snapshot, set P4C_SPARQL_URL", parameter="sparql_url")
    history = Snapshots(settings.store)
    target = history.get(snapshot) if snapshot else history.current()
    with progress() as update:
        push_where_configured(settings, target, update)
    say(f"The SPARQL server holds snapshot {target.id}")


@snapshots.command()
def diff(
    old: Annotated[str, typer.Argument(help="Id or number of a snapshot.")],
    new: Annotated[str | None, typer.Argument(help="Id or number; default: the current one.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Print every statement, with - and +.")] = False,
    store: Store = None,
) -> None:
    """What changed between two snapshots, by graph."""
    history = _history(store)
    before, after = history.get(old), history.get(new) if new else history.current()
    changes = difference(before, after)
    if full:
        lines = sorted([f"- {quad} ." for quad in changes.removed] + [f"+ {quad} ." for quad in changes.added],
                       key=lambda line: line[2:])
        write_bytes("".join(line + "\n" for line in lines).encode())
        return
    rows = table("graph", "added", "removed", numbers=("added", "removed"), title=f"{before.id} → {after.id}")
    for graph, (added, removed) in sorted(changes.by_graph().items()):
        rows.add_row(graph, f"{added:,}", f"{removed:,}")
    write_table(rows)
