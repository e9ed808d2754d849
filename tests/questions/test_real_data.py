"""Every question on the shipped facts: an answer with its examples, or a head that says why there is none."""

from __future__ import annotations

import pytest

from p4c_graph import KnowledgeGraph
from p4c_graph.errors import AmbiguousName, InputError, UnknownName
from p4c_graph.namespaces import ROOT
from p4c_graph.questions import Library

pytestmark = pytest.mark.slow
LIBRARY = Library.shipped()
UNPUBLISHED = {"best-by-criterion", "evaluator-disagreement"}
"""They ask for scores, which the project never published."""


def with_one_more(name: str) -> list[dict[str, str]]:
    """The examples of a question, alone and with that of each parameter that may be left out."""
    question = LIBRARY.get(name)
    alone = question.examples()
    return [alone, *(alone | {p.name: str(p.example)} for p in question.parameters if p.name not in alone)]


@pytest.mark.parametrize("name", LIBRARY.names())
def test_a_question_is_answered_with_its_examples(name: str, kg: KnowledgeGraph) -> None:
    answers = [kg.ask(name, **values).tuples() for values in with_one_more(name)]
    limit = LIBRARY.get(name).head.limit
    assert limit
    assert all(len(rows) <= limit for rows in answers)
    if name in UNPUBLISHED:
        assert not any(answers)
        assert "never published" in LIBRARY.get(name).head.empty.en
    else:
        assert answers[0]


@pytest.mark.parametrize("name", sorted(set(LIBRARY.names()) - UNPUBLISHED))
def test_a_row_stands_once(name: str, kg: KnowledgeGraph) -> None:
    rows = kg.ask(name, **LIBRARY.get(name).examples(), limit=10_000).tuples()
    assert len(rows) == len(set(rows))


def test_the_answers_are_those_of_the_model(kg: KnowledgeGraph) -> None:
    rows = kg.ask("practices-for-region", region="FR82", limit=10).rows()
    matched = kg.match(region="FRL0", limit=10).results
    assert [row["practice"] for row in rows] == [match.practice.id for match in matched]
    assert [row["low"] for row in rows] == [pytest.approx(match.total.low, abs=1e-4) for match in matched]
    assert [row["adoption"] for row in rows] == [pytest.approx(match.adoption.expected, abs=1e-4) for match in matched]
    alike = kg.ask("similar-regions", region="FRL0", limit=10).rows()
    assert [row["code"] for row in alike] == [row["region"]["code"] for row in kg.similar("FRL0", 10)["results"]]


def test_what_blocks_is_what_the_model_says_may_block(kg: KnowledgeGraph) -> None:
    conditions = kg.ask("blocking-conditions", region="FRL0", limit=10_000).rows()
    found = {row["practice"] for row in conditions}
    matched = kg.match(region="FRL0", limit=1000, include_existing=True).results
    assert {m.practice.id for m in matched if m.blocked or m.possibly_blocked} <= found


def test_a_territory_is_answered_by_its_nuts_2_region(kg: KnowledgeGraph) -> None:
    rows = kg.ask("practices-for-region", region="Stuttgart Region", limit=1).rows()
    assert rows[0]["region"] == f"{ROOT}id/region/DE11"


def test_two_partners_have_their_two_tests_and_the_others_none_known(kg: KnowledgeGraph) -> None:
    rows = kg.ask("partners-below-two-tests", project="pooling4clusters").rows()
    assert {str(row["partner"]).rsplit("/", 1)[1] for row in rows} == {"bep", "bsc-kranj", "corallia", "mita", "wrs"}
    assert {row["finding"] for row in rows} == {"none known"}
    french = kg.ask("partners-below-two-tests", lang="fr").rows()
    assert {row["finding"] for row in french} == {"aucun connu"}


def test_a_name_that_is_a_word_of_python_takes_an_underscore(kg: KnowledgeGraph) -> None:
    rows = kg.ask("transfers", from_="ES", lang="fr").rows()
    assert rows == kg.ask("transfers", **{"from": "ES", "lang": "fr"}).rows()


def test_mistakes_are_named(kg: KnowledgeGraph) -> None:
    with pytest.raises(UnknownName, match=r"There is no question 'simmilar-regions'\. Did you mean similar-regions"):
        kg.ask("simmilar-regions")
    with pytest.raises(UnknownName, match="Did you mean") as caught:
        kg.ask("practices-for-region", region="Provence Alpes Cote d'Azure")
    assert caught.value.parameter == "region"
    with pytest.raises(InputError, match="no parameter 'colour'"):
        kg.ask("practices-for-region", region="FRL0", colour="red")
    with pytest.raises(AmbiguousName):
        kg.ask("similar-regions", region="UKM2")


@pytest.mark.parametrize("text", ["Formation", "Trainings", "trainings", f"{ROOT}id/practice/trainings"])
def test_a_practice_is_found_by_its_name_in_either_language(text: str, kg: KnowledgeGraph) -> None:
    rows = kg.ask("field-tests", practice=text).rows()
    assert {row["practice"] for row in rows} == {f"{ROOT}id/practice/trainings"}


def test_every_parameter_with_choices_has_some(kg: KnowledgeGraph) -> None:
    for question in LIBRARY:
        for parameter in question.parameters:
            if parameter.choices:
                assert kg.resolver.choices(parameter, "fr"), (question.name, parameter.name)
