"""Real servers for tests: processes of their own, on ports of their own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

P4C = str(Path(sys.executable).parent / "p4c")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start(store: Path, *, port: int | None = None, **environment: str) -> tuple[subprocess.Popen[bytes], str]:
    """A server over a store that is ready, and its address; ``environment`` are settings such as P4C_QUERY_TIMEOUT."""
    port = port or free_port()
    process = subprocess.Popen(
        [P4C, "serve", "--port", str(port), "--store", str(store)], stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", **environment})
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            if httpx.get(f"{address}/health").status_code == 200:
                break
        except httpx.TransportError:
            assert process.poll() is None
        time.sleep(0.1)
    return process, address


@contextmanager
def serving(store: Path, *, port: int | None = None, **environment: str) -> Iterator[str]:
    """The address of a server, which is ended in the end."""
    process, address = start(store, port=port, **environment)
    try:
        yield address
    finally:
        process.terminate()
        assert process.wait(10) in (0, -15)
