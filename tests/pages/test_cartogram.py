"""The map of circles: equal area, nothing over anything, the same every time."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from p4c_graph import KnowledgeGraph
from p4c_graph.regions import Gazetteer
from p4c_graph.web.views.cartogram import STEPS, Cartogram, apart, arrange, project, step


@pytest.fixture(scope="module")
def layout(kg: KnowledgeGraph) -> Cartogram:
    return arrange(kg.gazetteer)


@pytest.mark.parametrize(("lat", "long", "east", "north"), [
    # The worked example of EPSG guidance note 7-2, less the false origin, in km; a sphere is near the ellipsoid.
    (52.0, 10.0, 0.0, 0.0), (50.0, 5.0, -358.2, -210.3),
])
def test_the_projection_is_that_of_the_european_grid(lat: float, long: float, east: float, north: float) -> None:
    x, y = project(np.array([(lat, long)]))[0]
    assert math.dist((x, y), (east, north)) < 5


def test_equal_areas_stay_equal() -> None:
    def area(lat: float, long: float) -> float:
        # A cell of one degree, divided by the area it has on the sphere.
        corners = project(np.array([(lat, long), (lat, long + 1), (lat + 1, long + 1), (lat + 1, long)]))
        x, y = corners[:, 0], corners[:, 1]
        on_sphere = math.radians(1) * (math.sin(math.radians(lat + 1)) - math.sin(math.radians(lat))) * 6371**2
        return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2 / on_sphere

    assert area(37, -9) == pytest.approx(area(69, 29), rel=0.01)


def test_no_circle_lies_over_another(layout: Cartogram) -> None:
    circles = layout.circles
    nearest = min(math.dist((a.x, a.y), (b.x, b.y)) for i, a in enumerate(circles) for b in circles[i + 1:])
    assert nearest >= 2 * layout.radius


def test_every_region_of_the_second_level_is_on_it_within_the_frame(layout: Cartogram, kg: KnowledgeGraph) -> None:
    assert {circle.region.iri for circle in layout.circles} == {unit.iri for unit in kg.gazetteer.units}
    for circle in layout.circles:
        assert layout.radius <= circle.x <= layout.width - layout.radius
        assert layout.radius <= circle.y <= layout.height - layout.radius


def test_regions_far_away_stand_in_the_inset(layout: Cartogram) -> None:
    assert layout.inset
    left, top, width, height = layout.inset
    inside = {c.region.slug for c in layout.circles if left < c.x < left + width and top < c.y < top + height}
    assert {"FRY1", "FRY2", "FRY3", "FRY4", "FRY5", "ES70", "PT20", "PT30", "NO0B"} == inside


def test_europe_is_recognised(layout: Cartogram) -> None:
    at = {circle.region.slug: circle for circle in layout.circles}
    assert at["PT17"].x < at["ES30"].x < at["FRL0"].x < at["ITC4"].x < at["SI04"].x < at["BG41"].x < at["TR51"].x
    assert at["FI1D"].y < at["SE11"].y < at["DK01"].y < at["DE30"].y < at["AT33"].y < at["ITF6"].y


def test_the_layout_is_the_same_however_regions_come(kg: KnowledgeGraph, layout: Cartogram) -> None:
    regions = list(kg.gazetteer.regions)
    random.Random(7).shuffle(regions)
    assert arrange(Gazetteer(regions)) == layout


def test_regions_at_one_point_part() -> None:
    placed = apart(np.zeros((5, 2)), 1.0)
    distances = [math.dist(placed[i], placed[j]) for i in range(5) for j in range(i)]
    assert min(distances) > 1.9


def test_without_regions_the_map_is_empty() -> None:
    assert arrange(Gazetteer([])).circles == ()


@pytest.mark.parametrize(("value", "expected"), [
    (0.0, 0), (0.49, 2), (0.5, 3), (1.0, STEPS - 1), (-1, 0), (2, STEPS - 1),
])
def test_values_fall_on_steps(value: float, expected: int) -> None:
    assert step(value, 0.0, 1.0) == expected


def test_where_all_are_equal_all_have_the_last_step() -> None:
    assert step(3, 3, 3) == STEPS - 1
