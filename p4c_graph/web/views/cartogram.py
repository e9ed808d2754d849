"""A map without polygons: one circle a NUTS 2 region, as near as can be to its centroid, none over another."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.regions import Gazetteer, Region
from p4c_graph.web.views.visit import Visit

Array = npt.NDArray[Any]
_RADIUS_KM = 6_371.0
_CENTRE = (52.0, 10.0)
"""ETRS89-LAEA (EPSG:3035) has its origin here; on a map of circles a sphere is near enough."""
_WINDOW = (-2_450.0, 2_900.0, -2_250.0, 2_400.0)
"""West, east, south and north of the window in km from the origin; what lies outside stands in an inset."""
_CIRCLE_KM, _GAP_KM = 43.0, 5.0
_PULL, _ROUNDS, _AGAIN = 0.02, 400, 10
"""How strongly circles are pulled home, for how many rounds, and how often neighbours are looked for anew."""
_KM_PER_UNIT = 5.9
"""Units of the drawing; the map is some 800 wide."""
_NEIGHBOUR, _ACROSS = 7.0, 9.0
"""Neighbours of a country whose centres are within so many radii are joined in its outline; the second number goes
for the shortest links that hold the country together."""
STEPS = 6


@dataclass(frozen=True)
class Circle:
    """A region's place on the map."""

    region: Region
    x: float
    y: float


@dataclass(frozen=True)
class Cartogram:
    """The layout: circles in the order of codes, one outline a country (an SVG path), and the frame of insets."""

    width: int
    height: int
    radius: float
    circles: tuple[Circle, ...]
    land: tuple[str, ...]
    inset: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Spot:
    """A circle as one map shows it: step of the scale (None: unknown), what it says, whether it is marked."""

    circle: Circle
    step: int | None
    text: str
    href: str | None
    marked: bool = False


@dataclass(frozen=True)
class Legend:
    """What the colours mean: a text at the low and one at the high end, and of what is unknown or marked."""

    low: str
    high: str
    unknown: str
    marked: str | None = None


@dataclass(frozen=True)
class Map:
    """A cartogram with values on it."""

    title: str
    layout: Cartogram
    spots: tuple[Spot, ...]
    legend: Legend


async def layout(visit: Visit) -> Cartogram:
    """The layout of this snapshot's regions, computed once."""
    return await visit.once("cartogram", lambda: asyncio.to_thread(arrange, visit.graph.gazetteer))


def step(value: float, low: float, high: float) -> int:
    """The step of the scale a value falls on."""
    share = (value - low) / (high - low) if high > low else 1.0
    return min(STEPS - 1, max(0, int(share * STEPS)))


def draw(
    visit: Visit, layout: Cartogram, title: str, values: Mapping[str, float], texts: Mapping[str, str],
    legend: Legend, *, bounds: tuple[float, float], marked: frozenset[str] = frozenset(), absent: str,
    everywhere: bool = True,
) -> Map:
    """A map of values by the IRI of regions; ``everywhere`` links the regions without a value too."""
    spots = []
    for circle in layout.circles:
        iri, name = circle.region.iri, f"{circle.region.label} ({circle.region.slug})"
        known = values.get(iri)
        spots.append(Spot(
            circle, None if known is None else step(known, *bounds), f"{name}: {texts.get(iri, absent)}",
            visit.href(iri) if everywhere or known is not None or iri in marked else None, iri in marked))
    return Map(title, layout, tuple(spots), legend)


def arrange(gazetteer: Gazetteer) -> Cartogram:
    """The layout of the NUTS 2 regions that have a centroid; the same for the same regions."""
    regions = [r for r in gazetteer.units if r.latitude is not None and r.longitude is not None]
    if not regions:
        return Cartogram(100, 100, 1.0, (), (), None)
    points = project(np.array([(r.latitude, r.longitude) for r in regions], dtype=float))
    west, east, south, north = _WINDOW
    inside = (points[:, 0] > west) & (points[:, 0] < east) & (points[:, 1] > south) & (points[:, 1] < north)
    points[inside] = apart(points[inside], _CIRCLE_KM + _GAP_KM / 2)
    shown = points[inside] if inside.any() else points
    left, top = shown[:, 0].min() - 2 * _CIRCLE_KM, shown[:, 1].max() + 2 * _CIRCLE_KM
    frame = None
    if remote := np.flatnonzero(~inside).tolist():
        # The Atlantic west of France is empty: the regions far away stand there, three a row.
        pitch, rows = 2.6 * _CIRCLE_KM, -(-len(remote) // 3)
        high = (top + shown[:, 1].min()) / 2 + pitch
        for place, i in enumerate(remote):
            points[i] = (left + 2.2 * _CIRCLE_KM + place % 3 * pitch, high - place // 3 * pitch)
        frame = (0.5 * _CIRCLE_KM, top - high - 1.7 * _CIRCLE_KM, 2 * pitch + 3.4 * _CIRCLE_KM,
                 (rows - 1) * pitch + 3.4 * _CIRCLE_KM)
    x, y = (points[:, 0] - left) / _KM_PER_UNIT, (top - points[:, 1]) / _KM_PER_UNIT
    circles = tuple(Circle(r, round(float(cx), 1), round(float(cy), 1))
                    for r, cx, cy in zip(regions, x, y, strict=True))
    radius = _CIRCLE_KM / _KM_PER_UNIT
    near = [circle for circle, here in zip(circles, inside, strict=True) if here]
    return Cartogram(
        math.ceil(x.max() + 2 * radius), math.ceil(y.max() + 2 * radius), round(radius, 1), circles,
        tuple(_outline(group, radius) for group in _by_country(near)),
        None if frame is None else tuple(round(float(v) / _KM_PER_UNIT, 1) for v in frame),  # type: ignore[arg-type]
    )


def project(degrees: Array) -> Array:
    """Latitude and longitude in degrees → km east and north of the origin, in Lambert's azimuthal equal-area map."""
    lat, long = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    lat0, long0 = np.radians(_CENTRE)
    cosine = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(long - long0)
    scale = np.sqrt(2 / np.maximum(1 + cosine, 1e-9))
    east = scale * np.cos(lat) * np.sin(long - long0)
    north = scale * (np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(long - long0))
    return np.column_stack((east, north)) * _RADIUS_KM


def apart(points: Array, radius: float) -> Array:
    """Points moved so that circles of a radius around them do not overlap, each pulled towards where it was.

    Pairs that overlap push each other away by half of what is missing; the pull fades out, so that the last
    rounds only push, until nothing overlaps.
    """
    count, placed = len(points), points.copy()
    for turn in range(20 * _ROUNDS):
        if turn % _AGAIN == 0:
            one, other = _near(placed, 3 * radius)
        shift = placed[one] - placed[other]
        distance = np.hypot(shift[:, 0], shift[:, 1])
        missing = np.maximum(2 * radius - distance, 0.0)
        if turn > _ROUNDS and turn % _AGAIN == 0 and missing.max(initial=0.0) < 0.02 * radius:
            break
        # Two regions at one point part along a direction their places in the list give.
        angle = one * 2.399963
        shift = np.where((distance < 1e-6)[:, None], np.column_stack((np.cos(angle), np.sin(angle))), shift)
        push = shift / np.maximum(np.hypot(shift[:, 0], shift[:, 1]), 1e-6)[:, None] * (0.45 * missing)[:, None]
        for axis in (0, 1):
            placed[:, axis] += np.bincount(one, push[:, axis], count) - np.bincount(other, push[:, axis], count)
        if turn < _ROUNDS:
            placed += (points - placed) * _PULL * (1 - turn / _ROUNDS)
    return placed


def _near(points: Array, within: float) -> tuple[Array, Array]:
    """All pairs of points not further apart than this."""
    distance = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    one, other = np.nonzero(np.triu(distance < within, 1))
    return one, other


def _by_country(circles: Sequence[Circle]) -> list[list[Circle]]:
    groups: dict[str, list[Circle]] = defaultdict(list)
    for circle in circles:
        groups[circle.region.slug[:2]].append(circle)
    return [groups[code] for code in sorted(groups)]


def _outline(group: Sequence[Circle], radius: float) -> str:
    """A path that, filled and drawn with a broad round pen, covers a country: its circles and what lies between.

    Joined are neighbours in Gabriel's sense (no third circle stands in the circle over their link), and the
    triangles such links form.
    """
    points = np.array([(circle.x, circle.y) for circle in group])
    distance = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) / radius
    squares = distance**2
    count = len(points)
    links = set(_spanning(distance))
    for i in range(count):
        for j in range(i + 1, count):
            between = np.delete(squares[i] + squares[j], (i, j)).min(initial=np.inf)
            if distance[i, j] < _NEIGHBOUR and between > squares[i, j]:
                links.add((i, j))
    triangles = [(i, j, k) for i, j in sorted(links) for k in range(j + 1, count)
                 if (i, k) in links and (j, k) in links]
    covered = {pair for i, j, k in triangles for pair in ((i, j), (i, k), (j, k))}
    alone = set(range(count)) - {i for link in links for i in link}
    at = [f"{circle.x:g} {circle.y:g}" for circle in group]
    return "".join(
        [f"M{at[i]}L{at[j]}L{at[k]}Z" for i, j, k in triangles]
        + [f"M{at[i]}L{at[j]}" for i, j in sorted(links - covered)] + [f"M{at[i]}h0" for i in sorted(alone)])


def _spanning(distance: Array) -> list[tuple[int, int]]:
    """The shortest links that hold circles together, as far as none is longer than ``_ACROSS``."""
    count, kept = len(distance), list[tuple[int, int]]()
    together = list(range(count))
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    for i, j in sorted(pairs, key=lambda pair: (distance[pair], pair)):
        if together[i] != together[j] and distance[i, j] < _ACROSS:
            kept.append((i, j))
            together = [together[i] if known == together[j] else known for known in together]
    return kept
