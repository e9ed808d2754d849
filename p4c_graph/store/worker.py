"""The life of a worker process: it answers one query after another until the server goes or kills it."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from pathlib import Path

from p4c_graph.errors import OverLimit, P4CError, StoreProblem
from p4c_graph.store import formats, sandbox, wire
from p4c_graph.store.bounds import BoundedBuffer, RowCounter
from p4c_graph.store.dataset import Answering
from p4c_graph.store.embedded import Embedded
from p4c_graph.store.wire import Head

_KEPT_MEMORY = 256_000_000
"""A worker that holds so much more memory than at its start is replaced."""

_LONG, _LARGE = 0.05, 1_000_000
"""After queries of so many seconds or bytes a worker looks at its memory."""


def serve(channel: socket.socket, dataset: Embedded | Path, memory: int) -> None:
    """Answers the queries that come over the channel.

    ``dataset`` is one in memory, shared with other workers, or the folder of one on disk. ``memory`` is how
    many bytes the queries may take beyond it.
    """
    sandbox.first_to_be_killed()
    try:
        opened = dataset if isinstance(dataset, Embedded) else Embedded.open_read_only(dataset)
    except P4CError as error:
        wire.send(channel, wire.error_head(error))
        return
    at_start = 0
    with suppress(OSError):
        at_start = sandbox.data_bytes()
    sandbox.bound_memory(memory)
    wire.send(channel, {})
    retiring = False
    while not retiring and (request := wire.receive(channel)):
        head, body = answer(opened, *request)
        with suppress(OSError):
            heavy = head.get("seconds", _LONG) >= _LONG or len(body) >= _LARGE
            retiring = heavy and sandbox.data_bytes() - at_start > _KEPT_MEMORY
        retiring = retiring or "retire" in head
        wire.send(channel, {**head, "retire": True} if retiring else head, body)


def answer(dataset: Answering, head: Head, body: bytes) -> tuple[Head, bytes | bytearray]:
    """Head and body of the answer to one query; errors are told in the head."""
    started = time.perf_counter()
    try:
        found = dataset.query(
            body.decode(), default_graphs=head["default_graphs"], named_graphs=head["named_graphs"]
        )
        format = formats.by_name(head["format"], found.form)
        buffer = BoundedBuffer(head["bytes"], RowCounter(format.name, head["rows"]) if found.form == "SELECT" else None)
        found.write(buffer, format, most=head["rows"])
    except P4CError as error:
        return wire.error_head(error), b""
    except MemoryError:
        return {**wire.error_head(out_of_memory()), "retire": True}, b""
    except Exception as error:
        problem = StoreProblem(f"The query could not be answered ({type(error).__name__}).")
        return {**wire.error_head(problem), "retire": True}, b""
    return {"form": found.form, "seconds": time.perf_counter() - started}, buffer.content


def out_of_memory() -> OverLimit:
    """What is said of a query that took too much memory."""
    return OverLimit(
        "The query took more memory than one query may (setting worker_memory_bytes).",
        limit="worker_memory_bytes",
    )
