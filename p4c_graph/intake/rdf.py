"""Turtle, TriG, N-Triples, N-Quads, RDF/XML and JSON-LD files → quads, every one in a named graph."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pyoxigraph as ox

from p4c_graph.errors import SyntaxProblem
from p4c_graph.files import read_file
from p4c_graph.intake import jsonld
from p4c_graph.store.jsonld import CONTEXT_IRI
from p4c_graph.terms import Minter, slugify

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}
_OX_POSITION = re.compile(r"^Parser error (?:at|between) .*?: ")
_DEFAULT = ox.DefaultGraph()
_DEEPEST = 100
_ROUNDS = 8


def read_rdf(path: Path, minter: Minter, *, name: str | None = None) -> Iterator[ox.Quad]:
    """The quads of a file; statements outside a graph go into ``graph/{name}`` (default: the file's stem).

    Blank nodes become IRIs made of what the file says of them, so equal content gives equal quads. Raises
    SyntaxProblem with file and line.
    """
    text = read_file(path)
    own_graph = graph_of_file(path, minter, name)
    for quad in parse(text, FORMATS[path.suffix.lower()], minter, source=str(path)):
        if quad.graph_name == _DEFAULT:
            yield ox.Quad(quad.subject, quad.predicate, quad.object, own_graph)
        else:
            yield quad


def graph_of_file(path: Path, minter: Minter, name: str | None = None) -> ox.NamedNode:
    """Where the statements of a file go that it puts into no graph."""
    return ox.NamedNode(minter.graph(name or slugify(path.stem) or "unnamed"))


def parse(
    text: bytes, rdf_format: ox.RdfFormat, minter: Minter, *, source: str, only_our_context: bool = False
) -> list[ox.Quad]:
    """The quads of a text, blank nodes replaced; ``source`` names it in messages.

    ``only_our_context`` refuses JSON-LD that defines terms of its own.
    """
    text = text.removeprefix(codecs.BOM_UTF8)
    if rdf_format == ox.RdfFormat.JSON_LD:
        text = jsonld.prepared(text, source, only_ours=only_our_context)
    if rdf_format == ox.RdfFormat.RDF_XML:
        _check_xml(text, source)
    with syntax_problems(source):
        quads = list(ox.parse(text, rdf_format, base_iri=minter.base))
    if not quads and rdf_format == ox.RdfFormat.JSON_LD and b"@context" not in text:
        raise SyntaxProblem(f"says nothing, expected @context {CONTEXT_IRI}", source=source)
    if any(isinstance(quad.object, ox.Triple) for quad in quads):
        raise SyntaxProblem("has statements about statements (RDF 1.2), which are not read", source=source)
    return without_blank_nodes(quads, minter)


@contextmanager
def syntax_problems(source: str, before: int = 0) -> Iterator[None]:
    """Turns what the engine says of a text into SyntaxProblem; ``before`` is how many lines come before that text."""
    try:
        yield
    except SyntaxError as error:
        line = None if error.lineno is None else before + error.lineno
        raise SyntaxProblem(_OX_POSITION.sub("", error.msg), source=source, line=line) from None
    except ValueError as error:
        raise SyntaxProblem(str(error), source=source) from None


def _check_xml(text: bytes, source: str) -> None:
    """Refuses what the engine lets through: a file cut short, entities and depth that would keep it busy."""
    depth = 0

    def refuse(what: str) -> None:
        raise SyntaxProblem(what, source=source, line=parser.CurrentLineNumber)

    def start(name: str, attributes: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            refuse(f"is nested more than {_DEEPEST} levels deep")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = lambda *_: refuse("declares an entity, expected XML without entities")
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        what = f"is not XML: {expat.ErrorString(error.code)}"
        raise SyntaxProblem(what, source=source, line=error.lineno) from None


def without_blank_nodes(quads: list[ox.Quad], minter: Minter) -> list[ox.Quad]:
    """The quads with an IRI for every blank node: a hash of what is said of it and of those it is tied to.

    Blank nodes of which the same is said are told apart by their order in the file.
    """
    said: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        for node in {term for term in quad if isinstance(term, ox.BlankNode)}:
            said[node].append(quad)
    if not said:
        return quads
    names = dict.fromkeys(said, "")
    for _ in range(_ROUNDS):
        names = {node: _hash(_told(quad, node, names) for quad in about) for node, about in said.items()}
    iris, times = {}, Counter[str]()
    for node, name in names.items():
        times[name] += 1
        iris[node] = ox.NamedNode(minter.resource("genid", f"{name}-{times[name]}"))

    def named(term: Any) -> Any:
        return iris[term] if isinstance(term, ox.BlankNode) else term

    return [ox.Quad(named(q.subject), q.predicate, named(q.object), named(q.graph_name)) for q in quads]


def _told(quad: ox.Quad, node: ox.BlankNode, names: dict[ox.BlankNode, str]) -> str:
    """A statement as one of its blank nodes sees it: itself, and the others by their names so far."""

    def seen(term: Any) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        return "_:" if term == node else f"_:{names[term]}"

    return " ".join(map(seen, quad))


def _hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
