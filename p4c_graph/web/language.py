"""The language in the path: every route is also served under ``/en`` and ``/fr``."""

from __future__ import annotations

from starlette._utils import get_route_path
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from p4c_graph.languages import LANGUAGES


class LanguagePrefix:
    """Serves what stands under ``/fr`` as if the server were mounted there, in French.

    So links, which start at the path the server is mounted under, stay in the language of their page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; the first part of its path is taken as a language where it is one."""
        if scope["type"] == "http":
            path, root = get_route_path(scope), scope.get("root_path", "")
            language = path.split("/", 2)[1] if path.startswith("/") else ""
            if language in LANGUAGES:
                rest = path[len(language) + 1:] or "/"
                state = {**scope.get("state", {}), "language": language, "site": root}
                mounted = f"{root}/{language}"
                scope = {**scope, "root_path": mounted, "path": mounted + rest, "state": state}
        await self.app(scope, receive, send)


def mounted(request: Request) -> str:
    """The path under which the server is mounted, with a language where the address names one."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def site(request: Request) -> str:
    """The same without a language: data has none."""
    return str(getattr(request.state, "site", mounted(request))).rstrip("/")
