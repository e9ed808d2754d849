"""Who may write over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from p4c_graph.settings import Settings
from p4c_graph.store.tokens import Tokens
from p4c_graph.web.access import Administrator, Partner
from p4c_graph.web.app import create_app

ORGANISATION = "https://w3id.org/pooling4clusters/id/organisation/x"

Post = Callable[..., httpx.Response]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """Posts to a server over an empty folder, with one route for each role."""
    app = create_app(Settings(store=tmp_path))

    @app.post("/for/administrators")
    def for_administrators(token: Administrator) -> dict[str, str | None]:
        return {"role": token.role, "organisation": token.organisation}

    @app.post("/for/partners")
    def for_partners(token: Partner) -> dict[str, str | None]:
        return {"role": token.role, "organisation": token.organisation}

    async def posted(path: str, headers: dict[str, str | bytes] | None) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await client.post(path, headers=headers)

    return lambda path, headers=None: asyncio.run(posted(path, headers))


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_without_tokens_writes_are_off_and_the_answer_says_how_to_make_one(post: Post) -> None:
    answer = post("/for/administrators", headers=bearer("p4c_x"))
    assert answer.status_code == 403
    assert "p4c token create --role admin" in answer.json()["detail"]


@pytest.mark.parametrize(("header", "error"), [
    (None, ""), ("", ""), ("Basic YTpi", ""), ("Bearer", ', error="invalid_token"'),
    ("Bearer p4c_wrong", ', error="invalid_token"'), ("Bearer \xff", ', error="invalid_token"'),
])
def test_a_missing_or_wrong_token_is_challenged(
    post: Post, tmp_path: Path, header: str | None, error: str
) -> None:
    Tokens(tmp_path).create("admin")
    answer = post("/for/partners", headers={"Authorization": header.encode("latin-1")} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == f'Bearer realm="p4c_graph"{error}'
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_role_decides_what_the_holder_may_do(post: Post, tmp_path: Path) -> None:
    _, admin = Tokens(tmp_path).create("admin")
    _, partner = Tokens(tmp_path).create("partner", ORGANISATION)
    assert post("/for/administrators", headers=bearer(admin)).json() == {"role": "admin", "organisation": None}
    assert post("/for/partners", headers=bearer(admin)).status_code == 200
    assert post("/for/partners", headers=bearer(partner)).json()["organisation"] == ORGANISATION
    refused = post("/for/administrators", headers=bearer(partner))
    assert refused.status_code == 403
    assert refused.json()["detail"] == "This needs an administrator's token; this one is a partner's."


def test_a_revoked_token_counts_no_more_without_restart(post: Post, tmp_path: Path) -> None:
    made, secret = Tokens(tmp_path).create("partner", ORGANISATION)
    Tokens(tmp_path).create("admin")
    assert post("/for/partners", headers=bearer(secret)).status_code == 200
    Tokens(tmp_path).revoke(made.id)
    assert post("/for/partners", headers=bearer(secret)).status_code == 401
