"""``p4c doctor``."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from p4c_graph import __version__
from p4c_graph.cli import app
from p4c_graph.cli.options import Store
from p4c_graph.cli.output import table, write_table
from p4c_graph.errors import NoSnapshot, P4CError
from p4c_graph.intake.sources import Library
from p4c_graph.settings import Settings, in_environment, load
from p4c_graph.store.snapshots import Snapshot, Snapshots, named_quads
from p4c_graph.store.statements import digest, read_patch
from p4c_graph.transfer.columns import Columns

DEFAULT_GRAPHS = {"default": "the merged set, as pushed", "union": "the server's union of all graphs, which merges"}
LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "numpy", "fastapi")


class _Checks:
    """A table of what was looked at; ``wrong`` once any of it was not good."""

    def __init__(self) -> None:
        self.rows = table("check", "finding", "")
        self.wrong = False

    def __call__(self, name: str, finding: str, *, good: bool = True) -> None:
        self.wrong = self.wrong or not good
        self.rows.add_row(name, finding, "ok" if good else "wrong", style="" if good else "red")


@app.command()
def doctor(
    full: Annotated[bool, typer.Option("--full", help="Also compute the digest of all statements again.")] = False,
    store: Store = None,
) -> None:
    """Check the installation and the current snapshot; exit 1 where something is wrong."""
    settings = load(store=store)
    check = _Checks()
    check("program", f"p4c-graph {__version__}")
    check("libraries", ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    known, unknown = in_environment()
    check("settings", ", ".join(known) or "none from the environment")
    if unknown:
        check.rows.add_row("no settings", f"{', '.join(unknown)}: nothing here reads them", "ignored", style="yellow")
    library = Library.shipped()
    files = library.model() + library.facts()
    check("shipped files", f"{len(files)} of model and facts, {len(library.shapes)} of shapes", good=bool(files))
    if settings.sparql_url:
        _server(settings, check)
    try:
        _folder(Snapshots(settings.store).current(), full, check)
    except NoSnapshot as error:
        check("current snapshot", str(error), good=bool(settings.sparql_url))
    except P4CError as error:
        check("current snapshot", str(error), good=False)
        older = [snapshot.id for snapshot in Snapshots(settings.store).history()]
        check("snapshots", f"kept: {', '.join(older) or 'none'}", good=bool(older))
    write_table(check.rows)
    if check.wrong:
        raise typer.Exit(1)


def _folder(snapshot: Snapshot, full: bool, check: _Checks) -> None:
    manifest = snapshot.manifest()
    check("current snapshot", f"{snapshot.id} in {snapshot.path.parent.parent}, made {manifest['created']}")
    held, written = len(snapshot.open()), manifest["statements"] + manifest["merged"]
    check("its statements", f"{held:,} held, {written:,} written", good=held == written)
    if full:
        same = digest(named_quads(snapshot.open())) == manifest["digest"]
        check("its digest", manifest["digest"][:12], good=same)
    columns = Columns.load(snapshot.path)
    check("its columns", f"{len(columns.practices):,} practices, {len(columns.units):,} regions")
    for patch in snapshot.patches():
        read_patch(patch)
    check("its changes", f"{len(snapshot.patches())} since the statements were packed")


def _server(settings: Settings, check: _Checks) -> None:
    from p4c_graph.store.push import lack
    from p4c_graph.store.remote import Remote, RemoteSnapshot

    try:
        held = RemoteSnapshot.current(settings)
        check("SPARQL server", f"holds snapshot {held.id}, pushed {held.pushed.since}")
        stands = DEFAULT_GRAPHS.get(held.pushed.merged, f"<{held.pushed.merged}> stands for it")
        check("its default graph", stands)
        missing = lack(Remote(settings), held.content, held.pushed.merged)
        graphs = f"{len(held.content['graphs']):,}, as many statements as pushed"
        check("its graphs", missing or graphs, good=not missing)
    except P4CError as error:
        check("SPARQL server", str(error), good=False)
