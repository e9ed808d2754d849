"""What a SPARQL server says it holds: the manifest of the snapshot that was pushed to it, in a graph of its own.

The graph ``{base}graph/manifest`` is written first, as *under way*, and last, as *whole*. Whoever reads looks at it;
each push has a name of its own, so that a reader notices one that came between two looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import orjson
import pyoxigraph as ox

from p4c_graph.errors import Busy, NoSnapshot, P4CError, StoreProblem
from p4c_graph.namespaces import DCT, PROV, SCHEMA
from p4c_graph.store.answers import QueryAnswer
from p4c_graph.store.client import SERVER, Raw, SparqlClient
from p4c_graph.terms import Minter

State = Literal["under way", "whole"]
DEFAULT, UNION = OWN = ("default", "union")
"""Who answers where a query names no graph: the default graph as it was pushed, or the server's union of all graphs."""

_MOST_BYTES = 50_000_000
_KEY = f"""?m <{DCT.identifier}> ?id ; <{PROV.wasGeneratedBy}> ?push ; <{SCHEMA.creativeWorkStatus}> ?state ;
  <{DCT.modified}> ?since ; <{SCHEMA.isBasedOn}> ?merged"""


@dataclass(frozen=True)
class Pushed:
    """Which snapshot was pushed, by which push, and whether that has ended."""

    snapshot: str
    push: str
    state: State
    since: str
    merged: str
    """``default``, ``union``, or the graph that queries take for the default graph."""

    def problem(self) -> P4CError | None:
        """Why this cannot be read now, or None."""
        if self.state == "whole":
            return None
        return Busy(
            f"The graph on the SPARQL server is half written: snapshot {self.snapshot} is being pushed since "
            f"{self.since}. If that has broken off, push again: p4c snapshots push", retry_after=5)

    def describe(self, graph: str, manifest: dict[str, Any] | None) -> list[ox.Triple]:
        """The content of the manifest graph."""
        said = [
            (DCT.identifier, self.snapshot), (PROV.wasGeneratedBy, self.push), (SCHEMA.creativeWorkStatus, self.state),
            (DCT.modified, self.since), (SCHEMA.isBasedOn, self.merged),
        ]
        if manifest is not None:
            said.append((SCHEMA.text, orjson.dumps(manifest).decode()))
        return [ox.Triple(ox.NamedNode(graph), ox.NamedNode(p), ox.Literal(text)) for p, text in said]


def manifest_graph(base: str) -> str:
    """The graph of the manifest under a base IRI."""
    return Minter(base).graph("manifest")


def merged_graph(base: str) -> str:
    """The graph that holds the merged set, on servers whose default graph cannot."""
    return Minter(base).graph("merged")


async def look(client: SparqlClient, base: str, *, timeout: float, limit: str = "query_timeout") -> Pushed:
    """What the manifest says now. Raises NoSnapshot where there is none, and what ``SparqlClient.query`` raises."""
    graph = manifest_graph(base)
    text = f"SELECT ?id ?push ?state ?since ?merged {{ GRAPH <{graph}> {{ {_KEY} }} }}"
    rows = read_table(await client.query(text, "SELECT", timeout=timeout, most=_MOST_BYTES, limit=limit)).tuples()
    if not rows:
        raise NoSnapshot(f"{SERVER} holds no snapshot under {base}; push one: p4c build, or p4c snapshots push")
    if len(rows) > 1:
        raise StoreProblem(f"{SERVER} holds several manifests in <{graph}>; push again: p4c snapshots push")
    snapshot, push, state, since, merged = map(str, rows[0])
    return Pushed(snapshot, push, "whole" if state == "whole" else "under way", since, merged)


async def read_manifest(client: SparqlClient, base: str, pushed: Pushed, *, timeout: float) -> dict[str, Any]:
    """The manifest of a snapshot that was pushed whole. Raises StoreProblem where it is not there any more."""
    text = f"SELECT ?text {{ GRAPH <{manifest_graph(base)}> {{ ?m <{SCHEMA.text}> ?text ; " \
           f"<{PROV.wasGeneratedBy}> {ox.Literal(pushed.push)} }} }}"
    rows = read_table(await client.query(text, "SELECT", timeout=timeout, most=_MOST_BYTES)).tuples()
    try:
        found: dict[str, Any] = orjson.loads(str(rows[0][0]))
    except (IndexError, ValueError):
        raise StoreProblem(f"{SERVER} has lost the manifest of snapshot {pushed.snapshot}; push it again.") from None
    return found


def read_table(raw: Raw) -> QueryAnswer:
    """A table that came whole. Raises StoreProblem where it did not."""
    _parsed(raw)
    return QueryAnswer.read(raw.body, raw.format, "SELECT")


def read_boolean(raw: Raw) -> QueryAnswer:
    """A truth value: as such, or as the one cell of a table (Virtuoso). Raises StoreProblem where it is neither."""
    found = _parsed(raw)
    truth = found.get("boolean")
    if truth is None:
        rows = found["results"]["bindings"]
        truth = bool(rows) and next(iter(rows[0].values()))["value"] in ("1", "true")
    return QueryAnswer.read(orjson.dumps({"head": {}, "boolean": truth}), raw.format, "ASK")


def damaged() -> StoreProblem:
    """What is said of an answer that did not come whole."""
    return StoreProblem(f"{SERVER} gave an answer that is cut or damaged.")


def _parsed(raw: Raw) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads(raw.body)
        if isinstance(found.get("boolean"), bool) or isinstance(found["results"]["bindings"], list):
            return found
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise damaged()
