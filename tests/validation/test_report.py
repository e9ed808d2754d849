"""The report: its model and its forms."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest

from p4c_graph.errors import InputError, InvalidData
from p4c_graph.namespaces import P4C, SH, SHAPES
from p4c_graph.validation import engine, render
from p4c_graph.validation.report import Finding, Location, Severity, ValidationReport, expand

from .cases import drop, put
from .graphs import iri, shapes, valid_store

HOSTILE = '<script>alert("x")</script>\' & "quoted"'


def a_report() -> ValidationReport:
    store = valid_store(
        [
            put("practice:booth", "rdfs:label", "'''" + HOSTILE.replace("'", "\\'") + "'''@en"),
            drop("practice:booth", "p4c:providerUnknown"),
            drop("practice:booth", "p4c:theme"),
            drop("practice:training", "p4c:theme"),
            put("observation:north", "p4c:value", '"<b>many</b>"'),
        ]
    )
    return engine.validate(store, shapes(), locate=lambda node: Location("data/<file>.csv", row=3))


def test_violations_come_first_and_decide() -> None:
    report = a_report()
    ranks = [finding.severity.rank for finding in report.findings]
    assert ranks == sorted(ranks)
    assert report.counts() == {Severity.VIOLATION: 2, Severity.WARNING: 2, Severity.INFO: 0}
    assert not report.conforms
    assert ValidationReport(report.warnings).conforms
    assert len(report.by_severity(Severity.WARNING)) == 2


def test_equal_data_give_equal_reports() -> None:
    assert a_report() == a_report()
    assert a_report().to_rdf() == a_report().to_rdf()


def test_the_error_carries_the_report() -> None:
    report = a_report()
    assert InvalidData("no", report).report is report


def test_a_place_reads_as_a_person_would_write_it() -> None:
    assert str(Location("a.trig", line=12)) == "a.trig, line 12"
    assert str(Location("b.xlsx", sheet="Practices", row=4)) == "b.xlsx, sheet Practices, row 4"
    assert str(Location("c.json")) == "c.json"


def test_a_finding_without_message_is_named_by_its_shape() -> None:
    bare = Finding("urn:x", None, None, None, SHAPES.X, SH.InConstraintComponent, Severity.INFO)
    assert bare.message() == "p4csh:X"
    assert bare.value_text is None


@pytest.mark.parametrize(
    ("path", "predicate"),
    [
        ("p4c:theme", P4C.theme),
        ("<http://example.org/p>", "http://example.org/p"),
        ("^p4c:theme", None),
        ("(p4c:a/p4c:b)", None),
        ("(<http://a>|<http://b>)", None),
        (None, None),
    ],
)
def test_only_a_path_of_one_property_has_an_iri(path: str | None, predicate: str | None) -> None:
    assert expand(path) == predicate


# ---- forms


def test_turtle_is_a_shacl_report_without_blank_nodes() -> None:
    report = a_report()
    store = ox.Store()
    store.load(render.turtle(report).encode(), format=ox.RdfFormat.TURTLE)
    assert not any(isinstance(term, ox.BlankNode) for quad in store for term in (quad.subject, quad.object))
    rows = store.query(
        f"""PREFIX sh: <{SH}>
        SELECT ?focus ?shape ?value (GROUP_CONCAT(LANG(?message); separator=" ") AS ?languages) WHERE {{
            ?report a sh:ValidationReport ; sh:conforms false ; sh:result ?result .
            ?result a sh:ValidationResult ; sh:focusNode ?focus ; sh:sourceShape ?shape ; sh:resultMessage ?message ;
                sh:sourceConstraintComponent ?component ; sh:resultSeverity ?severity ; sh:resultPath ?path .
            OPTIONAL {{ ?result sh:value ?value }} }} GROUP BY ?focus ?shape ?value"""
    )
    assert isinstance(rows, ox.QuerySolutions)
    found = [
        (row["focus"].value, row["shape"].value, row["value"], sorted(row["languages"].value.split())) for row in rows
    ]
    assert len(found) == len(report.findings)
    assert {(focus, shape) for focus, shape, *_ in found} == {(f.focus, f.shape) for f in report.findings}
    assert all(languages == ["en", "fr"] for *_, languages in found)
    assert ox.Literal("<b>many</b>") in [value for _, _, value, _ in found]


def test_turtle_of_a_report_without_findings_conforms() -> None:
    assert "sh:conforms true" in render.turtle(ValidationReport())
    assert "_:" not in render.turtle(ValidationReport())


def test_json_holds_the_counts_and_every_finding() -> None:
    report = a_report()
    read = json.loads(render.json(report, "fr"))
    assert read["conforms"] is False
    assert read["counts"] == {"violation": 2, "warning": 2, "info": 0}
    assert len(read["findings"]) == 4
    first = read["findings"][0]
    assert set(first["messages"]) == {"en", "fr"}
    assert first["message"] == first["messages"]["fr"]
    assert first["location"] == {"file": "data/<file>.csv", "line": None, "sheet": None, "row": 3}
    assert {item["label"]: item["count"] for item in read["checked"]}["Pratiques"] == 2


def test_text_names_rule_subject_value_and_place() -> None:
    text = render.text(a_report())
    assert text.startswith("The data do not conform")
    assert "2 violations, 2 warnings; " in text
    assert "VIOLATION  The value is not a number." in text
    assert "p4csh:value-number" in text
    assert f"<{iri('observation:north')}>; value: <b>many</b>; data/<file>.csv, row 3" in text


def test_no_value_can_steer_the_terminal() -> None:
    store = valid_store([put("observation:north", "p4c:value", '"\\u001B[31mred\\nline"')])
    report = engine.validate(store, shapes())
    assert "\x1b" not in render.text(report)
    assert render.rows(report)[0][3] == "[31mred line"


def test_text_in_french_and_shortened() -> None:
    text = render.text(a_report(), "fr", limit=1)
    assert "AVERTISSEMENT  La pratique n'a pas de thème" in text
    assert "et 1 de plus" in text
    assert text.count("  - ") == 4


def test_rows_have_a_cell_for_each_heading() -> None:
    report = a_report()
    for language in ("en", "fr"):
        assert {len(row) for row in render.rows(report, language)} == {len(render.headings(language))}
    assert render.rows(report)[0][0] == "Violation"
    assert render.rows(report, "fr")[-1][0] == "Avertissement"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def page(report: ValidationReport, language: str = "en") -> _Page:
    read = _Page()
    read.feed(render.html(report, language))
    return read


def test_html_escapes_hostile_text() -> None:
    read = page(a_report())
    assert "script" not in read.tags
    assert "b" not in read.tags
    assert HOSTILE in read.text
    assert "<b>many</b>" in read.text
    assert "data/<file>.csv, row 3" in read.text


def test_html_needs_nothing_from_elsewhere_and_links_only_to_pages() -> None:
    read = page(a_report())
    assert not {"img", "link", "iframe", "script"} & set(read.tags)
    assert all(link.startswith("https://w3id.org/") for link in read.links)
    hostile = Finding("javascript:alert(1)", None, None, None, SHAPES.X, SH.InConstraintComponent, Severity.WARNING)
    assert page(ValidationReport((hostile,))).links == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Validation report", "2 violations", "2 warnings", "The value is not a number.", "Practices"]),
        (
            "fr",
            [
                "Rapport de validation",
                "2 violations",
                "2 avertissements",
                "La valeur n'est pas un nombre.",
                "Pratiques",
            ],
        ),
    ],
)
def test_html_speaks_the_language_asked_for(language: str, words: list[str]) -> None:
    read = page(a_report(), language)
    flat = " ".join(read.text.split())
    assert [word for word in words if word not in flat] == []
    assert f'<html lang="{language}">' in render.html(a_report(), language)


@pytest.mark.parametrize("form", render.FORMATS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_form_can_say_that_all_is_well(form: str, language: str) -> None:
    assert render.render(ValidationReport(constraints=12), form, language)


def test_an_unknown_form_or_language_is_refused_with_what_there_is() -> None:
    with pytest.raises(InputError, match="text, json, ttl, html"):
        render.render(ValidationReport(), "pdf")
    for form in render.FORMATS:
        with pytest.raises(InputError, match="en or fr"):
            render.render(ValidationReport(), form, "de")
