"""What the rest of the program knows of a store: that it answers SPARQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from p4c_graph.store.answers import QueryAnswer


class Answering(Protocol):
    """Answers SPARQL queries."""

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> QueryAnswer:
        """The answer of a query that fetches nothing.

        The two sequences are the dataset of the SPARQL protocol and win over FROM. Without any, the default
        graph is the merged set of all named graphs.
        Raises SyntaxProblem, Forbidden, InputError, StoreProblem.
        """
        ...


class Dataset(Answering, Protocol):
    """Answers SPARQL queries over one snapshot; embedded or on another server."""

    def rows(self, query: str) -> Iterator[tuple[str | None, ...]]:
        """The rows of a SELECT as IRIs and lexical values (None where unbound), in the order of its variables."""
        ...


class AnySnapshot(Protocol):
    """A snapshot, wherever its statements are: in a store folder, or on a SPARQL server."""

    @property
    def id(self) -> str:
        """Number and beginning of the digest."""
        ...

    @property
    def number(self) -> int:
        """Its place in the history of the store folder it was made in."""
        ...

    @property
    def path(self) -> Path:
        """Its folder; on a SPARQL server, where it would be in the store folder of the settings."""
        ...

    @property
    def dataset(self) -> Dataset:
        """Its statements, to be queried."""
        ...

    def manifest(self) -> dict[str, Any]:
        """Digest, time, counts per graph and class, versions."""
        ...

    def patches(self) -> list[Path]:
        """What has changed since its statements were packed, oldest first; nothing on a SPARQL server."""
        ...

    def open(self) -> ox.Store:
        """Its statements, read only; from a SPARQL server, a copy in memory."""
        ...
