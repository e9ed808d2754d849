"""``make bench``: times what the project promises, and prints one table; medians of several, with their spread."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

from p4c_graph import KnowledgeGraph

REGIONS = ("FRL0", "BE35", "DE11", "SI04", "EE00", "EL30", "MT00")
LIBRARIES = ("numpy", "pyoxigraph", "rdflib")


def timed(call: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each call, after one that is not counted."""
    call()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append((time.perf_counter() - start) * 1000)
    return found


def row(name: str, samples: list[float], unit: str = "ms") -> str:
    """One line of the table."""
    return (f"| {name} | {statistics.median(samples):.2f} {unit} | {min(samples):.2f} – {max(samples):.2f} | "
            f"{len(samples)} |")


def build_seconds() -> float:
    """Seconds of ``p4c build`` of all shipped facts, the whole process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).parent / "p4c"), "build", "--store", folder]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - start


def main() -> None:
    """Prints the machine, the versions, and the table."""
    kg = KnowledgeGraph.open()
    matcher, weights = kg.matcher, kg.model.weights
    regions = [kg.region(code) for code in REGIONS]
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, "
          + ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    counts = f"{len(matcher.columns.practices)} practices, {len(matcher.columns.units)} regions"
    print(f"snapshot {kg.snapshot.id}: {counts}\n")
    print("| what | median | spread | runs |\n|---|---|---|---|")
    for acceptability in (False, True):
        calls = [partial(matcher.for_region, region, weights, with_acceptability=acceptability) for region in regions]
        samples = [sample for call in calls for sample in timed(call, 20)]
        print(row(f"match in the process, {'with' if acceptability else 'without'} acceptability", samples))
    samples = timed(lambda: matcher.for_practice(kg.practice("european-networking"), weights), 20)
    print(row("regions for a practice", samples))
    print(row("build of all shipped facts", [build_seconds() for _ in range(3)], "s"))


if __name__ == "__main__":
    main()
