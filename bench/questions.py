"""``python -m bench.questions``: each question on the current snapshot in memory; exit 1 where one is over budget."""

from __future__ import annotations

import statistics
import sys

from bench.harness import heading, timed
from p4c_graph import KnowledgeGraph
from p4c_graph.questions import Question
from p4c_graph.store.embedded import Embedded

BUDGET = 300.0
"""Milliseconds that a question may take, with its examples and with each other parameter."""


def slowest(question: Question, kg: KnowledgeGraph, memory: Embedded) -> tuple[str, list[float], int]:
    """The parameter whose example makes it slowest, the milliseconds of five runs with it, and how many rows come."""
    found = ("", [0.0], 0)
    needed = question.examples()
    for parameter in (None, *question.parameters):
        values = dict(needed) if parameter is None else needed | {parameter.name: str(parameter.example)}
        text = question.bind(values, kg.resolver)
        samples = timed(lambda text=text: memory.query(text).tuples(), 5)  # type: ignore[misc]
        if statistics.median(samples) > statistics.median(found[1]):
            name = parameter.name if parameter and parameter.name not in needed else ""
            found = (name, samples, len(memory.query(text).tuples()))
    return found


def main() -> int:
    """Prints the table, the slowest first."""
    kg = KnowledgeGraph.open()
    memory = Embedded.load_into_memory(kg.snapshot.path / "store")
    assert memory
    rows = sorted(((question.name, *slowest(question, kg, memory)) for question in kg.questions),
                  key=lambda row: -statistics.median(row[2]))
    heading("The question library")
    print(f"{len(memory):,} statements in memory; budget {BUDGET:.0f} ms a question.\n")
    print("| question | slowest with | rows | median | spread |\n|---|---|---|---|---|")
    for name, parameter, samples, count in rows:
        print(f"| {name} | {parameter} | {count} | {statistics.median(samples):.1f} ms | "
              f"{min(samples):.1f} – {max(samples):.1f} |")
    return int(statistics.median(rows[0][2]) > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
