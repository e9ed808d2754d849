"""``python -m bench.load``: how long a large world takes to build, beside the loaders of others, and how it is served.

The build reads, validates, derives and writes a snapshot; the others only load the same statements. Serving is measured
at that size with the queries of ``bench.endpoint``, at one client and at eight.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.endpoint import DISK, UNCACHED, Target, kinds, measure, print_cells
from bench.generate import World, write
from bench.harness import BIN, Data, build, dumped, heading, number, run, table
from bench.servers import PEERS, Server, ours
from p4c_graph.store.snapshots import Snapshots

SLOW = 1.5
"""A build may take so many times as long as the loader of ``oxigraph``, and the time of validation and derivation."""


def loaded_elsewhere(folder: Path, world: Path) -> tuple[float, float]:
    """Seconds and memory of ``oxigraph load`` of the files of a world as they are, and of what it then optimises."""
    place, program = str(folder / "oxigraph"), str(BIN / "oxigraph")
    seconds, memory = run([program, "load", "--location", place, "--file", *map(str, sorted(world.iterdir()))])
    more, _ = run([program, "optimize", "--location", place])
    shutil.rmtree(place)
    return seconds + more, memory


def built(folder: Path, triples: int) -> Data:
    """The world, built; prints the time of each stage beside that of the other loader."""
    world, store = folder / "world", folder / "store"
    count = write(World.of_triples(triples), world)
    seconds, memory = build(world, store)
    stages = Snapshots(store).current().manifest()["seconds"]
    theirs, their_memory = loaded_elsewhere(folder, world)
    print(f"### {count:,} statements made up, {Snapshots(store).current().manifest()['merged']:,} when built\n")
    table(["what", "seconds", "memory"], [
        ["p4c build", f"{seconds:.1f}", f"{memory:,.0f} MB"],
        *[[f"… {stage}", f"{spent:.1f}", ""] for stage, spent in stages.items()],
        ["oxigraph load and optimize, of the world alone", f"{theirs:.1f}", f"{their_memory:,.0f} MB"],
    ])
    allowed = SLOW * theirs + stages["validate"] + stages["derive"]
    table(["target", "measured"], [[
        "build within 1.5 × the loader's time, and validation and derivation",
        f"{seconds:.1f} s of {allowed:.1f} s: {'met' if seconds <= allowed else 'missed'}",
    ]])
    shutil.rmtree(world)
    return dumped(folder, seconds, memory)


def serve(found: Data, practices: int, countries: int, names: Sequence[str], seconds: float) -> None:
    """Prints how the built world is served, beside others."""
    asked = kinds(practices, countries)
    with ExitStack() as stack:
        servers: list[Server] = [stack.enter_context(ours(found, UNCACHED, cache_bytes="0"))]
        servers += [stack.enter_context(PEERS[name](found)) for name in names]
        cell = measure(servers, asked, seconds, rounds=2)
        used = [[server.name, f"{server.load_seconds:.1f} s", f"{server.memory():,.0f} MB"] for server in servers]
    print_cells(cell, asked, [server.name for server in servers], [
        Target("oxigraph on disk, queries it needs 5 ms for", DISK, (0.9, 0.9), from_ms=5),
    ])
    table(["server", "load or start", "memory after"], used)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables of one size; everything is removed in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one round of one cell")
    parser.add_argument("--build-only", action="store_true")
    given = parser.parse_args(arguments)
    heading(f"Load and serving at {number(given.triples)} statements")
    names = [DISK, "Virtuoso"] if shutil.which("virtuoso-t") else [DISK]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        found = built(Path(name), given.triples)
        if not given.build_only:
            regions = World.of_triples(given.triples).regions
            serve(found, max(1, given.triples // 500), max(1, regions // 50), names, given.seconds)


if __name__ == "__main__":
    main()
