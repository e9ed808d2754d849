"""Features as columns: what ranking reads, kept with the snapshot, no Python object a practice.

Lists of different length (applications of a practice, NUTS 2 regions of a place) are one flat array with
offsets: those of item i stand at ``start[i]:start[i + 1]``. Every practice has at least one application row and one
condition row; where it has none, the row says nothing (place −1, importance 0), so that reductions never meet an
empty run. An application in several regions has a row in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import orjson

from p4c_graph.errors import StoreProblem
from p4c_graph.regions import Gazetteer
from p4c_graph.transfer import appraisal, surroundings
from p4c_graph.transfer.features import (
    ACTORS,
    COLLECTIVE,
    Application,
    Condition,
    Features,
    Need,
    Practice,
)
from p4c_graph.transfer.model import TransferModel
from p4c_graph.transfer.surroundings import ANY_SECTOR, SECTORS, in_order

Array = npt.NDArray[Any]


@dataclass
class Columns:
    """All columns of a snapshot: U units (NUTS 2), P places, N practices, A application rows, C conditions."""

    # names, in the order of the arrays
    practices: list[str]
    labels: list[str]
    units: list[str]
    places: list[str]
    applications: list[str]
    kinds: list[str]
    sources: list[str]
    condition_iris: list[str]
    condition_labels: list[str]
    indicators: list[str]
    projects: list[str]
    need_regions: list[list[str]]
    complete_regions: list[list[str]]
    """(region, kind of actor) of each list declared complete."""
    # (3, U, …): expected (NaN unknown), low, high similarity of a unit and a place, of two units
    place_similarity: Array
    unit_similarity: Array
    place_start: Array
    place_units: Array
    # practices (N)
    theme_mask: Array
    sector_mask: Array
    target_mask: Array
    collective: Array
    evidence: Array
    merit: Array
    merit_inferred: Array
    # application rows (A); ``application`` is the index of the application, −1 where a practice has none
    application_start: Array
    application: Array
    application_place: Array
    application_strength: Array
    application_negative: Array
    application_done: Array
    application_planned: Array
    application_origin: Array
    # pairs: (application, application it was taken from), (application row, project), (application, actor)
    taken_from: Array
    row_projects: Array
    mentions: Array
    # condition rows, and the distinct conditions (C)
    condition_start: Array
    condition_index: Array
    condition_importance: Array
    condition_required: Array
    condition_indicator: Array
    condition_bounds: Array
    condition_actor: Array
    condition_sector: Array
    # all regions of the gazetteer × indicators: the latest observed value
    region_values: Array
    # actors: (actor, unit, kind, sector) where each is active; which the graph names apart from applications
    actor_cells: Array
    actor_elsewhere: Array
    actor_complete: Array
    # needs: theme, sector, target masks
    need_masks: Array
    # adoption and its baselines (U)
    activity: Array
    population: Array
    wealth: Array
    competitiveness: Array
    country: Array
    """Units of one country have one number; −1 where it is not known."""
    coordinates: Array
    language_mask: Array
    project_partners: Array

    def save(self, folder: Path) -> None:
        """Writes ``columns.npz`` and ``columns.json``."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
        np.savez(folder / "columns.npz", allow_pickle=False, **arrays)
        lists = {name: value for name, value in values.items() if name not in arrays}
        (folder / "columns.json").write_bytes(orjson.dumps(lists))

    @classmethod
    def load(cls, folder: Path) -> Columns:
        """What ``save`` wrote. Raises StoreProblem where it is not whole, or of another version of the program."""
        try:
            lists = orjson.loads((folder / "columns.json").read_bytes())
            with np.load(folder / "columns.npz", allow_pickle=False) as arrays:
                return cls(**lists, **{name: arrays[name] for name in arrays.files})
        except (OSError, ValueError, TypeError, KeyError, BadZipFile) as error:
            raise StoreProblem(f"The columns of snapshot {folder.name} cannot be read ({error}); build anew with: "
                               "p4c build") from None


Row = tuple[Application | None, str | None]
"""One application in one of its regions; a practice without any has one empty row."""


def build_columns(features: Features, gazetteer: Gazetteer, model: TransferModel) -> Columns:
    """The columns of a snapshot from what the graph says."""
    practices, needs = features.practices, in_order(features.needs)
    rows = [_rows(practice) for practice in practices]
    places = sorted({region for of in rows for _, region in of if region and region in gazetteer.by_iri})
    projects = sorted(set(features.partners).union(
        *(p.projects for p in practices), *(a.projects for p in practices for a in p.applications.values())
    ))
    conditions = in_order({c.iri: c for p in practices for c in p.conditions.values()})
    themed: list[Practice | Need] = [*practices, *needs]
    themes = sorted({theme for item in themed for theme in item.themes})
    targets = sorted({target for item in themed for target in item.targets})

    theme_bit, sector_bit, target_bit = (
        {code: 1 << i for i, code in enumerate(codes)} for codes in (themes, SECTORS, targets))

    def masks(items: Sequence[Practice] | Sequence[Need]) -> Array:
        """(items, 3): themes, sectors and target groups, each at its bit."""
        coded = [
            [_mask(theme_bit, i.themes), _mask(sector_bit, i.sectors), _mask(target_bit, i.targets)] for i in items]
        return np.array(coded, dtype=np.uint64).reshape(-1, 3)

    theme_mask, sector_mask, target_mask = masks(practices).T.copy()
    indicators = surroundings.indicators(features)
    return Columns(
        practices=[practice.iri for practice in practices], labels=[practice.label for practice in practices],
        units=[unit.iri for unit in gazetteer.units], places=places, indicators=indicators, projects=projects,
        condition_iris=[c.iri for c in conditions], condition_labels=[c.label for c in conditions],
        need_regions=[sorted(need.regions) for need in needs],
        complete_regions=[list(pair) for pair in sorted(features.complete)],
        theme_mask=theme_mask, sector_mask=sector_mask, target_mask=target_mask,
        collective=np.array([p.kind in COLLECTIVE for p in practices], dtype=bool),
        evidence=np.array([appraisal.evidence(p.applications.values()) for p in practices]).reshape(-1, 3),
        merit=np.array([appraisal.merit(p) for p in practices]).reshape(-1, 3),
        merit_inferred=np.array([p.merit_is_inferred for p in practices], dtype=bool),
        **_application_columns(practices, rows, places, projects, sorted(features.actors), model),
        **_condition_columns(practices, conditions, indicators),
        need_masks=masks(needs),
        **surroundings.unit_columns(features, gazetteer, places, projects, model),
    )


def _mask(bits: Mapping[str, int], found: set[str]) -> int:
    """The bits of those codes that have one."""
    mask = 0
    for code in found:
        mask |= bits.get(code, 0)
    return mask


def _starts(lengths: Iterable[int]) -> Array:
    return np.concatenate([[0], np.cumsum(list(lengths), dtype=np.int64)]).astype(np.int64)


def _rows(practice: Practice) -> list[Row]:
    found: list[Row] = []
    for application in in_order(practice.applications):
        found += [(application, region) for region in sorted(application.regions)] or [(application, None)]
    return found or [(None, None)]


def _pairs(found: list[tuple[int, int]]) -> Array:
    return np.array(sorted(set(found)), dtype=np.int32).reshape(-1, 2)


def _application_columns(
    practices: list[Practice], rows: list[list[Row]], places: list[str], projects: list[str], actors: list[str],
    model: TransferModel,
) -> dict[str, Any]:
    named = in_order({a.iri: a for p in practices for a in p.applications.values()})
    index, place_index, actor_index, project_index = (
        {name: i for i, name in enumerate(names)} for names in ([a.iri for a in named], places, actors, projects)
    )
    flat = [row for of in rows for row in of]
    owners = [practice for practice, of in zip(practices, rows, strict=True) for _ in of]

    def column(dtype: Any, value: Any, empty: Any) -> Array:
        return np.array([empty if a is None else value(a) for a, _ in flat], dtype=dtype)

    return {
        "applications": [a.iri for a in named], "kinds": [a.kind for a in named],
        "sources": [a.source or "" for a in named],
        "application_start": _starts(map(len, rows)),
        "application": column(np.int32, lambda a: index[a.iri], -1),
        "application_place": np.array([place_index.get(region or "", -1) for _, region in flat], dtype=np.int32),
        "application_strength": column(np.float64, lambda a: appraisal.strength(a, model), 0.0),
        "application_negative": column(bool, lambda a: a.failed, False),
        "application_done": column(bool, lambda a: a.took_place, False),
        "application_planned": column(bool, lambda a: a.status == "planned", False),
        "application_origin": column(bool, lambda a: a.kind == "Origin", False),
        "taken_from": _pairs([
            (index[a.iri], index[other]) for a in named for other in a.taken_from if other in index
        ]),
        "row_projects": _pairs([
            (row, project_index[name]) for row, (a, _) in enumerate(flat) if a is not None
            for name in a.projects | owners[row].projects
        ]),
        "mentions": _pairs([
            (index[a.iri], actor_index[who]) for a in named for who in a.organisations if who in actor_index
        ]),
    }


def _condition_columns(
    practices: list[Practice], conditions: list[Condition], indicators: list[str]
) -> dict[str, Any]:
    index = {condition.iri: i for i, condition in enumerate(conditions)}
    rows: list[tuple[int, int, bool]] = []
    for practice in practices:
        found = [(index[c.iri], c.importance, c.required) for c in in_order(practice.conditions)]
        rows += found or [(-1, 0, False)]

    def bounds(condition: Condition) -> tuple[float, float]:
        low = -np.inf if condition.minimum is None else condition.minimum
        return low, np.inf if condition.maximum is None else condition.maximum

    def position(names: Sequence[str], name: str | None, otherwise: int) -> int:
        return names.index(name) if name is not None and name in names else otherwise

    return {
        "condition_start": _starts(max(1, len(p.conditions)) for p in practices),
        "condition_index": np.array([row[0] for row in rows], dtype=np.int32),
        "condition_importance": np.array([row[1] for row in rows], dtype=np.float64),
        "condition_required": np.array([row[2] for row in rows], dtype=bool),
        "condition_bounds": np.array([bounds(c) for c in conditions], dtype=np.float64).reshape(-1, 2),
        **{
            f"condition_{name}": np.array(found, dtype=np.int32) for name, found in (
                ("indicator", [position(indicators, c.indicator, -1) for c in conditions]),
                ("actor", [position(ACTORS, c.actor, -1) for c in conditions]),
                ("sector", [position(SECTORS, c.sector, ANY_SECTOR) for c in conditions]),
            )
        },
    }
