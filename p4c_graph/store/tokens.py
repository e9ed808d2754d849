"""Tokens: who may write to the store. Kept in its folder as hashes, in a file that only its owner can read.

A token is 256 random bits, so that one SHA-256 is enough: there is nothing to guess. The file is read anew each
time, so a token that is made or revoked counts from the next request on.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import orjson

from p4c_graph.errors import InputError, StoreProblem, UnknownName

Role = Literal["admin", "partner"]
"""An administrator may all that a partner may."""
_PREFIX = "p4c_"


@dataclass(frozen=True)
class Token:
    """What is kept of a token: all but the token itself."""

    id: str
    role: Role
    organisation: str | None
    """The IRI of the organisation whose token it is; an administrator's may have none."""
    created: str
    sha256: str

    @property
    def who(self) -> str:
        """Who is said to have written with it: the organisation, or the token itself."""
        return self.organisation or f"token {self.id}"

    def may(self, role: Role) -> bool:
        """Whether the holder may do what this role may."""
        return self.role in (role, "admin")


class Tokens:
    """The tokens of one store folder."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._file = store / "tokens.json"

    def all(self) -> list[Token]:
        """Those that are valid, oldest first. Raises StoreProblem where the file is damaged."""
        try:
            return [Token(**entry) for entry in orjson.loads(self._file.read_bytes())]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError):
            raise StoreProblem(f"{self._file} cannot be read; restore it, or remove it and make new tokens") from None

    def create(self, role: Role, organisation: str | None = None) -> tuple[Token, str]:
        """A new token as it is kept, and the token itself, which nothing can show again.

        Raises InputError for a partner without organisation, StoreProblem where the folder cannot be written to.
        """
        if role == "partner" and not organisation:
            raise InputError("a partner's token needs the organisation it is for", parameter="organisation")
        secret = _PREFIX + secrets.token_urlsafe(32)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        token = Token(secrets.token_hex(4), role, organisation, created, _hash(secret))
        self._change(lambda tokens: [*tokens, token])
        return token, secret

    def revoke(self, id: str) -> Token:
        """The token that is valid no more. Raises UnknownName."""
        found = next((token for token in self.all() if token.id == id), None)
        if found is None:
            valid = ", ".join(token.id for token in self.all()) or "none"
            raise UnknownName(f"There is no token {id!r}; valid are: {valid}.", parameter="id")
        self._change(lambda tokens: [token for token in tokens if token.id != id])
        return found

    def holder(self, secret: str) -> Token | None:
        """The token that this is, or None; takes equally long for each wrong one."""
        given, found = _hash(secret), None
        for token in self.all():
            if hmac.compare_digest(token.sha256, given):
                found = token
        return found

    def _change(self, edit: Callable[[list[Token]], list[Token]]) -> None:
        """Replaces the file in one step; one writer at a time."""
        temporary = self._file.with_suffix(".new")
        try:
            self._store.mkdir(parents=True, exist_ok=True)
            folder = os.open(self._store, os.O_RDONLY)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX)
                written = orjson.dumps([asdict(token) for token in edit(self.all())], option=orjson.OPT_INDENT_2)
                temporary.unlink(missing_ok=True)
                with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(written)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(self._file)
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise StoreProblem(f"{self._file} cannot be written ({error.strerror})") from None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
