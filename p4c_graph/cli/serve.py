"""``p4c serve``."""

from __future__ import annotations

from contextlib import suppress
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket
from typing import Annotated
from urllib.parse import urlsplit

import typer

from p4c_graph.cli import app
from p4c_graph.cli.options import Store
from p4c_graph.cli.output import aside
from p4c_graph.errors import InputError
from p4c_graph.settings import load

_NOT_STARTED = 3
"""Exit code of a server that failed before it could answer; the log says why."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    store: Store = None,
) -> None:
    """Serve the current snapshot over HTTP."""
    import uvicorn

    from p4c_graph.store.snapshots import Snapshots
    from p4c_graph.web import logs
    from p4c_graph.web.app import create_app

    settings = load(host=host, port=port, store=store)
    logs.configure(settings.log_format)
    address = _bound(settings.host, settings.port)
    server = uvicorn.Server(uvicorn.Config(
        create_app(settings), log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=settings.drain_seconds,
        root_path=urlsplit(settings.public_url).path.rstrip("/"), forwarded_allow_ips=settings.trusted_proxies,
    ))
    aside(f"Serving on http://{settings.host}:{address.getsockname()[1]}")
    if not settings.sparql_url and not Snapshots(settings.store).history():
        aside(f"Nothing has been built in {settings.store} yet: answers are 503 until p4c build has made one.")
    with suppress(KeyboardInterrupt):
        server.run(sockets=[address])
    if not server.started:
        raise typer.Exit(_NOT_STARTED)


def _bound(host: str, port: int) -> socket:
    """A socket at an address, which does not listen yet. Raises InputError where the address is not to be had."""
    bound = socket(AF_INET6 if ":" in host else AF_INET)
    bound.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise InputError(f"cannot listen at {host}, port {port} ({error.strerror}); expected an address of this "
                         "machine and a port that is free: --host, --port") from None
    return bound
