"""``python -m bench.ranking``: which practices suit a region, by our matcher and by one SPARQL query elsewhere.

The world for ranking, at a million statements and at 100,000 practices. The query ranks by context (the similarities
that the snapshot stores) and stored merit; our matcher by the same two weights, though it works out all six
components, intervals and reasons. The ten best must be the same everywhere.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench.generate import World
from bench.harness import BIN, Data, Load, data, drive, heading, spread, table, timed, verdict, within
from bench.servers import PEERS, Server, free_port, ours, serving, settled
from p4c_graph import KnowledgeGraph
from p4c_graph.namespaces import PREFIXES, SCHEME
from p4c_graph.regions import Region

WEIGHTS = {"context": 3, "merit": 1, "evidence": 0, "conditions": 0, "relevance": 0, "capacity": 0}
LEAST = {"Virtuoso": 5, "oxigraph on disk": 100, "oxigraph in memory": 100, "rdflib-endpoint": 1000}
PRACTICES = 100_000
RDFLIB_MOST = 2_000_000
"""rdflib-endpoint is tried up to so many statements; it reads 20,000 a second."""
CAP = 100.0
SLOW = 1000.0
"""Milliseconds from which on a peer is asked no more often than it takes to compare its answers."""
LATE = f"no answer in {CAP:.0f} s"
ROUNDS = 3
TEN = 10
_QUERY = """PREFIX p4c: <%(p4c)s> PREFIX xsd: <%(xsd)s> PREFIX outcome: <%(scheme)soutcome/>
SELECT ?practice ((0.75 * MAX(?strength * xsd:double(?similarity)) + 0.25 * MAX(xsd:double(?merit))) AS ?score) WHERE {
  { SELECT ?place ?similarity WHERE {
      { ?pair p4c:forRegion <%(region)s> . ?pair p4c:otherRegion ?place } UNION
      { ?pair p4c:otherRegion <%(region)s> . ?pair p4c:forRegion ?place }
      ?pair a p4c:Similarity . ?pair p4c:expected ?similarity } }
  ?application p4c:inRegion ?place . ?application p4c:outcome ?outcome .
  ?practice p4c:application ?application . ?practice p4c:meanMerit ?merit .
  BIND(IF(?outcome = outcome:positive, 1.0e0, IF(EXISTS { ?application a p4c:Origin }, 0.7e0, 0.5e0)) AS ?strength)
  MINUS { ?practice p4c:application ?here . ?here p4c:inRegion <%(region)s> }
} GROUP BY ?practice ORDER BY DESC(?score) ?practice LIMIT 10"""
"""Of several forms tried, the one that the engines answer quickest."""

Ten = list[tuple[str, float]]


def query(region: Region) -> str:
    """The ranking for a NUTS 2 region as one query."""
    return _QUERY % {"region": region.iri, "p4c": PREFIXES["p4c"], "xsd": PREFIXES["xsd"], "scheme": SCHEME}


def asked(server: Server, region: Region) -> Ten:
    """The ten best of a server."""
    rows = json.loads(server.ask(query(region), timeout=CAP))["results"]["bindings"]
    return [(row["practice"]["value"], float(row["score"]["value"])) for row in rows]


def matched(kg: KnowledgeGraph, region: Region) -> Ten:
    """The ten best of our matcher."""
    found = kg.match(region=region.slug, weights=WEIGHTS, order="expected")
    return [(match.practice.id, match.total.expected) for match in found.results]


def same(one: Ten, other: Ten) -> bool:
    """Whether two rankings have ten practices each, the same ones with the same scores.

    As far as the stored four digits go: practices that these do not tell apart may change places.
    """
    close = all(abs(a - b) < 2e-4 for (_, a), (_, b) in zip(one, other, strict=False))
    return len(one) == len(other) == TEN and close and {name for name, _ in one} == {name for name, _ in other}


# ── ours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def target(region: Region) -> str:
    """The address of a match, for weights as in the query."""
    return f"/match?{urlencode({'region': region.slug, 'order': 'expected', **WEIGHTS})}"


def first_answer(found: Data, region: Region) -> float:
    """Seconds from starting a server until its first match."""
    port = free_port()
    command = [str(BIN / "p4c"), "serve", "--port", str(port), "--store", str(found.store)]
    with serving("p4c", command, port, "/sparql", target(region)) as server:
        return server.load_seconds


def all_pairs(store: Path) -> None:
    """In a process of its own: the 50 best of every region, seconds and memory as JSON."""
    kg = KnowledgeGraph.open(store)
    matcher, weights = kg.matcher, kg.model.weights
    regions = [region for region in kg.gazetteer.regions if region.level == 3]
    start = time.perf_counter()
    for region in regions:
        matcher.for_region(region, weights, limit=50, with_acceptability=False)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"regions": len(regions), "seconds": seconds, "memory": memory}))


# ── the measurement ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Peer:
    """What came of one peer: milliseconds of its answers, whether its ten best are the same; or why there are none."""

    name: str
    samples: list[float] = field(default_factory=list)
    equal: bool = False
    memory: float = 0.0
    failure: str = ""

    def row(self) -> list[str]:
        """Its line of the first table."""
        if self.failure:
            return [self.name, self.failure, "", ""]
        return [self.name, spread(self.samples, " ms"), "equal" if self.equal else "differ", f"{self.memory:,.0f} MB"]

    def faster(self, ours: float) -> list[list[str]]:
        """How many times as long it takes as we do, beside the target; nothing where it was not asked."""
        if self.failure and self.failure != LATE:
            return []
        ratio, least = (CAP * 1000 if self.failure else statistics.median(self.samples)) / ours, LEAST[self.name]
        return [[f"faster than {self.name}", ("over " if self.failure else "") + verdict(ratio, least)]]


def measure_peer(name: str, found: Data, regions: Sequence[Region], expected: list[Ten], seconds: float) -> Peer:
    """One peer asked by the same client as we are, once its ten best are compared with ours."""
    if name == "rdflib-endpoint" and found.statements > RDFLIB_MOST:
        return Peer(name, failure="not tried at this size")
    try:
        with PEERS[name](found) as server:
            tens, samples = [], []
            for region in regions[:len(expected)]:
                began = time.perf_counter()
                tens.append(asked(server, region))
                samples.append((time.perf_counter() - began) * 1000)
            if statistics.median(samples) < SLOW:
                requests = [server.request(query(region)) for region in regions]
                loads = [drive(server.port, requests, 1, seconds) for _ in range(ROUNDS)]
                samples = [ms for load in loads for ms in load.latencies]
                if failed := {status for load in loads for status in load.failures}:
                    return Peer(name, failure=f"failed under load: {', '.join(sorted(failed))}")
            return Peer(name, samples, all(map(same, tens, expected)), server.memory())
    except RuntimeError as error:
        return Peer(name, failure=LATE if "timed out" in str(error) else str(error)[:120])


def measure_ours(found: Data, districts: Sequence[Region], seconds: float) -> tuple[dict[int, list[Load]], float]:
    """Rounds of our server at one client and at eight, no region asked for twice in a round; its memory."""
    with ours(found) as server:
        requests = [server.get(target(region), "application/json") for region in districts]
        settled(server.port, server.process.pid)
        drive(server.port, requests[:20], 1, 1.0)
        loads = {clients: [drive(server.port, requests, clients, seconds) for _ in range(ROUNDS)]
                 for clients in (1, 8)}
        failed = {status for of in loads.values() for load in of for status in load.failures}
        assert not failed, failed
        return loads, server.memory()


def compare(found: Data, names: Sequence[str], seconds: float) -> None:
    """Prints the tables of one world."""
    kg = KnowledgeGraph.open(found.store)
    units = kg.gazetteer.units[::max(1, len(kg.gazetteer.units) // 40)]
    districts = [region for region in kg.gazetteer.regions if region.level == 3]
    kg.match(region=districts[0].slug, weights=WEIGHTS)
    print(f"### {len(kg.matcher.columns.practices):,} practices, {len(districts):,} regions, "
          f"{found.statements:,} statements\n\nBuilt in {found.seconds:.0f} s, {found.peak_mb:,.0f} MB.\n", flush=True)
    turn = iter(districts * 1000)
    inside = timed(lambda: matched(kg, next(turn)), 200)
    expected = [matched(kg, region) for region in units[:3]]
    waited = first_answer(found, districts[0])
    loads, memory = measure_ours(found, districts, seconds)
    peers = [measure_peer(name, found, units, expected, seconds) for name in names]
    told = subprocess.run([sys.executable, "-m", "bench.ranking", "--all-pairs", str(found.store)],
                          capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    pairs = json.loads(told.stdout)
    one, rates = [ms for load in loads[1] for ms in load.latencies], [load.rate for load in loads[8]]
    table(["ranking for one region", "median (least–greatest)", "ten best", "memory"], [
        ["p4c, in the process", spread(inside, " ms"), "", ""],
        ["p4c, /match, one client", spread(one, " ms"), "", f"{memory:,.0f} MB"],
        ["p4c, /match, eight clients, a second", spread(rates), "", ""],
        *[peer.row() for peer in peers],
    ])
    http = statistics.median(one)
    table(["target", "measured"], [
        ["in the process", within(statistics.median(inside), 5, "ms")],
        ["over HTTP, one client", within(http, 8, "ms")],
        ["over HTTP, eight clients, different regions, requests a second",
         f"{statistics.median(rates):.0f} (target ≥ 150: {'met' if statistics.median(rates) >= 150 else 'missed'})"],
        ["first match after start", within(waited, 5, "s")],
        [f"50 best for all {pairs['regions']} regions, in one process", within(pairs["seconds"], 60, "s")],
        ["its memory", within(pairs["memory"], 1536, "MB")],
        *[row for peer in peers for row in peer.faster(http)],
    ])


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables of both worlds, or (in a process of its own) ranks for all regions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000, help="of the first world")
    parser.add_argument("--practices", type=int, default=PRACTICES, help="of the second world; 0 leaves it out")
    parser.add_argument("--seconds", type=float, default=3.0, help="of one round")
    parser.add_argument("--all-pairs", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.all_pairs:
        all_pairs(given.all_pairs)
        return
    heading("Ranking practices for a region")
    worlds = [World.of_triples(given.triples, matching=True)]
    if given.practices:
        worlds.append(World(practices=given.practices, matching=True))
    names = [name for name in PEERS if name != "Virtuoso" or shutil.which("virtuoso-t")]
    for world in worlds:
        with data(world) as found:
            compare(found, names, given.seconds)


if __name__ == "__main__":
    main()
