"""Regions of a made-up country: codes of every edition, names, territories, and what lies in what."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox
import pytest
from ground import share_ground
from hypothesis import given, settings
from hypothesis import strategies as st

from p4c_graph.errors import AmbiguousName, InputError, UnknownName
from p4c_graph.namespaces import PREFIXES
from p4c_graph.regions import CodeChange, Gazetteer, Region, fold
from p4c_graph.store.rows import StoreRows

START = "https://example.org/id/region/"
BOTH = ("2021", "2024")
REGIONS = (
    # code, level, parent, names, editions, other codes
    ("EX", 0, "", ('"Exland"@en', '"Exlande"@fr', '"Ехландия"'), BOTH, ()),
    ("EX1", 1, "EX", ('"Nord"',), BOTH, ()),
    ("EX11", 2, "EX1", ('"Nord"',), BOTH, ("XX01",)),
    ("EX111", 3, "EX11", ('"Łęk-Øst (EX)"',), BOTH, ()),
    ("EX112", 3, "EX11", ('"Prov. Côte d’Or/Goldküste"',), BOTH, ("XX012",)),
    ("EX12", 2, "EX1", ('"Süd"', '"Jura"'), ("2021",), ("XX02",)),
    ("EX121", 3, "EX12", ('"Twin"',), ("2021",), ()),
    ("EX13", 2, "EX1", ('"West"',), ("2021",), ()),
    ("EX14", 2, "EX1", ('"Süd"',), ("2024",), ()),
    ("EX141", 3, "EX14", ('"Twin"',), ("2024",), ()),
    ("EX142", 3, "EX14", ('"Neuland"',), ("2024",), ()),
    ("EX15", 2, "EX1", ('"Overseas"',), ("2024",), ()),
    ("EX2", 1, "EX", ('"Isle"',), BOTH, ()),
    ("EX20", 2, "EX2", ('"Isle"',), BOTH, ()),
    ("EX200", 3, "EX20", ('"Isle"',), BOTH, ()),
    ("EX3", 1, "EX", ('"Pair"',), BOTH, ()),
    ("EX30", 2, "EX3", ('"Αττική"', '"Attiki"'), BOTH, ("SAME",)),
    ("EX300", 3, "EX30", ('"Pair"', '"Jura"'), BOTH, ("SAME",)),
)
CHANGES = (
    # old code, its edition, new region, share of its people
    ("EX12", "2021", "EX14", "0.9"), ("EX13", "2021", "EX14", "0.4"), ("EX11", "2021", "EX14", ""),
    ("EX121", "2021", "EX141", ""), ("EX111", "2021", "EX142", ""),
    ("XX09", "2010", "EX11", "0.3"), ("XX09", "2010", "EX13", "0.6"), ("XX09", "2010", "EX12", ""),
    ("XX09", "2006", "EX30", "1"), ("XX08", "2010", "EX30", "0.985"), ("XX08", "2010", "EX11", "0.015"),
    ("XX07", "2010", "EX20", ""), ("XX06", "2010", "GONE", "1"),
)
TERRITORIES = """
<wold> a p4c:Region ; rdfs:label "The Wold"@en , "Nordland"@de ; p4c:country <EX> ; p4c:broaderRegion <EX1> ;
    p4c:approximatedBy <EX111> , <EX121> .
<lost> a p4c:Region ; rdfs:label "Lost Land"@en ; p4c:approximatedBy <lost> , <nowhere> .
<cape> a p4c:Region ; rdfs:label "The Cape"@en ; p4c:approximatedBy <EX142> .
<EX> p4c:officialLanguage "fr" , "de" . <EX11> wgs:lat 50.5 ; wgs:long 4.25 .
"""


def described() -> str:
    lines = [f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in PREFIXES.items()]
    for code, level, parent, names, editions, others in REGIONS:
        lines.append(f"<{code}> a p4c:Region ; p4c:level {level} ; rdfs:label {', '.join(names)} ; p4c:country <EX> .")
        lines += [f"<{code}> p4c:broaderRegion <{parent}> ."] if parent else []
        lines += [f'<{code}> p4c:nutsVersion "{edition}" .' for edition in editions]
        lines += [f'<{code}> adms:identifier <{code}-{other}> . <{code}-{other}> skos:notation "{other}" .'
                  for other in (code, *others)]
    for old, edition, new, share in CHANGES:
        lines.append(f'[] a p4c:CodeChange ; p4c:oldCode "{old}" ; p4c:oldVersion "{edition}" ; p4c:newRegion <{new}>'
                     + (f" ; p4c:shareOldPopulation {share} ." if share else " ."))
    return "\n".join(lines) + TERRITORIES


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    store = ox.Store()
    store.load(described(), ox.RdfFormat.TURTLE, base_iri=START)
    return Gazetteer.read(StoreRows(store))


def slugs(regions: list[Region]) -> list[str]:
    return [region.slug for region in regions]


# ── what a person types ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("text", "slug"), [
    ("EX11", "EX11"), ("ex11", "EX11"), (" EX11\n", "EX11"), (f"{START}EX11", "EX11"),
    ("XX01", "EX11"), ("xx01", "EX11"), ("XX012", "EX112"),
    ("wold", "wold"), ("Wold", "wold"), ("the wold", "wold"), ("NORDLAND", "wold"),
    ("Exland", "EX"), ("exlande", "EX"), ("ЕХЛАНДИЯ", "EX"), ("attiki", "EX30"), ("Αττικη", "EX30"),
    ("Łęk-Øst (EX)", "EX111"), ("lek ost", "EX111"), ("LEK-OST", "EX111"),
    ("Cote d'Or", "EX112"), ("goldkuste", "EX112"), ("Goldküste", "EX112"), ("prov cote d or goldkuste", "EX112"),
])
def test_a_region_is_found_by_code_of_any_edition_iri_slug_and_name(
    gazetteer: Gazetteer, text: str, slug: str
) -> None:
    assert gazetteer.find(text).slug == slug


@pytest.mark.parametrize(("text", "slug", "why"), [
    ("Nord", "EX11", "of a region and a part of it the NUTS 2 region"),
    ("Isle", "EX20", "of a region, its only part and that one's the NUTS 2 region"),
    ("Pair", "EX3", "of a region and a part of its part the largest, where none is of level 2"),
    ("Süd", "EX12", "of regions of two editions that of 2021"),
    ("Twin", "EX121", "of regions of two editions that of 2021"),
    ("Neuland", "EX142", "where only a later edition has it, that one"),
    ("XX08", "EX30", "a region to which nearly all people of a former one went carries its code on"),
    ("XX07", "EX20", "a region to which all that is known of a former one went carries its code on"),
])
def test_a_name_or_code_of_several_means_one_where_it_can(
    gazetteer: Gazetteer, text: str, slug: str, why: str
) -> None:
    assert gazetteer.find(text).slug == slug, why


def test_a_divided_code_is_ambiguous_and_its_heirs_are_listed_with_their_shares(gazetteer: Gazetteer) -> None:
    with pytest.raises(AmbiguousName) as refused:
        gazetteer.find("xx09", parameter="place")
    assert refused.value.candidates == [
        "EX13 (West, 60% of its people)", "EX11 (Nord, 30% of its people)", "EX12 (Jura)",
    ]
    assert str(refused.value).startswith("The former code XX09 (NUTS 2010) was divided. It may be: EX13 (West, 60%")
    assert refused.value.parameter == "place"


@pytest.mark.parametrize(("text", "start", "candidates"), [
    ("jura", "Several regions are called 'jura'.", ["EX12 (Jura)", "EX300 (Jura)"]),
    ("same", "Several regions had the code SAME.", ["EX30 (Attiki)", "EX300 (Jura)"]),
])
def test_a_name_or_code_of_several_regions_is_ambiguous_and_they_are_listed(
    gazetteer: Gazetteer, text: str, start: str, candidates: list[str]
) -> None:
    with pytest.raises(AmbiguousName, match=re.escape(start)) as refused:
        gazetteer.find(text)
    assert refused.value.candidates == candidates


@pytest.mark.parametrize(("text", "near"), [
    ("Exlend", ["EX (Exland)"]), ("EX19", ["EX1"]), ("XX06", ["EX11 (Nord)", "EX12 (Jura)"]), ("qqqqqq", []),
    ("Attika", ["EX30 (Attiki)"]), (f"{START}EX99", []),
])
def test_an_unknown_name_is_refused_with_what_may_be_meant(gazetteer: Gazetteer, text: str, near: list[str]) -> None:
    with pytest.raises(UnknownName, match=re.escape(f"No region has the code or name {text!r}; expected")) as refused:
        gazetteer.find(text)
    assert len(refused.value.near) <= 3
    assert refused.value.parameter == "region"
    for expected in near:
        assert any(found.startswith(expected) for found in refused.value.near), refused.value.near
    assert near or not refused.value.near


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_name_is_refused_with_what_is_expected(gazetteer: Gazetteer, text: str) -> None:
    with pytest.raises(InputError, match="partner is empty; expected a NUTS code such as FRL0, or a name"):
        gazetteer.find(text, parameter="partner")


@settings(max_examples=100, deadline=None, database=None)
@given(st.text(max_size=12))
def test_any_text_is_found_or_refused_in_words(text: str) -> None:
    gazetteer = Gazetteer([Region(f"{START}A", "A", "Aland", 2, names=["Aland"], codes=["A"])])
    with suppress(InputError):
        assert gazetteer.find(text).slug == "A"


@pytest.mark.parametrize(("one", "other"), [
    ("Provence-Alpes-Côte d’Azur", "provence alpes cote d'azur"), ("Łódzkie", "LODZKIE"), ("Østfold", "ostfold"),
    ("Weißenburg", "WEISSENBURG"), ("Zürich", "zurich"), ("İzmir", "izmir"), ("Međimurje", "Medimurje"),
])
def test_spellings_of_one_name_are_folded_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


# ── what is known of a region ───────────────────────────────────────────────────────────────────────────────


def test_the_label_shown_is_english_else_in_latin_letters(gazetteer: Gazetteer) -> None:
    labels = {region.slug: region.label for region in gazetteer.regions}
    assert (labels["EX"], labels["EX30"], labels["wold"]) == ("Exland", "Attiki", "The Wold")


def test_a_region_is_read_with_all_that_is_said_of_it(gazetteer: Gazetteer) -> None:
    assert gazetteer.by_slug["EX11"] == Region(
        f"{START}EX11", "EX11", "Nord", 2, f"{START}EX1", f"{START}EX", ["Nord"], ["EX11", "XX01"],
        latitude=50.5, longitude=4.25, structural=True, editions=["2021", "2024"],
    )
    assert gazetteer.by_slug["EX"].languages == ["de", "fr"]
    assert gazetteer.by_slug["wold"].approximated_by == [f"{START}EX111", f"{START}EX121"]
    assert gazetteer.by_slug["wold"].level is None
    assert CodeChange("XX07", "2010", f"{START}EX20", None) in gazetteer.changes


def test_regions_come_in_order_of_their_slugs(gazetteer: Gazetteer) -> None:
    assert slugs(gazetteer.regions) == sorted(gazetteer.by_slug)
    assert slugs(gazetteer.units) == ["EX11", "EX12", "EX13", "EX20", "EX30"]


def test_what_is_saved_is_loaded_again(gazetteer: Gazetteer, tmp_path: Path) -> None:
    gazetteer.save(tmp_path / "regions.json")
    loaded = Gazetteer.load(tmp_path / "regions.json")
    assert loaded.regions == gazetteer.regions
    assert loaded.changes == gazetteer.changes
    assert loaded.find("XX01") == gazetteer.find("XX01")
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "regions.json").read_bytes()


# ── what lies in what ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("slug", "units", "why"), [
    ("EX11", ["EX11"], "a NUTS 2 region stands for itself"),
    ("EX112", ["EX11"], "a NUTS 3 region is read as the one it lies in"),
    ("EX1", ["EX11", "EX12", "EX13"], "a NUTS 1 region consists of its parts, those of the reference edition"),
    ("EX", ["EX11", "EX12", "EX13", "EX20", "EX30"], "a country consists of its parts"),
    ("wold", ["EX11", "EX12"], "a territory is read as the regions of those that approximate it"),
    ("EX14", ["EX12", "EX13"], "a region of 2024 is read as those it carries on, by a known share where there is one"),
    ("EX141", ["EX12"], "a NUTS 3 region of 2024 is read as the one it carries on"),
    ("EX142", ["EX11"], "a NUTS 3 region of 2024 is read as the one it carries on, not as its parent"),
    ("cape", ["EX11"], "a territory may be approximated by regions of 2024"),
    ("EX15", [], "a region of 2024 of which no change is known has none"),
    ("lost", [], "a territory that is approximated by none has none"),
])
def test_the_nuts_2_regions_that_stand_for_a_region(
    gazetteer: Gazetteer, slug: str, units: list[str], why: str
) -> None:
    assert slugs(gazetteer.units_of(gazetteer.by_slug[slug])) == units, why


@pytest.mark.parametrize(("one", "other", "shared"), [
    ("EX11", "EX11", True), ("EX11", "EX1", True), ("EX11", "EX", True), ("EX11", "EX111", True),
    ("EX11", "EX12", False), ("EX111", "EX112", False), ("EX2", "EX1", False),
    ("wold", "EX11", True), ("wold", "EX111", True), ("wold", "EX112", False), ("wold", "EX", True),
    ("wold", "EX13", False), ("cape", "EX111", True), ("cape", "wold", True),
    ("EX14", "EX12", True), ("EX14", "EX121", True), ("EX14", "EX30", False),
])
def test_regions_overlap_where_one_lies_in_the_other_whichever_is_asked(
    gazetteer: Gazetteer, one: str, other: str, shared: bool
) -> None:
    for first, second in ((one, other), (other, one)):
        assert share_ground(gazetteer, first, second) is shared, (first, second)


def test_lineage_and_parts_are_each_others_reverse(gazetteer: Gazetteer) -> None:
    assert slugs(gazetteer.lineage(gazetteer.by_slug["EX111"])) == ["EX11", "EX1", "EX"]
    assert slugs(gazetteer.parts(gazetteer.by_slug["EX2"])) == ["EX20", "EX200"]
    for region in gazetteer.regions:
        assert all(region in gazetteer.lineage(part) for part in gazetteer.parts(region))


def test_regions_that_lie_in_each_other_do_no_harm() -> None:
    one = Region("a", "a", "A", 2, parent="b", names=["Same"])
    other = Region("b", "b", "B", 3, parent="a", names=["Same"])
    gazetteer = Gazetteer([one, other])
    assert slugs(gazetteer.parts(one)) == ["b"]
    assert slugs(gazetteer.lineage(one)) == ["b", "a"]
    assert gazetteer.units_of(one) == []
    assert gazetteer.country_of(one) is None
    assert gazetteer.find("same").slug == "a"


@pytest.mark.parametrize(("slug", "country"), [
    ("EX", "EX"), ("EX111", "EX"), ("wold", "EX"), ("cape", "EX"), ("lost", None),
])
def test_the_country_of_a_region(gazetteer: Gazetteer, slug: str, country: str | None) -> None:
    found = gazetteer.country_of(gazetteer.by_slug[slug])
    assert (found.slug if found else None) == country
