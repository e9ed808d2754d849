"""A server for tests that need settings of their own."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


@contextmanager
def serving(p4c: str, store: Path, **settings: str) -> Iterator[str]:
    """The address of a server over a store folder, which ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [p4c, "serve", "--port", str(port), "--store", str(store)], stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", **settings})
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{address}/health").status_code == 200:
                    break
            except httpx.TransportError:
                assert process.poll() is None
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        assert process.wait(10) in (0, -15)
