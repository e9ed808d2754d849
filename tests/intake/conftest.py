"""A small table, described and filled by each test."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from p4c_graph.intake.csvw import GRAPH, Table, read_table
from p4c_graph.intake.tables import table_quads
from p4c_graph.terms import Minter, local_name

BASE = "https://example.org/kb/"
ID = {"name": "id", "required": True, "suppressOutput": True}


def short(quad: ox.Quad) -> tuple[str, str, str, str]:
    """Subject, local name of the predicate, object and graph, without the base."""
    value = quad.object
    if isinstance(value, ox.Literal):
        tail = f"@{value.language}" if value.language else f"^^{local_name(value.datatype.value)}"
        told = f'"{value.value}"{tail}'.removesuffix("^^string")
    else:
        told = value.value.removeprefix(BASE)
    subject, graph = quad.subject.value.removeprefix(BASE), quad.graph_name.value.removeprefix(BASE)
    return subject, local_name(quad.predicate.value), told, graph


@dataclass
class Sheet:
    """A table ``things`` whose subject is ``id/thing/{id}`` and whose graph is ``graph/src/verified``."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "things.csv"

    def describe(self, *columns: dict[str, Any], name: str = "things", **schema: Any) -> Table:
        """The table of these columns, after an ``id``."""
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({
            "@context": ["http://www.w3.org/ns/csvw", {"language": "en"}], "url": f"{name}.csv",
            GRAPH: "graph/src/verified",
            "tableSchema": {"aboutUrl": "id/thing/{id}", **schema, "columns": [ID, *columns]},
        }), "utf-8")
        return read_table(path)

    def read(self, table: Table, content: str | bytes) -> list[tuple[str, str, str, str]]:
        """What a file of this content says, in order."""
        self.path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [short(quad) for quad in table_quads(self.path, table, Minter(BASE))]

    @staticmethod
    def rows(*records: Sequence[str]) -> str:
        """CSV text."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows(records)
        return text.getvalue()

    def cell(self, column: dict[str, Any], value: str) -> list[str]:
        """The objects that one cell of one column becomes."""
        column = {"name": "value", "propertyUrl": "p4c:value", **column}
        content = self.rows(["id", "value"], ["a", value])
        return [told for _, _, told, _ in self.read(self.describe(column), content)]


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """An empty folder for a table."""
    return Sheet(tmp_path)
