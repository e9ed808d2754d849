"""What a server keeps rather than make it again: answers up to a number of bytes, and what is made once a snapshot."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from p4c_graph.api import KnowledgeGraph

Kept = TypeVar("Kept")
Made = TypeVar("Made")

_BESIDES = 500
"""Bytes that an entry takes besides its texts."""
_made: WeakKeyDictionary[KnowledgeGraph, dict[Hashable, asyncio.Future[Any]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Answered:
    """The body of an answer, how many seconds its evaluation took, and its tag (see ``responses.tag``)."""

    body: bytes
    seconds: float
    etag: str


class Cache(Generic[Kept]):
    """Entries up to a number of bytes; the one that was asked for longest ago goes first.

    A key holds all that its entry depends on, the snapshot among it.
    """

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


async def once_per_snapshot(graph: KnowledgeGraph, key: Hashable, make: Callable[[], Awaitable[Made]]) -> Made:
    """What ``make`` gives, kept as long as the snapshot is served; what it raises is raised, and tried again next time.

    A key belongs to the module that ``make`` is of: two parts may choose the same one.
    """
    made, key = _made.setdefault(graph, {}), (make.__module__, key)
    task = made.get(key)
    if task is None or (task.done() and (task.cancelled() or task.exception())):
        task = made[key] = asyncio.ensure_future(make())
    found: Made = await asyncio.shield(task)
    return found
