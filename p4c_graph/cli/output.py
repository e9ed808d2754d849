"""How the commands print: tables for people, JSON for programs, one clear line for what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from p4c_graph.progress import Progress as OnProgress

# No markup and no emoji: what is printed is data, and a name such as "[red]" or ":red_circle:" is a name.
out = Console(highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(text: str = "", *, style: str = "") -> None:
    """A line on standard output. It is never broken, so that what reads it through a pipe gets it whole."""
    out.print(text, style=style, soft_wrap=True)


def say_nothing_written(dry_run: bool) -> None:
    """Why a command that writes into the graph has left it as it was."""
    say("Nothing was written." if dry_run else "It is in the graph already; nothing was written.")


def aside(text: str, *, style: str = "") -> None:
    """A line on standard error, apart from what the command gives; it is never broken either."""
    err.print(text, style=style, soft_wrap=True)


def write_table(rows: Table) -> None:
    """A table on standard output, as wide as the terminal."""
    out.print(rows)


def write_json(value: Any) -> None:
    """JSON, indented, on standard output."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def write_bytes(content: bytes) -> None:
    """Bytes as they are, on standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def table(*headings: str, title: str | None = None, numbers: tuple[str, ...] = ()) -> Table:
    """An empty table; the columns named in ``numbers`` are set to the right."""
    found = Table(title=title, title_justify="left", header_style="bold")
    for heading in headings:
        found.add_column(heading, justify="right" if heading in numbers else "left", overflow="fold")
    return found


@contextmanager
def progress() -> Iterator[OnProgress]:
    """A progress bar on standard error, one line a stage; nothing where that is no terminal."""
    columns = TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def update(stage: str, done: int, total: int) -> None:
            for name, task in tasks.items():
                if name != stage:
                    bars.update(task, total=bars.tasks[task].total or 1, completed=bars.tasks[task].total or 1)
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield update
