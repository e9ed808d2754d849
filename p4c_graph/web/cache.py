"""Answers that were given before, kept up to a number of bytes; the least recently asked goes first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from p4c_graph.store.pool import QueryJob

Key = tuple[str, QueryJob]
"""Snapshot, and query with dataset and format: all that an answer depends on."""

_BESIDES = 500
"""Bytes that an entry takes besides its texts."""


@dataclass(frozen=True)
class Answered:
    """The body of an answer, how many seconds its evaluation took, and its tag (see ``responses.tag``)."""

    body: bytes
    seconds: float
    etag: str


class AnswerCache:
    """The answers of one server process."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._held = most_bytes, 0
        self._answers: OrderedDict[Key, Answered] = OrderedDict()

    def get(self, key: Key) -> Answered | None:
        """The answer kept under a key, or None."""
        found = self._answers.get(key)
        if found:
            self._answers.move_to_end(key)
        return found

    def put(self, key: Key, answer: Answered) -> None:
        """Keeps an answer, unless it alone would take more than a quarter of the room."""
        size = self._size(key, answer)
        if size > self._most // 4:
            return
        if old := self._answers.pop(key, None):
            self._held -= self._size(key, old)
        self._answers[key] = answer
        self._held += size
        while self._held > self._most:
            gone, dropped = self._answers.popitem(last=False)
            self._held -= self._size(gone, dropped)

    @staticmethod
    def _size(key: Key, answer: Answered) -> int:
        _, job = key
        graphs = (*(job.default_graphs or ()), *(job.named_graphs or ()))
        return len(answer.body) + len(job.text) + sum(map(len, graphs)) + _BESIDES
