"""Tokens: made once, kept as hashes, revoked at once."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from p4c_graph.errors import InputError, StoreProblem, UnknownName
from p4c_graph.store.tokens import Tokens

ORGANISATION = "https://w3id.org/pooling4clusters/id/organisation/x"


def test_a_token_is_known_by_itself_only(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    made, secret = tokens.create("partner", ORGANISATION)
    assert tokens.holder(secret) == made
    assert (made.role, made.organisation) == ("partner", ORGANISATION)
    for wrong in ("", secret[:-1], secret + "x", secret.upper(), made.sha256, made.id, "\ud800", "p4c_"):
        assert tokens.holder(wrong) is None


def test_tokens_are_256_random_bits_and_only_their_hashes_are_kept(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    secrets = [tokens.create("admin")[1] for _ in range(20)]
    assert len(set(secrets)) == 20
    assert all(len(secret.removeprefix("p4c_")) == 43 for secret in secrets)
    kept = (tmp_path / "tokens.json").read_text("utf-8")
    assert not [secret for secret in secrets if secret.removeprefix("p4c_") in kept]
    assert len(tokens.all()) == 20


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    Tokens(tmp_path).create("admin")
    Tokens(tmp_path).create("admin")
    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.json"]


def test_a_revoked_token_is_not_known_to_anybody_who_looks(tmp_path: Path) -> None:
    server, console = Tokens(tmp_path), Tokens(tmp_path)
    (first, secret), (second, other) = console.create("admin"), console.create("partner", ORGANISATION)
    assert server.holder(secret) == first
    assert console.revoke(first.id) == first
    assert server.holder(secret) is None
    assert server.holder(other) == second
    with pytest.raises(UnknownName, match=f"valid are: {second.id}"):
        console.revoke(first.id)


def test_an_administrator_may_what_a_partner_may_and_not_the_reverse(tmp_path: Path) -> None:
    admin, _ = Tokens(tmp_path).create("admin")
    partner, _ = Tokens(tmp_path).create("partner", ORGANISATION)
    assert [token.may(role) for token in (admin, partner) for role in ("admin", "partner")] == [True, True, False, True]


def test_a_partner_without_organisation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="organisation"):
        Tokens(tmp_path).create("partner")
    assert Tokens(tmp_path).all() == []


def test_tokens_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    threads = [threading.Thread(target=lambda: Tokens(tmp_path).create("admin")) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Tokens(tmp_path).all()) == 16


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b'[{"id": "x"}]', b"[1]"])
def test_a_damaged_file_is_named_and_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokens.json").write_bytes(content)
    with pytest.raises(StoreProblem, match=r"tokens\.json cannot be read"):
        Tokens(tmp_path).holder("p4c_x")
