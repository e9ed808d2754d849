"""``python -m bench.endpoint``: our endpoint beside others on the same statements, the same queries, in one run.

Seven kinds of query, each as many different ones as there are practices, themes or regions to ask for; at one and at
eight clients; each server in turn for a moment, several rounds. Our answers are compared with theirs first.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product

from bench import words
from bench.generate import COUNTRIES, World
from bench.harness import JSON, TRIPLES, Data, Load, data, drive, heading, number, table
from bench.servers import Server, ours, oxigraph_disk, peers
from p4c_graph.namespaces import PREFIXES, ROOT, SCHEME

DISK, MEMORY, RDFLIB, VIRTUOSO = "oxigraph on disk", "oxigraph in memory", "rdflib-endpoint", "Virtuoso"
UNCACHED, CACHED = "p4c, no cache", "p4c, repeated"
RDFLIB_MOST = 200_000
"""rdflib-endpoint is measured up to so many statements."""
CLIENTS = (1, 8)
_PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("p4c", "rdfs", "dct"))
_ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@dataclass(frozen=True)
class Kind:
    """A kind of query: its text, and the values that take the place of ``%s``."""

    name: str
    text: str
    values: tuple[tuple[str, ...], ...]
    accept: str = JSON

    def queries(self) -> list[str]:
        """The queries, one for each of the values."""
        return [_PROLOGUE + self.text % value for value in self.values]


def kinds(practices: int, countries: int) -> list[Kind]:
    """What is asked of a world with so many practices and countries."""
    some = tuple((f"<{ROOT}id/practice/synthetic-{n:06}>",) for n in range(1, practices + 1, max(1, practices // 200)))
    themes = [f"<{SCHEME}theme/{theme}>" for theme in words.THEMES]
    lands = [f"<{ROOT}id/region/{code}>" for code in COUNTRIES[:countries]]
    families = [(family,) for family in ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3")]
    return [
        Kind("look-up", "SELECT ?label ?provider WHERE { %s rdfs:label ?label ; p4c:provider ?provider }", some),
        Kind("filter", """SELECT ?practice ?label WHERE { ?practice a p4c:Practice ; rdfs:label ?label
            FILTER(CONTAINS(LCASE(STR(?label)), "%s")) }""", tuple(
                (f"{form} for {whom}",) for form, whom in product(words.FORMS, words.WHOM))),
        Kind("join", """SELECT ?practice ?region ?outcome WHERE {
            ?practice p4c:theme %s ; p4c:application ?application .
            ?application a p4c:Transfer ; p4c:outcome ?outcome ; p4c:inRegion ?region . ?region p4c:country %s }""",
             tuple(product(themes, lands))),
        Kind("path", """SELECT ?organisation ?region WHERE {
            ?region p4c:broaderRegion+ %s . ?organisation p4c:locatedIn ?region }""", tuple((land,) for land in lands)),
        Kind("aggregate", """SELECT ?practice (AVG(?value) AS ?mean) (COUNT(?value) AS ?times) WHERE {
            ?practice p4c:theme %s . ?evaluation p4c:onPractice ?practice ; p4c:value ?value } GROUP BY ?practice""",
             tuple((theme,) for theme in themes)),
        Kind("aggregate of all", f"""SELECT ?partner (AVG(?value) AS ?mean) (COUNT(?value) AS ?times) WHERE {{
            ?evaluation p4c:onCriterion <{SCHEME}criterion/C%s> ; p4c:byPartner ?partner ; p4c:value ?value }}
            GROUP BY ?partner""", tuple(families)),
        Kind("construct", """CONSTRUCT { ?evaluation ?property ?value } WHERE {
            ?evaluation p4c:onPractice %s ; ?property ?value }""", some, TRIPLES),
    ]


# ── equal answers ─────────────────────────────────────────────────────────────────────────────────────────────


def answer(server: Server, query: str, accept: str) -> Sequence[object]:
    """An answer such that equal ones compare equal: rows in order of their values, numbers to six digits."""
    body = server.ask(query, accept)
    if accept == TRIPLES:
        return [len([line for line in body.splitlines() if line.strip()])]
    found = json.loads(body)["results"]["bindings"]
    return sorted([[name, _value(term)] for name, term in sorted(row.items())] for row in found)


def _value(term: dict[str, str]) -> str:
    if term["type"] == "uri" or "language" in term or "xml:lang" in term:
        return term["value"]
    try:
        return f"{float(term['value']):.6g}"
    except ValueError:
        return term["value"]


def differences(kind: Kind, first: Server, others: Iterable[Server], most: int = 3) -> list[str]:
    """The servers that answer otherwise than the first, of the first few queries of a kind."""
    found = []
    for query in kind.queries()[:most]:
        expected = answer(first, query, kind.accept)
        found += [server.name for server in others if answer(server, query, kind.accept) != expected]
    return sorted(set(found))


# ── the measurement ───────────────────────────────────────────────────────────────────────────────────────────


Cell = dict[tuple[str, str, int], list[Load]]
"""(server, kind, clients) → what each round saw."""


def measure(servers: Sequence[Server], asked: Sequence[Kind], seconds: float, rounds: int) -> Cell:
    """Every cell, the servers taking turns in every round."""
    found: Cell = {}
    for kind, clients in product(asked, CLIENTS):
        for _ in range(rounds):
            for server in servers:
                queries = kind.queries()[:1] if server.name == CACHED else kind.queries()
                requests = [server.request(query, kind.accept) for query in queries]
                if server.name == CACHED:
                    server.ask(queries[0], kind.accept)
                found.setdefault((server.name, kind.name, clients), []).append(
                    drive(server.port, requests, clients, seconds))
    return found


def rate(cell: Cell, server: str, kind: str, clients: int) -> float:
    """Requests a second, the median of the rounds."""
    return statistics.median(load.rate for load in cell[server, kind, clients])


def p50(cell: Cell, server: str, kind: str, clients: int = 1) -> float:
    """Milliseconds, the median of all answers."""
    return statistics.median([ms for load in cell[server, kind, clients] for ms in load.latencies] or [float("inf")])


def shown(loads: list[Load]) -> str:
    """One cell of a table."""
    every = [ms for load in loads for ms in load.latencies]
    failed = sum(sum(load.failures.values()) for load in loads)
    note = f", {failed} failed" if failed else ""
    if not every:
        return f"no answer{note}"
    whole = Load(every, 0, {})
    rates = [load.rate for load in loads]
    return (f"{number(whole.p50)} / {number(whole.p95)} ms, {number(statistics.median(rates))}/s "
            f"({number(min(rates))}–{number(max(rates))}){note}")


@dataclass(frozen=True)
class Target:
    """What is asked of our throughput against a peer: for a kind of query, or those that take so long on disk."""

    what: str
    peer: str
    least: tuple[float, float]
    """At one client, at eight."""
    server: str = UNCACHED
    from_ms: float = 0.0
    below_ms: float = float("inf")
    kind: str | None = None

    def row(self, cell: Cell, asked: Sequence[Kind]) -> list[str] | None:
        """Ratios at one and at eight clients, those that fall short in bold; None where nothing is to be compared."""
        told, missed, count = [], 0, 0
        for kind in asked:
            if (self.peer, kind.name, 1) not in cell or self.kind not in (None, kind.name):
                continue
            if not self.from_ms <= p50(cell, DISK, kind.name) < self.below_ms:
                continue
            ratios = [rate(cell, self.server, kind.name, clients) / (rate(cell, self.peer, kind.name, clients) or 1e-9)
                      for clients in CLIENTS]
            short = [ratio < least for ratio, least in zip(ratios, self.least, strict=True)]
            shown = [f"**{number(r)}×**" if s else f"{number(r)}×" for r, s in zip(ratios, short, strict=True)]
            told.append(f"{kind.name} {' / '.join(shown)}")
            missed, count = missed + sum(short), count + len(short)
        if not told:
            return None
        least = " / ".join(f"{number(of)}×" for of in dict.fromkeys(self.least))
        return [self.what, f"≥ {least}", "; ".join(told), f"missed in {missed} of {count}" if missed else "met"]


TARGETS = (
    Target("oxigraph on disk, queries it needs 5 ms for", DISK, (1.5, 1.5), from_ms=5),
    Target("oxigraph in memory, the same queries", MEMORY, (0.9, 0.9), from_ms=5),
    Target("smallest look-up, oxigraph on disk", DISK, (0.35, 0.2), kind="look-up"),
    Target("repeated query, of 5 ms on disk", DISK, (5, 5), CACHED, from_ms=5, below_ms=100),
    Target("repeated query, of 100 ms on disk", DISK, (50, 50), CACHED, from_ms=100),
    Target("never slower than rdflib-endpoint", RDFLIB, (1, 1)),
)


def print_cells(cell: Cell, asked: Sequence[Kind], names: Sequence[str], targets: Sequence[Target]) -> None:
    """Prints a table for each number of clients, and one of the targets."""
    for clients in CLIENTS:
        print(f"p50 / p95, requests/s: median of the rounds (least–greatest); clients: {clients}\n")
        rows = [[kind.name, *(shown(cell[of, kind.name, clients]) for of in names)] for kind in asked]
        table(["query", *names], rows)
    measured = [row for target in targets if (row := target.row(cell, asked))]
    table(["our throughput against", "target", "measured at 1 / 8 clients", "result"], measured)


def over_time(found: Data) -> None:
    """Prints what is answered to a query that takes longer than it may, by us and by a peer that has a limit."""
    rows = []
    for opened in (ours(found, "p4c", query_timeout="1"), oxigraph_disk(found, "--timeout-s", "1")):
        with opened as server:
            told = subprocess.run(
                ["curl", "-s", "--max-time", "20", "-H", f"Accept: {JSON}", "-w", "\n%{http_code}", "--get",
                 "--data-urlencode", f"query={_ENDLESS}", f"http://127.0.0.1:{server.port}{server.path}"],
                capture_output=True, text=True, errors="replace").stdout
        body, _, status = told.rpartition("\n")
        try:
            json.loads(body)
            whole = "whole JSON"
        except ValueError:
            whole = "JSON that breaks off" if body else ""
        rows.append([server.name, "none in 20 s" if status == "000" else status, whole])
    table(["a query over its time", "status", "body"], rows)


def compare(found: Data, practices: int, countries: int, seconds: float, rounds: int) -> None:
    """Prints the tables of one world."""
    wanted = [DISK, MEMORY, VIRTUOSO] + ([RDFLIB] if found.statements <= RDFLIB_MOST else [])
    asked = kinds(practices, countries)
    with ExitStack() as stack:
        mine = [stack.enter_context(ours(found, UNCACHED, cache_bytes="0")), stack.enter_context(ours(found, CACHED))]
        servers = [*mine, *stack.enter_context(peers(found, wanted))]
        names = [server.name for server in servers]
        print(f"### {found.statements:,} statements\n")
        unlike = {kind.name: differences(kind, servers[0], servers[2:]) for kind in asked}
        print("Equal answers of all, three queries of each kind: " + (", ".join(
            f"{kind}: {', '.join(names)} differ" for kind, names in unlike.items() if names) or "yes") + ".\n")
        cell = measure(servers, asked, seconds, rounds)
        memory = [[server.name, f"{server.load_seconds:.1f} s", f"{server.memory():,.0f} MB"] for server in servers]
    print_cells(cell, asked, names, TARGETS)
    table(["server", "load or start", "memory after"], memory)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=1.0, help="of one round of one cell")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    heading("The endpoint beside others")
    for triples in given.triples:
        world = World.of_triples(triples)
        with data(world) as found:
            if triples == given.triples[0]:
                over_time(found)
            compare(found, max(1, triples // 500), max(1, world.regions // 50), given.seconds, given.rounds)


if __name__ == "__main__":
    main()
