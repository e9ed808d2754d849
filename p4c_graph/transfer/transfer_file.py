"""Transfers of a file of one's own, put beside what the graph records, so that the hindcast can be tried on them.

A CSV file with a heading row. Needed are ``practice_title``, ``source_nuts2``, ``adopter_nuts2`` and ``kind``; read
too are ``id``, ``practice_id_in_our_table``, ``theme``, ``outcome``, ``outcome_note``, ``project`` and ``source_url``;
other columns are passed over. A practice that the graph does not hold counts as identified; no more is known of it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

from p4c_graph.errors import InputError
from p4c_graph.regions import Gazetteer, Region, fold
from p4c_graph.terms import local_name
from p4c_graph.transfer.columns import build_columns
from p4c_graph.transfer.features import Application, Features, Practice
from p4c_graph.transfer.hindcast import Transfer, family_of, is_roll_out
from p4c_graph.transfer.match import Matcher

NEEDED = ("practice_title", "source_nuts2", "adopter_nuts2", "kind")
KINDS = ("adopted", "adapted", "piloted", "inspired", "planned")
OUTCOMES = ("unknown", "positive", "negative")
_SHOWN = 20
"""So many wrong rows are named; the rest are counted."""


@dataclass(frozen=True)
class Row:
    """One row that can be used: the line it stands on, its cells, and the NUTS 2 regions of its two ends."""

    line: int
    cells: Mapping[str, str]
    origin: Region
    adopter: Region


def with_transfers(path: Path, features: Features, matcher: Matcher) -> tuple[Matcher, list[Transfer]]:
    """A matcher of a world that also holds the transfers of a file, and these transfers.

    Raises InputError that names the file, and each wrong row with what was expected, or says that no row can be used.
    """
    rows = read_transfers(path, matcher.gazetteer)
    if not rows:
        raise InputError(
            f"{path}: no row leads from one NUTS 2 region to another; expected one at least with two different regions "
            "in source_nuts2 and adopter_nuts2", parameter="transfers")
    features = replace(features, practices=deepcopy(features.practices))
    found = _added(features, rows, matcher.minted)
    columns = build_columns(features, matcher.gazetteer, matcher.model)
    index = {iri: i for i, iri in enumerate(columns.practices)}
    return (
        Matcher(columns, matcher.gazetteer, matcher.model, matcher.snapshot, matcher.minted),
        [replace(transfer, practice=index[practice]) for practice, transfer in found],
    )


def read_transfers(path: Path, gazetteer: Gazetteer) -> list[Row]:
    """The rows of a file that lead from one NUTS 2 region to another.

    A row in which an end is empty, is more than one NUTS 2 region or is the same as the other is passed over, as such
    transfers of the graph are. Raises InputError that names each row that is wrong.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            headings = [heading.strip() for heading in reader.fieldnames or ()]
            if missing := [name for name in NEEDED if name not in headings]:
                raise InputError(
                    f"{path}: column {', '.join(missing)} is missing; expected a CSV file, cells separated by "
                    f"commas, with a heading row and the columns {', '.join(NEEDED)}", parameter="transfers")
            reader.fieldnames = headings
            # Lines, not rows, are what an editor shows; a row may run over several.
            lines = [(reader.line_num, row) for row in reader]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})", parameter="transfers") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not CSV in UTF-8 ({error})", parameter="transfers") from None
    found, wrong = [], []
    for line, row in lines:
        cells = {name: value.strip() for name, value in row.items() if name and isinstance(value, str)}
        problems = list(_problems(cells, gazetteer)) if None not in row else ["has more cells than the heading row"]
        wrong += [f"{path}, line {line}: {problem}" for problem in problems]
        if problems:
            continue
        ends = [_unit(cells[name], gazetteer) for name in NEEDED[1:3]]
        if ends[0] and ends[1] and ends[0] is not ends[1]:
            found.append(Row(line, cells, ends[0], ends[1]))
    if wrong:
        rest = [f"and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        raise InputError("\n".join([*wrong[:_SHOWN], *rest]), parameter="transfers")
    return found


def _problems(cells: Mapping[str, str], gazetteer: Gazetteer) -> Iterable[str]:
    if not cells.get("practice_title"):
        yield "practice_title is empty; expected the name of the practice"
    for name, allowed in (("kind", KINDS), ("outcome", ("", *OUTCOMES))):
        if (value := cells.get(name, "")) not in allowed:
            yield f"{name} is {value!r}; expected {', '.join(filter(None, allowed))}"
    for name in ("source_nuts2", "adopter_nuts2"):
        try:
            _unit(cells.get(name, ""), gazetteer)
        except InputError as error:
            yield f"{name} is {cells[name]!r}; expected a NUTS code of any version, or nothing. {error}"


def _unit(code: str, gazetteer: Gazetteer) -> Region | None:
    """The one NUTS 2 region that a code stands for, or None."""
    units = gazetteer.units_of(gazetteer.find(code)) if code else []
    return units[0] if len(units) == 1 else None


def _added(features: Features, rows: list[Row], minted: str) -> list[tuple[str, Transfer]]:
    """(IRI of the practice, transfer) of each row, which the features hold from now on."""
    by_slug = {local_name(practice.iri): practice for practice in features.practices}
    by_name = {fold(practice.label): practice for practice in features.practices}
    by_transfer = {local_name(iri): p for p in features.practices for iri in p.applications}
    found = []
    for row in rows:
        cells = row.cells
        name = fold(cells["practice_title"])
        practice = (by_slug.get(cells.get("practice_id_in_our_table", "")) or by_transfer.get(cells.get("id", ""))
                    or by_name.get(name))
        if practice is None:
            practice = by_name[name] = Practice(f"{minted}practice/given-{row.line}", cells["practice_title"])
            practice.themes = {t.strip().replace("_", "-") for t in cells.get("theme", "").split(";") if t.strip()}
            features.practices.append(practice)
        origin = _origin(practice, row, minted)
        planned, project = cells["kind"] == "planned", cells.get("project") or None
        outcome = cells.get("outcome") or "unknown"
        told = Application(
            f"{minted}application/given-{row.line}", kind="Transfer", status="planned" if planned else "done",
            outcome=outcome, regions={row.adopter.iri}, projects={project} if project else set(),
            taken_from={origin.iri})
        practice.applications[told.iri] = told
        found.append((practice.iri, Transfer(
            told.iri, -1, row.adopter.iri, row.origin.iri, origin.iri, project, family_of(cells.get("source_url")),
            is_roll_out(cells.get("outcome_note")), planned)))
    features.practices.sort(key=lambda practice: practice.iri)
    return found


def _origin(practice: Practice, row: Row, minted: str) -> Application:
    """The application of the practice that a transfer was taken from: one it has in the region, or a new one."""
    for application in practice.applications.values():
        if application.kind == "Origin" and row.origin.iri in application.regions:
            return application
    origin = Application(
        f"{minted}application/given-{row.line}-origin", kind="Origin", status="done", regions={row.origin.iri})
    return practice.applications.setdefault(origin.iri, origin)
