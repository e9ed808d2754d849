"""A small HTTP server that misbehaves as told: one function a request, straight onto the connection."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

JSON = "application/sparql-results+json"
TABLE = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"1"}}]}}'

Answer = Callable[[socket.socket], None]


def head(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def answers(status: str, body: bytes = b"", *headers: str, type: str = JSON) -> Answer:
    """A plain answer."""
    start = head(status, f"Content-Type: {type}", f"Content-Length: {len(body)}", *headers)
    return lambda connection: connection.sendall(start + body)


def sends(*pieces: bytes, pause: float = 0.0) -> Answer:
    """These bytes, and then the connection ends."""
    def answer(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
    return answer


def drips(start: bytes, piece: bytes, pause: float = 0.05, count: int = 400) -> Answer:
    """A piece again and again, each in time, the whole never ending."""
    return sends(start, *[piece] * count, pause=pause)


def hangs(connection: socket.socket) -> None:
    """Nothing, for longer than anybody should wait."""
    with suppress(OSError):
        connection.settimeout(20)
        connection.recv(1)


@dataclass
class Misbehaving:
    """Where it listens, what it does next, and what it was sent."""

    port: int
    answer: Answer = hangs
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"


@contextmanager
def misbehaving() -> Iterator[Misbehaving]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(20)
        listener.settimeout(0.05)
        server = Misbehaving(listener.getsockname()[1])
        stop = threading.Event()
        connections: list[socket.socket] = []

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                request = connection.recv(1 << 16)
                if request.partition(b"\r\n\r\n")[2] == b"" and b"ontent-" in request:
                    request += connection.recv(1 << 16)
                server.requests.append(request)
                server.answer(connection)

        def listen() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    connection, _ = listener.accept()
                    connection.settimeout(20)
                    connections.append(connection)
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            thread.join()
            for connection in connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
