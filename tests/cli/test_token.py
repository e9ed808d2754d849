"""``p4c token``."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from p4c_graph.store.tokens import Tokens

pytestmark = pytest.mark.slow


def run(p4c: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([p4c, "token", *arguments], capture_output=True, text=True, timeout=60)


def test_a_token_is_shown_once_listed_without_itself_and_revoked(p4c: str, tmp_path: Path) -> None:
    here = ("--store", str(tmp_path))
    made = run(p4c, "create", "--role", "admin", *here)
    secret = made.stdout.strip()
    token = Tokens(tmp_path).holder(secret)
    assert token
    assert token.id in made.stderr
    listed = run(p4c, "list", "--json", *here)
    assert [entry["id"] for entry in json.loads(listed.stdout)] == [token.id]
    assert token.id in run(p4c, "list", *here).stdout
    assert secret not in listed.stdout
    assert "sha256" not in listed.stdout
    assert run(p4c, "revoke", token.id, *here).returncode == 0
    assert "nobody can write" in run(p4c, "list", *here).stdout
    again = run(p4c, "revoke", token.id, *here)
    assert (again.returncode, again.stderr) == (2, f"p4c: There is no token '{token.id}'; valid are: none.\n")


def test_a_partner_needs_an_organisation_that_is_known(p4c: str, real_store: Path, tmp_path: Path) -> None:
    for name in ("current", "snapshots"):
        (tmp_path / name).symlink_to(real_store / name)
    here = ("--role", "partner", "--store", str(tmp_path))
    assert "organisation" in run(p4c, "create", *here).stderr
    unknown = run(p4c, "create", "--organisation", "sophia-antipolis-foundation", *here)
    assert unknown.returncode == 2
    assert "Did you mean fondation-sophia-antipolis" in unknown.stderr
    assert Tokens(tmp_path).all() == []
    run(p4c, "create", "--organisation", "Fondation Sophia Antipolis", *here)
    assert [token.organisation for token in Tokens(tmp_path).all()] == [
        "https://w3id.org/pooling4clusters/id/organisation/fondation-sophia-antipolis"]
