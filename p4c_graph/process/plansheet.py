"""A plan as the sheet for field tests: filled in as far as it goes, to be completed and imported."""

from __future__ import annotations

from pathlib import Path

from p4c_graph.files import check_new, write_file
from p4c_graph.intake.csvtext import csv_text
from p4c_graph.intake.names import Names
from p4c_graph.process.fieldtests import test_names, test_slug
from p4c_graph.process.planning import Plan
from p4c_graph.process.workbooks import tables_of, template
from p4c_graph.terms import local_name

FORMATS = (".xlsx", ".csv")
_KIND = "field-tests"


def plan_rows(plan: Plan, start: str | None = None) -> list[dict[str, str]]:
    """A row of the sheet for each test proposed, its cells as they stand in tables."""
    day = start or ""
    return [
        {
            "id": test_slug(plan, proposal), "label": test_names(plan, proposal)[0],
            "description": " ".join(proposal.reasons), "practice": local_name(proposal.candidate.practice.id),
            "kind": proposal.kind, "partner": local_name(plan.partner.id), "region": local_name(plan.region.id),
            "project": local_name(plan.project.id) if plan.project else "", "status": "planned",
            "start": day if len(day) > 4 else "", "year": day if len(day) == 4 else "",
            "target_groups": ";".join(map(local_name, proposal.candidate.target_groups)),
            "presenter": local_name(proposal.candidate.providers[0].id) if proposal.candidate.providers else "",
        }
        for proposal in plan.proposals
    ]


def write_plan(plan: Plan, path: Path, names: Names, *, start: str | None = None) -> None:
    """Writes the plan as a workbook or a CSV table. Raises InputError where the name fits neither, or is taken."""
    check_new(path, FORMATS, parameter="out")
    rows = plan_rows(plan, start)
    book = path.suffix.lower() == ".xlsx"
    content = template(_KIND, names=names, rows={_KIND: rows}) if book else _csv(rows)
    write_file(path, content, parameter="out")


def _csv(rows: list[dict[str, str]]) -> bytes:
    columns = tables_of(_KIND)[0].written
    cells = ([row.get(column.name, "") for column in columns] for row in rows)
    return csv_text([column.title("en") for column in columns], cells, line_end="\n").encode()
