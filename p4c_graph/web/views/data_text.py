"""Names and texts of the data as a page shows them: in the page's language where they exist in it, else marked."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox
from markupsafe import Markup, escape

_NEXT_BEST = ("en", "fr", "")
_SIGN = re.compile(r"(?<=\S) (?=[:;?!»%])|(?<=«) ")


class DataText(str):
    """A text of the data; a template marks its language (``lang``) where that is not the page's."""

    language: str
    page: str

    def __new__(cls, text: str, language: str = "", page: str = "") -> DataText:
        """The text; ``language`` is empty where it is not known."""
        made = super().__new__(cls, text)
        made.language, made.page = language, page
        return made

    def __html__(self) -> Markup:
        text = typeset(str(self), self.language)
        if not self.language or self.language.split("-")[0] == self.page:
            return escape(text)
        return Markup('<span lang="{}">{}</span>').format(self.language, text)


def typeset(text: str, language: str) -> str:
    """A text as it is printed: in French no line begins with a sign that has a space before it."""
    return _SIGN.sub("\u00a0", text) if language == "fr" else text


def plain(term: object) -> str:
    """The IRI of a resource or the text of a literal; empty where there is neither."""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def best(literals: Iterable[ox.Literal], page: str) -> list[DataText]:
    """Of texts in several languages those in the page's, else in English, French, or the first language there is."""
    by_language: dict[str, list[str]] = {}
    for literal in literals:
        by_language.setdefault(literal.language or "", []).append(literal.value)
    for language in (page, *_NEXT_BEST, *sorted(by_language)):
        if language in by_language:
            return [DataText(text, language, page) for text in sorted(by_language[language])]
    return []
