"""The texts of pages in every language: one catalogue, ``texts.toml``; numbers as the language writes them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from p4c_graph.languages import LANGUAGES

_SEVERAL = " | "
_NO_BREAK = "\u00a0"
_FRENCH = str.maketrans({",": "\u202f", ".": ","})
"""A page formats hundreds of numbers; this is twenty times as quick as a library of locales."""


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Key → language → text. ``home.title`` is the entry ``title`` of the table ``[home]``."""
    read = tomllib.loads((files("p4c_graph.web") / "texts.toml").read_text("utf-8"))
    return {f"{table}.{name}": text for table, entries in read.items() for name, text in entries.items()}


@dataclass(frozen=True)
class Texts:
    """The texts of one language; called with a key and the values the text names."""

    language: str

    def __call__(self, key: str, **values: Any) -> str:
        """A text. With ``n``, the form for one or for several: ``"{n} practice | {n} practices"``."""
        text = catalogue()[key][self.language]
        if "n" in values:
            forms = text.split(_SEVERAL)
            text = forms[0 if len(forms) == 1 or self._one(values["n"]) else 1]
            values["n"] = self.number(values["n"]) if isinstance(values["n"], int | float) else values["n"]
        return text.format(**values) if values else text

    def _one(self, n: float) -> bool:
        return abs(n) < 2 if self.language == "fr" else n == 1

    def has(self, key: str) -> bool:
        """Whether the catalogue has a text under this key."""
        return key in catalogue()

    def number(self, value: float, digits: int | None = None) -> str:
        """A number: ``12,345.6``, ``12 345,6``. At most two digits after the point, or exactly so many if given."""
        text = f"{value:,.{2 if digits is None else digits}f}"
        if digits is None and "." in text:
            text = text.rstrip("0").rstrip(".")
        text = text.replace("-", "\u2212")
        return text.translate(_FRENCH) if self.language == "fr" else text

    def percent(self, share: float) -> str:
        """A share as a whole percentage: ``75%``, ``75 %``."""
        return f"{share * 100:.0f}{_NO_BREAK if self.language == 'fr' else ''}%"


@cache
def texts(language: str) -> Texts:
    """The texts of a language."""
    assert language in LANGUAGES
    return Texts(language)
