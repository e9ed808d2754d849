"""The languages of the project: pages, reports, sheets and messages exist in each of them."""

from __future__ import annotations

from p4c_graph.errors import InputError

LANGUAGES = ("en", "fr")
"""The first is given where none of them was asked for."""


def check_language(language: str) -> None:
    """Raises InputError where a language is none of the project's."""
    if language not in LANGUAGES:
        raise InputError(f"--lang is {language!r}; expected {' or '.join(LANGUAGES)}", parameter="lang")
