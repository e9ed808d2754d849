"""How the processes of the pool talk: frames of a head (JSON) and a body (bytes), and errors within heads."""

from __future__ import annotations

import socket
import struct
from typing import Any

import orjson

from p4c_graph import errors
from p4c_graph.errors import P4CError, StoreProblem

Head = dict[str, Any]

_SIZES = struct.Struct("!IQ")
_CHUNK = 1 << 18


def frame(head: Head, body_length: int) -> bytes:
    """What goes before a body of this length."""
    written = orjson.dumps(head)
    return _SIZES.pack(len(written), body_length) + written


def send(channel: socket.socket, head: Head, body: bytes | bytearray = b"") -> None:
    """Sends a frame, waiting until all of it is gone."""
    start = frame(head, len(body))
    if len(body) < _CHUNK:
        channel.sendall(start + body)
    else:
        channel.sendall(start)
        channel.sendall(body)


def receive(channel: socket.socket) -> tuple[Head, bytes] | None:
    """The next frame, waiting for it; None where the other side has gone."""
    frames = Frames()
    while True:
        data = channel.recv(_CHUNK)
        if not data:
            return None
        if found := frames.feed(data):
            return found


class Frames:
    """Puts frames together from the pieces in which they arrive; one frame is under way at a time."""

    def __init__(self) -> None:
        self._start = b""
        self._head: Head | None = None
        self._body: list[bytes] = []
        self._missing = 0

    def feed(self, data: bytes) -> tuple[Head, bytes] | None:
        """The frame that these bytes complete, or None where there is more to come."""
        if self._head is None:
            self._start += data
            if len(self._start) < _SIZES.size:
                return None
            length, self._missing = _SIZES.unpack_from(self._start)
            end = _SIZES.size + length
            if len(self._start) < end:
                return None
            self._head = orjson.loads(self._start[_SIZES.size : end])
            data, self._start = self._start[end:], b""
        self._body.append(data)
        self._missing -= len(data)
        if self._missing > 0:
            return None
        found = self._head, b"".join(self._body)
        self._head, self._body = None, []
        return found


def error_head(error: P4CError) -> Head:
    """An error as the head of a frame."""
    return {"error": type(error).__name__, "message": str(error), "fields": vars(error)}


def raise_error(head: Head) -> None:
    """Raises the error that a head holds, if it holds one."""
    if name := head.get("error"):
        kind: type[P4CError] = getattr(errors, name, StoreProblem)
        error = kind.__new__(kind, head["message"])
        vars(error).update(head["fields"])
        raise error
