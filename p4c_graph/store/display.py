"""A table as people read it: as text in a terminal, as HTML in a notebook. Both show the beginning of a long one."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from html import escape

from p4c_graph.terms import compact

MOST_SHOWN = 100
"""Rows that are shown; the rest is counted."""

Cell = str | int | float | bool | None


def as_text(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """The table in lines as wide as the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows[:MOST_SHOWN]:
        table.add_row(*map(_shown, row))
    width = shutil.get_terminal_size((120, 24)).columns
    console = Console(file=io.StringIO(), width=width, color_system=None, markup=False, highlight=False, emoji=False)
    with console.capture() as written:
        console.print(table)
        console.print(_count(len(rows)))
    return written.get().rstrip()


def as_html(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """The table as HTML, all of it escaped; web addresses are links."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows[:MOST_SHOWN])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{_count(len(rows))}</p>"


def _shown(value: Cell) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else compact(str(value))


def _cell(value: Cell) -> str:
    text = escape(_shown(value))
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return f'<td><a href="{escape(value)}">{text}</a></td>'
    return f'<td style="text-align: right">{text}</td>' if isinstance(value, int | float) else f"<td>{text}</td>"


def _count(rows: int) -> str:
    number = f"{rows:,} row{'' if rows == 1 else 's'}"
    return f"{number}; the first {MOST_SHOWN} are shown." if rows > MOST_SHOWN else f"{number}."
