"""Work that needs several queries, each made from the answers before it, told apart from who runs them.

A generator yields the text of a SELECT query, is sent its rows, and returns what it found. So the same code runs over
a store in this process and over the query pool of a server.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

from p4c_graph.errors import Busy
from p4c_graph.store.answers import Term
from p4c_graph.store.dataset import Answering
from p4c_graph.store.pool import LaneName, Pool, QueryJob

Row = tuple[Term | None, ...]
Found = TypeVar("Found")
Steps = Generator[str, list[Row], Found]

_TRIES = 3


def run(steps: Steps[Found], dataset: Answering) -> Found:
    """What the steps find in a dataset."""
    try:
        text = next(steps)
        while True:
            text = steps.send(list(dataset.query(text).terms()))
    except StopIteration as done:
        found: Found = done.value
        return found


async def run_in_pool(make: Callable[[], Steps[Found]], pool: Pool, lane: LaneName = "pages") -> Found:
    """What the steps find in the snapshot a pool serves; begun anew where another snapshot takes its place meanwhile.

    Raises Busy where that happens again and again.
    """
    for _ in range(_TRIES):
        steps, seen = make(), set[Path]()
        try:
            text = next(steps)
            while True:
                result = await pool.query(QueryJob(text, "json"), lane=lane)
                seen.add(result.snapshot)
                if len(seen) > 1:
                    break
                text = steps.send(list(result.answer().terms()))
        except StopIteration as done:
            found: Found = done.value
            return found
    raise Busy("The graph is changing too quickly to be read; try again")
