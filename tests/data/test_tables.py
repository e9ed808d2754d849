"""The tables of data/ and their CSVW descriptions: complete, consistent, without personal data."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from p4c_graph.web.texts import texts

ROOT = Path(__file__).parents[2]
DATA, TABLES = ROOT / "data", ROOT / "ontology" / "tables"
P4C = "https://w3id.org/pooling4clusters/ontology#"
SCHEMES = "https://w3id.org/pooling4clusters/scheme/"
NAMES = ("sources", "practices", "organisations", "origins", "transfers", "results", "conditions", "regions",
         "identifiers", "code_changes", "indicators", "datasets", "observations", "languages")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WEAK = {"craft-brittany", "am-lab-pannon", "future-food-innovation-dk", "technopole-programme-lower-austria",
        "tractor-projects-navarra", "emilia-romagna-startup", "srip-slovenia", "b-light-hu-hr",
        "technological-voucher-san-sebastian"}
TARGETS = {"entrepreneurship-southeast-bg", "clusterxchange", "emilia-romagna-startup", "nepic-basme",
           "gospodarna-wielkopolska"}
IN_WORDS = {"one": 1, "two": 2, "twice": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10,
            "six in ten": 60}


@cache
def description(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((TABLES / f"{name}.json").read_text("utf-8"))
    return loaded


def columns(name: str) -> list[dict[str, Any]]:
    return [column for column in description(name)["tableSchema"]["columns"] if not column.get("virtual")]


@cache
def table(name: str) -> tuple[list[str], list[dict[str, str]]]:
    """The headings and the rows of a table."""
    with (DATA / description(name)["url"]).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        found = list(reader)
        return list(reader.fieldnames or ()), found


def rows(name: str) -> list[dict[str, str]]:
    return table(name)[1]


def values(name: str, column: str) -> set[str]:
    return {row[column] for row in rows(name) if row[column]}


@cache
def terms() -> tuple[set[str], set[str]]:
    """The properties of the ontology, and all its terms."""
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "ontology").glob("*.ttl"))
    kinds = dict(re.findall(r"^p4c:([\w-]+) a ([^;]+);", text, re.MULTILINE))
    return {name for name, kind in kinds.items() if "Property" in kind}, set(kinds)


@cache
def concepts() -> set[str]:
    """Every concept of the schemes, as scheme/concept."""
    paths = (ROOT / "ontology" / "schemes").glob("*.ttl")
    return {"/".join(pair) for path in paths
            for pair in re.findall(r"^([a-z-]+):([\w.-]+) a ", path.read_text("utf-8"), re.MULTILINE)}


# --- how many ---


@pytest.mark.parametrize(("name", "count"), [
    ("practices", 163 + 68), ("origins", 163 + 68), ("transfers", 151), ("organisations", 259),
    ("regions", 2097), ("observations", 28_786), ("indicators", 17), ("code_changes", 1852),
    ("languages", 40), ("datasets", 15), ("identifiers", 2522),
])
def test_the_table_has_all_rows_of_the_facts(name: str, count: int) -> None:
    assert len(rows(name)) == count


def test_there_are_163_practices_from_portals_and_68_known_only_from_transfers() -> None:
    taken_over = values("transfers", "practice")
    described = {row["id"] for row in rows("practices") if row["target_groups"] or row["service_kind"]}
    only = {row["id"] for row in rows("practices")} - described
    assert (len(described), len(only)) == (163, 68)
    assert only <= taken_over
    assert len(taken_over & described) == 6


def test_each_level_of_regions_is_complete() -> None:
    assert Counter(row["level"] for row in rows("regions")) == {"0": 40, "1": 127, "2": 345, "3": 1585}


def test_european_networking_has_the_short_slug() -> None:
    ids = values("practices", "id")
    assert "european-networking" in ids
    assert "european-networking-stuttgart" not in ids


# --- keys ---


@pytest.mark.parametrize("name", NAMES)
def test_the_primary_key_is_unique(name: str) -> None:
    key = description(name)["tableSchema"]["primaryKey"]
    parts = [key] if isinstance(key, str) else key
    counted = Counter(tuple(row[part] for part in parts) for row in rows(name))
    assert [key for key, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_foreign_key_resolves(name: str) -> None:
    by_url = {description(other)["url"]: other for other in NAMES}
    for key in description(name)["tableSchema"].get("foreignKeys", ()):
        target = by_url[key["reference"]["resource"]]
        missing = values(name, key["columnReference"]) - values(target, key["reference"]["columnReference"])
        assert missing == set(), key["columnReference"]


def test_every_source_practice_and_region_column_is_a_foreign_key() -> None:
    expected = {"source", "practice", "region", "provider", "operator", "located_in", "territory", "parent",
                "country", "indicator", "on_indicator"}
    for name in NAMES:
        schema = description(name)["tableSchema"]
        declared = {key["columnReference"] for key in schema.get("foreignKeys", ())}
        assert {column["name"] for column in columns(name)} & expected <= declared, name


def test_a_transfer_is_taken_from_an_application_of_the_same_practice() -> None:
    practice = {row["id"]: row["practice"] for row in rows("origins") + rows("transfers")}
    for row in rows("transfers"):
        assert practice[row["taken_from"]] == row["practice"], row["id"]
        assert row["taken_from"] != row["id"]


def test_a_result_belongs_to_an_origin_or_a_transfer() -> None:
    assert values("results", "application") <= values("origins", "id") | values("transfers", "id")


def test_every_practice_has_one_origin() -> None:
    assert sorted(row["practice"] for row in rows("origins")) == sorted(values("practices", "id"))
    assert all(row["id"] == row["practice"] + "-origin" for row in rows("origins"))


@pytest.mark.parametrize("name", ["sources", "practices", "organisations", "origins", "transfers", "results",
                                  "conditions", "indicators"])
def test_ids_are_short_slugs(name: str) -> None:
    assert [key for key in values(name, "id") if not SLUG.fullmatch(key) or len(key) > 60] == []


def test_a_source_has_a_day_or_a_year_not_both() -> None:
    assert not any(row["date"] and row["year"] for row in rows("sources"))


def test_each_address_is_one_source() -> None:
    counted = Counter(row["url"] for row in rows("sources") if row["url"])
    assert all(url.startswith("https://github.com/") for url, count in counted.items() if count > 1)


# --- the descriptions ---


def test_there_is_a_description_of_each_table() -> None:
    assert {path.stem for path in TABLES.glob("*.json")} >= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_headings_are_the_first_titles_in_order(name: str) -> None:
    assert table(name)[0] == [column["titles"]["en"][0] for column in columns(name)]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", heading) for heading in table(name)[0])


@pytest.mark.parametrize("name", NAMES)
def test_every_heading_has_a_french_title_and_none_is_ambiguous(name: str) -> None:
    seen: dict[str, str] = {}
    for column in columns(name):
        assert column["titles"]["fr"]
        for title in [column["name"], *column["titles"]["en"], column["titles"]["fr"]]:
            assert seen.setdefault(title.casefold(), column["name"]) == column["name"], title


@pytest.mark.parametrize("name", NAMES)
def test_every_property_and_class_is_of_the_ontology(name: str) -> None:
    properties, everything = terms()
    for column in description(name)["tableSchema"]["columns"]:
        url = column.get("propertyUrl", "")
        assert not url.startswith(P4C) or url.removeprefix(P4C) in properties, url
        value = column.get("valueUrl", "")
        if value.startswith(P4C) and "{" not in value:
            assert value.removeprefix(P4C) in everything, value


@pytest.mark.parametrize("name", NAMES)
def test_every_concept_and_class_named_in_a_cell_exists(name: str) -> None:
    for column in columns(name):
        prefix = column.get("valueUrl", "").partition("{")[0]
        cells = values(name, column["name"])
        found = {part for cell in cells for part in (cell.split(";") if column.get("separator") else [cell])}
        if prefix.startswith(SCHEMES):
            scheme = prefix.removeprefix(SCHEMES)
            assert {scheme + part for part in found} <= concepts(), column["name"]
        elif prefix == P4C:
            assert found <= terms()[1], column["name"]
        elif "nace2" in prefix:
            assert all(re.fullmatch("[A-U]", part) for part in found), column["name"]


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_has_a_graph(name: str) -> None:
    default = description(name)[P4C + "graph"]
    headings = {column["name"] for column in columns(name)}
    for graph in [default, *(column.get(P4C + "graph", default) for column in columns(name))]:
        assert re.fullmatch(r"graph/(sources|\{\w+\}/(verified|inferred|\{\w+\}))", graph), graph
        assert set(re.findall(r"\{(\w+)\}", graph)) <= headings, graph


@pytest.mark.parametrize("name", NAMES)
def test_required_cells_are_filled(name: str) -> None:
    for column in columns(name):
        if column.get("required"):
            assert all(row[column["name"]] for row in rows(name)), column["name"]


# --- what the rows say ---


def test_a_practice_has_one_label_and_a_provider_or_says_that_none_is_known() -> None:
    labels = [heading for heading in table("practices")[0] if heading.startswith("label_")]
    for row in rows("practices"):
        assert sum(bool(row[label]) for label in labels) == 1, row["id"]
        assert bool(row["provider"]) != (row["provider_unknown"] == "true"), row["id"]


def test_an_organisation_has_one_label() -> None:
    labels = [heading for heading in table("organisations")[0] if heading.startswith("label")]
    for row in rows("organisations"):
        assert sum(bool(row[label]) for label in labels) == 1, row["id"]


def test_every_organisation_is_a_provider_or_an_operator() -> None:
    used = values("practices", "provider") | values("origins", "operator") | values("transfers", "operator")
    assert values("organisations", "id") - used == set()


def test_a_planned_transfer_has_no_outcome_and_any_other_has_one() -> None:
    for row in rows("transfers"):
        planned = row["transfer_kind"] == "planned"
        assert (row["application_status"] == "planned") == planned
        assert bool(row["outcome"]) != planned, row["id"]


def test_a_planned_origin_has_no_outcome() -> None:
    planned = [row for row in rows("origins") if row["application_status"] == "planned"]
    assert planned
    assert not any(row["outcome"] for row in planned)


def test_targets_are_marked_as_targets() -> None:
    owners = {row["application"].removesuffix("-origin") for row in rows("results")}
    assert owners >= TARGETS - WEAK
    for row in rows("results"):
        if row["application"].removesuffix("-origin") in TARGETS:
            assert row["is_target"] == "true", row["id"]


def test_what_is_planned_or_expected_is_a_target() -> None:
    words = re.compile(r"\b(planned|expected|aimed at|to be|budgeted)\b", re.IGNORECASE)
    assert [row["id"] for row in rows("results") if words.search(row["description_en"])
            and row["is_target"] != "true"] == []


def test_a_practice_named_in_one_line_has_low_confidence_and_no_result() -> None:
    confidence = {row["id"]: row["confidence"] for row in rows("practices")}
    assert {confidence[practice] for practice in WEAK} == {"low"}
    assert values("results", "application") & {f"{practice}-origin" for practice in WEAK} == set()


def test_high_confidence_is_kept_for_pages_read_in_full() -> None:
    assert {row["reading_extent"] for row in rows("practices") if row["confidence"] == "high"} == {"full"}


def test_the_value_of_a_result_stands_in_its_description() -> None:
    for row in rows("results"):
        if not row["value"]:
            continue
        text = row["description_en"].casefold().replace(",", "")
        found = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}
        found |= {round(number * scale) for number in found for scale in (1e6, 1e9)}
        found |= {number for word, number in IN_WORDS.items() if word in text}
        assert float(row["value"]) in found, row["id"]


def test_a_required_condition_has_importance_3_and_an_actor_condition_names_one() -> None:
    for row in rows("conditions"):
        assert (row["required"] == "true") == (row["importance"] == "3"), row["id"]
        assert (row["condition_kind"] == "actor") == bool(row["requires_actor"]), row["id"]
        assert (row["condition_kind"] == "indicator") == bool(row["on_indicator"]), row["id"]


def test_a_region_outside_a_country_lies_in_one() -> None:
    level = {row["nuts_code"]: int(row["level"]) for row in rows("regions")}
    for row in rows("regions"):
        if row["level"] == "0":
            assert not row["parent"]
        else:
            assert level[row["parent"]] == int(row["level"]) - 1, row["nuts_code"]
            assert level[row["country"]] == 0


def test_country_codes_are_iso_and_region_codes_nuts() -> None:
    code = {row["nuts_code"]: row["country_code"] for row in rows("regions") if row["level"] == "0"}
    assert (code["EL"], code["UK"]) == ("GR", "GB")
    assert all(iso == nuts for nuts, iso in code.items() if nuts not in ("EL", "UK"))


def test_an_old_code_leads_to_the_region_it_became() -> None:
    found = {(row["code"], row["region"]): row for row in rows("identifiers")}
    assert found["FR82", "FRL0"]["nuts_versions"] == "2006;2010;2013"
    assert found["GR30", "EL30"]["nuts_versions"] == "2006"
    assert found["FR82", "FRL0"]["basis"] == "inferred"
    assert ("DE41", "DE40") not in found


def test_every_region_has_its_own_code_among_its_identifiers() -> None:
    own = {row["region"] for row in rows("identifiers") if row["code"] == row["region"]}
    assert own == values("regions", "nuts_code")


def test_a_code_of_one_version_names_one_region() -> None:
    regions: dict[tuple[str, str], set[str]] = {}
    for row in rows("identifiers"):
        for version in row["nuts_versions"].split(";"):
            regions.setdefault((row["code"], version), set()).add(row["region"])
    assert {code: found for code, found in regions.items() if len(found) > 1} == {}


def test_computed_values_are_inferred_and_published_ones_verified() -> None:
    ours = re.compile("inferred|computed|derived|estimate|sum_of")
    for row in rows("observations"):
        assert (row["basis"] == "inferred") == bool(ours.search(row["flags"]))


def test_every_data_set_of_an_observation_is_described() -> None:
    assert values("observations", "source") == values("datasets", "source")


def test_no_personal_data() -> None:
    mail = re.compile(r"[\w.+-]+@[\w-]+\.\w|mailto:")
    phone = re.compile(r"(?:\+|\b00)\d{2}[\s()./-]*\d{2,}[\s/-]*\d{3}|\btel\b")
    for name in NAMES:
        for row in rows(name):
            text = " ".join(cell for heading, cell in row.items() if heading != "url").casefold()
            assert not mail.search(text), row
            assert name not in NAMES[:7] or not phone.search(text), row


def test_the_intake_reads_every_practice_table_without_complaint() -> None:
    from p4c_graph.intake.csvw import read_table
    from p4c_graph.intake.tables import table_quads
    from p4c_graph.terms import Minter

    minter = Minter("https://example.org/")
    for name in NAMES[:7]:
        described = read_table(TABLES / f"{name}.json")
        quads = list(table_quads(DATA / described.url, described, minter))
        assert len(quads) > len(rows(name))
        assert all(str(quad.graph_name).startswith("<https://example.org/graph/") for quad in quads)


def test_the_terms_of_every_source_are_noted_in_both_languages() -> None:
    for row in rows("sources"):
        assert bool(row["rights_note_en"]) == bool(row["rights_note_fr"]), row["id"]
    french = {(row["rights_note_en"], row["rights_note_fr"]) for row in rows("sources")}
    assert len(french) == len({english for english, _ in french})


def test_every_indicator_has_its_unit_in_both_languages() -> None:
    with (DATA / "regions" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["unit_en"], row["id"]
            assert row["unit_fr"], row["id"]


def test_every_mark_of_a_figure_has_a_text() -> None:
    with (DATA / "regions" / "observations.csv").open(encoding="utf-8", newline="") as file:
        marks = {mark.partition("_min_share_")[0] for row in csv.DictReader(file) for mark in row["flags"].split(";")}
    assert {mark for mark in marks - {""} if not texts("fr").has(f"flag.{mark}")} == set()
