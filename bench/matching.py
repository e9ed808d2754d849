"""``python -m bench.matching``: matching among 100,000 practices × 1,500 regions, in the process and over HTTP.

Needs a built store; its snapshot is copied, the practices of the copy are made at random (``bench.population``).
Beside the time on the clock stands that of the processor, which other programs disturb less; of a server it is that
of its process, divided by the requests.
"""

from __future__ import annotations

import argparse
import http.client
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.harness import heading
from bench.population import population
from bench.servers import settled, used
from p4c_graph import KnowledgeGraph
from p4c_graph.regions import Region
from p4c_graph.transfer.best import best_of_all

SHARED = ("statements.nq.gz", "store")


def synthetic_store(real: KnowledgeGraph, folder: Path, practices: int) -> Path:
    """A store whose one snapshot has the regions and the model of a real one, and practices made at random."""
    snapshot = real.snapshot.path
    made = folder / "snapshots" / snapshot.name
    shutil.copytree(snapshot, made, ignore=shutil.ignore_patterns(*SHARED, "columns.*"))
    for name in SHARED:
        (made / name).symlink_to((snapshot / name).resolve())
    shutil.copytree(snapshot.parent.parent, folder, dirs_exist_ok=True, symlinks=True,
                    ignore=shutil.ignore_patterns("snapshots"))
    population(real.matcher.columns, real.gazetteer, practices).save(made)
    return folder


@dataclass
class Samples:
    """Of each run the milliseconds on the clock and of the processor."""

    clock: list[float]
    processor: list[float]


def timed(call: Callable[[Any], object], items: Sequence[Any]) -> Samples:
    """A call for each item; the first are to warm up and are not counted."""
    found = Samples([], [])
    for item in [*items[:5], *items]:
        start, used = time.perf_counter(), time.process_time()
        call(item)
        found.processor.append((time.process_time() - used) * 1000)
        found.clock.append((time.perf_counter() - start) * 1000)
    return Samples(found.clock[5:], found.processor[5:])


def row(name: str, target: str, samples: Samples, unit: str = "ms") -> None:
    """Prints one line of the table."""
    middle, late = np.percentile(samples.clock, [50, 95])
    used = f"{np.median(samples.processor):.2f}" if samples.processor else ""
    print(f"| {name} | {target} | {middle:.2f} {unit} | {late:.2f} | {min(samples.clock):.2f} – "
          f"{max(samples.clock):.2f} | {used} | {len(samples.clock)} |", flush=True)


@contextmanager
def serving(store: Path) -> Iterator[tuple[int, int, float]]:
    """The port of a server of a store, its process, and the seconds from its start to its first match."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    process = subprocess.Popen(
        [Path(sys.executable).parent / "p4c", "serve", "--port", str(port), "--store", str(store)],
        stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                if fetched(http.client.HTTPConnection("127.0.0.1", port), "FRL0") == 200:
                    break
            except OSError:
                if process.poll() is not None:
                    raise
            time.sleep(0.02)
        yield port, process.pid, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()


def fetched(connection: http.client.HTTPConnection, code: str) -> int:
    """The status of a match over a connection, its body read."""
    connection.request("GET", f"/match?region={code}", headers={"Accept": "application/json"})
    response = connection.getresponse()
    response.read()
    return response.status


def client(port: int, codes: Sequence[str]) -> float:
    """Seconds that one client takes for all codes, one after the other."""
    connection, start = http.client.HTTPConnection("127.0.0.1", port), time.perf_counter()
    for code in codes:
        assert fetched(connection, code) == 200
    return time.perf_counter() - start


def per_second(port: int, codes: Sequence[str], clients: int) -> float:
    """Requests answered a second with so many clients, each with regions of its own."""
    with ProcessPoolExecutor(clients) as pool:
        list(pool.map(client, [port] * clients, [codes[i::clients][:3] for i in range(clients)]))
        start = time.perf_counter()
        list(pool.map(client, [port] * clients, [codes[i::clients] for i in range(clients)]))
        return len(codes) / (time.perf_counter() - start)


def in_process(kg: KnowledgeGraph, regions: Sequence[Region], times: int) -> None:
    """The rows of matches without HTTP."""
    weights = kg.model.weights
    for order in ("cautious", "expected"):
        row(f"match of a region, {order}", "≤ 5 ms" if order == "cautious" else "",
            timed(lambda region, order=order: kg.matcher.for_region(region, weights, order=order), regions[:times]))
    row("match of a region with acceptability", "", timed(
        lambda region: kg.matcher.for_region(region, weights, with_acceptability=True), regions[:times // 4]))
    slugs = [iri.rpartition("/")[2] for iri in kg.matcher.columns.practices[:times // 4]]
    row("match of a practice", "", timed(lambda slug: kg.match(practice=slug), slugs))


def over_http(port: int, process: int, codes: Sequence[str], times: int) -> None:
    """The rows of matches over HTTP; the processor's time is the server's."""
    connection, before = http.client.HTTPConnection("127.0.0.1", port), used(process)
    one = timed(lambda code: fetched(connection, code), codes[:times])
    row("match over HTTP, one client", "≤ 8 ms", Samples(one.clock, [(used(process) - before) / (times + 5) * 1000]))
    row("matches a second over HTTP, two clients", "≥ 150", Samples([per_second(port, codes, 2)], []), "/s")


def main() -> None:
    """Prints the machine, the versions, and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a built store (default: the setting)")
    parser.add_argument("--practices", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=300)
    asked = parser.parse_args()
    real = KnowledgeGraph.open(asked.store)
    heading("Matching among many practices")
    print(f"{asked.practices:,} synthetic practices, the real graph for the rest.\n")
    print("| what | target | p50 | p95 | spread | processor | runs |\n|---|---|---|---|---|---|---|")
    for wanted in (False, True):
        row(f"real data, {'with' if wanted else 'without'} acceptability", "≤ 20 ms" if wanted else "≤ 5 ms", timed(
            lambda region, wanted=wanted: real.matcher.for_region(
                region, real.model.weights, with_acceptability=wanted), real.gazetteer.units[:asked.times]))
    with tempfile.TemporaryDirectory() as folder:
        kg = KnowledgeGraph.open(synthetic_store(real, Path(folder), asked.practices))
        parts = [kg.gazetteer.by_iri[iri] for iri in kg.matcher.columns.places]
        regions = [parts[i] for i in np.random.default_rng(1).permutation(len(parts))]
        in_process(kg, regions, asked.times)
        codes = [region.slug for region in regions[-2 * asked.times:]]
        with serving(Path(folder)) as (port, process, seconds):
            row("first match after the start of a server", "≤ 5 s", Samples([seconds], [used(process)]), "s")
            settled(port, process)
            over_http(port, process, codes, asked.times)
        start, before = time.perf_counter(), time.process_time()
        best_of_all(kg.matcher, regions)
        row(f"50 best of all pairs, {len(regions)} regions", "≤ 60 s", Samples(
            [time.perf_counter() - start], [time.process_time() - before]), "s")
        row("memory of this process at most", "≤ 1.5 GiB", Samples([
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20], []), "GiB")


if __name__ == "__main__":
    main()
