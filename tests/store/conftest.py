"""Fixtures of the store's tests: small snapshots, and a listener that must hear nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from store_support import BASE, TWO_GRAPHS, Listener


@pytest.fixture
def make_snapshot(tmp_path: Path) -> Callable[..., Path]:
    """Makes a snapshot folder: of statements (TriG), or with so many rows in its default graph."""

    def make(name: str, statements: str = TWO_GRAPHS, rows: int = 0) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        store = ox.Store(str(folder / "store"))
        store.load(statements, ox.RdfFormat.TRIG)
        lines = (f'<{BASE}row/{i}> <{BASE}in> "{name} {i}" .\n' for i in range(rows))
        store.bulk_load("".join(lines), ox.RdfFormat.N_QUADS)
        store.flush()
        return folder

    return make


@pytest.fixture
def listener() -> Iterator[Listener]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        server.settimeout(0.05)
        heard = Listener(server.getsockname()[1])
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                heard.calls.append(str(address))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield heard
        stop.set()
        thread.join()
