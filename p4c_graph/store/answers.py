"""What a store answers: a table, yes or no, or a graph, read as Python values or written in a format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from importlib import import_module
from typing import IO, Any, Protocol

import pyoxigraph as ox

from p4c_graph.errors import InputError, StoreProblem, SyntaxProblem
from p4c_graph.namespaces import XSD
from p4c_graph.store import formats, jsonld
from p4c_graph.store.bounds import at_most
from p4c_graph.store.display import MOST_SHOWN, as_html, as_text
from p4c_graph.store.formats import Form, Format

Value = str | int | float | bool | None
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | Iterable[ox.Triple]

_NUMBERS: dict[ox.NamedNode, type[int] | type[float]] = {
    ox.NamedNode(XSD[name]): kind
    for kind, names in {
        int: (
            "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
            "nonPositiveInteger", "negativeInteger",
            "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
        ),
        float: ("decimal", "double", "float"),
    }.items()
    for name in names
}
_BOOLEAN = ox.NamedNode(XSD["boolean"])


class Writer(Protocol):
    """Where an answer can be written: any binary file."""

    def write(self, data: bytes, /) -> int:
        """Takes all of the data; may raise to end the writing."""
        ...

    def flush(self) -> None:
        """Called at the end."""
        ...


class QueryAnswer:
    """One answer: it shows itself as a table in a terminal and a notebook.

    What ``write`` and ``serialize`` give comes from the store as it is written, once; rows and graphs that have been
    read as values can be read again.
    """

    def __init__(self, result: Result, form: Form, prefixes: Mapping[str, str] | None = None) -> None:
        self.form = form
        self._result = result
        self._unread = True
        self._rows: list[tuple[Term | None, ...]] | None = None
        self._graph: list[ox.Triple] | None = None
        self._prefixes = dict(prefixes or {})

    @classmethod
    def read(cls, body: bytes, format: Format, form: Form) -> QueryAnswer:
        """The answer that was written in this format: by a worker, or by another server."""
        with engine_errors():
            if isinstance(format.engine, ox.QueryResultsFormat):
                return cls(ox.parse_query_results(body, format.engine), form)
            if format.engine is ox.RdfFormat.JSON_LD:
                body = jsonld.with_context(body)
            return cls((quad.triple for quad in ox.parse(body, format.engine)), form)

    def columns(self) -> list[str]:
        """The variables of a SELECT, in their order."""
        return [variable.value for variable in self._solutions().variables]

    def terms(self) -> list[tuple[Term | None, ...]]:
        """The rows of a SELECT as RDF terms, None where unbound."""
        if self._rows is None:
            with engine_errors():
                self._rows = [tuple(solution) for solution in self._solutions(taking=True)]
        return self._rows

    def tuples(self) -> list[tuple[Value, ...]]:
        """The rows of a SELECT as Python values: see ``value``."""
        return [tuple(map(value, row)) for row in self.terms()]

    def rows(self) -> list[dict[str, Value]]:
        """The rows of a SELECT, each from variable to Python value (None where unbound)."""
        columns = self.columns()
        return [dict(zip(columns, row, strict=True)) for row in self.tuples()]

    def boolean(self) -> bool:
        """The answer of an ASK."""
        if not isinstance(self._result, ox.QueryBoolean):
            raise InputError(f"A {self.form} query is not answered by yes or no; expected ASK.")
        return bool(self._result)

    def triples(self) -> list[ox.Triple]:
        """The graph of a CONSTRUCT or DESCRIBE."""
        if isinstance(self._result, ox.QuerySolutions | ox.QueryBoolean):
            raise InputError(f"A {self.form} query has no graph; expected CONSTRUCT or DESCRIBE.")
        if self._graph is None:
            self._take()
            with engine_errors():
                self._graph = list(self._result)
        return self._graph

    def to_pandas(self) -> Any:
        """The rows of a SELECT as a pandas DataFrame. Raises InputError where pandas is not installed."""
        return data_frame(self.tuples(), self.columns())

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """The rows of a SELECT, one by one, as ``rows`` gives them."""
        return iter(self.rows())

    def __repr__(self) -> str:
        if isinstance(self._result, ox.QuerySolutions):
            return as_text(self.columns(), self.tuples())
        return str(self.boolean()).lower() if self.form == "ASK" else self._turtle()

    def _repr_html_(self) -> str:
        if isinstance(self._result, ox.QuerySolutions):
            return as_html(self.columns(), self.tuples())
        return f"<pre>{escape(repr(self))}</pre>"

    def _turtle(self) -> str:
        written = write_graph(self.triples()[:MOST_SHOWN], formats.by_name("ttl"), prefixes=self._prefixes) or b""
        rest = len(self.triples()) - MOST_SHOWN
        return written.decode().rstrip() + (f"\n# … and {rest:,} more statements" if rest > 0 else "")

    def serialize(self, format: Format | str | None = None) -> bytes:
        """The answer written in a format (default: the first of ``formats.for_form``).

        >>> from p4c_graph.store.embedded import Embedded
        >>> Embedded.in_memory().query("ASK {}").serialize("csv")
        b'true'
        """
        with engine_errors():
            return self._serialize(format, None) or b""

    def write(self, output: Writer, format: Format | str | None = None, *, most: int | None = None) -> None:
        """Writes the answer piece by piece; what ``output`` raises ends it, and a graph of over ``most`` statements."""
        if most is not None and not isinstance(self._result, ox.QuerySolutions | ox.QueryBoolean):
            self._result = at_most(most, self._result)
        with engine_errors():
            self._serialize(format, output)  # type: ignore[arg-type]

    def _serialize(self, format: Format | str | None, output: IO[bytes] | None) -> bytes | None:
        if format is None:
            format = formats.default(self.form)
        elif isinstance(format, str) or self.form not in format.forms:
            format = formats.by_name(format if isinstance(format, str) else format.name, self.form)
        self._take()
        engine, result = format.engine, self._result
        if isinstance(engine, ox.QueryResultsFormat):
            assert isinstance(result, ox.QuerySolutions | ox.QueryBoolean)
            return result.serialize(output, engine)
        assert not isinstance(result, ox.QuerySolutions | ox.QueryBoolean)
        return write_graph(result, format, output, prefixes=self._prefixes)

    def _solutions(self, taking: bool = False) -> ox.QuerySolutions:
        if not isinstance(self._result, ox.QuerySolutions):
            raise InputError(f"A {self.form} query has no rows; expected SELECT.")
        if taking:
            self._take()
        return self._result

    def _take(self) -> None:
        if not self._unread:
            raise InputError("This answer has been read already; ask the query again.")
        self._unread = False


def write_graph(
    graph: ox.QueryTriples | Iterable[ox.Triple], format: Format, output: IO[bytes] | None = None, *,
    prefixes: Mapping[str, str] | None = None,
) -> bytes | None:
    """Writes a graph to ``output``, or gives its bytes: the one place where triples become a format."""
    engine = format.engine
    assert isinstance(engine, ox.RdfFormat)
    if engine is ox.RdfFormat.JSON_LD:
        return jsonld.write(graph, output)
    known = dict(prefixes) if prefixes and format.with_prefixes else None
    if isinstance(graph, ox.QueryTriples) and not known:
        return graph.serialize(output, engine)
    return ox.serialize(graph, output, engine, prefixes=known)


def data_frame(rows: Sequence[Any], columns: list[str] | None = None) -> Any:
    """Rows as a pandas DataFrame. Raises InputError where pandas is not installed."""
    try:
        pandas = import_module("pandas")
    except ImportError:
        raise InputError("pandas is not installed; install it with: pip install pandas") from None
    return pandas.DataFrame(rows, columns=columns)


def value(term: Term | None) -> Value:
    """The Python value of a term: numbers and booleans as such, IRIs and all other literals as text.

    >>> value(ox.Literal(3)), value(ox.NamedNode("http://example.org/a")), value(ox.Literal("Lyon"))
    (3, 'http://example.org/a', 'Lyon')
    """
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        datatype = term.datatype
        if number := _NUMBERS.get(datatype):
            try:
                return number(term.value)
            except ValueError:
                return term.value
        if datatype == _BOOLEAN:
            return term.value in ("true", "1")
        return term.value
    return lexical(term)


def lexical(term: Term) -> str:
    """The IRI, name or lexical form of a term."""
    return str(term) if isinstance(term, ox.Triple) else term.value


@contextmanager
def engine_errors(query: str = "", unknown_prefixes: Sequence[str] = ()) -> Iterator[None]:
    """Turns what the engine raises within the block into the project's errors.

    The engine does not tell a prefix that is not declared from other mistakes; ``unknown_prefixes`` may be the cause.
    """
    try:
        yield
    except SyntaxError as error:
        raise _syntax_problem(str(error), query, unknown_prefixes) from None
    except (RuntimeError, ValueError, OSError) as error:
        if isinstance(error, OSError) or "Corruption" in str(error):
            raise StoreProblem(f"The store failed: {_sentence(error)}") from None
        raise InputError(f"The query cannot be answered: {_sentence(error)}") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the engine raises where it breaks; no public name
            raise
        raise StoreProblem("The store broke on this query.") from None


_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_REASONS = {
    "Prefix not found": "a prefix is not declared",
    "IRI parsing failed": "an IRI is not well-formed, or relative without a BASE",
    "The SELECT contains a variable that is unbound": "SELECT names a variable that is not grouped or bound",
}


def _syntax_problem(message: str, query: str, unknown_prefixes: Sequence[str] = ()) -> SyntaxProblem:
    """Line and place of a mistake, and the reason where the engine gives one besides what it expected."""
    found = _POSITION.match(message)
    if not found:
        return SyntaxProblem(_sentence(message))
    line, column = int(found[1]), int(found[2])
    lines = query.split("\n")
    before = " ".join([*lines[max(0, line - 4) : line - 1], lines[line - 1][: column - 1]]) if query else ""
    read = " ".join(before.split())[-40:]
    reason = next((clear for raw, clear in _REASONS.items() if raw in found[3]), None)
    if unknown_prefixes:
        reason = f"the prefix {unknown_prefixes[0]}: is not declared"
    if reason:
        return SyntaxProblem(f"{reason}, near {read!r}", line=line)
    return SyntaxProblem(f"the query cannot be understood after {read!r}", line=line)


def _sentence(error: object) -> str:
    text = " ".join(str(error).split())
    return text[:300] + ("" if text.endswith(".") else ".")

