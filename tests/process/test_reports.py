"""A region's report: every section, in both languages, from the questions and the matcher; unknown stays unknown."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from p4c_graph import KnowledgeGraph
from p4c_graph.errors import InputError, UnknownName
from p4c_graph.process import rendering
from p4c_graph.process.rendering import bar, plain, point, render, texts
from p4c_graph.process.reporting import Report
from p4c_graph.transfer.result import Score

SECTIONS = ("profile", "policy", "catalogue", "suits", "blocks", "tests", "visits", "unknowns", "sources")


def test_every_text_is_there_in_both_languages_with_the_same_places() -> None:
    for name, text in texts().items():
        assert set(text) == {"en", "fr"}, name
        places = [set(re.findall(r"\{(\w+)\}", text[language])) for language in ("en", "fr")]
        assert places[0] == places[1], name


def test_every_text_is_used() -> None:
    folder = Path(rendering.__file__).parent / "templates"
    templates = "".join(path.read_text("utf-8") for path in folder.glob("*.jinja"))
    code = Path(rendering.__file__).read_text("utf-8")
    by_name = {"context", "evidence", "conditions", "relevance", "capacity", "merit", "clusterInitiatives",
               "developmentAgencies", "enterprises", "effectiveness"}
    for name in texts():
        assert name in by_name or name.startswith("unknown_") or f'"{name}"' in templates + code, name


@pytest.mark.parametrize(("score", "expected"), [
    (Score(0.5, 0.25, 0.8), "·····─────●─────····"), (Score(1, 1, 1), "···················●"),
    (Score(0, 0, 1), "●──────────────────·"),
])
def test_an_interval_is_drawn_in_characters(score: Score, expected: str) -> None:
    assert bar(score) == expected
    assert len(point(score.expected)) == 20


def test_what_would_be_markup_is_plain_in_markdown() -> None:
    assert plain("a | b\n# <script> [x](y) *z*") == r"a \| b \# \<script\> \[x\](y) \*z\*"


class Structure(HTMLParser):
    """Headings, links and SVG of a page; complains of a tag that is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.charts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.charts += tag == "svg"
        self.addresses += [str(value) for name, value in attrs if name in ("href", "src")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass  # shapes of the charts

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module", params=["en", "fr"])
def report(request: pytest.FixtureRequest, kg: KnowledgeGraph) -> Report:
    return kg.report("FRL0", request.param)


@pytest.mark.slow
class TestOnTheRealGraph:
    def test_html_has_every_section_and_charts_and_fetches_nothing(self, report: Report) -> None:
        page = render(report, ".html")
        for name in SECTIONS:
            assert f"<h2>{texts()[name][report.language]}</h2>" in page.replace("&#39;", "'")
        structure = Structure()
        structure.feed(page)
        assert structure.open == []
        assert structure.charts == 2
        assert structure.addresses
        assert all(address.startswith(("http://", "https://")) for address in structure.addresses)
        assert "<script" not in page
        assert f'<html lang="{report.language}">' in page

    def test_charts_are_well_formed_and_named(self, report: Report) -> None:
        for chart in re.findall(r"<svg.*?</svg>", render(report, ".html"), re.DOTALL):
            root = ElementTree.fromstring(chart)
            names = [child.text for child in root if child.tag in ("title", "desc")]
            assert len(names) == 2
            assert all(names)

    def test_markdown_has_every_section(self, report: Report) -> None:
        text = render(report, ".md")
        for name in SECTIONS:
            assert f"## {texts()[name][report.language]}\n" in text
        assert "None" not in text
        assert texts()["synthetic"][report.language] not in text
        assert "\n\n\n" not in text

    def test_the_ranking_is_that_of_the_matcher(self, report: Report, kg: KnowledgeGraph) -> None:
        expected = kg.match(region="FRL0", limit=10).results
        assert [item.match.practice for item in report.suiting] == [match.practice for match in expected]
        assert all(item.why for item in report.suiting[:5])

    def test_figures_stand_beside_the_median_of_the_eu(self, report: Report) -> None:
        gdp = next(figure for figure in report.figures if "27 = 100" in figure.label)
        assert gdp.regions == 242
        assert gdp.median == 88
        assert gdp.position is not None
        assert 0.6 < gdp.position < 0.7

    def test_its_field_tests_are_there_and_their_interest_unknown(self, report: Report) -> None:
        assert len(report.tests) == 3
        assert report.interest == []
        assert texts()["unknown_interest"][report.language] in render(report, ".md")

    def test_policy_and_needs_come_with_their_source(self, kg: KnowledgeGraph) -> None:
        report = kg.report("MT00")
        assert len(report.policies) == 5
        assert all(policy.page and policy.source for policy in report.policies)
        assert report.needs[0].label == "A framework for an ICT cluster in Malta"
        assert report.unmet[0]["elsewhere"]

    def test_a_policy_of_the_larger_region_counts(self, kg: KnowledgeGraph) -> None:
        assert [policy.label for policy in kg.report("BE352").policies] == ["Walloon decree on clusters"]

    @pytest.mark.parametrize("region", ["gorenjska", "FR", "TR", "DE111"])
    @pytest.mark.parametrize("ending", [".html", ".md"])
    def test_any_region_has_a_report(self, kg: KnowledgeGraph, region: str, ending: str) -> None:
        assert render(kg.report(region), ending)

    def test_a_wrong_region_or_language_is_refused(self, kg: KnowledgeGraph) -> None:
        with pytest.raises(UnknownName, match="Did you mean"):
            kg.report("Provance")
        with pytest.raises(InputError, match="--lang is 'de'; expected en or fr"):
            kg.report("FRL0", "de")
