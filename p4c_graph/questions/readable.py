"""An answer as a person reads it: no identifiers of things that are named, no empty columns, short values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from p4c_graph.questions.library import Question
from p4c_graph.store.answers import Value
from p4c_graph.terms import local_name

_TRUTH = (("no", "yes"), ("non", "oui"))


class Cell(str):
    """The text of a cell; ``iri`` is the thing that it names, or empty."""

    iri: str

    def __new__(cls, text: str, iri: str = "") -> Cell:
        """The text, and what it names."""
        made = super().__new__(cls, text)
        made.iri = iri
        return made


@dataclass(frozen=True)
class Readable:
    """Headings and rows of text."""

    headings: list[str]
    rows: list[list[Cell]]


def readable(question: Question, rows: Sequence[tuple[Value, ...]], language: str) -> Readable:
    """The rows of a question's answer, its columns headed in a language."""
    columns = question.head.columns
    wanted = {
        i: columns.get(name.removesuffix("Label"), text).in_language(language)
        for i, (name, text) in enumerate(columns.items())
        if f"{name}Label" not in columns and any(row[i] is not None for row in rows)
    }
    # A name stands for its thing; what has no name, such as a number, is shown itself.
    places = {name: i for i, name in enumerate(columns)}
    own = {i: places.get(name.removesuffix("Label"), i) for name, i in places.items()}
    return Readable(list(wanted.values()), [
        [Cell(cell(row[own[i]] if row[i] is None else row[i], language), _iri(row[own[i]])) for i in wanted]
        for row in rows])


def _iri(value: Value) -> str:
    return str(value) if isinstance(value, str) and value.startswith(("http://", "https://")) else ""


def cell(value: Value, language: str = "en") -> str:
    """A value in a table: IRIs of things by their last part, numbers with two digits after the point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _TRUTH[language == "fr"][value]
    if isinstance(value, float):
        text = f"{value:.2f}".removesuffix(".00")
        return text.replace(".", ",") if language == "fr" else text
    text = str(value)
    return local_name(text) if text.startswith(("http://", "https://")) and "/id/" in text else text
