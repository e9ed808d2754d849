"""The one table of formats in which SPARQL answers and graphs are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

from p4c_graph.errors import InputError

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
"""What kind of query a text is."""

TABLE_FORMS: frozenset[Form] = frozenset({"SELECT", "ASK"})
GRAPH_FORMS: frozenset[Form] = frozenset({"CONSTRUCT", "DESCRIBE"})


@dataclass(frozen=True, eq=False, slots=True)
class Format:
    """One way to write an answer; ``engine`` is what pyoxigraph calls it."""

    name: str
    media_type: str
    extension: str
    title: str
    forms: frozenset[Form]
    engine: QueryResultsFormat | RdfFormat
    aliases: tuple[str, ...] = ()
    charset: bool = False
    with_prefixes: bool = False
    also: tuple[str, ...] = ()
    """Other names that clients have for it."""

    @property
    def names(self) -> tuple[str, ...]:
        """What ``?format=`` may call it."""
        return (self.name, *self.also)

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media type and its aliases: what a client may ask for."""
        return (self.media_type, *self.aliases)


def _table(name: str, media_type: str, title: str, engine: QueryResultsFormat, *aliases: str) -> Format:
    charset = media_type.startswith("text/")
    return Format(name, media_type, engine.file_extension, title, TABLE_FORMS, engine, aliases, charset)


def _graph(
    name: str, media_type: str, title: str, engine: RdfFormat, *aliases: str, also: tuple[str, ...] = ()
) -> Format:
    prefixes = name in ("ttl", "trig", "rdf")
    return Format(
        name, media_type, engine.file_extension, title, GRAPH_FORMS, engine, aliases, with_prefixes=prefixes, also=also
    )


_XML = ("application/xml", "text/xml")
_R, _G = QueryResultsFormat, RdfFormat

FORMATS: tuple[Format, ...] = (
    _table("json", "application/sparql-results+json", "SPARQL results in JSON", _R.JSON, "application/json"),
    _table("xml", "application/sparql-results+xml", "SPARQL results in XML", _R.XML, *_XML),
    _table("csv", "text/csv", "CSV", _R.CSV),
    _table("tsv", "text/tab-separated-values", "TSV", _R.TSV),
    _graph("ttl", "text/turtle", "Turtle", _G.TURTLE, "application/x-turtle", also=("turtle", "n3")),
    _graph("jsonld", "application/ld+json", "JSON-LD", _G.JSON_LD, "application/json", also=("json-ld", "json")),
    _graph("rdf", "application/rdf+xml", "RDF/XML", _G.RDF_XML, *_XML, also=("rdf+xml", "xml")),
    _graph("nt", "application/n-triples", "N-Triples", _G.N_TRIPLES, "text/plain"),
    _graph("trig", "application/trig", "TriG", _G.TRIG, "application/x-trig"),
    _graph("nq", "application/n-quads", "N-Quads", _G.N_QUADS, "text/x-nquads"),
)
"""All formats, for each form in the order in which the server prefers them."""


@cache
def for_form(form: Form) -> tuple[Format, ...]:
    """The formats in which answers of this form are written, the preferred one first."""
    return tuple(format for format in FORMATS if form in format.forms)


def default(form: Form) -> Format:
    """The format taken where nobody asked for one."""
    return for_form(form)[0]


def by_name(name: str, form: Form | None = None) -> Format:
    """The format of this name. Raises InputError that lists what exists (for this form)."""
    for format in _candidates(form):
        if format.name == name:
            return format
    known = ", ".join(format.name for format in _candidates(form))
    of = f" of {form} queries" if form else ""
    raise InputError(
        f"There is no format {name!r} for answers{of}; expected one of: {known}.", parameter="format"
    )


def by_media_type(media_type: str, form: Form | None = None) -> Format | None:
    """The format this media type or alias names, or None; parameters such as ``charset`` are ignored."""
    wanted = media_type.split(";", 1)[0].strip().lower()
    return next((format for format in _candidates(form) if wanted in format.media_types), None)


def _candidates(form: Form | None) -> Iterator[Format]:
    return (format for format in FORMATS if form is None or form in format.forms)
