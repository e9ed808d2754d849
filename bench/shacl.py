"""``python -m bench.shacl``: full validation by our engine and by others, of the same shapes and the same graph.

The graph is a made-up world, the vocabulary, and the counter-examples of the test suite: every property shape of the
project is violated at least once. Each engine runs in a process of its own until a cap; its findings (node, shape,
component, value) are compared with those of pySHACL where that ends, else with ours.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from bench.generate import World, statements
from bench.harness import heading, number, spread, table, verdict, within
from p4c_graph.namespaces import ROOT, SHAPES
from p4c_graph.validation import engine
from p4c_graph.validation.referee import findings_of, quiet
from p4c_graph.validation.shapes import Shapes
from tests.validation import cases_core, cases_other
from tests.validation.graphs import shapes, valid_store

CAP = 100.0
QUICK = 10.0
"""What takes no longer than so many seconds is measured several times."""
LEAST = {"pySHACL": 30, "pyshacl-turbo": 1, "pyrudof": 1}
"""So many times faster we mean to be."""
MILLION = 45.0
"""Seconds that a million statements may take."""
PYSHACL_MOST = 200_000
"""pySHACL is tried up to so many statements."""
Findings = list[list[str]]


# ── the graph ─────────────────────────────────────────────────────────────────────────────────────────────────


def errors() -> Iterator[ox.Triple]:
    """Copies of the valid graph of the tests, each spoilt by as many of the counter-examples as show together."""
    waiting, batches, copies = [*cases_core.CASES, *cases_other.CASES], 3, 0
    while waiting:
        hidden = []
        for batch in (waiting[first::batches] for first in range(batches)):
            store, copies = valid_store(case.bad for case in batch), copies + 1
            found = {finding.shape.removeprefix(SHAPES) for finding in engine.validate(store, shapes()).findings}
            hidden += [case for case in batch if case.shape not in found]
            yield from _renamed(store, f"{ROOT}id/wrong{copies}-")
        assert len(hidden) < len(waiting), hidden
        waiting, batches = hidden, min(len(hidden), 4)


def _renamed(store: ox.Store, start: str) -> Iterator[ox.Triple]:
    """The merged graph of a store under other names, so that copies do not meet."""

    def named(term: Any) -> Any:
        ours = isinstance(term, ox.NamedNode) and term.value.startswith(f"{ROOT}id/")
        return ox.NamedNode(term.value.replace(f"{ROOT}id/", start, 1)) if ours else term

    for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        yield ox.Triple(named(quad.subject), quad.predicate, named(quad.object))


def write_graph(triples: int, path: Path) -> int:
    """Writes world, vocabulary and errors as N-Triples; how many statements that are."""
    store = ox.Store()
    wrong = set(errors())
    world = "".join(statements(World.of_triples(max(1, triples - len(wrong)))))
    store.extend(ox.Quad(*quad.triple) for quad in ox.parse(world, ox.RdfFormat.N_QUADS))
    store.extend(ox.Quad(*triple) for triple in wrong)
    store.dump(path, ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return len(store)


# ── the engines: file of the graph, file of the shapes → seconds of validation, findings ─────────────────────────


def _ours(data: Path, shapes_file: Path) -> tuple[float, Findings]:
    store, known = ox.Store(), Shapes.load([shapes_file])
    store.bulk_load(path=str(data), format=ox.RdfFormat.N_TRIPLES)
    start = time.perf_counter()
    report = engine.validate(store, known)
    return time.perf_counter() - start, [[f.focus, f.shape, f.component, f.value or ""] for f in report.findings]


def _with_rdflib(validate: Callable[..., Any]) -> Callable[[Path, Path], tuple[float, Findings]]:
    def run(data: Path, shapes_file: Path) -> tuple[float, Findings]:
        import rdflib

        with quiet():
            graph = rdflib.Graph().parse(data, format="nt")
            known = rdflib.Graph().parse(shapes_file, format="nt")
            start = time.perf_counter()
            _, results, _ = validate(graph, shacl_graph=known, inplace=True, advanced=False, do_owl_imports=False)
            seconds = time.perf_counter() - start
        return seconds, [[f.focus, f.shape, f.component, f.value or ""] for f in findings_of(results)]

    return run


def _pyshacl(data: Path, shapes_file: Path) -> tuple[float, Findings]:
    import pyshacl

    return _with_rdflib(pyshacl.validate)(data, shapes_file)


def _turbo(data: Path, shapes_file: Path) -> tuple[float, Findings]:
    import pyshacl_turbo

    return _with_rdflib(pyshacl_turbo.validate)(data, shapes_file)


def _rudof(data: Path, shapes_file: Path) -> tuple[float, Findings]:
    import pyrudof

    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(str(data), pyrudof.RDFFormat.NTriples)
    rudof.read_shacl(shapes_file.read_text("utf-8"), pyrudof.ShaclFormat.NTriples)
    start = time.perf_counter()
    report = rudof.validate_shacl()
    seconds = time.perf_counter() - start
    return seconds, [[_bare(entry.focus_node), _bare(entry.source_shape), _bare(entry.constraint_component),
                      str(entry.value or "")] for entry in report]


def _bare(term: Any) -> str:
    return str(term).removeprefix("<").removesuffix(">")


ENGINES = {"p4c": _ours, "pySHACL": _pyshacl, "pyshacl-turbo": _turbo, "pyrudof": _rudof}


# ── the measurement ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Outcome:
    """What came of one engine: seconds of validation in each run, of all, memory, findings; or why there are none."""

    runs: tuple[float, ...] = ()
    total: float = 0.0
    memory: float = 0.0
    findings: frozenset[tuple[str, ...]] = frozenset()
    failure: str = ""

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(self.runs)

    def row(self) -> list[str]:
        """Its line of the table, but for name and agreement."""
        if self.failure:
            return [self.failure, "", "", ""]
        return [spread(self.runs, " s"), f"{number(self.total)} s", f"{self.memory:,.0f} MB", str(len(self.findings))]


def measured(name: str, data: Path, shapes_file: Path, cap: float, rounds: int) -> Outcome:
    """An engine, several times where it is quick."""
    first = attempt(name, data, shapes_file, cap)
    if first.failure or first.seconds > QUICK:
        return first
    runs = [first, *(attempt(name, data, shapes_file, cap) for _ in range(rounds - 1))]
    return replace(first, runs=tuple(seconds for run in runs for seconds in run.runs))


def attempt(name: str, data: Path, shapes_file: Path, cap: float) -> Outcome:
    """Runs an engine in a process of its own until the cap."""
    command = [sys.executable, "-m", "bench.shacl", "--engine", name, str(data), str(shapes_file)]
    start = time.perf_counter()
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=cap,
                              cwd=Path(__file__).parent.parent)
    except subprocess.TimeoutExpired:
        return Outcome(failure=late(cap))
    total = time.perf_counter() - start
    if told.returncode:
        return Outcome(failure=(told.stderr.strip().splitlines() or ["ended without a word"])[-1][:200])
    found = json.loads(told.stdout)
    return Outcome((found["seconds"],), total, found["memory"], frozenset(map(tuple, found["findings"])))


def run_one(name: str, data: Path, shapes_file: Path) -> None:
    """In a process of its own: one engine, its outcome as JSON on stdout."""
    import resource

    warnings.simplefilter("ignore")
    seconds, findings = ENGINES[name](data, shapes_file)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "memory": memory, "findings": findings}))


def agreement(name: str, outcomes: dict[str, Outcome]) -> str:
    """How an engine's findings compare with those of the referee, or of ours where that did not end."""
    outcome = outcomes[name]
    referee = next(n for n in ("pySHACL", "p4c") if n in outcomes and not outcomes[n].failure)
    if outcome.failure or name == referee:
        return ""
    theirs = outcomes[referee].findings
    if outcome.findings == theirs:
        return f"equal to {referee}"
    # Names of values differ between engines; the rest must not.
    mine, other = ({finding[:3] for finding in findings} for findings in (outcome.findings, theirs))
    missing, more = len(other - mine), len(mine - other)
    return f"equal to {referee} but for values" if not missing + more else (
        f"{missing} of {referee}'s missing, {more} more")


def compare(triples: int, names: Sequence[str], cap: float, rounds: int) -> None:
    """Prints the table of one size."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        graph, shapes_file = Path(name) / "graph.nt", Path(name) / "shapes.nt"
        count = write_graph(triples, graph)
        shapes().store.dump(shapes_file, ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
        outcomes = {
            name: Outcome(failure="not tried at this size") if name == "pySHACL" and count > PYSHACL_MOST
            else measured(name, graph, shapes_file, cap, rounds) for name in names
        }
    print(f"### {count:,} statements\n")
    table(["engine", "validation, median (least–greatest)", "with reading", "memory", "findings", "agreement"], [
        [name, *outcome.row(), agreement(name, outcomes)] for name, outcome in outcomes.items()
    ])
    mine = outcomes["p4c"].seconds
    rows = [faster(name, outcomes[name], mine, cap, least) for name, least in LEAST.items() if name in outcomes]
    if count >= 1_000_000:
        rows.append([["a million statements", within(mine, MILLION, "s")]])
    table(["target", "measured"], [row for of in rows for row in of])


def faster(name: str, theirs: Outcome, mine: float, cap: float, least: float) -> list[list[str]]:
    """How many times as long an engine takes as ours, beside the target; nothing where it was not tried or failed."""
    what = f"faster than {name}"
    if theirs.failure == late(cap):
        ratio = cap / mine
        return [[what, f"over {verdict(ratio, least) if ratio >= least else number(ratio) + '×'}"]]
    return [] if theirs.failure else [[what, verdict(theirs.seconds / mine, least)]]


def late(cap: float) -> str:
    """What is said of an engine that takes too long."""
    return f"no answer in {cap:.0f} s"


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table of each size, or (in a process of its own) runs one engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--cap", type=float, default=CAP, help="seconds that one engine may take")
    parser.add_argument("--rounds", type=int, default=3, help="of what takes less than 10 s")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("files", type=Path, nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.engine:
        run_one(given.engine, *given.files)
        return
    heading("SHACL at size")
    for triples in given.triples:
        compare(triples, given.engines, given.cap, given.rounds)


if __name__ == "__main__":
    main()
