"""``p4c serve``."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import typer

from p4c_graph.cli import app
from p4c_graph.cli.options import Store
from p4c_graph.cli.output import err
from p4c_graph.settings import load


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    store: Store = None,
) -> None:
    """Serve the current snapshot over HTTP."""
    import uvicorn

    from p4c_graph.web import logs
    from p4c_graph.web.app import create_app

    settings = load(host=host, port=port, store=store)
    logs.configure(settings.log_format)
    application = create_app(settings)
    err.print(f"Serving on http://{settings.host}:{settings.port}")
    uvicorn.run(
        application, host=settings.host, port=settings.port, log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=settings.drain_seconds,
        root_path=urlsplit(settings.public_url).path.rstrip("/"), forwarded_allow_ips=settings.trusted_proxies,
    )
