"""The head of a question: what it asks, its parameters and columns, read from `#+` lines and checked.

An error names the file and the line. The keys are those of docs/questions.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

import yaml

from p4c_graph.errors import SyntaxProblem
from p4c_graph.languages import LANGUAGES
from p4c_graph.namespaces import PREFIXES, RDF, RDFS, SCHEME, XSD
from p4c_graph.questions.text import row_limit, selected, split, variables

CLASS, RESOURCE, PROPERTY = RDFS.Class, RDFS.Resource, RDF.Property
DATATYPES = {
    XSD.string: "", XSD.language: "", XSD.integer: "_integer", XSD.decimal: "_decimal", XSD.gYear: "_gYear",
    XSD.boolean: "_boolean",
}
"""The datatypes a parameter may have, and how its variable ends; that of any other type ends in ``_iri``."""

_KEYS = {"summary", "summary_fr", "description", "description_fr", "tags", "parameters", "columns", "empty", "limit"}
_OF_GRLC = {"method", "endpoint", "endpoint_in_url", "pagination", "enumerate", "defaults", "mime", "transform"}
_OF_PARAMETER = {"label", "description", "type", "required", "default", "choices", "example"}


@dataclass(frozen=True)
class Text:
    """A text in the two languages of the project."""

    en: str
    fr: str

    def in_language(self, language: str) -> str:
        """The French text for any kind of French, else the English one."""
        return self.fr if language.lower().split("-")[0] == "fr" else self.en


@dataclass(frozen=True)
class Choices:
    """What a parameter may be: the concepts of a scheme, the answers of a query, or the values themselves."""

    scheme: str | None = None
    query: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """A value that a question takes; ``type`` is the IRI of a class or datatype."""

    name: str
    label: Text
    description: Text
    type: str
    required: bool = False
    default: str | None = None
    choices: Choices | None = None
    example: str | None = None

    @property
    def is_literal(self) -> bool:
        """Whether its value is a literal, not a thing."""
        return self.type in DATATYPES

    @property
    def variable(self) -> str:
        """The variable that holds its place in the query, as grlc names them: ``_region_iri``, ``__since_gYear``."""
        return f"{'_' if self.required else '__'}{self.name}{DATATYPES.get(self.type, '_iri')}"


LANG = Parameter(
    "lang", Text("Language", "Langue"),
    Text("The language of names, such as en or fr; English, else any, where a thing has no name in it.",
         "La langue des noms, par exemple en ou fr ; à défaut l'anglais, sinon une autre."),
    XSD.language, default="en", example="fr",
)
"""Taken by every question whose query mentions ``?__lang``."""

LIMIT = Parameter(
    "limit", Text("Rows at most", "Lignes au plus"),
    Text("How many rows the answer may have.", "Le nombre maximal de lignes de la réponse."),
    XSD.integer, example="10",
)
"""Taken by every question with a limit of rows: a number in its place, not a variable."""


@dataclass(frozen=True)
class Head:
    """All that the head of a question says; ``parameters`` ends with ``lang`` and ``limit`` where it takes them."""

    title: Text
    description: Text
    empty: Text
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: dict[str, Text] = field(default_factory=dict)
    limit: int | None = None


def parse(text: str, source: str) -> tuple[Head, str]:
    """The head of a question and the query below it. Raises SyntaxProblem that names the file and the line."""
    yaml_text, body = split(text)
    if not yaml_text.strip():
        raise SyntaxProblem("expected a head of lines that start with #+", source=source, line=1)
    try:
        node = yaml.compose(yaml_text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"the head is not well-formed YAML: {error.problem or error.context}"
        raise SyntaxProblem(problem, source=source, line=mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as error:
        raise SyntaxProblem(f"the head is not well-formed YAML: {error}", source=source, line=1) from None
    head = _head(_Node(node, source), speaks="__lang" in variables(body))
    _check_body(head, body, source, yaml_text.count("\n") + 1)
    return head, body


class _Node:
    """A piece of YAML that knows its line; every scalar is text, so that ``NO`` stays the code of Norway."""

    def __init__(self, node: yaml.Node | None, source: str) -> None:
        self.node, self.source = node, source

    def fail(self, message: str) -> NoReturn:
        line = self.node.start_mark.line + 1 if self.node is not None and self.node.start_mark else 1
        raise SyntaxProblem(message, source=self.source, line=line)

    def text(self, what: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.fail(f"{what}: expected a text")
        return " ".join(str(self.node.value).split())

    def items(self, what: str) -> list[_Node]:
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail(f"{what}: expected a list")
        return [_Node(item, self.source) for item in self.node.value]

    def entries(self, what: str) -> dict[str, _Node]:
        if not isinstance(self.node, yaml.MappingNode):
            self.fail(f"{what}: expected keys with values")
        found: dict[str, _Node] = {}
        for key, value in self.node.value:
            name = _Node(key, self.source).text(what)
            if name in found:
                _Node(key, self.source).fail(f"{what}: {name} stands there twice")
            found[name] = _Node(value, self.source)
        return found

    def keyed(self, what: str, allowed: set[str], needed: set[str]) -> dict[str, _Node]:
        """Its entries, after it is sure that only allowed keys and all needed ones are there."""
        found = self.entries(what)
        for name, node in found.items():
            if name not in allowed:
                node.fail(f"{what}: there is no key {name}; expected {', '.join(sorted(allowed))}")
        for name in sorted(needed - found.keys()):
            self.fail(f"{what}: {name} is missing")
        return found

    def both(self, what: str) -> Text:
        found = self.keyed(what, set(LANGUAGES), set(LANGUAGES))
        return Text(found["en"].text(what), found["fr"].text(what))


def _head(node: _Node, *, speaks: bool) -> Head:
    found = node.keyed("head", _KEYS | _OF_GRLC, _KEYS - {"parameters", "columns", "limit"})

    def pair(name: str) -> Text:
        return Text(found[name].text(name), found[f"{name}_fr"].text(f"{name}_fr"))

    parameters = [
        _parameter(name, value) for name, value in found["parameters"].entries("parameters").items()
    ] if "parameters" in found else []
    limit = _whole_number(found["limit"]) if "limit" in found else None
    return Head(
        title=pair("summary"), description=pair("description"), empty=found["empty"].both("empty"),
        tags=tuple(tag.text("tags") for tag in found["tags"].items("tags")),
        parameters=(*parameters, *([LANG] if speaks else []), *([LIMIT] if limit else [])),
        columns={
            name: value.both(f"column {name}") for name, value in found["columns"].entries("columns").items()
        } if "columns" in found else {},
        limit=limit,
    )


def _whole_number(node: _Node) -> int:
    text = node.text("limit")
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        node.fail(f"limit is {text!r}; expected a whole number above 0")
    return int(text)


def _parameter(name: str, node: _Node) -> Parameter:
    what = f"parameter {name}"
    if not name.isascii() or not name.isalnum() or not name[0].islower():
        node.fail(f"{what}: a name is lower-case first, of letters and digits, such as targetGroup")
    if name in (LANG.name, LIMIT.name):
        node.fail(f"{what}: every question has it by itself, from ?__lang and the key limit")
    found = node.keyed(what, _OF_PARAMETER, {"label", "description", "type"})
    required = found["required"].text(what) if "required" in found else "false"
    if required not in ("true", "false"):
        found["required"].fail(f"{what}: required is {required!r}; expected true or false")
    optional = {key: found[key].text(f"{what}, {key}") for key in ("default", "example") if key in found}
    return Parameter(
        name, found["label"].both(what), found["description"].both(what), _iri(found["type"], what),
        required == "true", choices=_choices(found["choices"], what) if "choices" in found else None, **optional,
    )


def _iri(node: _Node, what: str) -> str:
    """The IRI of a prefixed name."""
    prefix, colon, local = node.text(what).partition(":")
    if not colon or prefix not in PREFIXES:
        node.fail(f"{what}: expected a prefixed name such as p4c:Region or xsd:integer")
    return PREFIXES[prefix] + local


def _choices(node: _Node, what: str) -> Choices:
    if isinstance(node.node, yaml.SequenceNode):
        return Choices(values=tuple(item.text(what) for item in node.items(what)))
    if not isinstance(node.node, yaml.ScalarNode):
        node.fail(f"{what}: expected a scheme, a query or a list as choices")
    text = str(node.node.value).strip()
    if selected(text):
        if selected(text) != ["value", "label"]:
            node.fail(f"{what}: a query of choices selects ?value ?label")
        return Choices(query=text)
    return Choices(scheme=_iri(node, what) if ":" in text else SCHEME[node.text(what)])


def _check_body(head: Head, body: str, source: str, line: int) -> None:
    for problem in _problems(head, body):
        raise SyntaxProblem(problem, source=source, line=line)


def _problems(head: Head, body: str) -> Iterator[str]:
    """What of the head does not fit the query: columns, parameters, limit."""
    columns, declared = selected(body), list(head.columns)
    if columns != declared:
        found, described = (", ".join(names) or "nothing" for names in (columns, declared))
        yield f"the query selects {found}; the head describes {described}"
    used = {name for name in variables(body) if name.startswith("_")}
    known = {parameter.variable for parameter in head.parameters if parameter is not LIMIT}
    for name in sorted(known - used):
        yield f"the query does not mention ?{name}, the place of a parameter"
    for name in sorted(used - known):
        yield f"the query mentions ?{name}; the head has no such parameter"
    number = row_limit(body)
    if (int(number.text) if number else None) != head.limit:
        yield f"the query ends with LIMIT {number.text if number else '(none)'}; the head says {head.limit}"
