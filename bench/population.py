"""Columns of many practices, made at random from a fixed seed over the regions and the model of a real snapshot.

It stands for a graph of millions of statements where only matching is measured: what it says is synthetic, and none
of it is ever written into a graph.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.regions import Gazetteer
from p4c_graph.transfer import similarity
from p4c_graph.transfer.columns import Columns
from p4c_graph.transfer.features import ACTORS
from p4c_graph.transfer.surroundings import ANY_SECTOR, NO_SECTOR, SECTORS

Array = npt.NDArray[Any]
PLACES = 1500
_THEMES, _TARGETS = 14, 9


def population(real: Columns, gazetteer: Gazetteer, practices: int, seed: int = 1) -> Columns:
    """Columns of so many practices in 1,500 NUTS 3 regions, with what is real of the regions themselves."""
    random = np.random.default_rng(seed)
    units = {iri: i for i, iri in enumerate(real.units)}
    parts = [r for r in gazetteer.regions if r.level == 3 and not r.of_other_edition][:PLACES]
    place_units = [[units[unit.iri] for unit in gazetteer.units_of(part)] for part in parts]
    lengths = [len(members) for members in place_units]
    base = f"{real.practices[0].rpartition('/practice/')[0]}/"
    merit_known = random.random(practices) < 0.6
    middle = random.random(practices)
    half = np.minimum(middle, 1 - middle) * random.random(practices) * 0.3
    return replace(
        real,
        practices=[f"{base}practice/synthetic-{i:07}" for i in range(practices)],
        labels=[f"Synthetic practice {i} of {practices}" for i in range(practices)],
        places=[part.iri for part in parts],
        place_similarity=similarity.of_places(real.unit_similarity, place_units),
        place_start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        place_units=np.array([unit for members in place_units for unit in members], dtype=np.int32),
        theme_mask=_masks(random, practices, _THEMES, 3), sector_mask=_masks(random, practices, len(SECTORS), 3),
        target_mask=_masks(random, practices, _TARGETS, 2), collective=random.random(practices) < 0.3,
        merit=np.where(merit_known, [middle, middle - half, middle + half], [[np.nan], [0.0], [1.0]]).T.copy(),
        merit_inferred=merit_known & (random.random(practices) < 0.3),
        **_applications(random, practices, base, len(parts)),
        **_conditions(random, practices, base, len(real.indicators)),
        **_surroundings(random, len(real.units), [part.iri for part in parts]),
    )


def _masks(random: np.random.Generator, count: int, bits: int, most: int) -> Array:
    """(count,) masks of up to ``most`` of the bits; a tenth have none."""
    drawn = np.left_shift(np.uint64(1), random.integers(0, bits, (count, most)).astype(np.uint64))
    drawn[np.arange(most) >= random.integers(1, most + 1, count)[:, None]] = 0
    drawn[random.random(count) < 0.1] = 0
    return np.bitwise_or.reduce(drawn, axis=1)


def _starts(lengths: Array) -> Array:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _applications(random: np.random.Generator, practices: int, base: str, places: int) -> dict[str, Any]:
    lengths = np.minimum(random.geometric(0.55, practices), 12)
    rows, none = int(lengths.sum()), np.repeat(random.random(practices) < 0.03, lengths)
    planned, negative = random.random(rows) < 0.06, random.random(rows) < 0.04
    strength = random.choice([1.0, 0.7, 0.5, 0.25, 2 / 3], rows, p=[0.45, 0.3, 0.2, 0.025, 0.025])
    done = ~planned & ~none
    start, first = _starts(lengths), np.zeros(rows, dtype=bool)
    first[start[:-1]] = True
    positive = np.add.reduceat(done & ~negative & (strength >= 0.7), start[:-1]).astype(float)
    failed = np.add.reduceat(done & negative, start[:-1]).astype(float)
    every = np.add.reduceat(done, start[:-1]).astype(float)
    evidence = np.stack([
        (positive + 1) / (positive + failed + 2), (positive + 1) / (every + 2), (every - failed + 1) / (every + 2)])
    evidence[:, positive + failed == 0] = [[np.nan], [0.0], [1.0]]
    projects, tied = 5000, np.flatnonzero(random.random(rows) < 0.3)
    return {
        "applications": [f"{base}application/synthetic-{i:07}" for i in range(rows)],
        "kinds": random.choice(["Origin", "Transfer", "Workshop", "Implementation"], rows).tolist(),
        "sources": [f"{base}source/synthetic-{i % 1000}" for i in range(rows)],
        "projects": [f"SYNTHETIC {i}" for i in range(projects)],
        "evidence": evidence.T.copy(), "application_start": start,
        "application": np.where(none, -1, np.arange(rows)).astype(np.int32),
        "application_place": np.where(none, -1, random.integers(0, places, rows)).astype(np.int32),
        "application_strength": np.where(done & ~negative, strength, 0.0),
        "application_negative": done & negative, "application_done": done, "application_planned": planned & ~none,
        "application_origin": first & ~none, "taken_from": np.zeros((0, 2), dtype=np.int32),
        "row_projects": np.column_stack([tied, random.integers(0, projects, tied.size)]).astype(np.int32),
        "mentions": np.zeros((0, 2), dtype=np.int32),
    }


def _conditions(random: np.random.Generator, practices: int, base: str, indicators: int) -> dict[str, Any]:
    """One practice in three states none; four in ten of the rest are on an indicator, two on an actor."""
    lengths = random.integers(0, 4, practices)
    none = lengths == 0
    lengths[none] = 1
    rows = int(lengths.sum())
    stated = ~np.repeat(none, lengths)
    count = int(stated.sum())
    index = np.full(rows, -1, dtype=np.int32)
    index[stated] = random.permutation(count)
    kind = random.random(count)
    low = np.where(random.random(count) < 0.8, random.lognormal(3, 1.5, count), -np.inf)
    return {
        "condition_iris": [f"{base}condition/synthetic-{i:07}" for i in range(count)],
        "condition_labels": [f"Synthetic condition {i}" for i in range(count)],
        "condition_start": _starts(lengths), "condition_index": index,
        "condition_importance": np.where(stated, random.integers(1, 4, rows), 0).astype(float),
        "condition_required": stated & (random.random(rows) < 0.15),
        "condition_indicator": np.where(kind < 0.4, random.integers(0, indicators, count), -1).astype(np.int32),
        "condition_bounds": np.column_stack([low, np.where(np.isinf(low), random.lognormal(5, 1.5, count), np.inf)]),
        "condition_actor": np.where((kind >= 0.4) & (kind < 0.6), random.integers(0, 2, count), -1).astype(np.int32),
        "condition_sector": np.where(
            random.random(count) < 0.5, ANY_SECTOR, random.integers(0, ANY_SECTOR, count)).astype(np.int32),
    }


def _surroundings(random: np.random.Generator, units: int, places: list[str]) -> dict[str, Any]:
    """What the regions have: actors, lists declared complete, needs, partners of projects."""
    actors, needs = 20_000, 1500
    sectors = np.where(random.random(actors) < 0.2, NO_SECTOR, random.integers(0, ANY_SECTOR, actors))
    cells = np.column_stack([np.arange(actors), random.integers(0, units, actors),
                             random.integers(0, len(ACTORS), actors), sectors])
    anywhere = cells.copy()
    anywhere[:, 3] = ANY_SECTOR
    return {
        "actor_cells": np.concatenate([cells, anywhere]).astype(np.int32),
        "actor_elsewhere": np.ones(actors, dtype=bool),
        "actor_complete": random.random((units, len(ACTORS))) < 0.1,
        "need_masks": np.column_stack([
            _masks(random, needs, _THEMES, 2), _masks(random, needs, len(SECTORS), 2),
            _masks(random, needs, _TARGETS, 1)]),
        "need_regions": [[places[i]] for i in random.integers(0, len(places), needs)],
        "complete_regions": [], "project_partners": random.random((units, 5000)) < 0.01,
    }
