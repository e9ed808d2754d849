"""Pages: templates with autoescape, strict about undefined names, in the language of the request."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette._utils import get_route_path
from starlette.responses import Response

from p4c_graph.languages import LANGUAGES
from p4c_graph.terms import compact
from p4c_graph.web.language import mounted, site
from p4c_graph.web.negotiation import HTML
from p4c_graph.web.responses import answer, negotiated, spoken
from p4c_graph.web.texts import texts
from p4c_graph.web.views.data_text import typeset

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors "
)
CONTENT_SECURITY_POLICY = f"{_POLICY}'none'"


def embeddable(ancestors: str) -> str:
    """The policy of a page that others may show inside theirs."""
    return _POLICY + ancestors


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("p4c_graph.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["web_address"] = lambda value: str(value).startswith(("http://", "https://"))
    environment.filters |= {"query": urlencode, "compact": compact, "typeset": typeset}
    return environment


def render(request: Request, template: str, *, here: str | None = None, **values: Any) -> bytes:
    """The text of a page. ``root`` is where links start: the path the server is mounted under, with the language.

    ``here`` is the path of the page itself, where that is not the path asked for.
    """
    language, below = spoken(request), site(request)
    here = here or quote(get_route_path(request.scope), safe="/:@!$&'()*+,;=-._~")
    given = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = urlencode([(name, value) for name, value in given if name != "lang"])
    said = texts(language)
    return _environment().get_template(template).render(
        root=mounted(request), site=below, language=language, here=here,
        t=said, number=said.number, percent=said.percent,
        others={other: f"{below}/{other}{here}{'?' if kept else ''}{kept}" for other in LANGUAGES}, **values,
    ).encode()


def page(
    request: Request, template: str, *, headers: dict[str, str] | None = None, status: HTTPStatus = HTTPStatus.OK,
    **values: Any,
) -> Response:
    """A page in the language of the request."""
    body = render(request, template, **values)
    sent = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY, "Content-Language": spoken(request),
        "Referrer-Policy": "same-origin", **(headers or {}),
    }
    if status is not HTTPStatus.OK:
        vary = ", ".join(negotiated(request).vary)
        return Response(body, status_code=status.value, headers={
            "Vary": vary, "Cache-Control": "no-store", **sent, "Content-Type": HTML.content_type})
    return answer(request, body, HTML, headers=sent)
