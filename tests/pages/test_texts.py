"""The catalogue of texts: complete in both languages, and no text that nobody shows."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from p4c_graph.languages import LANGUAGES
from p4c_graph.web.texts import catalogue, texts

WEB = Path(__file__).parents[2] / "p4c_graph" / "web"
SOURCES = {path: path.read_text("utf-8") for path in [*WEB.rglob("*.html"), *WEB.rglob("*.py")]}
KEY = re.compile(r"""\bt\(f?["']([\w.-]+)["']\s*(~|,|\)|if)""")


def named(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_a_text_exists_in_both_languages_with_the_same_values(key: str) -> None:
    entry = catalogue()[key]
    assert set(entry) == set(LANGUAGES)
    assert all(entry.values())
    assert named(entry["en"]) == named(entry["fr"])
    assert entry["en"].count(" | ") == entry["fr"].count(" | ")


def test_every_text_a_page_asks_for_exists() -> None:
    for path, source in SOURCES.items():
        for key, after in KEY.findall(source):
            known = any(k.startswith(key) for k in catalogue()) if after == "~" else key in catalogue()
            assert known, f"{path.name}: {key}"


def test_every_text_is_asked_for() -> None:
    everything = "\n".join(SOURCES.values())
    for key in catalogue():
        table, _, name = key.partition(".")
        built = re.findall(rf"\b{re.escape(table)}\.(\w*)[\"'{{]", everything)
        assert key in everything or any(name.startswith(start) for start in built) or f'"{name}"' in everything, key


@pytest.mark.parametrize(("language", "n", "said"), [
    ("en", 0, "0 practices"), ("en", 1, "1 practice"), ("en", 2, "2 practices"), ("en", 1234, "1,234 practices"),
    ("fr", 0, "0 pratique"), ("fr", 1, "1 pratique"), ("fr", 2, "2 pratiques"), ("fr", 1234, "1\u202f234 pratiques"),
])
def test_one_and_several_are_told_apart_as_the_language_does(language: str, n: int, said: str) -> None:
    assert texts(language)("map.practices", n=n) == said


def test_french_puts_a_space_that_does_not_break_before_its_signs() -> None:
    for key, entry in catalogue().items():
        assert not re.search(r" [:;?!%»]", entry["fr"]), key
