"""What was given before, kept up to a number of bytes; the least recently asked goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Kept = TypeVar("Kept")

_BESIDES = 500
"""Bytes that an entry takes besides its texts."""


@dataclass(frozen=True)
class Answered:
    """The body of an answer, how many seconds its evaluation took, and its tag (see ``responses.tag``)."""

    body: bytes
    seconds: float
    etag: str


class Cache(Generic[Kept]):
    """What one server process keeps, under keys that hold all that it depends on, the snapshot among it."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._held = most_bytes, 0
        self._entries: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        """What is kept under a key, or None."""
        found = self._entries.get(key)
        if found is None:
            return None
        self._entries.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, kept: Kept, texts: int) -> None:
        """Keeps something, unless it would take a quarter of the room; ``texts`` counts its bytes and the key's."""
        size = texts + _BESIDES
        if size > self._most // 4:
            return
        if old := self._entries.pop(key, None):
            self._held -= old[1]
        self._entries[key] = kept, size
        self._held += size
        while self._held > self._most:
            _, (_, gone) = self._entries.popitem(last=False)
            self._held -= gone
