"""``python -m bench.crowd``: two hundred clients at once, one of them deadly, on the real data.

Half of them look at pages and half ask queries, each waiting a moment after every answer, as people and programs do;
one sends a query of death every second. That answers are right, and that nothing leaks, is for the tests
(``tests/hardening/test_crowd.py``); here is how long they take.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.harness import Data, Load, drive, heading, number, table
from bench.servers import Server, ours
from p4c_graph import KnowledgeGraph
from p4c_graph.settings import load
from p4c_graph.terms import local_name

CLIENTS, PAUSE, TIMEOUT = 200, 0.5, 2
SLOW = 500
"""Milliseconds that 95 of 100 pages may take."""
DEADLY = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"
_ASKED = "SELECT ?label WHERE { <%s> rdfs:label ?label }"


def addresses(kg: KnowledgeGraph) -> list[str]:
    """Pages that people look at, in two languages: lists, practices, regions and what suits them."""
    practices = [local_name(practice) for practice in kg.matcher.columns.practices[::5]]
    regions = [region.slug for region in kg.gazetteer.units[::7]]
    pages = ["/", "/practices", "/regions", "/organisations", "/about"]
    pages += [f"/doc/practice/{slug}" for slug in practices] + [f"/doc/region/{code}" for code in regions]
    pages += [f"/match?region={code}" for code in regions]
    return [prefix + page for page in pages for prefix in ("", "/fr")]


def crowd(server: Server, kg: KnowledgeGraph, seconds: float) -> dict[str, Load]:
    """What each kind of client saw, all at the same time."""
    pages = [server.get(address, "text/html") for address in addresses(kg)]
    queries = [server.request(_ASKED % practice) for practice in kg.matcher.columns.practices]
    half = CLIENTS // 2
    with ThreadPoolExecutor() as kinds:
        running = {
            "pages": kinds.submit(drive, server.port, pages, half, seconds, seconds + 60, pause=PAUSE),
            "queries": kinds.submit(drive, server.port, queries, half - 1, seconds, seconds + 60, pause=PAUSE),
            "deadly": kinds.submit(drive, server.port, [server.request(DEADLY)], TIMEOUT + 1, seconds, seconds + 60,
                                   pause=1, one_address=True),
        }
        return {kind: load.result() for kind, load in running.items()}


def row(kind: str, load: Load) -> list[str]:
    """One kind of client as a row of the table."""
    others = ", ".join(f"{count}× {status}" for status, count in load.failures.items())
    if not load.latencies:
        return [kind, "", "0", others]
    return [kind, f"{number(load.p50)} / {number(load.p95)} ms", str(len(load.latencies)), others]


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table; the store is that of the settings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args(arguments)
    store = Path(load().store)
    heading(f"{CLIENTS} clients, one of them deadly, for {given.seconds:.0f} seconds")
    with ours(Data(store, store, 0, 0, 0), query_timeout=str(TIMEOUT)) as server:
        time.sleep(5)  # lists of the pages are read after the start
        found = crowd(server, KnowledgeGraph.open(store), given.seconds)
        memory = server.memory()
    table(["clients", "p50 / p95", "answered", "others"], [row(kind, load) for kind, load in found.items()])
    slow = found["pages"].p95
    table(["target", "measured"], [
        [f"95 of 100 pages within {SLOW} ms", f"{number(slow)} ms: {'met' if slow <= SLOW else 'missed'}"],
        ["no answer but 200 and an honest 503", "met" if {
            status for load in found.values() for status in load.failures} <= {"503"} else "missed"],
        ["every deadly query is ended", "met" if not found["deadly"].latencies else "missed"],
        ["memory of all processes in the end", f"{memory:,.0f} MB"],
    ])


if __name__ == "__main__":
    main()
