"""A region's report as one document: HTML with its charts in it, or Markdown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from p4c_graph.process.interest import Interest
from p4c_graph.process.reporting import FAMILIES, Figure, Report, Suiting, unknowns
from p4c_graph.transfer.result import Score

FORMATS = {".html": "report.html.jinja", ".htm": "report.html.jinja", ".md": "report.md.jinja"}
"""Ending of a file → the template that writes it."""
_FOLDER = Path(__file__).parent / "templates"
_WIDTH = 20
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


@cache
def texts() -> dict[str, dict[str, str]]:
    """The words of the report: name → language → text."""
    return tomllib.loads((_FOLDER / "report.toml").read_text("utf-8"))


def render(report: Report, ending: str) -> str:
    """The document, of the format that goes with a file's ending: a key of ``FORMATS``."""
    template = FORMATS[ending]
    language = report.language

    def t(name: str, **values: object) -> str:
        return texts()[name][language].format(**values)

    environment = _environment(language, html=template.endswith(".html.jinja"))
    row = texts()["missing_row"][language]
    missing = t("missing", list=", ".join(row.format(name=t(name), count=count) for name, count in report.missing))
    return environment.get_template(template).render(
        report=report, t=t, families=FAMILIES, unknowns=list(unknowns(report)), missing=missing)


def _environment(language: str, *, html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=html, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters |= {**_numbers(language), **_shapes(), "plain": plain, "linked": linked if html else _linked_md}
    return environment


def _numbers(language: str) -> dict[str, Callable[..., str]]:
    """Numbers as the language writes them; a dash where there is none."""
    def number(value: float | None) -> str:
        return "–" if value is None else format_decimal(value, "#,##0.##", locale=language)

    def score(value: float | None) -> str:
        return "–" if value is None else format_decimal(value, "0.00", locale=language)

    def percent(value: float | None) -> str:
        return "–" if value is None else format_percent(value, "0 %" if language == "fr" else "0%", locale=language)

    def interval(of: Score | None) -> str:
        if of is None:
            return "–"
        low, high = score(of.low), score(of.high)
        return low if low == high else f"{score(of.expected)} [{low}–{high}]"

    def decimal(text: str) -> str:
        return format_decimal(float(text), "0.##", locale=language)

    return {"number": number, "score": score, "percent": percent, "interval": interval, "decimal": decimal}


def _shapes() -> dict[str, Callable[..., Any]]:
    """What the charts draw: names with positions, or with intervals; and the same in characters."""
    def position_of(figure: Figure) -> tuple[str, float | None]:
        return figure.label, figure.position

    def bar_of(item: Suiting) -> tuple[str, Score]:
        return f"{item.match.rank}. {item.match.practice.label}", item.match.total

    def interest_bar(pair: tuple[str, Interest]) -> tuple[str, Score | None]:
        return f"{pair[1].group}: {pair[0]}", pair[1].share

    return {"position_of": position_of, "bar_of": bar_of, "interest_bar": interest_bar, "bar": bar, "point": point}


def bar(score: Score) -> str:
    """An interval in characters, from 0 to 1.

    >>> from p4c_graph.transfer.result import Score
    >>> bar(Score(0.5, 0.25, 0.8))
    '·····─────●─────····'
    """
    cells = ["·"] * _WIDTH
    low, dot, high = (min(int(value * _WIDTH), _WIDTH - 1) for value in (score.low, score.expected, score.high))
    cells[low:high] = "─" * (high - low)
    cells[dot] = "●"
    return "".join(cells)


def point(value: float) -> str:
    """A position from 0 to 1 in characters, the middle marked."""
    cells = ["·"] * _WIDTH
    cells[_WIDTH // 2] = "│"
    cells[min(int(value * _WIDTH), _WIDTH - 1)] = "●"
    return "".join(cells)


def plain(text: object) -> str:
    """A text of the graph in Markdown: what would be markup is escaped, line ends are spaces."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def linked(title: str, page: str | None) -> Markup:
    """A title, as a link where it has an address on the web."""
    name = escape(title)
    return Markup('<a href="{}">{}</a>').format(page, name) if _on_the_web(page) else Markup(name)


def _linked_md(title: str, page: str | None) -> str:
    return f"[{plain(title)}](<{page}>)" if page and _on_the_web(page) and ">" not in page else plain(title)


def _on_the_web(page: str | None) -> bool:
    return bool(page) and str(page).startswith(("http://", "https://"))
