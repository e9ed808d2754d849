"""What is wrong with a file that people filled in: where, what, and what was expected, in English or French."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from p4c_graph.errors import one_line
from p4c_graph.intake.problem_texts import TEXTS
from p4c_graph.validation.wording import number

_LONGEST = 80


class CellError(ValueError):
    """What is wrong with a cell or a file, by its code in the table of texts; ``str(error)`` says it in English."""

    def __init__(self, code: str, *, near: Sequence[str] = (), **values: object) -> None:
        super().__init__(code)
        self.code, self.near, self.values = code, tuple(near), values

    def __str__(self) -> str:
        return Problem.of(self).message()


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file, or worth knowing of it: where it is and what was expected."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    """The heading, as it stands in the file."""
    near: tuple[str, ...] = ()
    """What may have been meant, best first."""
    line: int | None = None
    """The line, in a file of RDF."""

    @classmethod
    def of(cls, error: CellError, *, sheet: str | None = None, row: int | None = None, column: str | None = None,
           ) -> Problem:
        """What is wrong with a cell, at its place."""
        return cls(error.code, error.values, sheet, row, column, error.near)

    def message(self, language: str = "en") -> str:
        """What is wrong and what was expected, without the place."""
        text = told(self.code, self.values, language)
        return f"{text} {told('near', {'near': ', '.join(self.near)}, language)}" if self.near else text

    def place(self, language: str = "en") -> str:
        """Sheet, row and column, as far as they are known."""
        words = _PLACES[language]
        parts = zip(words, (self.sheet, self.row, self.column, self.line), strict=False)
        return ", ".join(f"{word} {shown(str(part))}" for word, part in parts if part is not None)

    def text(self, language: str = "en") -> str:
        """Place and message in one line."""
        place = self.place(language)
        return f"{place}{_PLACES[language][4]} {self.message(language)}" if place else self.message(language)

    def to_dict(self, language: str = "en") -> dict[str, object]:
        """The JSON of it: place, message, what may have been meant."""
        return {"code": self.code, "message": self.message(language), "sheet": self.sheet, "row": self.row,
                "column": self.column, "line": self.line, "near": list(self.near)}


_PLACES = {"en": ("sheet", "row", "column", "line", ":"), "fr": ("feuille", "ligne", "colonne", "ligne", "\u00a0:")}


def by_kind(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Problems of one kind together: the same thing wrong in the same column, or by the same shape."""
    found: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        kind = problem.sheet, problem.column, problem.code, problem.values.get("shape")
        found.setdefault(kind, []).append(problem)
    return list(found.values())


def told(code: str, values: Mapping[str, object], language: str) -> str:
    """A text of the table in a language, values set in: ``value`` quoted, others as they are."""
    texts = TEXTS[code]
    shown_values = {name: _quoted(value, language) if name == "value" else _said(value, language)
                    for name, value in values.items()}
    return texts.get(language, texts["en"]).format(**shown_values)


def shown(text: str) -> str:
    """A text as messages show it: see ``one_line``."""
    return one_line(text, _LONGEST)


def _quoted(value: object, language: str) -> str:
    text = str(value)
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return repr(text) if language == "en" else f"«\u00a0{repr(text)[1:-1]}\u00a0»"


def _said(value: object, language: str) -> str:
    """A value of a message: a number as people write it, or the text in this language where it is one a language."""
    if isinstance(value, int):
        return number(value, language)
    return str(value.get(language, value.get("en")) if isinstance(value, Mapping) else value)
