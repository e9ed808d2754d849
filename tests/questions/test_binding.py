"""Values are placed as typed terms where variables stand, and nowhere else; wrong ones are refused by name."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4c_graph.errors import AmbiguousName, InputError, UnknownName
from p4c_graph.namespaces import P4C, PREFIXES, ROOT, XSD
from p4c_graph.questions import Choices, Library, Parameter, Question, Text, parameter_name
from p4c_graph.questions.binding import place
from p4c_graph.questions.head import LIMIT, Head
from p4c_graph.questions.values import LONGEST, literal, written

from .engines import by_oxigraph, by_rdflib, resolver

LIBRARY = Library.shipped()
SOME = Text("Some.", "Un.")
SEARCH = LIBRARY.get("practices-search")
HOSTILE = [
    '"', "'", '"""', "'''", "\\", "\\\\", '\\"', '" } ; DROP ALL ; #', '"} UNION { ?s ?p ?o } #', "> } ; DROP ALL #",
    "\n", "\r\n", "a\nb", "\t", "\\u0022", "\\U00000022", "\\\\u0022 } #", "\\\\\\u0022", "\u0007", "\x7f", "?practice",
    "$practice", "?__text", "@en", "^^xsd:integer", "<http://example.org/>", "javascript:alert(1)", "%22%20", "${x}",
    "{}", "{{x}}", "#", "# comment", "/* */", "--", "é", "\u202e", "\U0001f600", "\\n", "\\t\\r", "x" * LONGEST,
]


def question(body: str, *parameters: Parameter, limit: int | None = None) -> Question:
    head = Head(SOME, SOME, SOME, ("test",), (*parameters, *([LIMIT] if limit else [])), {"x": SOME}, limit)
    return Question("test", head, body)


def parameter(name: str, type_: str, **more: object) -> Parameter:
    return replace(Parameter(name, SOME, SOME, type_), **more)  # type: ignore[arg-type]


# ── injection ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("engine", [by_oxigraph, by_rdflib])
def test_a_text_comes_out_of_the_engine_as_it_went_in(text: str, engine: object) -> None:
    given_text = parameter("text", XSD.string, default="none")
    asked = question("SELECT ?x WHERE { BIND(CONCAT(?__text, '!') AS ?x) }", given_text)
    rows = engine(asked.bind({"text": text}, resolver()))  # type: ignore[operator]
    assert rows == [[(text.strip() or "none") + "!"]]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()])
def test_a_hostile_text_never_finds_everything(text: str) -> None:
    assert len(by_oxigraph(SEARCH.bind({"text": text}, resolver()))) < len(by_oxigraph(SEARCH.bind({}, resolver())))


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()])
@pytest.mark.parametrize("name", ["region", "theme", "provider", "targetGroup"])
def test_a_hostile_name_of_a_thing_is_unknown(text: str, name: str) -> None:
    with pytest.raises(InputError) as caught:
        SEARCH.bind({name: text}, resolver())
    assert caught.value.parameter == name
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize("text", [
    "javascript:alert(1)", "http://a b", "http://example.org/> ?p ?o } #", "file:///etc/passwd", "urn:x", "../practice",
    "practice/x> <y", "p4c:x> <y", "data:text/html,x", "http://example.org/not-here", "http://example.org/\\u003e",
    "practice/", '"',
])
def test_only_what_the_graph_speaks_of_is_a_resource(text: str) -> None:
    with pytest.raises(UnknownName):
        LIBRARY.get("sources-of-statement").bind({"subject": text}, resolver())
    with pytest.raises(UnknownName):
        LIBRARY.get("sources-of-statement").bind({"subject": "practice/school", "property": text}, resolver())


@given(st.text(max_size=40))
def test_any_text_is_one_token(text: str) -> None:
    if any("\ud800" <= c <= "\udfff" for c in text) or "\0" in text:
        return
    query = f"SELECT ?x WHERE {{ BIND({written(ox.Literal(text))} AS ?x) }}"
    store = ox.Store()
    assert [row[0].value for row in store.query(query)] == [text]
    assert by_rdflib(query) == [[text]]


def test_nothing_is_placed_in_strings_iris_comments_or_longer_names() -> None:
    body = (
        "# ?__x\nSELECT ?x WHERE { ?x <http://example.org/?__x> '?__x' , \"\"\"?__x \" ?__x\"\"\" , \"\\\"?__x\" ; "
        "?__xy ?x__x , $__x , ?__x ; <p> \"a\"@en-x FILTER(?x<?__x) } # ?__x"
    )
    placed = place(body, {"__x": ox.Literal(1)})
    one = '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert placed == body.replace("$__x ,", f"{one} ,").replace(", ?__x ;", f", {one} ;").replace("<?__x)", f"<{one})")


# ── limit ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_limit_of_the_whole_query_is_replaced_and_no_other() -> None:
    inner = "{ SELECT ?x WHERE { ?x ?p 5 , \"LIMIT 5\" } LIMIT 5 }"
    body = f"SELECT ?x WHERE {{ {inner} # LIMIT 5\n }} LIMIT # 5\n 5 OFFSET 5"
    asked = question(body, limit=5)
    assert asked.bind({"limit": 7}, resolver()) == body.replace("# 5\n 5", "# 5\n 7")
    assert asked.bind({}, resolver()) == body


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "ten", "1 ; DROP", "10001", "1" * 5000, "٣", "5}", True])
def test_a_wrong_limit_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="limit") as caught:
        SEARCH.bind({"limit": value}, resolver())
    assert caught.value.parameter == "limit"


# ── literals ───────────────────────────────────────────────────────────────────────────────────────────────────

GOOD = [
    (XSD.integer, "10", "10"), (XSD.integer, "-3", "-3"), (XSD.integer, 7, "7"), (XSD.integer, " 7 ", "7"),
    (XSD.decimal, "0.5", "0.5"), (XSD.decimal, ".5", ".5"), (XSD.decimal, 0.25, "0.25"), (XSD.decimal, "3", "3"),
    (XSD.decimal, Decimal("1.10"), "1.10"), (XSD.gYear, "2011", "2011"), (XSD.gYear, 2011, "2011"),
    (XSD.boolean, "TRUE", "true"),
    (XSD.boolean, "0", "false"), (XSD.boolean, True, "true"), (XSD.boolean, False, "false"),
    (XSD.language, "fr", "fr"), (XSD.language, "fr-BE", "fr"), (XSD.language, "EN", "en"),
]


@pytest.mark.parametrize(("type_", "value", "lexical"), GOOD)
def test_a_value_becomes_a_literal_of_its_type(type_: str, value: object, lexical: str) -> None:
    asked = question("SELECT ?__x", parameter("x", type_))
    variable = asked.parameters[0].variable
    asked = question(f"SELECT ?{variable}", asked.parameters[0])
    datatype = XSD.string if type_ == XSD.language else type_
    ending = "" if datatype == XSD.string else f"^^<{datatype}>"
    assert asked.bind({"x": value}, resolver()) == f'SELECT "{lexical}"{ending}'


WRONG = [
    (XSD.integer, "ten", "whole number"), (XSD.integer, "1.5", "whole number"), (XSD.integer, "1e3", "whole number"),
    (XSD.integer, "٣", "whole number"), (XSD.integer, "9" * 30, "whole number"), (XSD.integer, True, "whole number"),
    (XSD.decimal, "0,5", "number"), (XSD.decimal, "NaN", "number"), (XSD.decimal, "inf", "number"),
    (XSD.decimal, ".", "number"), (XSD.decimal, float("nan"), "number"), (XSD.gYear, "11", "year"),
    (XSD.gYear, "2011-01", "year"), (XSD.gYear, "20111", "year"),
    (XSD.boolean, "maybe", "true or false"), (XSD.boolean, "2", "true or false"), (XSD.language, "f r", "language"),
    (XSD.language, 'en"', "language"), (XSD.string, "x" * (LONGEST + 1), "at most"), (XSD.string, "\ud800", "Unicode"),
    (XSD.string, "a\0b", "Unicode"), (XSD.string, ["a"], "one text or number"),
    (XSD.string, {"a": 1}, "one text or number"), (XSD.string, b"a", "one text or number"),
]


@pytest.mark.parametrize(("type_", "value", "expected"), WRONG)
def test_a_wrong_value_is_refused_by_name_with_what_was_expected(type_: str, value: object, expected: str) -> None:
    asked = question("SELECT ?x", parameter("much", type_))
    with pytest.raises(InputError) as caught:
        asked.bind({"much": value}, resolver())
    assert caught.value.parameter == "much"
    assert "much" in str(caught.value)
    assert expected in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_text_may_be_one_of_a_list() -> None:
    order = parameter("order", XSD.string, choices=Choices(values=("cautious", "expected")))
    asked = question("SELECT ?__order", order)
    assert asked.bind({"order": "cautious"}, resolver()) == 'SELECT "cautious"'
    with pytest.raises(InputError, match=r"expected one of cautious, expected\. Did you mean cautious"):
        asked.bind({"order": "cautius"}, resolver())


def test_the_year_is_typed() -> None:
    assert literal(parameter("since", XSD.gYear), "2011").datatype.value == XSD.gYear


# ── which parameters ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_parameter_is_refused_with_a_near_match() -> None:
    message = r"has no parameter 'regoin'; expected text, theme.*Did you mean region"
    with pytest.raises(InputError, match=message) as caught:
        SEARCH.bind({"regoin": "AA11"}, resolver())
    assert not isinstance(caught.value, UnknownName)


def test_a_missing_parameter_is_named_with_an_example() -> None:
    with pytest.raises(InputError, match=r"region is missing; expected: A NUTS code .* such as FRL0") as caught:
        LIBRARY.get("practices-for-region").bind({}, resolver())
    assert caught.value.parameter == "region"


@pytest.mark.parametrize("value", ["", "  ", None])
def test_an_empty_value_counts_as_not_given(value: str | None) -> None:
    assert SEARCH.bind({"theme": value, "limit": value}, resolver()) == SEARCH.bind({}, resolver())
    with pytest.raises(InputError, match="region is missing"):
        LIBRARY.get("practices-for-region").bind({"region": value}, resolver())


def test_a_default_stands_in() -> None:
    coverage = LIBRARY.get("coverage")
    assert coverage.bind({}, resolver()) == coverage.bind({"class": "Practice", "lang": "en"}, resolver())


def test_conditions_on_parameters_are_settled() -> None:
    text = SEARCH.bind({"theme": "training"}, resolver())
    assert "FILTER EXISTS { ?practice p4c:theme <https://w3id.org/pooling4clusters/scheme/theme/training> }" in text
    assert "sector" not in text
    assert "?__" not in text


@pytest.mark.parametrize(("written_so", "name"), [
    ("target-group", "targetGroup"), ("target_group", "targetGroup"), ("targetGroup", "targetGroup"), ("from_", "from"),
    ("--region", "region"), ("", ""),
])
def test_a_name_may_be_written_with_hyphens_or_underscores(written_so: str, name: str) -> None:
    assert parameter_name(written_so) == name


def test_the_same_parameter_twice_is_refused() -> None:
    with pytest.raises(InputError, match="targetGroup is given twice"):
        SEARCH.bind({"targetGroup": "smes", "target-group": "clusters"}, resolver())


# ── things by name ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "text", "iri"), [
    ("region", "AA11", "id/region/AA11"), ("region", "aa99", "id/region/AA11"),
    ("region", "Alande du Nord", "id/region/AA11"), ("region", ROOT + "id/region/AA11", "id/region/AA11"),
    ("provider", "agency-a", "id/organisation/agency-a"), ("provider", "AGENCE A", "id/organisation/agency-a"),
    ("provider", ROOT + "id/organisation/agency-a", "id/organisation/agency-a"),
    ("theme", "training", "scheme/theme/training"), ("theme", "Formation", "scheme/theme/training"),
    ("theme", "marketing et image", "scheme/theme/marketing-branding"),
    ("targetGroup", "PME", "scheme/target-group/smes"),
])
def test_a_thing_is_found_by_slug_code_iri_or_name(name: str, text: str, iri: str) -> None:
    assert f"<{ROOT}{iri}>" in SEARCH.bind({name: text}, resolver())


@pytest.mark.parametrize(("text", "iri"), [
    ("C", "http://data.europa.eu/ux2/nace2/C"), ("nace:C", "http://data.europa.eu/ux2/nace2/C"),
])
def test_a_concept_of_elsewhere_is_found_by_code_or_prefixed_name(text: str, iri: str) -> None:
    assert f"<{iri}>" in SEARCH.bind({"sector": text}, resolver())


@pytest.mark.parametrize("text", ["practice/school", ROOT + "id/practice/school"])
def test_any_resource_is_found_by_kind_and_slug_or_iri(text: str) -> None:
    assert f"<{ROOT}id/practice/school>" in LIBRARY.get("sources-of-statement").bind({"subject": text}, resolver())


@pytest.mark.parametrize("text", ["theme", "p4c:theme", P4C.theme])
def test_a_property_is_found_by_name_prefixed_name_or_iri(text: str) -> None:
    query = LIBRARY.get("sources-of-statement").bind({"subject": "practice/school", "property": text}, resolver())
    assert f"<{P4C.theme}>" in query


def test_an_unknown_thing_is_refused_with_near_matches() -> None:
    with pytest.raises(UnknownName, match=r"theme is 'trainings'; expected .* concept of the scheme theme") as caught:
        SEARCH.bind({"theme": "trainings"}, resolver())
    assert caught.value.near[0].startswith("training")
    with pytest.raises(UnknownName, match="practice is 'Summer schol'") as caught:
        LIBRARY.get("transfers").bind({"practice": "Summer schol"}, resolver())
    assert caught.value.near == ["school (Summer school)"]
    with pytest.raises(UnknownName, match="property") as caught:
        LIBRARY.get("sources-of-statement").bind({"subject": "practice/school", "property": "themes"}, resolver())
    assert any(near.startswith("theme") for near in caught.value.near)


def test_an_unknown_region_is_refused_with_the_name_of_its_parameter() -> None:
    with pytest.raises(UnknownName, match="AA1X") as caught:
        LIBRARY.get("transfers").bind({"from": "AA1X"}, resolver())
    assert caught.value.parameter == "from"


def test_a_name_of_several_things_is_refused_with_the_candidates() -> None:
    for name in ("press-office", "office-c"):
        assert name in SEARCH.bind({"provider": name}, resolver())
    kind = parameter("kind", "http://www.w3.org/2000/01/rdf-schema#Class", choices=Choices(query=(
        "SELECT ?value ?label WHERE { VALUES (?value ?label) { (p4c:Need \"Same\") (p4c:Result \"Same\") } }")))
    with pytest.raises(AmbiguousName, match="Need; Result"):
        question("SELECT ?__kind_iri", kind).bind({"kind": "same"}, resolver())


def test_a_thing_of_another_class_is_not_taken() -> None:
    with pytest.raises(UnknownName):
        LIBRARY.get("transfers").bind({"practice": ROOT + "id/organisation/agency-a"}, resolver())
    with pytest.raises(UnknownName):
        SEARCH.bind({"theme": ROOT + "scheme/target-group/smes"}, resolver())


def test_a_class_is_one_of_those_listed() -> None:
    with pytest.raises(UnknownName, match="expected one of p4c:Implementation, p4c:Workshop"):
        LIBRARY.get("field-tests").bind({"kind": "Practice"}, resolver())


# ── choices ────────────────────────────────────────────────────────────────────────────────────────────────────


def choices(name: str, parameter_: str, language: str = "en") -> list[tuple[str, str]]:
    found = next(p for p in LIBRARY.get(name).parameters if p.name == parameter_)
    return [(choice.value, choice.label) for choice in resolver().choices(found, language)]


def test_choices_are_named_in_the_language_asked_for_and_sorted_by_name() -> None:
    assert choices("practices-search", "theme") == [
        ("financing", "Financing"), ("marketing-branding", "Marketing and branding"), ("training", "Training")]
    assert choices("practices-search", "theme", "fr")[0] == ("financing", "Financement")
    assert choices("field-tests", "partner", "fr") == [
        ("agency-a", "Agence A"), ("agency-b", "Agency B"), ("office-c", "Office C"), ("press-office", "Press Office")]
    assert choices("field-tests", "kind", "fr") == [
        ("Workshop", "Atelier"), ("Implementation", "Mise en œuvre concrète")]
    assert ("AA11", "North Aland (AA11)") in choices("practices-search", "region")
    assert choices("practices-search", "text") == []
    assert choices("sources-of-statement", "subject") == []


def test_every_choice_is_a_value() -> None:
    for asked in LIBRARY:
        for p in asked.parameters:
            for choice in resolver().choices(p):
                resolver().resolve(p, choice.value)


def test_every_concept_a_head_offers_as_example_is_of_its_scheme(root: object) -> None:
    from pathlib import Path

    schemes = "\n".join(path.read_text("utf-8") for path in Path(str(root)).glob("ontology/schemes/*.ttl"))
    for asked in LIBRARY:
        for p in asked.parameters:
            if p.choices and p.choices.scheme:
                assert p.choices.scheme.rsplit("/", 1)[-1] in schemes
                assert str(p.example) in schemes
    assert PREFIXES["nace"]
