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
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

from bench.generate import World
from bench.harness import BIN, Data, Load, data, drive, heading, number, spread, table, timed, verdict
from bench.servers import PEERS, Server, free_port, ours, serving
from p4c_graph import KnowledgeGraph
from p4c_graph.namespaces import PREFIXES, SCHEME
from p4c_graph.regions import Region

WEIGHTS = {"context": 3, "merit": 1, "evidence": 0, "conditions": 0, "relevance": 0, "capacity": 0}
LEAST = {"Virtuoso": 5, "oxigraph on disk": 100, "oxigraph in memory": 100, "rdflib-endpoint": 1000}
PRACTICES = 100_000
RDFLIB_MOST = 1_500_000
CAP = 100.0
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
    """Whether two tens name the same practices with the same scores, as far as the stored four digits go."""
    close = all(abs(a - b) < 2e-4 for (_, a), (_, b) in zip(one, other, strict=False))
    return len(one) == len(other) and close and {name for name, _ in one} == {name for name, _ in other}


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


def until(call: Callable[[], object], seconds: float, most: int) -> list[float]:
    """Milliseconds of calls, as many as fit into the time, at least one."""
    found: list[float] = []
    start = time.perf_counter()
    while len(found) < most and (not found or time.perf_counter() - start < seconds):
        began = time.perf_counter()
        call()
        found.append((time.perf_counter() - began) * 1000)
    return found


def measure_peer(name: str, found: Data, regions: Sequence[Region], expected: list[Ten], seconds: float) -> list[str]:
    """The row of one peer: time of the query, whether the ten best are the same."""
    try:
        with PEERS[name](found) as server:
            try:
                tens = [asked(server, region) for region in regions[:len(expected)]]
            except RuntimeError as error:
                return [name, f"no answer in {CAP:.0f} s" if "timed out" in str(error) else str(error)[:120], "", ""]
            turn = iter(list(regions) * 1000)
            samples = until(lambda: server.ask(query(next(turn)), timeout=CAP), seconds, 200)
            equal = all(map(same, tens, expected))
            memory = server.memory()
    except RuntimeError as error:
        return [name, str(error)[:120], "", ""]
    return [name, spread(samples, " ms"), "equal" if equal else "differ", f"{memory:,.0f} MB",
            str(statistics.median(samples))]


def compare(found: Data, names: Sequence[str], seconds: float) -> None:
    """Prints the tables of one world."""
    kg = KnowledgeGraph.open(found.store)
    units = kg.gazetteer.units[::max(1, len(kg.gazetteer.units) // 40)]
    districts = [region for region in kg.gazetteer.regions if region.level == 3]
    kg.match(region=districts[0].slug, weights=WEIGHTS)
    print(f"### {len(kg.matcher.columns.practices):,} practices, {len(districts):,} regions, "
          f"{found.statements:,} statements\n")
    turn = iter(districts * 1000)
    inside = timed(lambda: matched(kg, next(turn)), 200)
    expected = [matched(kg, region) for region in units[:3]]
    waited = first_answer(found, districts[0])
    loads: dict[int, list[Load]] = {}
    with ours(found) as server:
        requests = [server.get(target(region), "application/json") for region in districts]
        drive(server.port, requests[:20], 1, 1.0)
        for clients in (1, 8):
            loads[clients] = [drive(server.port, requests, clients, seconds) for _ in range(3)]
        memory = server.memory()
    peers = [measure_peer(name, found, units, expected, 3 * seconds) for name in names]
    told = subprocess.run([sys.executable, "-m", "bench.ranking", "--all-pairs", str(found.store)],
                          capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    pairs = json.loads(told.stdout)
    one = [ms for load in loads[1] for ms in load.latencies]
    http = statistics.median(one)
    rate = statistics.median(load.rate for load in loads[8])
    table(["ranking for one region", "time", "ten best", "memory"], [
        ["p4c, in the process", spread(inside, " ms"), "", ""],
        ["p4c, /match, one client", spread(one, " ms"), "", f"{memory:,.0f} MB"], *[row[:4] for row in peers],
    ])
    rows = [
        ["in the process", f"{number(statistics.median(inside))} ms (target ≤ 5)"],
        ["over HTTP, one client", f"{number(http)} ms (target ≤ 8)"],
        ["over HTTP, eight clients, different regions", f"{rate:.0f} requests/s (target ≥ 150)"],
        ["first match after start", f"{waited:.1f} s (target ≤ 5)"],
        [f"50 best for all {pairs['regions']} regions",
         f"{pairs['seconds']:.1f} s in one process, {pairs['memory']:,.0f} MB (target ≤ 60 s, ≤ 1,536 MB)"],
    ]
    rows += [[f"faster than {row[0]}", verdict(float(row[4]) / http, LEAST[row[0]])] for row in peers if len(row) > 4]
    table(["target", "measured"], rows)


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
            fit = [name for name in names if name != "rdflib-endpoint" or found.statements <= RDFLIB_MOST]
            compare(found, fit, given.seconds)


if __name__ == "__main__":
    main()
