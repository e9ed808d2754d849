"""A made-up project of seven partners and 96 practices, as the sheets its partners would fill in.

Everything is synthetic and says so. ``python -m bench.project FOLDER`` writes the workbooks of docs/tutorial.md: one
with mistakes first, then those without. ``python -m bench.project PLAN.xlsx`` completes a plan of field tests.
"""

from __future__ import annotations

import csv
import sys
from itertools import product
from pathlib import Path

import numpy as np
from openpyxl import load_workbook

from p4c_graph.process.workbooks import template
from p4c_graph.settings import resources
from p4c_graph.terms import slugify

SEED = 96
PROJECT = "seven-regions"
TODAY = "2026-03-31"
Row = dict[str, str]

PARTNERS = {
    "agency-alentejo": ("Agency of the Cork Oaks", "PT18"),
    "agency-danube": ("Agency of the Long River", "HU21"),
    "agency-jamtland": ("Agency of the Northern Lakes", "SE32"),
    "agency-jutland": ("Agency of the Windy Shore", "DK05"),
    "agency-moravia": ("Agency of the Two Rivers", "CZ06"),
    "agency-ostrobothnia": ("Agency of the Quiet Bay", "FI19"),
    "agency-tirol": ("Agency of the High Passes", "AT33"),
}
"""Slug → made-up name, and the real region it is said to act for."""
TABLES = ("regions", "identifiers", "languages", "indicators", "datasets", "observations")
"""Of the facts on regions, what the tutorial builds on: that of the partners' countries."""

SERVICES = {
    "Training": ("training", "open-collective"),
    "Help desk": ("innovation-support", "individual"),
    "Mentoring": ("incubation", "individual"),
    "Joint booth": ("marketing-branding", "closed-collective"),
    "Voucher": ("financing", "individual"),
    "Living lab": ("collaborative-projects", "partnership"),
    "Technology scouting": ("technology-transfer", "closed-collective"),
    "Benchmarking": ("cluster-management", "open-collective"),
    "Export club": ("internationalisation-mission", "closed-collective"),
    "Shared workshop": ("shared-infrastructure", "partnership"),
    "Partner search": ("matchmaking", "open-collective"),
    "Funding desk": ("european-networking", "open-collective"),
}
"""A service → its theme and kind."""
SECTORS = {"food": "C", "health": "Q", "mobility": "H", "energy": "D", "building": "F", "software": "J", "tourism": "I",
           "farming": "A"}
SCALES: dict[str, list[Row]] = {
    "scales": [{"id": "from-1-to-5", "label": "From 1 (none) to 5 (very high)", "minimum": "1", "maximum": "5"}]}
CRITERIA = ("C1.1", "C1.2", "C1.3", "C2.1", "C2.2", "C2.3", "C3.1", "C3.2", "C3.3", "C5")
FEW = 6
"""So many practices were judged by two partners only."""


def names() -> list[str]:
    """The names of the 96 practices."""
    return [f"{service} for {subject}" for service, subject in product(SERVICES, SECTORS)]


def organisations() -> dict[str, list[Row]]:
    """The project, its seven partners, and two cluster initiatives in each region."""
    rows = [
        {"id": slug, "label_en": f"{name} (synthetic)", "kind": "DevelopmentAgency", "located_in": region,
         "territory": region, "project": PROJECT, "role": "partner" if number else "lead-partner"}
        for number, (slug, (name, region)) in enumerate(PARTNERS.items())
    ]
    for (slug, (name, region)), subject in product(PARTNERS.items(), ("food", "software")):
        rows.append({
            "id": f"{slug}-{subject}-cluster", "label_en": f"{subject.capitalize()} cluster, {name} (synthetic)",
            "kind": "ClusterInitiative", "located_in": region, "sectors": SECTORS[subject], "supported_by": slug})
    project = {"id": PROJECT, "label_en": "Seven regions (synthetic)", "label_fr": "Sept régions (fictif)",
               "description": "A made-up project, to try the process with.", "start": "2026-01-01", "end": "2028-12-31"}
    return {"projects": [project], "organisations": rows}


def practices() -> dict[str, list[Row]]:
    """The 96 practices, each identified by a partner in its own region, with where it comes from."""
    random = np.random.default_rng(SEED)
    rows, origins, slugs = [], [], list(PARTNERS)
    for number, name in enumerate(names()):
        service, _, subject = name.partition(" for ")
        theme, kind = SERVICES[service]
        partner = slugs[number % len(slugs)]
        rows.append({
            "id": slugify(name), "label_en": name, "description_en": f"{service} for companies in {subject}. Made up.",
            "provider": f"{partner}-food-cluster" if number % 3 else partner, "service_kind": kind, "themes": theme,
            "sectors": SECTORS[subject], "target_groups": "smes;clusters" if number % 2 else "smes",
            "project": PROJECT})
        origins.append({
            "practice": slugify(name), "region": PARTNERS[partner][1], "operator": partner, "status": "done",
            "start": str(2015 + number % 9), "outcome": str(random.choice(["positive", "positive", "mixed", ""]))})
    return {"practices": rows, "origins": origins}


def evaluations(partner: str) -> dict[str, list[Row]]:
    """What one partner judges: a level of the practice, the partner's own leniency, and chance; some cells blank."""
    level = np.random.default_rng(SEED).normal(3.1, 0.7, size=(len(names()), 1))
    own = np.random.default_rng(SEED + 1 + list(PARTNERS).index(partner))
    scores = np.clip(np.rint(level + own.normal(0, 0.3) + own.normal(0, 0.8, size=(len(names()), len(CRITERIA)))), 1, 5)
    blank = own.random(scores.shape) < 0.05
    rows = []
    for p, name in enumerate(names()):
        if p >= len(names()) - FEW and list(PARTNERS).index(partner) > 1:
            continue
        row = {"practice": slugify(name), "partner": partner, "date": TODAY, "scale": "from-1-to-5",
               "C4": "new" if own.random() < 0.4 else "repeated"}
        rows.append(row | {c: "" if blank[p, i] else str(int(scores[p, i])) for i, c in enumerate(CRITERIA)})
    return {"evaluations": rows}


def all_evaluations() -> dict[str, list[Row]]:
    """What all seven judge, in one sheet."""
    return {**SCALES, "evaluations": [row for partner in PARTNERS for row in evaluations(partner)["evaluations"]]}


def with_mistakes() -> dict[str, list[Row]]:
    """The sheet of practices as it first comes in: what people do to sheets."""
    found = practices()
    rows, origins = found["practices"], found["origins"]
    rows[3]["service_kind"] = "open colective"
    rows[7]["themes"] = "trainning"
    rows[11]["provider"] = "agency-moravya"
    rows[15]["id"] = rows[14]["id"]
    origins[5]["region"] = "Alentjo"
    origins[8]["status"] = ""
    return found


def regions(folder: Path) -> None:
    """Writes the real facts on the regions of the partners' countries, so that a store is quickly built."""
    data, wanted = resources() / "data", {region[:2] for _, region in PARTNERS.values()}
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        with (data / "regions" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            key = next((column for column in ("nuts_code", "region") if column in (rows.fieldnames or ())), None)
            kept = [row for row in rows if key is None or row[key][:2] in wanted]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(kept[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
    (folder / "sources.csv").write_bytes((data / "sources.csv").read_bytes())


def main(folder: Path) -> None:
    """Writes the workbooks, and the tables of regions."""
    regions(folder / "regions")
    for name, kind, rows in (
        ("organisations", "organisations", organisations()), ("practices-first", "practices", with_mistakes()),
        ("practices", "practices", practices()), ("evaluations", "evaluations", all_evaluations()),
    ):
        (folder / f"{name}.xlsx").write_bytes(template(kind, rows=rows))


def complete(path: Path) -> None:
    """Fills in what came of the tests of a plan, as a partner would."""
    book = load_workbook(path)
    sheet, answers, results = (book[name] for name in ("Field tests", "Answers", "Results"))
    column = {cell.value: cell.column for cell in sheet[1]}
    for number in range(2, sheet.max_row + 1):
        test = sheet.cell(number, column["Identifier"]).value
        if not test:
            continue
        filled = {"Status": "Done", "First day": "2027-03-01", "Last day": "2027-06-30", "Outcome": "Positive"}
        if sheet.cell(number, column["Kind of test"]).value == "Workshop":
            filled["Questionnaire"] = "Ten questions on use and price"
            answers.append([test, "Clusters", 20, 14])
        else:
            filled |= {"Adaptation": "Half as long, and in German", "Degree of transfer": "Emulation"}
            results.append([None, test, None, "companies taking part", 12, "companies", 2027, 2027, "No"])
        for heading, value in filled.items():
            sheet.cell(number, column[heading]).value = value
    book.save(path)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "sheets")
    if target.suffix == ".xlsx":
        complete(target)
    else:
        main(target)
