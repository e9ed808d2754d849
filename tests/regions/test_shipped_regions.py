"""Regions of Europe as they are shipped: what people type is what they mean."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pyoxigraph as ox
import pytest
from ground import share_ground

from p4c_graph.errors import AmbiguousName, UnknownName
from p4c_graph.intake.sources import Library
from p4c_graph.regions import Gazetteer
from p4c_graph.store.rows import StoreRows
from p4c_graph.terms import Minter


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    store, tables = ox.Store(), ("regions", "identifiers", "code_changes", "languages")
    for file in Library.shipped().facts():
        if (file.table and file.table.name in tables) or file.path.name == "territories.trig":
            store.bulk_extend(ox.Quad(*quad.triple, ox.DefaultGraph()) for quad in file.quads(Minter()))
    return Gazetteer.read(StoreRows(store))


@pytest.fixture(scope="module")
def identifiers(root: Path) -> list[dict[str, str]]:
    with (root / "data" / "regions" / "identifiers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def units(gazetteer: Gazetteer, text: str) -> list[str]:
    return [unit.slug for unit in gazetteer.units_of(gazetteer.find(text))]


def answers(gazetteer: Gazetteer, text: str) -> list[str]:
    """The slug of the region that is meant, or the candidates."""
    try:
        return [gazetteer.find(text).slug]
    except AmbiguousName as several:
        return several.candidates


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("code", "slug"), [
    ("FR82", "FRL0"), ("fr82", "FRL0"), ("FRL0", "FRL0"), ("GR30", "EL30"), ("EL30", "EL30"), ("SI022", "SI042"),
    ("SI02", "SI04"), ("ITD5", "ITH5"), ("DE41", "DE40"), ("UKC1", "UKC1"), ("MT00", "MT00"), ("NL35", "NL35"),
    ("FI182", "FI1B1"), ("NO05", "NO0A"), ("LV007", "LV007"), ("BA", "BA"),
])
def test_a_code_of_any_edition_means_the_region_that_has_or_carries_it_on(
    gazetteer: Gazetteer, code: str, slug: str
) -> None:
    assert gazetteer.find(code).slug == slug


def test_every_code_that_was_ever_given_to_a_region_is_found(
    gazetteer: Gazetteer, identifiers: list[dict[str, str]]
) -> None:
    assert len(identifiers) > 2500
    for row in identifiers:
        found = gazetteer.find(row["code"]).slug
        assert found == row["region"] or row["code"] == found, row


def test_every_former_code_is_found_or_its_heirs_are_listed(gazetteer: Gazetteer) -> None:
    found = {change.old: answers(gazetteer, change.old) for change in gazetteer.changes}
    divided = {code: heirs for code, heirs in found.items() if len(heirs) > 1}
    assert 60 < len(divided) < 90
    for code, heirs in divided.items():
        assert all(heir.endswith("% of its people)") for heir in heirs), code


@pytest.mark.parametrize(("code", "candidates"), [
    ("PL12", ["PL91 (Warszawski stołeczny, 56% of its people)", "PL92 (Mazowiecki regionalny, 44% of its people)"]),
    ("HU10", ["HU11 (Budapest, 58% of its people)", "HU12 (Pest, 42% of its people)"]),
])
def test_a_divided_code_lists_its_heirs_and_shares(gazetteer: Gazetteer, code: str, candidates: list[str]) -> None:
    with pytest.raises(AmbiguousName) as refused:
        gazetteer.find(code)
    assert refused.value.candidates == candidates


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "slug"), [
    ("Malta", "MT00"), ("Provence-Alpes-Côte d'Azur", "FRL0"), ("provence alpes cote d’azur", "FRL0"),
    ("PROVENCE-ALPES-COTE D'AZUR", "FRL0"), ("Stuttgart", "DE11"), ("Luxembourg", "LU00"), ("Berlin", "DE30"),
    ("Attiki", "EL30"), ("attikí", "EL30"), ("Łódzkie", "PL71"), ("lodzkie", "PL71"), ("Utrecht", "NL31"),
    ("Zuid-Holland", "NL33"), ("Alentejo", "PT18"), ("Namur", "BE35"), ("Prov. Namur", "BE35"),
    ("France", "FR"), ("Grèce", "EL"), ("greece", "EL"), ("Slovénie", "SI"), ("Cyprus", "CY"),
    ("Gorenjska", "gorenjska"), ("gorenjska", "gorenjska"), ("South Estonia", "south-estonia"),
    ("Stuttgart Region", "stuttgart-region"), ("région de stuttgart", "stuttgart-region"),
    ("North East", "UKC"), ("Heidelberg", "DE125"), ("Vallée d'Aoste", "ITC2"),
])
def test_a_name_means_what_people_mean_by_it(gazetteer: Gazetteer, name: str, slug: str) -> None:
    assert gazetteer.find(name).slug == slug


@pytest.mark.parametrize(("name", "slugs"), [
    ("Limburg", ["BE22", "NL42"]), ("Jura", ["CH025", "FRC22"]), ("Nord-Est", ["ITH", "RO21"]),
    ("Centro", ["ES4", "ITI", "PT16"]),
])
def test_a_name_of_several_regions_lists_them(gazetteer: Gazetteer, name: str, slugs: list[str]) -> None:
    with pytest.raises(AmbiguousName) as refused:
        gazetteer.find(name)
    assert [candidate.split()[0] for candidate in refused.value.candidates] == slugs


@pytest.mark.parametrize(("text", "near"), [
    ("Provence-Alpes-Cote dAzure", "FRL0"), ("Stutgart", "DE11"), ("Lombardy", "ITC4"), ("FRL9", "FRL"),
    ("Attica", "EL30"), ("Malata", "MT00"),
])
def test_an_unknown_name_is_answered_with_what_may_be_meant(gazetteer: Gazetteer, text: str, near: str) -> None:
    with pytest.raises(UnknownName) as refused:
        gazetteer.find(text)
    assert any(found.startswith(near) for found in refused.value.near), refused.value.near


def test_every_region_is_found_by_its_own_names_or_others_of_that_name_are_listed(gazetteer: Gazetteer) -> None:
    for region in gazetteer.regions:
        for name in region.names:
            found = answers(gazetteer, name)
            if len(found) > 1:
                assert region.slug in {candidate.split()[0] for candidate in found}
            else:
                assert share_ground(gazetteer, found[0], region.slug) or region.of_other_edition, (name, region.slug)


def test_labels_are_in_latin_letters_and_english_for_countries(gazetteer: Gazetteer) -> None:
    for region in gazetteer.regions:
        scripts = {unicodedata.name(letter).split()[0] for letter in region.label if letter.isalpha()}
        assert scripts <= {"LATIN", "FEMININE", "MASCULINE"}, (region.slug, region.label)
    labels = {region.slug: region.label for region in gazetteer.regions}
    shown = ("EL", "DE", "BG", "EL30", "FRL0", "gorenjska")
    assert [labels[slug] for slug in shown] == [
        "Greece", "Germany", "Bulgaria", "Attiki", "Provence-Alpes-Côte d’Azur", "Gorenjska (territory of BSC Kranj)",
    ]


# ── units and places ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("text", "expected"), [
    ("FRL0", ["FRL0"]), ("FRL", ["FRL0"]), ("FRL03", ["FRL0"]), ("MT", ["MT00"]),
    ("SI", ["SI03", "SI04"]), ("EE", ["EE00"]), ("HU1", ["HU11", "HU12"]),
    ("stuttgart-region", ["DE11"]), ("gorenjska", ["SI04"]), ("south-estonia", ["EE00"]),
    ("NL35", ["NL31"]), ("NL36", ["NL33"]), ("NL350", ["NL31"]), ("PT19", ["PT16"]), ("PT1A", ["PT17"]),
    ("PT1D", ["PT16", "PT18"]), ("PT1D2", ["PT16"]), ("NL3", ["NL31", "NL32", "NL33", "NL34"]), ("BA01", []),
])
def test_the_nuts_2_regions_that_stand_for_a_region(gazetteer: Gazetteer, text: str, expected: list[str]) -> None:
    assert units(gazetteer, text) == expected


def test_every_region_has_units_but_those_no_edition_before_2024_knew(gazetteer: Gazetteer) -> None:
    without = {region.slug for region in gazetteer.regions if not gazetteer.units_of(region)}
    assert {slug[:2] for slug in without} == {"BA", "XK", "UA"}
    assert len(gazetteer.units) == 334
    assert sorted({unit.slug for region in gazetteer.regions for unit in gazetteer.units_of(region)}) == [
        unit.slug for unit in gazetteer.units
    ]


def test_every_region_lies_in_a_country(gazetteer: Gazetteer) -> None:
    for region in gazetteer.regions:
        country = gazetteer.country_of(region)
        assert country, region.slug
        assert country.level == 0
    assert gazetteer.country_of(gazetteer.find("stuttgart-region")) == gazetteer.find("Germany")


@pytest.mark.parametrize(("one", "other", "shared"), [
    ("stuttgart-region", "DE11", True), ("stuttgart-region", "DE111", True), ("stuttgart-region", "DE117", False),
    ("stuttgart-region", "DE", True), ("gorenjska", "SI042", True), ("gorenjska", "SI04", True),
    ("gorenjska", "SI03", False), ("FRL0", "FRL", True), ("FRL0", "FRK2", False), ("NL35", "NL31", True),
    ("PT19", "PT16D", True), ("PT19", "PT18", False),
])
def test_regions_overlap_where_they_share_ground(gazetteer: Gazetteer, one: str, other: str, shared: bool) -> None:
    for first, second in ((one, other), (other, one)):
        assert share_ground(gazetteer, first, second) is shared


def test_what_is_saved_is_loaded_again(gazetteer: Gazetteer, tmp_path: Path) -> None:
    gazetteer.save(tmp_path / "regions.json")
    loaded = Gazetteer.load(tmp_path / "regions.json")
    assert (loaded.regions, loaded.changes) == (gazetteer.regions, gazetteer.changes)
