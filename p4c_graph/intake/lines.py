"""Large files of N-Triples and N-Quads, as text that the engine reads itself: no Python object a statement.

Of what intake does with a file two things are left to do: statements outside a graph get one, which the engine does,
and blank nodes get IRIs made of all that the file says of them. A file that has a blank node is none of these.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.store.statements import graph_of

LARGE = 4_000_000
"""Bytes from which on a file is large; a smaller one is read statement by statement."""
PIECE = 64_000_000
"""Bytes of text that the engine gets at a time: some 300,000 statements."""
FORMATS = {".nt": ox.RdfFormat.N_TRIPLES, ".nq": ox.RdfFormat.N_QUADS}
_TEXT = rb'"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
_LITERAL = re.compile(_TEXT)
_IRI = re.compile(rb"<[^>\n]*>")
_SUSPICIOUS = re.compile(rb"_:|<<")
_GRAPH = re.compile(
    rb"^([ \t]*<[^>\n]*>[ \t]*<[^>\n]*>[ \t]*(?:<[^>\n]*>|" + _TEXT + rb"(?:@[\w-]+|[ \t]*\^\^[ \t]*<[^>\n]*>)?)[ \t]*)"
    rb"<([^>\n]*)>(?=[ \t]*\.)", re.MULTILINE)
_EMPTY = re.compile(rb"^[ \t]*(?:#[^\n]*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """Some lines of a file; ``before`` is how many lines come before them."""

    text: bytes
    format: ox.RdfFormat
    before: int

    def split(self) -> tuple[bytes, set[str]]:
        """The same as N-Triples, and the graphs: the empty one where a statement stands outside of all.

        Raises SyntaxError where what stands for a graph is no IRI.
        """
        if self.format == ox.RdfFormat.N_TRIPLES:
            return self.text, {""}
        parts = _GRAPH.split(self.text)
        graphs = {name.decode() for name in set(parts[2::3])}
        others = self.text.count(b"\n") + (not self.text.endswith(b"\n")) - len(parts) // 3
        if others and others > len(_EMPTY.findall(self.text, 0, len(self.text) - self.text.endswith(b"\n"))):
            graphs.add("")
        if not all(map(_is_iri, graphs - {""})):  # or one with escapes: the engine says which
            graphs = {graph_of(quad) for quad in ox.parse(self.text, self.format)}
        del parts[2::3]
        return b"".join(parts), graphs


@dataclass(frozen=True)
class LineFile:
    """A file whose statements stand as they are to be stored, with the number of its lines."""

    path: Path
    count: int
    parts: int
    """In how many pieces it comes."""

    @classmethod
    def of(cls, path: Path) -> LineFile | None:
        """The file, where it is large, of these formats, and nothing in it is to be rewritten."""
        rdf_format = FORMATS.get(path.suffix.lower())
        try:
            if rdf_format is None or path.stat().st_size < LARGE:
                return None
            count = parts = 0
            for piece in _pieces(path, rdf_format):
                if _is_to_be_rewritten(piece.text):
                    return None
                count, parts = piece.before + piece.text.count(b"\n"), parts + 1
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror})") from None
        return cls(path, count, parts)

    def pieces(self) -> Iterator[Piece]:
        """The file in pieces of whole lines."""
        return _pieces(self.path, FORMATS[self.path.suffix.lower()])


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _pieces(path: Path, rdf_format: ox.RdfFormat) -> Iterator[Piece]:
    before = 0
    with path.open("rb") as file:
        while text := file.read(PIECE) + file.readline():
            if not before:
                text = text.removeprefix(codecs.BOM_UTF8)
            if b"\r" in text:  # stands in no statement, but may end a line
                text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            yield Piece(text, rdf_format, before)
            before += text.count(b"\n")


def _is_to_be_rewritten(text: bytes) -> bool:
    """Whether lines have a blank node, or a statement about a statement."""
    if b"_:" not in text and b"<<" not in text:  # of most files, at a fraction of the time
        return False
    for found in _SUSPICIOUS.finditer(text):
        start, end = text.rfind(b"\n", 0, found.start()) + 1, text.find(b"\n", found.end())
        line = _LITERAL.sub(b"", text[start: end if end >= 0 else None])
        if b"<<" in line or b"_:" in _IRI.sub(b"", line):
            return True
    return False
