"""``python -m bench.real``: matching, building and serving the real data; medians of several runs with their spread."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from functools import partial

from bench.harness import BIN, drive, heading, run, spread, table, timed, within
from bench.servers import free_port, serving, settled
from p4c_graph import KnowledgeGraph

REGIONS = ("FRL0", "BE35", "DE11", "SI04", "EE00", "EL30", "MT00")
PRACTICE = "european-networking"
ROUNDS, SECONDS = 3, 1.0
SERVED = {
    "a ranking as JSON, with acceptability": ("/match?region={}", "application/json"),
    "a ranking as a page": ("/match?region={}", "text/html"),
    "a region as a page": ("/doc/region/{}.html", "text/html"),
    "a region as Turtle": ("/doc/region/{}.ttl", "text/turtle"),
    "a question as JSON": ("/queries/similar-regions?region={}", "application/sparql-results+json"),
}
"""What is asked over HTTP, of each region in turn: its address and media type."""
Row = list[str]


def row(what: str, samples: Sequence[float], unit: str, most: float | None = None) -> Row:
    """A line of the table: the spread of some samples, and their median beside the most that it may be."""
    return [what, spread(samples, f" {unit}"), "" if most is None else within(statistics.median(samples), most, unit)]


def matched(kg: KnowledgeGraph) -> list[Row]:
    """Matches in the process."""
    matcher, weights, rows = kg.matcher, kg.model.weights, []
    for acceptability, most in ((False, 5), (True, 20)):
        calls = [partial(matcher.for_region, kg.region(code), weights, with_acceptability=acceptability)
                 for code in REGIONS]
        what = f"practices for a region, {'with' if acceptability else 'without'} acceptability"
        rows.append(row(what, [sample for call in calls for sample in timed(call, 20)], "ms", most))
    samples = timed(lambda: matcher.for_practice(kg.practice(PRACTICE), weights), 20)
    return [*rows, row("regions for a practice", samples, "ms")]


def build_seconds() -> float:
    """Seconds of ``p4c build`` of all shipped facts, the whole process."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return run([str(BIN / "p4c"), "build", "--store", folder])[0]


def served(kg: KnowledgeGraph) -> list[Row]:
    """What a server needs to start, and for each answer to one client; nothing is kept to be given again."""
    port, store = free_port(), str(kg.settings.store)
    command, rows = [str(BIN / "p4c"), "serve", "--port", str(port), "--store", store], []
    probe = f"/match?region={REGIONS[0]}"
    with serving("p4c", command, port, "/sparql", probe, P4C_CACHE_BYTES="0") as server:
        rows.append(row("first ranking after the start of a server", [server.load_seconds], "s", 5))
        settled(port, server.process.pid)
        for what, (address, media_type) in SERVED.items():
            requests = [server.get(address.format(code), media_type) for code in REGIONS]
            loads = [drive(port, requests, 1, SECONDS) for _ in range(ROUNDS)]
            assert not any(load.failures for load in loads), (what, loads[0].failures)
            rows.append(row(f"over HTTP, without cache: {what}", [ms for load in loads for ms in load.latencies], "ms"))
    return rows


def main() -> None:
    """Prints one table."""
    heading("The real data")
    started, kg = time.perf_counter(), KnowledgeGraph.open()
    kg.matcher  # noqa: B018  reads the columns
    opened = time.perf_counter() - started
    print(f"{len(kg.matcher.columns.practices):,} practices, {len(kg.matcher.columns.units):,} regions.\n")
    table(["what", "median (least–greatest)", "target"], [
        row("opening the graph for matching", [opened], "s"), *matched(kg),
        row("build of all shipped facts", [build_seconds() for _ in range(ROUNDS)], "s", 25), *served(kg)])


if __name__ == "__main__":
    main()
