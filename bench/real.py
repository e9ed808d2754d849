"""``python -m bench.real``: matching, building and serving the real data; medians of several runs with their spread."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial

from bench.harness import BIN, heading, run, spread, table, timed
from p4c_graph import KnowledgeGraph

REGIONS = ("FRL0", "BE35", "DE11", "SI04", "EE00", "EL30", "MT00")


def build_seconds() -> float:
    """Seconds of ``p4c build`` of all shipped facts, the whole process."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return run([str(BIN / "p4c"), "build", "--store", folder])[0]


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints one table."""
    heading("The real data")
    kg = KnowledgeGraph.open()
    matcher, weights = kg.matcher, kg.model.weights
    regions = [kg.region(code) for code in REGIONS]
    print(f"{len(matcher.columns.practices):,} practices, {len(matcher.columns.units):,} regions.\n")
    rows = []
    for acceptability, most in ((False, 5), (True, 20)):
        calls = [partial(matcher.for_region, region, weights, with_acceptability=acceptability) for region in regions]
        samples = [sample for call in calls for sample in timed(call, 20)]
        what = f"match in the process, {'with' if acceptability else 'without'} acceptability"
        rows.append([what, spread(samples, " ms"), f"≤ {most} ms"])
    samples = timed(lambda: matcher.for_practice(kg.practice("european-networking"), weights), 20)
    rows.append(["regions for a practice", spread(samples, " ms"), ""])
    rows.append(["build of all shipped facts", spread([build_seconds() for _ in range(3)], " s"), "≤ 25 s"])
    table(["what", "median (least–greatest)", "target"], rows)


if __name__ == "__main__":
    main()
