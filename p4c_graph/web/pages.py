"""Pages: templates with autoescape, strict about undefined names."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from p4c_graph.web.negotiation import Offer
from p4c_graph.web.responses import answer, spoken

HTML = Offer("html", "text/html", ("application/xhtml+xml",))
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("p4c_graph.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["web_address"] = lambda value: str(value).startswith(("http://", "https://"))
    return environment


def page(request: Request, template: str, *, headers: dict[str, str] | None = None, **values: Any) -> Response:
    """A page in the language of the request; ``root`` in the template is the path the server is mounted under."""
    language, root = spoken(request), request.scope.get("root_path", "").rstrip("/")
    body = _environment().get_template(template).render(root=root, language=language, **values).encode()
    sent = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Content-Language": language, **(headers or {})}
    return answer(request, body, HTML, headers=sent)
