"""How much an answer may hold: bytes and rows are counted while it is written, and too much ends the query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from p4c_graph.errors import OverLimit

T = TypeVar("T")

_ROWS = {
    "json": (b"},{", -1, True, True), "xml": (b"<result>", 0, False, False),
    "csv": (b"\n", 1, True, False), "tsv": (b"\n", 1, False, False),
}
"""Format → what stands between rows, how many more rows than that there are, whether it may stand within quotes, and
whether a backslash escapes there."""


class BoundedBuffer:
    """Holds what is written to it, up to a size, and counts rows where it is told how. Raises OverLimit beyond."""

    def __init__(self, most_bytes: int, counter: RowCounter | None = None) -> None:
        self.content = bytearray()
        self._most, self._counter, self._counted = most_bytes, counter, 0

    def write(self, data: bytes) -> int:
        """Takes all of the data, or none."""
        if len(self.content) + len(data) > self._most:
            raise over_bytes(self._most)
        self.content += data
        if self._counter and len(self.content) >= self._counter.least:
            self._counter.feed(bytes(self.content[self._counted :]))
            self._counted = len(self.content)
        return len(data)

    def flush(self) -> None:
        """Nothing: it is all here."""


class RowCounter:
    """Counts the rows of a table that is being written: the engine tells nobody how many there will be.

    In each format some bytes stand once for each row and nowhere else outside of strings: between the rows of JSON
    ``},{`` (a row is an object of objects, so within one it is ``},"``), in XML ``<result>``, in CSV and TSV the end
    of the line. Only JSON and CSV may hold them within strings too.
    """

    def __init__(self, format: str, most: int) -> None:
        self._most = most
        mark, besides, self._quoted, self._escapes = _ROWS[format]
        self._mark, self._room = mark, most + besides
        self.least = most * len(mark)
        """Of fewer bytes there cannot be too many rows."""
        self._half, self._end, self._inside = b"", b"", False

    def feed(self, data: bytes) -> None:
        """Takes the next piece. Raises OverLimit where there are more rows than allowed."""
        outside = self._end + (self._outside(data) if self._quoted else bytes(data))
        self._room -= outside.count(self._mark)
        self._end = outside[-len(self._mark) + 1 :] if len(self._mark) > 1 else b""
        if self._room < 0:
            raise over_rows(self._most)

    def _outside(self, data: bytes) -> bytes:
        """What of a piece stands outside of strings."""
        if self._escapes:
            data = self._half + data
            whole = len(data) - (len(data) - len(data.rstrip(b"\\"))) % 2
            self._half, data = data[whole:], data[:whole].replace(b"\\\\", b"").replace(b'\\"', b"")
        parts = data.split(b'"')
        outside = b"".join(parts[self._inside :: 2])
        self._inside ^= len(parts) % 2 == 0
        return outside


def at_most(most: int, items: Iterable[T]) -> Iterator[T]:
    """The items, one by one. Raises OverLimit at the first beyond ``most``."""
    for count, item in enumerate(items):
        if count == most:
            raise over_rows(most)
        yield item


def over_bytes(most: int) -> OverLimit:
    """What is said of an answer that is too large."""
    return OverLimit(
        f"The result is larger than {most} bytes (setting max_result_bytes); ask for less, for example with LIMIT.",
        limit="max_result_bytes",
    )


def over_rows(most: int) -> OverLimit:
    """What is said of an answer with too many rows or statements."""
    return OverLimit(
        f"The result has more than {most} rows (setting max_result_rows); ask for less, for example with LIMIT.",
        limit="max_result_rows",
    )
