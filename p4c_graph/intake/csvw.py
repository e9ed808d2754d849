"""CSVW table descriptions, read from ``ontology/tables/``: which column says what of which resource.

Follows W3C "Generating RDF from Tabular Data on the Web" (csv2rdf), minimal mode. A template that mentions an
empty cell yields nothing, and a column without ``propertyUrl`` says nothing. Of our own are these annotations,
which other tools pass over:

* ``p4c:graph`` on table or column: the graph a statement goes into;
* ``p4c:template`` on a table: the spreadsheet template it is a sheet of; its graph is that of the filled sheet;
* ``p4c:each`` on a column: it speaks once for each of the columns named whose cell is filled, ``{_name}`` in its
  templates being that column's name;
* ``p4c:slugOf`` on a column: templates whose slug stands in where the cell is empty, the first that can be filled;
* ``rdfs:subClassOf`` on a column: its cells name classes below that one.

``{_source}`` in a template is the name of what is read, and ``"lang": "und"`` is the language of the sheet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.namespaces import P4C, PREFIXES, RDFS, SKOS, XSD

GRAPH, TEMPLATE, EACH, SLUG_OF = P4C.graph, P4C.template, P4C.each, P4C.slugOf
SOURCE, NAME = "_source", "_name"
UNDETERMINED = "und"
XSD_TYPES = ("string", "decimal", "integer", "boolean", "gYear", "date", "anyURI")
VARIABLE = re.compile(r"\{([+#]?)(\w[\w.]*)\}")
"""A variable of a URI template (RFC 6570): simple ``{x}``, reserved ``{+x}`` or fragment ``{#x}``."""


@dataclass(frozen=True)
class Column:
    """One column: its names, what its cells mean, and which values it takes."""

    name: str
    titles: dict[str, list[str]]
    property_url: str | None
    about_url: str | None
    value_url: str | None
    datatype: str
    minimum: Decimal | None
    maximum: Decimal | None
    lang: str | None
    separator: str | None
    null: frozenset[str]
    required: bool
    virtual: bool
    suppressed: bool
    graph: str | None
    reads: str | None
    """The column whose cell its values are in: its own, or that which it is a copy of; none where it is virtual."""
    where: str | None = None
    """The column whose cell must be filled for it to speak."""
    each: tuple[str, ...] = ()
    slug_of: tuple[str, ...] = ()
    subclass_of: str | None = None
    default: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    """Language → what to write into the column."""
    examples: dict[str, str] = field(default_factory=dict)
    """Language → an example of a cell."""

    @property
    def speaks(self) -> bool:
        """Whether its cells become statements."""
        return self.property_url is not None and not self.suppressed

    def title(self, language: str) -> str:
        """The heading people see in a language."""
        titles = self.titles.get(language) or self.titles.get("en") or [self.name]
        return titles[-1]


@dataclass(frozen=True)
class Table:
    """One table: the file it describes (relative to ``data/``), its columns, its subject and its graph."""

    name: str
    url: str
    columns: tuple[Column, ...]
    about_url: str | None
    graph: str | None
    primary_key: tuple[str, ...] = field(default=())
    template: str | None = None
    titles: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        """What people call the table in a language."""
        return self.titles.get(language) or self.titles.get("en") or self.name

    @cached_property
    def written(self) -> tuple[Column, ...]:
        """The columns that stand in a file."""
        return tuple(column for column in self.columns if not column.virtual)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Name → column, of those that stand in a file."""
        return {column.name: column for column in self.written}

    @cached_property
    def by_heading(self) -> dict[str, Column]:
        """Heading (any language, any case) or name → column."""
        headings = ((heading, column) for column in self.columns for heading in _headings(column))
        return {heading.casefold(): column for heading, column in headings}


def read_table(path: Path) -> Table:
    """The table a CSVW JSON file describes. Raises InputError naming file and column."""
    try:
        description = json.loads(path.read_bytes())
        schema = description["tableSchema"]
        url, columns = description["url"], schema["columns"]
    except ValueError as error:
        raise SyntaxProblem(str(error), source=str(path), line=getattr(error, "lineno", None)) from None
    except (KeyError, TypeError):
        raise InputError(f"{path}: expected a CSVW table with url and tableSchema.columns") from None
    shared = {key: schema.get(key, description.get(key)) for key in ("null", "separator", "lang", "datatype")}
    read = [_column(path, column, shared) for column in columns]
    titles = _by_language(description.get("dc:title", path.stem))
    table = Table(
        name=path.stem,
        url=url,
        columns=tuple(copy for column in read for copy in _copies(column)),
        about_url=schema.get("aboutUrl", description.get("aboutUrl")),
        graph=description.get(GRAPH),
        primary_key=_strings(schema.get("primaryKey")),
        template=description.get(TEMPLATE),
        titles=titles,
        notes=_by_language(description.get("dc:description", "")),
    )
    for problem in _problems(table):
        raise InputError(f"{path}: {problem}")
    return table


def read_tables(folder: Path) -> list[Table]:
    """Every table described in a folder, in order of name."""
    return [read_table(path) for path in sorted(folder.glob("*.json"))]


def _headings(column: Column) -> list[str]:
    """What may stand above a column; nothing for a virtual one."""
    titles = [title for titles in column.titles.values() for title in titles]
    return [] if column.virtual else [column.name, *titles]


def _problems(table: Table) -> Iterator[str]:
    """What is wrong with a description: headings used twice, templates that cannot be filled."""
    headings = [heading.casefold() for column in table.columns for heading in set(_headings(column))]
    names = table.by_name.keys() | {SOURCE}
    for column in table.columns:
        about, graph = column.about_url or table.about_url, column.graph or table.graph
        for heading in _headings(column):
            if headings.count(heading.casefold()) > 1 and table.by_heading[heading.casefold()] is not column:
                yield f"column {column.name}: heading {heading!r} is also that of another column"
        for template in (about, graph, column.value_url, *column.slug_of):
            unknown = {name for _, name in VARIABLE.findall(template or "")} - names
            if unknown or re.search(r"[{}]", VARIABLE.sub("", template or "")):
                yield f"column {column.name}: template {template!r} has variables that are no columns"
        if unknown := {column.where, *column.each} - names - {None}:
            yield f"column {column.name}: {EACH} names {min(map(str, unknown))}, which is no column"
        if column.speaks and not (about and (graph or table.template)):
            yield f"column {column.name}: expected aboutUrl and {GRAPH}, on the column or the table"
        if column.speaks and not column.reads and not column.value_url:
            yield f"column {column.name}: is virtual, expected valueUrl"


def _copies(column: Column) -> Iterator[Column]:
    """A column, and where it speaks for each of others, a virtual copy for each instead of it."""
    if not column.each:
        yield column
        return
    if not column.virtual:
        yield replace(column, suppressed=True, about_url=None)

    def named(template: str | None, name: str) -> str | None:
        return template and template.replace(f"{{{NAME}}}", name)

    for name in column.each:
        yield replace(
            column, virtual=True, required=False, where=name, each=(), slug_of=(),
            about_url=named(column.about_url, name), value_url=named(column.value_url, name),
        )


def _by_language(value: Any) -> dict[str, str]:
    """Language → text of a common property: a text, a language-tagged one, or several."""
    found = {}
    for one in value if isinstance(value, list) else [value]:
        language, text = (one.get("@language", "en"), one.get("@value", "")) if isinstance(one, dict) else ("en", one)
        found[language] = str(text)
    return {"en": next(iter(found.values())), **found} if found else {}


def _strings(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _column(path: Path, column: dict[str, Any], shared: dict[str, Any]) -> Column:
    if "name" not in column:
        raise InputError(f"{path}: a column has no name")
    where = f"{path}: column {column['name']}"

    def inherited(key: str, default: Any) -> Any:
        return column.get(key, shared[key] if shared[key] is not None else default)

    datatype = inherited("datatype", "string")
    details = datatype if isinstance(datatype, dict) else {"base": datatype}
    base = details.get("base", "string")
    if base not in XSD_TYPES:
        raise InputError(f"{where}: datatype {base!r} is not one of {', '.join(XSD_TYPES)}")
    if unread := details.keys() - {"base", "minimum", "maximum"}:
        raise InputError(f"{where}: {min(unread)} of a datatype is not read, only base, minimum and maximum")
    null = inherited("null", "")
    return Column(
        name=column["name"],
        titles=_titles(column.get("titles", column["name"])),
        property_url=_iri(where, column.get("propertyUrl")),
        about_url=column.get("aboutUrl"),
        value_url=column.get("valueUrl"),
        datatype=XSD[base],
        minimum=_number(details.get("minimum")),
        maximum=_number(details.get("maximum")),
        lang=inherited("lang", None) if base == "string" else None,
        separator=inherited("separator", None),
        null=frozenset([null] if isinstance(null, str) else null) | {""},
        required=bool(column.get("required", False)),
        virtual=bool(column.get("virtual", False)),
        suppressed=bool(column.get("suppressOutput", False)),
        graph=column.get(GRAPH),
        reads=None if column.get("virtual", False) else column["name"],
        each=_strings(column.get(EACH)),
        slug_of=_strings(column.get(SLUG_OF)),
        subclass_of=column.get(RDFS.subClassOf),
        default=str(column.get("default", "")),
        notes=_by_language(column["dc:description"]) if "dc:description" in column else {},
        examples=_by_language(column[SKOS.example]) if SKOS.example in column else {},
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _titles(titles: Any) -> dict[str, list[str]]:
    by_language = titles if isinstance(titles, dict) else {"en": titles}
    return {lang: [value] if isinstance(value, str) else list(value) for lang, value in by_language.items()}


def _iri(where: str, written: str | None) -> str | None:
    """An absolute IRI, or a CURIE with one of our prefixes written out."""
    if written is None or written.startswith(("http://", "https://")):
        return written
    prefix, _, local = written.partition(":")
    if prefix not in PREFIXES:
        raise InputError(f"{where}: propertyUrl {written!r} is no absolute IRI and has no known prefix")
    return PREFIXES[prefix] + local
