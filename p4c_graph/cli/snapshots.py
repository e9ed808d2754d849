"""``p4c snapshots list | rollback | diff``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.cli import app
from p4c_graph.cli.output import out, table, write_bytes, write_json
from p4c_graph.settings import load
from p4c_graph.store.snapshots import Snapshots, difference

snapshots = typer.Typer(no_args_is_help=True, help="The history of the graph.")
app.add_typer(snapshots, name="snapshots")
Store = Annotated[Path | None, typer.Option(help="Folder of the snapshots.")]


def _history(store: Path | None) -> Snapshots:
    return Snapshots(load(**({"store": store} if store else {})).store)


@snapshots.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifests as JSON.")] = False, store: Store = None
) -> None:
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
    out.print(rows)


@snapshots.command()
def rollback(
    snapshot: Annotated[str | None, typer.Argument(help="Id or number; default the one before the current.")] = None,
    store: Store = None,
) -> None:
    """Make an older snapshot the current one again."""
    history = _history(store)
    target = history.get(snapshot) if snapshot else history.before_current()
    history.point_to(target)
    out.print(f"Current snapshot: {target.id}")


@snapshots.command()
def diff(
    old: Annotated[str, typer.Argument(help="Id or number.")],
    new: Annotated[str | None, typer.Argument(help="Id or number; default the current one.")] = None,
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
    out.print(rows)
