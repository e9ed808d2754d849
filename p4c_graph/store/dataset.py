"""What the rest of the program knows of a store: that it answers SPARQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from p4c_graph.store.answers import QueryAnswer


class Dataset(Protocol):
    """Answers SPARQL queries over one snapshot; embedded or on another server."""

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
