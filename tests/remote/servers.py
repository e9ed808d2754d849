"""Real SPARQL servers on loopback, each in a folder and on ports of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from p4c_graph import settings
from p4c_graph.settings import Settings

VIRTUOSO = shutil.which("virtuoso-t")
OXIGRAPH = Path(sys.executable).parent / "oxigraph"
MOST_ROWS, MOST_SECONDS = 20_000, 4
"""Limits of the Virtuoso server, beyond which it answers 200 with a part; the oxigraph server has one second."""

_INI = """\
[Database]
DatabaseFile = virtuoso.db
TransactionFile = virtuoso.trx
LockFile = virtuoso.lck
ErrorLogFile = virtuoso.log
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 10
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 8
ServerRoot = .
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = {seconds}
"""


@dataclass(frozen=True)
class Server:
    """A server that runs, and how the settings name it."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)

    def configured(self, **others: Any) -> Settings:
        return settings.load(**{**self.settings, **others})

    def environment(self) -> dict[str, str]:
        return {f"P4C_{name.upper()}": str(value) for name, value in self.settings.items()}


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    http, sql = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_INI.format(http=http, sql=sql, rows=MOST_ROWS, seconds=MOST_SECONDS))
    address = f"http://127.0.0.1:{http}"
    with _running([str(VIRTUOSO), "+foreground", "+configfile", "virtuoso.ini", "+wait"], folder, f"{address}/sparql"):
        yield Server("virtuoso", {
            "sparql_url": f"{address}/sparql", "sparql_update_url": f"{address}/sparql-auth",
            "sparql_graph_store_url": f"{address}/sparql-graph-crud-auth",
            "sparql_user": "dba", "sparql_password": "dba",
        })


@contextmanager
def oxigraph(folder: Path, seconds: int = 1) -> Iterator[Server]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [str(OXIGRAPH), "serve", "--bind", f"127.0.0.1:{port}", "--timeout-s", str(seconds)]
    with _running(command, folder, f"{address}/query?query=ASK%7B%7D"):
        yield Server("oxigraph", {
            "sparql_url": f"{address}/query", "sparql_update_url": f"{address}/update",
            "sparql_graph_store_url": f"{address}/store",
        })


@contextmanager
def _running(command: list[str], folder: Path, ready: str) -> Iterator[None]:
    with (folder / "output").open("w") as output, subprocess.Popen(
        command, cwd=folder, stdout=output, stderr=output
    ) as process:
        try:
            for _ in range(600):
                try:
                    httpx.get(ready)
                    break
                except httpx.TransportError:
                    assert process.poll() is None, (folder / "output").read_text()
                    time.sleep(0.1)
            yield
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
