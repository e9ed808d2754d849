"""``p4c doctor``."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from p4c_graph import __version__
from p4c_graph.cli import app
from p4c_graph.cli.options import Store
from p4c_graph.cli.output import out, table
from p4c_graph.errors import NoSnapshot, P4CError
from p4c_graph.intake.sources import Library
from p4c_graph.settings import Settings, load
from p4c_graph.store.snapshots import Snapshot, Snapshots, named_quads
from p4c_graph.store.statements import digest, read_patch
from p4c_graph.transfer.columns import Columns

Check = Callable[[str, str, bool], None]
"""Told what was looked at, what was found, and whether that is good."""
DEFAULT_GRAPHS = {"default": "the merged set, as pushed", "union": "the server's union of all graphs, which merges"}
LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "numpy", "fastapi")


@app.command()
def doctor(
    full: Annotated[bool, typer.Option("--full", help="Also compute the digest of all statements again.")] = False,
    store: Store = None,
) -> None:
    """Check the installation and the current snapshot; exit 1 where something is wrong."""
    settings = load(store=store)
    rows = table("check", "finding", "")
    wrong = False

    def check(name: str, finding: str, good: bool) -> None:
        nonlocal wrong
        wrong = wrong or not good
        rows.add_row(name, finding, "ok" if good else "wrong", style="" if good else "red")

    check("program", f"p4c-graph {__version__}", True)
    check("libraries", ", ".join(f"{name} {version(name)}" for name in LIBRARIES), True)
    library = Library.shipped()
    files = library.model() + library.facts()
    check("shipped files", f"{len(files)} of model and facts, {len(library.shapes)} of shapes", bool(files))
    if settings.sparql_url:
        _server(settings, check)
    try:
        _folder(Snapshots(settings.store).current(), full, check)
    except NoSnapshot as error:
        check("current snapshot", str(error), bool(settings.sparql_url))
    except P4CError as error:
        check("current snapshot", str(error), False)
        older = [snapshot.id for snapshot in Snapshots(settings.store).history()]
        check("snapshots", f"kept: {', '.join(older) or 'none'}", bool(older))
    out.print(rows)
    if wrong:
        raise typer.Exit(1)


def _folder(snapshot: Snapshot, full: bool, check: Check) -> None:
    manifest = snapshot.manifest()
    check("current snapshot", f"{snapshot.id} in {snapshot.path.parent.parent}, made {manifest['created']}", True)
    held, written = len(snapshot.open()), manifest["statements"] + manifest["merged"]
    check("its statements", f"{held:,} held, {written:,} written", held == written)
    if full:
        check("its digest", manifest["digest"][:12], digest(named_quads(snapshot.open())) == manifest["digest"])
    columns = Columns.load(snapshot.path)
    check("its columns", f"{len(columns.practices):,} practices, {len(columns.units):,} regions", True)
    for patch in snapshot.patches():
        read_patch(patch)
    check("its changes", f"{len(snapshot.patches())} since the statements were packed", True)


def _server(settings: Settings, check: Check) -> None:
    from p4c_graph.store.push import lack
    from p4c_graph.store.remote import Remote, RemoteSnapshot

    try:
        held = RemoteSnapshot.current(settings)
        check("SPARQL server", f"holds snapshot {held.id}, pushed {held.pushed.since}", True)
        stands = DEFAULT_GRAPHS.get(held.pushed.merged, f"<{held.pushed.merged}> stands for it")
        check("its default graph", stands, True)
        missing = lack(Remote(settings), held.content, held.pushed.merged)
        check("its graphs", missing or f"{len(held.content['graphs']):,}, as many statements as pushed", not missing)
    except P4CError as error:
        check("SPARQL server", str(error), False)
