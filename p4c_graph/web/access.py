"""Who may write: the token of a request, and whether its role is enough."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from p4c_graph.errors import Forbidden, Unauthorized
from p4c_graph.store.tokens import Role, Token, Tokens
from p4c_graph.web.service import Service

_REALM = 'Bearer realm="p4c_graph"'
_WHOSE = {"admin": "an administrator's", "partner": "a partner's or an administrator's"}


def require(request: Request, role: Role) -> Token:
    """The token of the request, whose role is enough: its ``organisation``, ``role`` and ``id``.

    Raises Forbidden where writes are off (no token has been made) or the role is not enough, Unauthorized where the
    token is missing or not valid.
    """
    service: Service = request.app.state.service
    tokens = Tokens(service.settings.store)
    if not tokens.all():
        raise Forbidden(
            "Writes are off: this server has no tokens. On its machine one is made with: p4c token create --role admin")
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized(f"This needs {_WHOSE[role]} token, sent as: Authorization: Bearer TOKEN", challenge=_REALM)
    token = tokens.holder(secret.strip())
    if token is None:
        raise Unauthorized("This token is not valid; it may have been revoked.",
                           challenge=f'{_REALM}, error="invalid_token"')
    if not token.may(role):
        raise Forbidden(f"This needs {_WHOSE[role]} token; this one is a {token.role}'s.")
    return token


def _administrator(request: Request) -> Token:
    return require(request, "admin")


def _partner(request: Request) -> Token:
    return require(request, "partner")


Administrator = Annotated[Token, Depends(_administrator)]
"""A parameter of a route that only administrators may use."""
Partner = Annotated[Token, Depends(_partner)]
"""A parameter of a route that partners and administrators may use."""
