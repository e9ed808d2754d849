"""Heads: complete and consistent in the library; a clear error with file and line where one is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from p4c_graph.errors import SyntaxProblem, UnknownName
from p4c_graph.namespaces import P4C, PREFIXES, XSD
from p4c_graph.questions import Library
from p4c_graph.questions.head import DATATYPES, parse
from p4c_graph.questions.library import read_question
from p4c_graph.questions.text import split

LIBRARY = Library.shipped()
NAMES = LIBRARY.names()
COMPETENCY = [
    "practices-for-region", "regions-for-practice", "similar-regions", "why-suitable", "catalogue", "best-by-criterion",
    "proven-practices", "field-tests", "partners-below-two-tests", "workshop-interest", "agency-cluster-links",
    "pooled-services", "who-to-visit", "unmet-needs", "evaluator-disagreement", "evaluation-gaps",
    "blocking-conditions", "transfers", "evidence-of-practice", "sources-of-statement", "practices-search",
    "coverage", "selection-explained", "region-profile",
]


def test_the_library_holds_the_competency_questions() -> None:
    assert set(COMPETENCY) <= set(NAMES)
    assert len(COMPETENCY) == 24


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_named_in_small_letters_and_hyphens(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)


@pytest.mark.parametrize("name", NAMES)
def test_a_head_says_everything_in_two_languages(name: str) -> None:
    question = LIBRARY.get(name)
    head = question.head
    texts = [head.title, head.description, head.empty]
    texts += [text for p in question.parameters for text in (p.label, p.description)]
    for text in texts + list(head.columns.values()):
        assert text.en
        assert text.fr
    assert head.title.en != head.title.fr
    assert head.description.en != head.description.fr
    assert head.empty.en != head.empty.fr
    assert head.tags
    assert head.limit


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_has_an_example(name: str) -> None:
    assert [p.name for p in LIBRARY.get(name).parameters if p.example is None] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_parameter_is_called_like_an_option_of_the_command(name: str) -> None:
    assert not {p.name for p in LIBRARY.get(name).parameters} & {"store", "format", "list", "help"}


@pytest.mark.parametrize("name", NAMES)
def test_grlc_reads_the_head_and_the_variables(name: str) -> None:
    """Its keys are plain texts; a variable gives name, whether it is required, and the type."""
    text = (LIBRARY.folder / f"{name}.rq").read_text("utf-8")
    stored = yaml.safe_load("\n".join(line.lstrip("#+") for line in text.split("\n") if line.startswith("#+")))
    assert isinstance(stored["summary"], str)
    assert isinstance(stored["description"], str)
    assert all(isinstance(tag, str) for tag in stored["tags"])
    for parameter in LIBRARY.get(name).parameters:
        if parameter.name == "limit":
            continue
        underscores, rest = re.fullmatch(r"(__?)([^_].*)", parameter.variable).groups()  # type: ignore[union-attr]
        assert rest.split("_")[0] == parameter.name
        assert (underscores == "_") == parameter.required
        assert rest.removeprefix(parameter.name) in {"", "_iri", "_integer", "_decimal", "_gYear", "_boolean"}


@pytest.mark.parametrize("name", NAMES)
def test_the_query_follows_the_rules_that_keep_it_quick_and_portable(name: str) -> None:
    body = LIBRARY.get(name).body
    assert re.findall(r"GROUP BY(?: \?\w++)++(?! HAVING)", body) == []
    assert "BOUND(?_" not in body
    assert re.findall(r'= ""\s*\|\|', body) == []
    assert not re.search(r"[\w)]\?(?=[\s/])", body)
    assert re.search(r"^ORDER BY .*\nLIMIT \d+\n\Z", body, re.MULTILINE)


def test_a_prefix_means_the_same_in_every_question() -> None:
    meanings: dict[str, set[str]] = {}
    for question in LIBRARY:
        for prefix, iri in question.info.prefixes.items():
            meanings.setdefault(prefix, set()).add(str(iri))
    for prefix, iris in meanings.items():
        assert len(iris) == 1
        assert PREFIXES.get(prefix, next(iter(iris))) in iris


def test_every_prefix_a_query_uses_is_declared_in_it() -> None:
    for question in LIBRARY:
        declared = set(re.findall(r"^PREFIX ([\w-]*):", question.body, re.MULTILINE))
        assert set(question.info.prefixes) == declared, question.name


GOOD = """\
#+ summary: Where?
#+ summary_fr: Où ?
#+ description: Where it is.
#+ description_fr: Où c'est.
#+ tags: [test]
#+ parameters:
#+   region:
#+     label: {en: Region, fr: Région}
#+     description: {en: A region., fr: Une région.}
#+     type: p4c:Region
#+     required: true
#+   since:
#+     label: {en: Since, fr: Depuis}
#+     description: {en: A year., fr: Une année.}
#+     type: xsd:gYear
#+     default: "2011"
#+ columns:
#+   thing: {en: Thing, fr: Chose}
#+   n: {en: Number, fr: Nombre}
#+ empty: {en: Nothing., fr: Rien.}
#+ limit: 5
SELECT ?thing (COUNT(?x) AS ?n) WHERE {
  ?thing ?p ?x , ?_region_iri FILTER(COALESCE(?x > ?__since_gYear, true))
} GROUP BY ?thing LIMIT 5
"""


def test_a_good_head_is_read() -> None:
    head, body = parse(GOOD, "good.rq")
    assert body == split(GOOD)[1]
    region, since, limit = head.parameters
    assert (region.name, region.type, region.required, region.variable) == ("region", P4C.Region, True, "_region_iri")
    assert (since.type, since.default, since.variable) == (XSD.gYear, "2011", "__since_gYear")
    assert limit.name == "limit"
    assert head.columns["n"].in_language("fr-CA") == "Nombre"
    assert head.limit == 5


BROKEN = {
    "no head": (GOOD.replace("#+", "#"), 1, "#+"),
    "bad YAML": (GOOD.replace("tags: [test]", "tags: [test"), 6, "YAML"),
    "a tab": (GOOD.replace("#+   region:", "#+\tregion:"), 7, "YAML"),
    "unknown key": (GOOD.replace("#+ tags", "#+ tgas"), 5, "there is no key tgas"),
    "missing key": (GOOD.replace("#+ empty: {en: Nothing., fr: Rien.}\n", ""), 1, "empty is missing"),
    "missing French": (GOOD.replace("{en: Thing, fr: Chose}", "{en: Thing}"), 18, "fr is missing"),
    "empty text": (GOOD.replace("fr: Chose", 'fr: " "'), 18, "expected a text"),
    "key twice": (GOOD.replace("#+   since:", "#+   region:"), 12, "region stands there twice"),
    "bad name": (GOOD.replace("#+   since:", "#+   since-when:"), 13, "lower-case first"),
    "reserved name": (GOOD.replace("#+   since:", "#+   limit:"), 13, "every question has it"),
    "no type": (GOOD.replace("#+     type: p4c:Region\n", ""), 8, "type is missing"),
    "unknown prefix": (GOOD.replace("p4c:Region", "foo:Region"), 10, "prefixed name"),
    "required maybe": (GOOD.replace("required: true", "required: maybe"), 11, "true or false"),
    "bad limit": (GOOD.replace("limit: 5", "limit: many"), 21, "whole number"),
    "a scalar as head": ("#+ summary\nSELECT ?x {}\n", 1, "keys with values"),
    "tags as text": (GOOD.replace("tags: [test]", "tags: test"), 5, "expected a list"),
    "other columns": (GOOD.replace("#+   n:", "#+   m:"), 22, "the query selects thing, n"),
    "variable missing": (GOOD.replace(", ?_region_iri", ""), 22, "does not mention ?_region_iri"),
    "variable unknown": (GOOD.replace("?p ?x ,", "?_prop_iri ?x ,"), 22, "mentions ?_prop_iri"),
    "wrong type in variable": (GOOD.replace("?__since_gYear", "?__since_integer"), 22, "?__since_gYear"),
    "other limit": (GOOD.replace("LIMIT 5", "LIMIT 6"), 22, "LIMIT 6"),
    "bad query of choices": (
        GOOD.replace("type: p4c:Region", "type: p4c:Region\n#+     choices: SELECT ?x WHERE {}"), 11, "?value ?label"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_head_names_file_line_and_mistake(what: str, tmp_path: Path) -> None:
    text, line, message = BROKEN[what]
    assert text != GOOD
    path = tmp_path / "broken.rq"
    path.write_text(text, "utf-8")
    with pytest.raises(SyntaxProblem) as caught:
        read_question(path)
    assert str(caught.value).startswith(f"broken.rq, line {line}: ")
    assert message in str(caught.value)


BAD_QUERIES = {
    "an update": GOOD.split("SELECT")[0] + "INSERT DATA {}\n",
    "a graph": GOOD.split("SELECT")[0] + "DESCRIBE ?x\n",
    "a service": GOOD.replace("?thing ?p ?x ,", "SERVICE <http://example.org/> {} ?thing ?p ?x ,"),
}


@pytest.mark.parametrize("what", BAD_QUERIES)
def test_a_query_that_is_no_question_is_refused_with_its_file(what: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.rq"
    path.write_text(BAD_QUERIES[what], "utf-8")
    with pytest.raises(SyntaxProblem, match=r"^bad\.rq, line 22: "):
        read_question(path)


def test_a_file_that_is_not_utf_8_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "latin.rq").write_bytes(b"#+ summary: \xe9\n")
    with pytest.raises(SyntaxProblem, match=r"latin\.rq: it is not UTF-8"):
        read_question(tmp_path / "latin.rq")


def test_every_scalar_is_text_so_that_norway_stays_a_country() -> None:
    head, _ = parse(GOOD.replace('default: "2011"', "default: NO"), "norway.rq")
    assert head.parameters[1].default == "NO"


def test_an_unknown_question_gives_near_matches() -> None:
    with pytest.raises(UnknownName, match="Did you mean similar-regions"):
        LIBRARY.get("similar-region")


@pytest.mark.parametrize("name", ["../derive/10-status", "a\nb", "", "x" * 5000])
def test_a_name_that_is_a_path_or_nonsense_is_only_unknown(name: str) -> None:
    with pytest.raises(UnknownName) as caught:
        LIBRARY.get(name)
    assert len(str(caught.value)) < 300


def test_a_question_is_added_by_adding_a_file(tmp_path: Path) -> None:
    (tmp_path / "where.rq").write_text(GOOD, "utf-8")
    library = Library(tmp_path)
    assert library.names() == ["where"]
    assert library.get("where").title.en == "Where?"
    assert library.get("where").form == "SELECT"
    assert len(library) == 1


def test_a_question_may_be_answered_by_yes_or_no(tmp_path: Path) -> None:
    head = GOOD.split("#+ columns")[0] + "#+ empty: {en: Nothing., fr: Rien.}\n"
    (tmp_path / "is.rq").write_text(head + "ASK { ?_region_iri ?p ?__since_gYear }\n", "utf-8")
    assert Library(tmp_path).get("is").form == "ASK"


def test_every_datatype_has_its_own_ending() -> None:
    assert len(set(DATATYPES.values()) - {""}) == len(DATATYPES) - 2
