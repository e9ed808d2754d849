"""CSV for people who open it in a spreadsheet: no cell of it is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from p4c_graph.intake.cells import harmless


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[object]], *, line_end: str = "\r\n") -> str:
    """Headings and rows as CSV; a text that a program would take for a formula gets a quote before it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=line_end)
    for row in (headings, *rows):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return buffer.getvalue()
