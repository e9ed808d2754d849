"""Transfers of a file of one's own: what is read, what is refused, and by which weights they are judged."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from p4c_graph.errors import InputError
from p4c_graph.transfer.hindcast import FUNDED, hindcast
from p4c_graph.transfer.transfer_file import NEEDED, read_transfers, with_transfers

from .conftest import Real
from .worlds import region_iri

ROW = {"practice_title": "A school of clusters", "source_nuts2": "ES21", "adopter_nuts2": "PL22", "kind": "adopted"}


def file(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = ()) -> Path:
    path = folder / "mine.csv"
    names = list(columns) or list(dict.fromkeys([*NEEDED, *(name for row in rows for name in row)]))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(real: Real, folder: Path, *rows: dict[str, str]) -> Any:
    matcher, found = with_transfers(file(folder, *rows), real.features, real.matcher)
    return matcher, found


def test_a_practice_that_the_graph_does_not_hold_is_made_and_the_graph_is_left_alone(
    real: Real, tmp_path: Path
) -> None:
    before = len(real.features.practices)
    matcher, (found,) = read(real, tmp_path, {
        **ROW, "theme": "training; skills", "project": "ONE", "outcome_note": "Same operator",
        "source_url": "https://www.interregeurope.eu/x"})
    assert matcher.columns.labels[found.practice] == "A school of clusters"
    assert (found.origin, found.adopter) == (region_iri("ES21"), region_iri("PL22"))
    assert (found.project, found.family, found.roll_out, found.planned) == ("ONE", FUNDED, True, False)
    assert matcher.columns.theme_mask[found.practice]
    assert len(matcher.columns.practices) == before + 1
    assert len(real.features.practices) == before


@pytest.mark.parametrize("of", ["title", "id", "transfer"])
def test_a_practice_of_the_graph_is_found_by_its_id_its_name_or_a_transfer(
    real: Real, tmp_path: Path, of: str
) -> None:
    known = next(t for t in real.transfers if t.origin != region_iri("PL22"))
    practice = real.features.practices[known.practice]
    given = {
        "title": {"practice_title": practice.label.upper()},
        "id": {"practice_id_in_our_table": practice.iri.rpartition("/")[2]},
        "transfer": {"id": known.application.rpartition("/")[2]},
    }[of]
    code = known.origin.rpartition("/")[2]
    matcher, (found,) = read(real, tmp_path, {**ROW, **given, "source_nuts2": code})
    assert matcher.columns.practices[found.practice] == practice.iri
    assert found.origin_application == known.origin_application


@pytest.mark.parametrize(("code", "unit"), [("PL224", "PL22"), ("PL22", "PL22"), ("FR10", "FR10"), ("FR82", "FRL0")])
def test_regions_go_by_any_code(real: Real, tmp_path: Path, code: str, unit: str) -> None:
    row, = read_transfers(file(tmp_path, {**ROW, "adopter_nuts2": code}), real.gazetteer)
    assert row.adopter.slug == unit


@pytest.mark.parametrize("cells", [
    {"adopter_nuts2": ""}, {"source_nuts2": ""}, {"adopter_nuts2": "ES21"}, {"adopter_nuts2": "PL"},
])
def test_what_does_not_lead_from_one_region_to_another_is_passed_over(
    real: Real, tmp_path: Path, cells: dict[str, str]
) -> None:
    assert read_transfers(file(tmp_path, {**ROW, **cells}), real.gazetteer) == []


def test_a_file_of_which_no_row_can_be_used_is_refused_not_ranked(real: Real, tmp_path: Path) -> None:
    for rows in ([], [{**ROW, "adopter_nuts2": "ES21"}]):
        with pytest.raises(InputError, match=r"mine\.csv: no row leads from one NUTS 2 region to another; expected"):
            read(real, tmp_path, *rows)


@pytest.mark.parametrize(("cells", "words"), [
    ({"practice_title": ""}, "line 3: practice_title is empty; expected the name"),
    ({"kind": "copied"}, "line 3: kind is 'copied'; expected adopted, adapted, piloted, inspired, planned"),
    ({"outcome": "good"}, "line 3: outcome is 'good'; expected unknown, positive, negative"),
    ({"adopter_nuts2": "ZZ99"}, "line 3: adopter_nuts2 is 'ZZ99'; expected a NUTS code"),
])
def test_a_row_that_is_wrong_is_named_with_what_was_expected(
    real: Real, tmp_path: Path, cells: dict[str, str], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_transfers(file(tmp_path, ROW, {**ROW, **cells}, {**ROW, "kind": "wrong too"}), real.gazetteer)
    assert words in str(caught.value)
    assert "line 4: kind is 'wrong too'" in str(caught.value), "all of them at once"


@pytest.mark.parametrize(("content", "words"), [
    (b"practice_title,kind\nx,adopted\n", "column source_nuts2, adopter_nuts2 is missing"),
    (b"", "column practice_title, source_nuts2, adopter_nuts2, kind is missing"),
    (b"practice_title,source_nuts2,adopter_nuts2,kind\nx,ES21,PL22,adopted,more\n", "line 2: has more cells"),
    (b"practice_title,source_nuts2,adopter_nuts2,kind\n\xff,ES21,PL22,adopted\n", "is not CSV in UTF-8"),
    (b'practice_title,source_nuts2,adopter_nuts2,kind\n"x,ES21\n', "is not CSV in UTF-8"),
])
def test_a_file_that_is_no_such_table_is_refused(real: Real, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_transfers(path, real.gazetteer)


def test_a_file_that_is_not_there_is_named(real: Real, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv: cannot be read"):
        read_transfers(tmp_path / "none.csv", real.gazetteer)


def test_new_transfers_are_judged_by_the_shipped_weights_and_known_ones_out_of_fold(
    real: Real, tmp_path: Path
) -> None:
    known = real.transfers[0]
    again = {
        **ROW, "practice_title": real.features.practices[known.practice].label,
        "source_nuts2": known.origin.rpartition("/")[2], "adopter_nuts2": known.adopter.rpartition("/")[2]}
    matcher, found = read(real, tmp_path, ROW, again)
    result = hindcast(matcher, found, learned_from=real.transfers[:12])
    assert (result.pairs, result.unseen) == (2, 1)
    assert {a.pairs for a in result.accuracies if a.family == "all"} == {2}
