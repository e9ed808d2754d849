"""What all measurements share: the machine, worlds and stores, servers side by side, a load client, tables."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pyoxigraph as ox

from bench.generate import World, write
from p4c_graph.store.snapshots import Snapshots

BIN = Path(sys.executable).parent
JSON = "application/sparql-results+json"
TRIPLES = "application/n-triples"
_LIBRARIES = ("p4c-graph", "numpy", "oxigraph", "pyoxigraph", "pyrudof", "pyshacl", "pyshacl-turbo", "rdflib",
              "rdflib-endpoint")


# ── the machine and the tables ────────────────────────────────────────────────────────────────────────────────


def machine() -> str:
    """One line: cores, memory, system, Python, load."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}; load before {os.getloadavg()[0]:.1f}")


def versions() -> str:
    """One line: what is measured, with versions."""
    found = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} is missing")
    return ", ".join([*found, virtuoso_version()])


def virtuoso_version() -> str:
    """The version of Virtuoso's server, or that there is none."""
    if not shutil.which("virtuoso-t"):
        return "Virtuoso is missing"
    told = subprocess.run(["virtuoso-t", "-?"], capture_output=True, text=True).stderr
    words = [word for word in told.split() if word[:1].isdigit() and word.count(".") >= 2]
    return f"Virtuoso {words[0] if words else 'of unknown version'}"


def heading(title: str) -> None:
    """Prints a section: what, when, on what, of which versions."""
    when = time.strftime("%Y-%m-%d %H:%M")
    print(f"## {title}\n\n`{' '.join(['python -m', _module(), *sys.argv[1:]])}`, {when}. {machine()}.\n{versions()}.\n",
          flush=True)


def _module() -> str:
    spec = sys.modules["__main__"].__spec__
    return spec.name.removesuffix(".__main__") if spec else Path(sys.argv[0]).stem


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a Markdown table."""
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    print(flush=True)


def percentile(samples: Sequence[float], share: float) -> float:
    """The value below which this share of the samples lies (nearest rank)."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(samples: Sequence[float], unit: str = "") -> str:
    """Median, least and greatest."""
    if not samples:
        return "no answer"
    return f"{number(statistics.median(samples))}{unit} ({number(min(samples))}–{number(max(samples))})"


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def verdict(ratio: float, least: float) -> str:
    """A ratio beside its target."""
    return f"{number(ratio)}× (target ≥ {least:g}×: {'met' if ratio >= least else 'missed'})"


def within(value: float, most: float, unit: str) -> str:
    """A figure beside the most that it may be."""
    return f"{number(value)} {unit} (target ≤ {most:g}: {'met' if value <= most else 'missed'})"


def timed(call: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each call, after one that is not counted."""
    call()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append((time.perf_counter() - start) * 1000)
    return found


# ── worlds and stores ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Data:
    """One world, generated and built: its store, and what is served of it as N-Triples for the others."""

    store: Path
    triples: Path
    statements: int
    seconds: float
    peak_mb: float


@contextmanager
def data(world: World) -> Iterator[Data]:
    """A world built into a store of its own; all of it is removed in the end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        write(world, folder / "world")
        yield dumped(folder, *build(folder / "world", folder / "store"))


def dumped(folder: Path, seconds: float, peak_mb: float) -> Data:
    """What stands in the store of a folder, with a dump of what it serves."""
    triples = folder / "served.nt"
    store = Snapshots(folder / "store").current().open()
    store.dump(triples, ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    with triples.open("rb") as lines:
        statements = sum(1 for _ in lines)
    return Data(folder / "store", triples, statements, seconds, peak_mb)


def build(sources: Path, store: Path) -> tuple[float, float]:
    """Seconds and greatest memory (MB) of ``p4c build --no-facts``."""
    return run([str(BIN / "p4c"), "build", "--no-facts", "--store", str(store), str(sources)])


def run(command: list[str], **more: str) -> tuple[float, float]:
    """Seconds and greatest memory (MB) of a process. Raises RuntimeError with its last words where it fails."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, stdout=told, stderr=told, env={**os.environ, **more})
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {told.read()[-2000:].decode()}")
    return time.perf_counter() - start, used.ru_maxrss / 1024


# ── the load client ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Load:
    """What a load client saw: milliseconds of each answer, requests a second, other statuses than 200."""

    latencies: list[float]
    rate: float
    failures: dict[str, int]

    @property
    def p50(self) -> float:
        """The median."""
        return percentile(self.latencies, 0.5)

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        return percentile(self.latencies, 0.95)


def drive(
    port: int, requests: Sequence[bytes], clients: int, seconds: float, cap: float = 60, *, pause: float = 0,
    one_address: bool = False,
) -> Load:
    """So many clients that send the requests one after the other, each from an address and a place of its own.

    Each waits ``pause`` seconds after an answer; with ``one_address`` they are one client with several connections.
    """
    task = {"port": port, "clients": clients, "seconds": seconds, "cap": cap, "pause": pause,
            "one_address": one_address, "requests": [request.decode() for request in requests]}
    with tempfile.TemporaryFile() as told:
        subprocess.run([sys.executable, "-m", "bench.client"], input=json.dumps(task).encode(), stdout=told,
                       check=True, cwd=Path(__file__).parent.parent)
        told.seek(0)
        return Load(**json.load(told))
