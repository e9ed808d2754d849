"""The embedded store: pyoxigraph, on disk or in memory."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from p4c_graph.errors import InputError, StoreProblem
from p4c_graph.namespaces import PREFIXES
from p4c_graph.store.answers import QueryAnswer, engine_errors
from p4c_graph.store.formats import Form
from p4c_graph.store.guard import check_query
from p4c_graph.store.rows import StoreRows
from p4c_graph.store.statements import PATCHES, Patch, read_patch

MERGE_LIMIT = 1_000_000
"""How many statements the graphs of several FROM clauses may hold together."""

_MERGED_KEPT = 2
_MAY_NAME_A_GRAPH = re.compile(r"graph|\\u", re.IGNORECASE)


class Embedded:
    """A dataset in this process. Its default graph is what the store's is: in a snapshot, the merged set.

    ``plain`` is a store of the default graph alone, for queries that name no graph: the engine steps over what a node
    has in other graphs, which makes paths and joins several times slower.
    """

    def __init__(self, store: ox.Store, plain: ox.Store | None = None) -> None:
        self.store = store
        self._plain = plain
        self._merged: OrderedDict[tuple[frozenset[str], frozenset[str]], ox.Store] = OrderedDict()

    @classmethod
    def open_read_only(cls, path: Path | str) -> Embedded:
        """The store in this folder, as it is on disk. Raises StoreProblem."""
        if not Path(path).is_dir():
            raise StoreProblem(f"There is no store in {path}.")
        try:
            return cls(ox.Store.read_only(os.fspath(path)))
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreProblem(f"The store in {path} cannot be opened: {error}") from None

    @classmethod
    def in_memory(cls, quads: Iterable[ox.Quad] = ()) -> Embedded:
        """A store in memory that holds these statements."""
        store = ox.Store()
        store.extend(quads)
        return cls(store)

    @classmethod
    def load_into_memory(
        cls, path: Path | str, *, limit: int | None = None, with_plain: bool = True
    ) -> Embedded | None:
        """A copy in memory of the store in this folder, or None where it holds more than ``limit``.

        Another process reads the disk meanwhile, so that threads and caches of the disk store do not stay
        in this one. Blank nodes get new names. Raises StoreProblem.
        """
        command = [sys.executable, "-P", "-m", "p4c_graph.store.dump", os.fspath(path)]
        store = ox.Store()
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=child_environment()) as reader:
            assert reader.stdout is not None
            try:
                count = _count(reader.stdout.readline())
                if limit is not None and count > limit:
                    return None
                store.load(reader.stdout, ox.RdfFormat.N_QUADS, lenient=True)
            except (SyntaxError, OSError):  # it ended in the middle
                count = -1
            finally:
                reader.stdout.close()
                reader.kill()
        if len(store) != count:
            raise StoreProblem(f"The store in {path} could not be read whole.")
        found = cls(store, _default_graph(store) if with_plain else None)
        for patch in sorted((Path(path).parent / PATCHES).glob("*.rdfp")):
            found.apply(read_patch(patch))
        return found

    def apply(self, patch: Patch) -> None:
        """Brings the statements from one snapshot to the next."""
        for quad in patch.removed:
            self.store.remove(quad)
        self.store.extend(patch.added)
        if self._plain is not None:
            for quad in patch.removed:
                self._plain.remove(quad)
            self._plain.extend(quad for quad in patch.added if quad.graph_name == ox.DefaultGraph())
        self._merged.clear()

    def __len__(self) -> int:
        """How many statements it holds, in all graphs."""
        return len(self.store)

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> QueryAnswer:
        """The answer of a query, as ``Dataset`` promises; the project's prefixes need not be declared.

        >>> Embedded.in_memory().query("SELECT (1 + 1 AS ?two) {}").rows()
        [{'two': 2}]
        """
        info = check_query(text)
        form: Form = info.form  # type: ignore[assignment]
        asked = default_graphs is not None or named_graphs is not None
        default = tuple(default_graphs or ()) if asked else info.default_graphs
        named = tuple(named_graphs or ()) if asked else info.named_graphs
        with engine_errors(text, info.unknown_prefixes):
            if not asked and len(default) < 2 and len(set(named)) == len(named):
                result = self._store_for(text, (*default, *named)).query(text, prefixes=_known_in(text))
            elif len(set(default)) < 2:
                result = self.store.query(
                    text, prefixes=_known_in(text), default_graph=_nodes(default), named_graphs=_nodes(named)
                )
            else:
                merged = self._merge(frozenset(default), frozenset(named))
                result = merged.query(
                    text, prefixes=_known_in(text), default_graph=ox.DefaultGraph(), named_graphs=_nodes(named)
                )
        return QueryAnswer(result, form, info.prefixes)

    def _store_for(self, text: str, graphs: Sequence[str]) -> ox.Store:
        """The default graph alone where a query names no graph, nor has anything in it that might be ``GRAPH``."""
        if self._plain is None or graphs or _MAY_NAME_A_GRAPH.search(text):
            return self.store
        return self._plain

    def rows(self, query: str) -> Iterator[tuple[str | None, ...]]:
        """The rows of a SELECT of ours, as ``Dataset`` promises."""
        return StoreRows(self.store).rows(query)

    def _merge(self, default: frozenset[str], named: frozenset[str]) -> ox.Store:
        """A store in memory whose default graph is the merged set of several graphs.

        The engine counts a statement once for each graph of the FROM clauses it stands in.
        """
        key = default, named
        if key not in self._merged:
            store = ox.Store()
            store.extend(self._bounded(default, named))
            self._merged[key] = store
            if len(self._merged) > _MERGED_KEPT:
                self._merged.popitem(last=False)
        self._merged.move_to_end(key)
        return self._merged[key]

    def _bounded(self, default: frozenset[str], named: frozenset[str]) -> Iterator[ox.Quad]:
        room = MERGE_LIMIT
        for iri in sorted(default | named):
            graph = ox.NamedNode(iri)
            for quad in self.store.quads_for_pattern(None, None, None, graph):
                room -= 1
                if room < 0:
                    raise InputError(
                        f"The graphs of FROM hold more than {MERGE_LIMIT} statements together; "
                        "ask for one graph, or for none, which means all of them.",
                        parameter="default-graph-uri",
                    )
                if iri in default:
                    yield ox.Quad(*quad.triple)
                if iri in named:
                    yield quad


def _default_graph(store: ox.Store) -> ox.Store:
    """A store of the default graph alone."""
    plain = ox.Store()
    triples = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    plain.load(triples, ox.RdfFormat.N_TRIPLES, lenient=True)
    return plain


def _known_in(text: str) -> dict[str, str]:
    """The project's prefixes that a query may use: the engine reads each of them anew for every query."""
    return {prefix: namespace for prefix, namespace in PREFIXES.items() if f"{prefix}:" in text}


def _count(first_line: bytes) -> int:
    digits = first_line.removeprefix(b"#").strip()
    return int(digits) if digits.isdigit() else -1


def child_environment() -> dict[str, str]:
    """The environment in which another Python finds this package, from whatever folder it runs.

    It takes memory from mimalloc where that can be loaded, unless the operator preloads something else.
    """
    here = str(Path(__file__).parent.parent.parent)
    allocator = {"LD_PRELOAD": found} if (found := _allocator()) else {}
    path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
    return {**allocator, **os.environ, "PYTHONPATH": path}


@lru_cache
def _allocator() -> str | None:
    """The library, where it can be loaded: no process starts that preloads one which lacks another."""
    try:
        library = Path(str(distribution("cmeel-mimalloc").locate_file("cmeel.prefix/lib/libmimalloc.so")))
        ctypes.CDLL(str(library))
    except (PackageNotFoundError, OSError):
        return None
    return str(library)


def _nodes(iris: Iterable[str]) -> list[Any]:
    return [ox.NamedNode(iri) for iri in dict.fromkeys(iris)]
