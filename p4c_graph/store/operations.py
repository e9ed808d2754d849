"""A SPARQL update taken apart into its operations: what each does, to which graphs, and where its dataset is named.

The structure is that of SPARQL 1.1 Update, section 3; patterns and templates are left to the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.namespaces import PREFIXES
from p4c_graph.store.answers import engine_errors
from p4c_graph.store.guard import check_update
from p4c_graph.store.lexer import Token, skip_blank, tokens

Kind = Literal["INSERT DATA", "DELETE DATA", "MODIFY", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"]


@dataclass(frozen=True)
class Operation:
    """One operation; ``text`` can be given to the engine by itself."""

    kind: Kind
    text: str
    graphs: tuple[str, ...] = ()
    """CLEAR, DROP, CREATE: the graph, or ALL, NAMED, DEFAULT. COPY, MOVE, ADD: from where, to where."""
    writes_default: bool = False
    """Whether a template or data holds statements outside of any graph."""
    names_dataset: bool = False
    """Whether it has USING or WITH."""


def operations(text: str, *, using: Sequence[str] = (), using_named: Sequence[str] = (), base: str) -> list[Operation]:
    """The operations of an update, in their order.

    ``using`` and ``using_named`` are the dataset of the protocol. Raises SyntaxProblem, Forbidden (LOAD, SERVICE), and
    InputError where the dataset is named both in the text and in the protocol.
    """
    check_update(text)
    with engine_errors(text):
        _check_syntax(text, base)
    found = list(_Reader(text, base).operations(using, using_named))
    if (using or using_named) and any(operation.names_dataset for operation in found):
        raise InputError(
            "The update has USING or WITH, and the request names a dataset too; expected one of them.",
            parameter="using-graph-uri" if using else "using-named-graph-uri")
    return found


def statements_of(operation: Operation, base: str) -> list[ox.Quad]:
    """The statements of an INSERT DATA or DELETE DATA."""
    store = ox.Store()
    text = re.sub(r"\bDELETE(?=\s+DATA\b)", "INSERT", operation.text, count=1, flags=re.IGNORECASE)
    with engine_errors(operation.text):
        store.update(text, base_iri=base, prefixes=PREFIXES)
    return list(store)


def run(operation: Operation, store: ox.Store, base: str) -> None:
    """Lets the engine do an operation."""
    with engine_errors(operation.text):
        store.update(operation.text, base_iri=base, prefixes=PREFIXES)


def _check_syntax(text: str, base: str) -> None:
    try:
        ox.Store().update(text, base_iri=base, prefixes=PREFIXES)
    except RuntimeError:  # a graph that does not exist in an empty store: the text is well-formed
        return


class _Reader:
    """Reads a text that is known to be well-formed."""

    def __init__(self, text: str, base: str) -> None:
        self.text, self.base = text, base
        self.all = [token for token in tokens(text) if token[0] in ("name", "iri", "open", "close")]
        self.at = 0
        self.prologue = ""

    def operations(self, using: Sequence[str], using_named: Sequence[str]) -> Iterator[Operation]:
        """Each operation, the prologue before it."""
        while self._read_prologue():
            begin, first = self.all[self.at][1], self._take()
            if first in ("INSERT", "DELETE", "WITH"):
                yield self._modify(begin, first, using, using_named)
            elif first in ("CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"):
                names = [self._graph(token) for token in self._rest()]
                graphs = tuple(name for name in names if name)
                yield Operation(first, self.prologue + self.text[begin : self._end()], graphs)  # type: ignore[arg-type]
            else:
                line = self.text.count("\n", 0, begin) + 1
                raise SyntaxProblem(f"an update starts with INSERT, DELETE, CLEAR…; found {first[:40]}", line=line)

    def _modify(self, begin: int, first: str, using: Sequence[str], using_named: Sequence[str]) -> Operation:
        kind: Kind = "MODIFY"
        default = named = False
        if self._word() == "DATA":
            self._take()
            kind = "INSERT DATA" if first == "INSERT" else "DELETE DATA"
            default = self._block()
        elif first == "DELETE" and self._word() == "WHERE":
            where = self._take_token()
            start = self.all[self.at][1]
            default = self._block()
            pattern = self.text[start : self._end()]
            head = f"DELETE {pattern} {_dataset(using, using_named)}"
            return Operation(kind, self.prologue + head + self.text[where[1] : self._end()], (), default, named)
        else:
            named = first == "WITH"
            while self.at < len(self.all) and self._word() != "WHERE" and self.all[self.at][0] != "close":
                token = self.all[self.at]
                if token[0] == "open":
                    if self._word(back=1) not in ("DELETE", "INSERT"):
                        break  # the pattern of a WHERE that is not written
                    default = self._block() or default
                else:
                    named = named or self._word() == "USING"
                    self.at += 1
            where = self.all[self.at]
            list(self._rest())
            head = self.text[begin : where[1]] + _dataset(using, using_named)
            written = head + self.text[where[1] : self._end()]
            return Operation(kind, self.prologue + written, (), default and first != "WITH", named)
        return Operation(kind, self.prologue + self.text[begin : self._end()], (), default, named)

    # ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────

    def _read_prologue(self) -> bool:
        """Adds PREFIX and BASE to the prologue; whether an operation follows."""
        while self.at < len(self.all) and self._word() in ("PREFIX", "BASE"):
            count = 3 if self._word() == "PREFIX" else 2
            begin, end = self.all[self.at][1], self.all[self.at + count - 1][2]
            self.prologue += self.text[begin:end] + "\n"
            self.at += count
        return self.at < len(self.all)

    def _word(self, back: int = 0) -> str:
        """The word at hand, or so many tokens before it, in upper case; empty where that is none."""
        kind, begin, end = self.all[self.at - back]
        return self.text[begin:end].upper() if kind == "name" else ""

    def _take_token(self) -> Token:
        self.at += 1
        return self.all[self.at - 1]

    def _take(self) -> str:
        word = self._word()
        self.at += 1
        return word

    def _end(self) -> int:
        """Where what has been read ends."""
        return self.all[self.at - 1][2]

    def _rest(self) -> Iterator[Token]:
        """The tokens up to the semicolon that ends the operation."""
        depth = 0
        while self.at < len(self.all):
            token = self._take_token()
            depth += (token[0] == "open") - (token[0] == "close")
            yield token
            if depth == 0 and self.text.startswith(";", skip_blank(self.text, token[2])):
                return

    def _block(self) -> bool:
        """Reads a block in braces; whether it holds statements outside of GRAPH."""
        start = self.all[self.at][2]
        close = self._closing()
        default, position = False, start
        while (position := skip_blank(self.text, position)) < self.all[close][1]:
            if self.text[position] == ".":
                position += 1
                continue
            while self.all[self.at][1] < position:
                self.at += 1
            if self.all[self.at][1] != position or self._word() != "GRAPH":
                default = True
                break
            while self.all[self.at][0] != "open":
                self.at += 1
            inner = self._closing()
            position = self.all[inner][2]
        self.at = close + 1
        return default

    def _closing(self) -> int:
        """The index of the bracket that closes the one at hand."""
        depth = 0
        for index in range(self.at, len(self.all)):
            kind = self.all[index][0]
            depth += (kind == "open") - (kind == "close")
            if depth == 0:
                return index
        raise SyntaxProblem("a bracket is not closed")

    def _graph(self, token: Token) -> str:
        """The IRI of a graph, or DEFAULT, NAMED, ALL; empty for SILENT, GRAPH and TO."""
        written = self.text[token[1] : token[2]]
        if token[0] == "name" and ":" not in written:
            return written.upper() if written.upper() in ("DEFAULT", "NAMED", "ALL") else ""
        store = ox.Store()
        with engine_errors():
            store.update(
                f"{self.prologue} INSERT DATA {{ GRAPH {written} {{ <x:s> <x:p> <x:o> }} }}", base_iri=self.base,
                prefixes=PREFIXES)
        return next(iter(store.named_graphs())).value


def _dataset(using: Sequence[str], named: Sequence[str]) -> str:
    clauses = [f"USING {ox.NamedNode(iri)}" for iri in using] + [f"USING NAMED {ox.NamedNode(iri)}" for iri in named]
    return " ".join(clauses) + (" " if clauses else "")
