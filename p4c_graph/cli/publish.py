"""``p4c publish``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.cli import app
from p4c_graph.cli.options import AsJson, Store
from p4c_graph.cli.output import aside, progress, say, write_json
from p4c_graph.errors import InputError
from p4c_graph.progress import Progress
from p4c_graph.publish.site import Published
from p4c_graph.settings import Settings, load


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the copy; an earlier copy is replaced.")],
    base: Annotated[str | None, typer.Option(help="Address at which the copy will be found.")] = None,
    since: Annotated[str | None, typer.Option(help="Snapshot of the earlier copy: write what changed.")] = None,
    service: Annotated[str | None, typer.Option(help="Address of a server for what cannot be copied.")] = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Write the site as files: pages, documents in every format, dumps, descriptions."""
    settings = load(store=store, public_url=base)
    with progress() as update:
        done = asyncio.run(_publish(settings, folder, since, service, update))
    if as_json:
        write_json(vars(done))
    else:
        say(f"{done.pages:,} pages, {done.files:,} files in {folder}, from snapshot {done.snapshot}; "
            f"{done.written:,} written, {len(done.removed):,} removed.")
    for address, page in done.broken.items():
        aside(f"no page at {address}, linked from {page}", style="yellow")
    if done.broken:
        raise typer.Exit(1)


async def _publish(
    settings: Settings, folder: Path, since: str | None, service: str | None, update: Progress
) -> Published:
    from p4c_graph.web.site_copy import copy_site

    if settings.public_url == Settings.model_fields["public_url"].default:
        raise InputError("give the address at which the copy will be found: --base or P4C_PUBLIC_URL", parameter="base")
    return await copy_site(settings, folder, since=since, service=service, progress=update)
