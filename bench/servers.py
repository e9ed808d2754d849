"""The servers that are measured side by side, each in processes of its own, on the same statements."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.harness import BIN, JSON, TRIPLES, Data, run


@dataclass
class Server:
    """A SPARQL endpoint in a process of its own."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]
    load_seconds: float = 0.0

    def request(self, query: str, accept: str = JSON) -> bytes:
        """The bytes of a GET of a query."""
        return self.get(f"{self.path}?{urlencode({'query': query})}", accept)

    def get(self, target: str, accept: str = "*/*") -> bytes:
        """The bytes of a GET of an address of this server."""
        return f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: {accept}\r\n\r\n".encode()

    def ask(self, query: str, accept: str = JSON, timeout: float = 120) -> bytes:
        """The answer of a query. Raises RuntimeError with what the server said where it is none."""
        address = f"http://127.0.0.1:{self.port}{self.path}?{urlencode({'query': query})}"
        try:
            asked = urllib.request.Request(address, headers={"Accept": accept})
            with urllib.request.urlopen(asked, timeout=timeout) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{self.name} answered {error.code}: {error.read()[:300].decode()}") from None
        except OSError as error:
            raise RuntimeError(f"{self.name}: {error}") from None

    def memory(self) -> float:
        """MB in use by its processes, shared pages counted once."""
        return sum(map(_proportional, _family(self.process.pid)))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(name: str, command: list[str], port: int, path: str, probe: str, **env: str) -> Iterator[Server]:
    """A server, once it answers its probe; ended with all its processes."""
    quiet = subprocess.DEVNULL
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(
            command, stdin=quiet, stdout=told, stderr=told, start_new_session=True, env={**os.environ, **env})
        try:
            started = time.perf_counter()
            while not _answers(f"http://127.0.0.1:{port}{probe}"):
                if process.poll() is not None or time.perf_counter() - started > 600:
                    told.seek(0)
                    raise RuntimeError(f"{name} did not start: {told.read()[-2000:].decode()}")
                time.sleep(0.05)
            yield Server(name, port, path, process, time.perf_counter() - started)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def used(pid: int) -> float:
    """Seconds of the processor that a process has used (Linux)."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def settled(port: int, pid: int) -> None:
    """Waits until our server is ready and has read ahead what its pages need: is at rest for a second and a half."""
    while not _answers(f"http://127.0.0.1:{port}/health"):
        time.sleep(0.1)
    before, rest = used(pid), 0
    while rest < 3:
        time.sleep(0.5)
        now = used(pid)
        rest, before = rest + 1 if now - before < 0.05 else 0, now


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children")
        if children.exists():
            found += map(int, children.read_text().split())
    return found


def _proportional(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@contextmanager
def ours(found: Data, name: str = "p4c", **settings: str) -> Iterator[Server]:
    """``p4c serve`` of the store."""
    port = free_port()
    command = [str(BIN / "p4c"), "serve", "--port", str(port), "--store", str(found.store)]
    env = {f"P4C_{key.upper()}": value for key, value in settings.items()}
    with serving(name, command, port, "/sparql", "/health", **env) as server:
        yield server


@contextmanager
def oxigraph_disk(found: Data, *options: str) -> Iterator[Server]:
    """The ``oxigraph`` server over its disk store, loaded, optimised, read only."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        program, port = str(BIN / "oxigraph"), free_port()
        seconds, _ = run([program, "load", "--location", folder, "--file", str(found.triples)])
        seconds += run([program, "optimize", "--location", folder])[0]
        command = [program, "serve-read-only", "--location", folder, "--bind", f"127.0.0.1:{port}", *options]
        with serving("oxigraph on disk", command, port, "/query", "/") as server:
            server.load_seconds = seconds
            yield server


@contextmanager
def oxigraph_memory(found: Data) -> Iterator[Server]:
    """The ``oxigraph`` server with all in memory."""
    port = free_port()
    command = [str(BIN / "oxigraph"), "serve", "--bind", f"127.0.0.1:{port}"]
    with serving("oxigraph in memory", command, port, "/query", "/") as server:
        started = time.perf_counter()
        send = ["curl", "-sf", "-X", "POST", "-T", str(found.triples), "-H", f"Content-Type: {TRIPLES}",
                f"http://127.0.0.1:{port}/store?default"]
        subprocess.run(send, check=True)
        server.load_seconds = time.perf_counter() - started
        yield server


@contextmanager
def rdflib_endpoint(found: Data) -> Iterator[Server]:
    """rdflib-endpoint over rdflib's own memory."""
    port = free_port()
    command = [str(BIN / "rdflib-endpoint"), "serve", str(found.triples), "--host", "127.0.0.1", "--port", str(port)]
    with serving("rdflib-endpoint", command, port, "/", "/?query=ASK%7B%7D") as server:
        yield server


_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = {sql}
DirsAllowed = {folder}, {data}
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
MaxQueryMem = 2G
[HTTPServer]
ServerPort = {http}
ServerThreads = 20
MaxClientConnections = 20
[SPARQL]
ResultSetMaxRows = 1000000
"""


@contextmanager
def virtuoso(found: Data) -> Iterator[Server]:
    """Virtuoso, loaded by its bulk loader."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        port, sql = free_port(), free_port()
        settings = Path(folder) / "virtuoso.ini"
        settings.write_text(_VIRTUOSO.format(folder=folder, data=found.triples.parent, http=port, sql=sql))
        command = ["virtuoso-t", "-f", "-c", str(settings)]
        with serving("Virtuoso", command, port, "/sparql", "/sparql?query=ASK%7B%7D") as server:
            load = (f"ld_dir('{found.triples.parent}', '{found.triples.name}', 'urn:bench'); rdf_loader_run(); "
                    "checkpoint;")
            server.load_seconds, _ = run(["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"])
            yield server


PEERS = {
    "oxigraph on disk": oxigraph_disk, "oxigraph in memory": oxigraph_memory, "Virtuoso": virtuoso,
    "rdflib-endpoint": rdflib_endpoint,
}


@contextmanager
def peers(found: Data, names: Iterable[str]) -> Iterator[list[Server]]:
    """The servers of these names, those that are installed."""
    with ExitStack() as stack:
        servers = []
        for name in names:
            if name == "Virtuoso" and not shutil.which("virtuoso-t"):
                print("Virtuoso is not installed and is left out.\n")
                continue
            servers.append(stack.enter_context(PEERS[name](found)))
        yield servers
