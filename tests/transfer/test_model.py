"""The parameters: read from the graph, shipped as declared, weights checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4c_graph.errors import InputError, StoreProblem
from p4c_graph.intake.sources import SourceFile
from p4c_graph.namespaces import P4C, SCHEME
from p4c_graph.store.rows import StoreRows
from p4c_graph.terms import Minter, local_name
from p4c_graph.transfer.model import (
    ADOPTION_FEATURES,
    COMPONENTS,
    TransferModel,
    checked_weights,
    read_model,
    read_weights,
)

from .worlds import MODEL, WEIGHTS

parts = st.dictionaries(st.sampled_from(COMPONENTS), st.floats(0, 100), min_size=1)


@pytest.fixture
def store(root: Path) -> ox.Store:
    """The shipped model alone."""
    store = ox.Store()
    file = SourceFile(root / "data" / "model" / "transfer-model.trig")
    store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in file.quads(Minter()))
    return store


@pytest.fixture
def shipped(store: ox.Store) -> TransferModel:
    return read_model(StoreRows(store))


# ── what is shipped ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_model_has_the_declared_weights(shipped: TransferModel) -> None:
    assert shipped.version == "2"
    assert shipped.weights == WEIGHTS
    assert sum(shipped.weights.values()) == pytest.approx(1)
    assert sum(feature.weight for feature in shipped.adoption.values()) == pytest.approx(1)
    assert sum(feature.declared for feature in shipped.adoption.values()) == pytest.approx(1)
    assert set(shipped.adoption) == set(ADOPTION_FEATURES)


def test_the_shipped_model_has_the_declared_strengths_and_limits(shipped: TransferModel) -> None:
    assert (shipped.strength_positive, shipped.strength_origin_with_result) == (1, 1)
    assert (shipped.strength_origin, shipped.strength_unknown_outcome) == (0.7, 0.5)
    assert (shipped.negative_penalty, shipped.minimum_known, shipped.minimum_coverage) == (0.5, 0.35, 0.5)
    assert (shipped.draws, shipped.top_k, shipped.candidates, shipped.dirichlet_concentration) == (1000, 10, 200, 50)


def test_dimensions_weigh_alike_and_share_equally_inside(shipped: TransferModel) -> None:
    weights = {local_name(feature.indicator): feature.weight for feature in shipped.features}
    dimensions = (
        ("population", "population-density"),
        ("share-employment-secondary", "share-employment-tertiary", "share-knowledge-intensive-services",
         "share-high-and-medium-high-tech-manufacturing"),
        ("share-tertiary-education", "share-hrst"),
    )
    assert sorted(weights) == sorted(name for dimension in dimensions for name in dimension)
    for dimension in dimensions:
        found = [weights[name] for name in dimension]
        assert sum(found) == pytest.approx(1 / 3, abs=1e-5)
        assert max(found) - min(found) == 0


def test_priors_lie_inside_their_interval_and_say_what_they_rest_on(shipped: TransferModel, store: ox.Store) -> None:
    for component in shipped.components.values():
        assert 0 <= component.prior_low <= component.prior <= component.prior_high <= 1
    for name in ("conditions", "relevance", "capacity", "merit"):
        held = shipped.components[name]
        assert (held.prior, held.prior_low, held.prior_high) == (0.5, 0, 1)
    rows = StoreRows(store).rows(
        "SELECT ?name (LANG(?text) AS ?l) ?text { "
        "?c a p4c:ModelComponent ; dct:identifier ?name ; p4c:priorBasis ?text }")
    found = {(name, language): text for name, language, text in rows}
    assert found.keys() == {(name, language) for name in COMPONENTS for language in ("en", "fr")}
    assert "Median" in str(found["context", "en"])
    assert "Set to the middle" in str(found["merit", "en"])


def test_features_are_scaled_as_their_indicator_is(shipped: TransferModel, root: Path) -> None:
    listed = (root / "data" / "regions" / "indicators.csv").read_text("utf-8").splitlines()
    for feature in shipped.features:
        row = next(row for row in listed if row.startswith(f"{local_name(feature.indicator)},"))
        assert (",log," in row) == feature.logarithmic
        assert ",true," in row, "structural"
        assert 0 < feature.lower < feature.upper


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_graph_without_a_model_is_refused() -> None:
    with pytest.raises(StoreProblem, match="holds 0 transfer models"):
        read_model(StoreRows(ox.Store()))


def test_a_graph_with_two_models_is_refused(store: ox.Store) -> None:
    store.update(f'INSERT DATA {{ <http://example.org/2> a <{P4C.TransferModel}> ; <{P4C.version}> "2" }}')
    with pytest.raises(StoreProblem, match="holds 2 transfer models"):
        read_model(StoreRows(store))


def parameters() -> Iterator[str]:
    for field in fields(TransferModel):
        if field.name not in ("iri", "features", "components", "adoption"):
            first, *rest = field.name.split("_")
            yield first + "".join("K" if part == "k" else part.capitalize() for part in rest)


@pytest.mark.parametrize("name", list(parameters()))
def test_a_parameter_that_is_missing_is_named(store: ox.Store, name: str) -> None:
    store.update(f"DELETE WHERE {{ ?model <{P4C[name]}> ?value }}")
    with pytest.raises(StoreProblem, match=f"lacks p4c:{name}"):
        read_model(StoreRows(store))


@pytest.mark.parametrize(("name", "words"), [("merit", "component merit"), ("ties", "adoptionFeature ties")])
def test_a_part_that_is_missing_is_named(store: ox.Store, name: str, words: str) -> None:
    store.update(f'DELETE WHERE {{ ?part <http://purl.org/dc/terms/identifier> "{name}" }}')
    with pytest.raises(StoreProblem, match=words):
        read_model(StoreRows(store))


def test_a_model_without_features_is_refused(store: ox.Store) -> None:
    store.update(f"DELETE WHERE {{ ?model <{P4C.feature}> ?value }}")
    with pytest.raises(StoreProblem, match="lacks features"):
        read_model(StoreRows(store))


def test_the_transformation_is_read_from_its_concept(store: ox.Store) -> None:
    how = P4C.transformation
    store.update(f"DELETE {{ ?f <{how}> ?t }} INSERT {{ ?f <{how}> <{SCHEME}transformation/none> }} "
                 f"WHERE {{ ?f <{how}> ?t }}")
    assert not any(feature.logarithmic for feature in read_model(StoreRows(store)).features)


# ── weights ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_weights_the_declared_ones_hold() -> None:
    assert checked_weights(MODEL, None) == pytest.approx(WEIGHTS)
    assert checked_weights(MODEL, {}) == pytest.approx(WEIGHTS)


def test_those_not_named_keep_their_declared_weight_and_all_sum_to_one() -> None:
    found = checked_weights(MODEL, {"context": 1.3})
    assert found["context"] == pytest.approx(1.3 / 2)
    assert found["evidence"] == pytest.approx(0.2 / 2)
    assert sum(found.values()) == pytest.approx(1)


def test_a_weight_of_zero_leaves_a_component_out() -> None:
    assert checked_weights(MODEL, {"merit": 0})["merit"] == 0


@given(parts, st.floats(0.01, 1000))
def test_only_the_proportions_of_weights_count(given_weights: dict[str, float], factor: float) -> None:
    every = {name: given_weights.get(name, 1.0) + 0.001 for name in COMPONENTS}
    scaled = {name: weight * factor for name, weight in every.items()}
    assert checked_weights(MODEL, scaled) == pytest.approx(checked_weights(MODEL, every))


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), 10**400, 2e6, True, "0.3", None, [1]])
def test_a_weight_that_is_no_number_from_zero_is_refused_by_name(value: object) -> None:
    with pytest.raises(InputError, match=r"weight of merit is .*; expected a number from 0 to 1e\+06") as refused:
        checked_weights(MODEL, {"merit": value})
    assert refused.value.parameter == "weights"


def test_a_component_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="there is no component 'merits'; expected context, evidence") as refused:
        checked_weights(MODEL, {"merits": 1})
    assert refused.value.parameter == "weights"


def test_weights_that_are_all_zero_are_refused() -> None:
    with pytest.raises(InputError, match="all weights are 0"):
        checked_weights(MODEL, dict.fromkeys(COMPONENTS, 0))


@pytest.mark.parametrize(
    ("name", "text"), [("w.json", '{"context": 0.5, "merit": 2}'), ("w.toml", "context = 0.5\nmerit = 2")])
def test_weights_are_read_from_a_file(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_weights(tmp_path / name) == {"context": 0.5, "merit": 2}


@pytest.mark.parametrize(
    ("name", "content"),
    [("w.json", b"{"), ("w.json", b"[1]"), ("w.json", b"\xff"), ("w.toml", b"context ="), ("w.toml", b"\xff")])
def test_a_file_of_weights_that_does_not_parse_is_refused_with_its_name(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=name) as refused:
        read_weights(tmp_path / name)
    assert refused.value.parameter == "weights"


def test_a_file_of_weights_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: cannot be read"):
        read_weights(tmp_path / "none.json")
