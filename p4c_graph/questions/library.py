"""The library: every ``.rq`` file of a folder is a question, named after its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rapidfuzz import process

from p4c_graph import settings
from p4c_graph.errors import InputError, SyntaxProblem, UnknownName
from p4c_graph.questions.binding import Names, bind
from p4c_graph.questions.head import Head, Parameter, Text, parse
from p4c_graph.questions.text import variables
from p4c_graph.questions.values import shown
from p4c_graph.store.formats import Form
from p4c_graph.store.guard import QueryInfo, check_query
from p4c_graph.terms import compact


@dataclass(frozen=True)
class Question:
    """One question: its name, what its head says, and its query."""

    name: str
    head: Head
    body: str

    @property
    def title(self) -> Text:
        """What is asked, in one line."""
        return self.head.title

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The values it takes, in order; ``lang`` and ``limit`` last."""
        return self.head.parameters

    @cached_property
    def info(self) -> QueryInfo:
        """Form and prefixes of its query."""
        return check_query(self.body)

    @cached_property
    def variables(self) -> set[str]:
        """The names of all variables of its query."""
        return variables(self.body)

    @property
    def form(self) -> Form:
        """SELECT or ASK."""
        return self.info.form  # type: ignore[return-value]

    def to_dict(self) -> dict[str, Any]:
        """All that there is to know about it, for programs; texts by language, types as prefixed names."""
        head = self.head
        return {
            "name": self.name, "title": asdict(head.title), "description": asdict(head.description),
            "tags": list(head.tags), "parameters": [_parameter(parameter) for parameter in head.parameters],
            "columns": {name: asdict(text) for name, text in head.columns.items()},
            "empty": asdict(head.empty), "limit": head.limit,
        }

    def examples(self) -> dict[str, str]:
        """A value for each parameter that must be given."""
        return {p.name: str(p.example) for p in self.parameters if p.required and p.default is None}

    def bind(self, values: Mapping[str, object], names: Names) -> str:
        """The query with these values in their places. Raises InputError that names the parameter."""
        return bind(self.head, self.body, values, names)


class Library:
    """The questions of a folder; a file is read when its question is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, Question] = {}

    @classmethod
    def shipped(cls) -> Library:
        """The questions that come with the program."""
        return cls(settings.resources() / "sparql" / "questions")

    def names(self) -> list[str]:
        """The names of all questions, in alphabetical order."""
        return sorted(path.stem for path in self.folder.glob("*.rq"))

    def get(self, name: str) -> Question:
        """The question of this name. Raises UnknownName with near matches, SyntaxProblem where its file is wrong."""
        if name not in self._read:
            known = self.names()
            if name not in known:
                near = [best for best, _, _ in process.extract(name[:100], known, limit=3, score_cutoff=60)]
                raise UnknownName(f"There is no question {shown(name)}.", parameter="question", near=near,
                                  french=f"Il n'y a pas de question {shown(name)}.")
            self._read[name] = read_question(self.folder / f"{name}.rq")
        return self._read[name]

    def __iter__(self) -> Iterator[Question]:
        return map(self.get, self.names())

    def __len__(self) -> int:
        return len(self.names())


def _parameter(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name, "label": asdict(parameter.label), "description": asdict(parameter.description),
        "type": compact(parameter.type), "required": parameter.required and parameter.default is None,
    }
    if chosen := parameter.choices:
        found["choices"] = {key: value for key, value in asdict(chosen).items() if value}
    for key, value in (("default", parameter.default), ("example", parameter.example)):
        if value is not None:
            found[key] = value
    return found


def read_question(path: Path) -> Question:
    """The question of a file. Raises SyntaxProblem that names the file and the line."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise SyntaxProblem("it is not UTF-8 text", source=path.name) from None
    head, body = parse(text, path.name)
    question = Question(path.stem, head, body)
    try:
        form = question.info.form
    except InputError as error:
        raise SyntaxProblem(str(error), source=path.name, line=_first_line(text, body)) from None
    if form not in ("SELECT", "ASK"):
        problem = f"the query is a {form}; expected SELECT or ASK"
        raise SyntaxProblem(problem, source=path.name, line=_first_line(text, body))
    return question


def _first_line(text: str, body: str) -> int:
    return text[: len(text) - len(body)].count("\n") + 1
