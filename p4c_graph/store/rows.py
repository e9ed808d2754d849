"""Plain values into queries, and plain rows out of them: how the parts of the library ask a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from p4c_graph.namespaces import PREFIXES


class StoreRows:
    """A pyoxigraph store that answers SELECT queries with rows of strings (None where unbound)."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def rows(self, query: str) -> Iterator[tuple[str | None, ...]]:
        """IRIs and lexical values, in the order of the query's variables."""
        solutions = self._store.query(query, prefixes=PREFIXES)
        assert isinstance(solutions, ox.QuerySolutions)
        for solution in solutions:
            yield tuple(None if term is None else term.value for term in solution)


def iri_list(iris: Iterable[str]) -> str:
    """IRIs as they stand in a query, sorted, for ``VALUES``."""
    return " ".join(str(ox.NamedNode(iri)) for iri in sorted(iris))
