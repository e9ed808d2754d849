"""What is known of the NUTS 2 regions themselves, as columns: similarity, values, actors, ties, languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from p4c_graph.regions import Gazetteer, Region
from p4c_graph.transfer import similarity
from p4c_graph.transfer.features import ACTORS, Features
from p4c_graph.transfer.model import TransferModel

Array = npt.NDArray[Any]
Item = TypeVar("Item")
UnitsOf = Callable[[str], list[int]]
"""IRI of a region → the rows of the units it stands for."""
SECTORS = "ABCDEFGHIJKLMNOPQRSTU"
ANY_SECTOR = len(SECTORS)
"""The slot of an actor whatever its sector."""
NO_SECTOR = ANY_SECTOR + 1
"""The slot of an actor of which no sector is known: it may be in any."""
ONE_YEAR = 0.95
"""An indicator is compared over the latest year that covers this share of what its best year covers."""


def in_order(items: Mapping[str, Item]) -> list[Item]:
    """The values of a mapping in the order of its keys."""
    return [items[key] for key in sorted(items)]


def indicators(features: Features) -> list[str]:
    """The IRIs of the indicators anything was observed of."""
    return sorted({indicator for _, indicator, _ in features.observations})


def unit_columns(
    features: Features, gazetteer: Gazetteer, places: list[str], projects: list[str], model: TransferModel
) -> dict[str, Any]:
    """The columns of units and regions."""
    units = gazetteer.units
    unit_of = {unit.iri: i for i, unit in enumerate(units)}

    def of(region: str) -> list[int]:
        found = gazetteer.by_iri.get(region)
        return [unit_of[unit.iri] for unit in gazetteer.units_of(found)] if found else []

    place_units = [of(place) for place in places]
    between = similarity.similarity(_structural(features, units, model), model)
    unit_similarity = np.stack([between.expected, between.low, between.high])
    latest = _latest(features, [region.iri for region in gazetteer.regions])
    row = {region.iri: i for i, region in enumerate(gazetteer.regions)}
    of_units = latest[[row[unit.iri] for unit in units]]
    lengths = [len(found) for found in place_units]
    return {
        "unit_similarity": unit_similarity,
        "place_similarity": similarity.of_places(unit_similarity, place_units),
        "place_start": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        "place_units": np.array([unit for found in place_units for unit in found], dtype=np.int32),
        "region_values": latest,
        "actor_cells": _actor_cells(features, of),
        "actor_elsewhere": _elsewhere(features),
        "actor_complete": _complete(features, gazetteer, unit_of),
        "activity": _column(features, of_units, "/interreg-projects-2014-2020"),
        "population": _column(features, of_units, "/population"),
        "wealth": _of_one_year(features, units, "/gdp-pps-per-inhabitant"),
        "competitiveness": _column(features, of_units, "/rci-score"),
        "country": _countries(gazetteer, units),
        "coordinates": _coordinates(units),
        "language_mask": _languages(gazetteer, units),
        "project_partners": _partners(features, projects, of, len(units)),
    }


def _coordinates(units: list[Region]) -> Array:
    """(U, 2) latitude and longitude; NaN where they are not known."""
    return np.array([
        [np.nan if u.latitude is None else u.latitude, np.nan if u.longitude is None else u.longitude] for u in units
    ]).reshape(-1, 2)


def _partners(features: Features, projects: list[str], units: UnitsOf, count: int) -> Array:
    """(U, projects) whether a partner of a project sits in each of the ``count`` units."""
    partners = np.zeros((count, len(projects)), dtype=bool)
    for j, project in enumerate(projects):
        for region in features.partners.get(project, ()):
            partners[units(region), j] = True
    return partners


def _structural(features: Features, units: list[Region], model: TransferModel) -> Array:
    return np.array([
        [features.observations.get((unit.iri, f.indicator, f.year), np.nan) for f in model.features]
        for unit in units
    ]).reshape(len(units), len(model.features))


def _latest(features: Features, regions: list[str]) -> Array:
    """(regions, indicators): the latest observed value; NaN where there is none."""
    row = {region: i for i, region in enumerate(regions)}
    column = {indicator: j for j, indicator in enumerate(indicators(features))}
    values = np.full((len(row), len(column)), np.nan)
    for (region, indicator, _), value in sorted(features.observations.items(), key=lambda item: item[0][2]):
        if region in row:
            values[row[region], column[indicator]] = value
    return values


def _column(features: Features, values: Array, suffix: str) -> Array:
    """The column of the indicator whose IRI ends so; NaN where there is none."""
    found = [j for j, indicator in enumerate(indicators(features)) if indicator.endswith(suffix)]
    return values[:, found[0]] if found else np.full(len(values), np.nan)


def _of_one_year(features: Features, units: list[Region], suffix: str) -> Array:
    """(U,) values of one and the same year, so that no region gains by being observed later."""
    by_year: dict[int, Array] = {}
    index = {unit.iri: i for i, unit in enumerate(units)}
    for (region, indicator, year), value in features.observations.items():
        if region in index and indicator.endswith(suffix):
            by_year.setdefault(year, np.full(len(units), np.nan))[index[region]] = value
    covered = {year: int((~np.isnan(values)).sum()) for year, values in by_year.items()}
    enough = [year for year, count in covered.items() if count >= ONE_YEAR * max(covered.values())]
    return by_year[max(enough)] if enough else np.full(len(units), np.nan)


def _actor_cells(features: Features, units: UnitsOf) -> Array:
    """(actor, unit, kind, sector) for every unit, kind and sector an organisation is active in."""
    cells = []
    for i, actor in enumerate(in_order(features.actors)):
        sectors = [SECTORS.index(sector) for sector in actor.sectors if sector in SECTORS] or [NO_SECTOR]
        where = {unit for region in actor.regions for unit in units(region)}
        cells += [
            (i, unit, ACTORS.index(kind), sector)
            for unit in where for kind in actor.kinds & set(ACTORS) for sector in (ANY_SECTOR, *sectors)
        ]
    return np.array(sorted(cells), dtype=np.int32).reshape(-1, 4)


def _elsewhere(features: Features) -> Array:
    """(actors,) whether the graph would name it without any application of a practice."""
    mentioned = {who for p in features.practices for a in p.applications.values() for who in a.organisations}
    found = sorted(features.actors.items())
    return np.array([actor.elsewhere or iri not in mentioned for iri, actor in found], dtype=bool)


def _complete(features: Features, gazetteer: Gazetteer, unit_of: Mapping[str, int]) -> Array:
    """(U, kinds): where the list of a kind is declared complete for all of a unit."""
    complete = np.zeros((len(unit_of), len(ACTORS)), dtype=bool)
    for region, kind in features.complete:
        found = gazetteer.by_iri.get(region)
        if found is None or kind not in ACTORS:
            continue
        for atom in gazetteer.atoms(found):
            # A list for a part of a unit does not make that of the unit complete.
            inside: Iterable[Region] = (atom, *gazetteer.parts(atom))
            complete[[unit_of[r.iri] for r in inside if r.iri in unit_of], ACTORS.index(kind)] = True
    return complete


def _countries(gazetteer: Gazetteer, units: list[Region]) -> Array:
    """(U,) the number of the country of each unit; −1 where it is not known."""
    of = [gazetteer.country_of(unit) for unit in units]
    known = sorted({country.iri for country in of if country})
    return np.array([known.index(country.iri) if country else -1 for country in of], dtype=np.int32)


def _languages(gazetteer: Gazetteer, units: list[Region]) -> Array:
    known = sorted({language for region in gazetteer.regions for language in region.languages})

    def mask(unit: Region) -> int:
        country = gazetteer.country_of(unit)
        return sum(1 << known.index(language) for language in (country.languages if country else []))

    return np.array([mask(unit) for unit in units], dtype=np.uint64)
