"""What is made once a snapshot and kept as long as it is served."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from p4c_graph.api import KnowledgeGraph

Made = TypeVar("Made")
_kept: WeakKeyDictionary[KnowledgeGraph, dict[Hashable, asyncio.Future[Any]]] = WeakKeyDictionary()


async def once(graph: KnowledgeGraph, key: Hashable, make: Callable[[], Awaitable[Made]]) -> Made:
    """What ``make`` gives; what it raises is raised, and it is tried again the next time.

    A key belongs to the module that ``make`` is of: two parts may choose the same one.
    """
    kept, key = _kept.setdefault(graph, {}), (make.__module__, key)
    task = kept.get(key)
    if task is None or (task.done() and (task.cancelled() or task.exception())):
        task = kept[key] = asyncio.ensure_future(make())
    found: Made = await asyncio.shield(task)
    return found
