"""CSVW table descriptions, read from ``ontology/tables/``: which column says what of which resource.

Follows W3C "Generating RDF from Tabular Data on the Web" (csv2rdf), minimal mode, with three things of our
own: a ``p4c:graph`` annotation on table or column names the graph a statement goes into, a template that
mentions an empty cell yields nothing, and a column without ``propertyUrl`` says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from p4c_graph.errors import InputError, SyntaxProblem
from p4c_graph.namespaces import P4C, PREFIXES, XSD

GRAPH = P4C.graph
XSD_TYPES = ("string", "decimal", "integer", "boolean", "gYear", "date", "anyURI")
VARIABLE = re.compile(r"\{([+#]?)(\w+)\}")
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

    @property
    def speaks(self) -> bool:
        """Whether its cells become statements."""
        return self.property_url is not None and not self.suppressed


@dataclass(frozen=True)
class Table:
    """One table: the file it describes (relative to ``data/``), its columns, its subject and its graph."""

    name: str
    url: str
    columns: tuple[Column, ...]
    about_url: str | None
    graph: str | None
    title: str = ""
    primary_key: tuple[str, ...] = field(default=())

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
    keys = schema.get("primaryKey", ())
    table = Table(
        name=path.stem,
        url=url,
        columns=tuple(_column(path, column, shared) for column in columns),
        about_url=schema.get("aboutUrl", description.get("aboutUrl")),
        graph=description.get(GRAPH),
        title=_text(description.get("dc:title", path.stem)),
        primary_key=(keys,) if isinstance(keys, str) else tuple(keys),
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
    names = {column.name for column in table.columns if not column.virtual}
    for column in table.columns:
        about, graph = column.about_url or table.about_url, column.graph or table.graph
        for heading in _headings(column):
            if headings.count(heading.casefold()) > 1 and table.by_heading[heading.casefold()] is not column:
                yield f"column {column.name}: heading {heading!r} is also that of another column"
        for template in (about, graph, column.value_url):
            unknown = {name for _, name in VARIABLE.findall(template or "")} - names
            if unknown or re.search(r"[{}]", VARIABLE.sub("", template or "")):
                yield f"column {column.name}: template {template!r} has variables that are no columns"
        if column.speaks and not (about and graph):
            yield f"column {column.name}: expected aboutUrl and {GRAPH}, on the column or the table"
        if column.speaks and column.virtual and not column.value_url:
            yield f"column {column.name}: is virtual, expected valueUrl"


def _text(value: Any) -> str:
    return str(value.get("@value", "") if isinstance(value, dict) else value)


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
