"""Which table a sheet is of, and which column stands under which heading, however these were moved about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from p4c_graph.intake.csvw import Column, Table
from p4c_graph.intake.problems import CellError, Problem, shown
from p4c_graph.intake.sheets import Sheet, Value
from p4c_graph.regions import fold

NOT_READ = {"en": "This sheet is not read.", "fr": "Cette feuille n'est pas lue."}
"""What the first cell of a sheet says that is there for people only."""
MESSAGE = {"en": "What is wrong", "fr": "Ce qui ne va pas"}
"""The heading of the column of messages in a file of rejected rows; passed over when it comes back."""
_LOOKED_AT = 20
"""The headings are among this many first rows."""
_LIKE = 85
"""From this likeness on an unknown heading is taken for a misspelt one."""


@dataclass(eq=False)
class Form:
    """A sheet that was recognised: its table, its columns by position, the language of its headings."""

    sheet: Sheet
    table: Table
    language: str
    columns: dict[int, Column]
    headings: dict[str, str]
    """Name of a column → its heading in the file."""
    first: int
    """Index of the first row below the headings."""
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[int, list[Value]]]:
        """The rows below the headings."""
        return self.sheet.rows[self.first:]


def recognise(
    sheet: Sheet, tables: Sequence[Table], *, name: str | None = None, language: str | None = None
) -> Form | None:
    """The form that a sheet is; None where its headings are of no table.

    ``name`` decides where they may be of several; ``language`` where they are in none. Raises CellError where
    nothing decides.
    """
    best: tuple[int, int, Table] | None = None
    rivals: list[Table] = []
    for index, (_, cells) in enumerate(sheet.rows[:_LOOKED_AT]):
        texts = {key for cell in cells if (key := _key(cell))}
        for table in tables:
            known = {_by_key(table)[key].name for key in texts & _by_key(table).keys()}
            if len(known) < min(2, len(table.written)):
                continue
            score = 2 * len(known) + all(column.name in known for column in table.written if column.required)
            if best is None or score > best[0]:
                best, rivals = (score, index, table), [table]
            elif score == best[0] and index == best[1]:
                rivals.append(table)
    if best is None:
        return None
    return _form(sheet, _chosen(rivals, [sheet.name, name]), best[1], language)


def is_for_people(sheet: Sheet) -> bool:
    """Whether a sheet says of itself that it is not read: instructions, examples."""
    first = sheet.rows[0][1][0] if sheet.rows else None
    return isinstance(first, str) and first.strip() in NOT_READ.values()


def _chosen(rivals: list[Table], names: Iterable[str | None]) -> Table:
    if len(rivals) == 1:
        return rivals[0]
    for name in names:
        named = [t for t in rivals if name and fold(name) in {fold(t.name), *map(fold, t.titles.values())}]
        if len(named) == 1:
            return named[0]
    raise CellError("which-table", tables=", ".join(table.name for table in rivals))


def _form(sheet: Sheet, table: Table, index: int, language: str | None) -> Form:
    number, cells = sheet.rows[index]
    tongues = Counter[str]()
    form = Form(sheet, table, language or "en", {}, {}, index + 1, list(sheet.problems))
    unknown: list[tuple[int, str]] = []
    for position, cell in enumerate(cells):
        if not (key := _key(cell)):
            continue
        text = shown(str(cell))
        if key in map(fold, MESSAGE.values()):
            continue
        column = _by_key(table).get(key)
        if column is None:
            unknown.append((position, text))
        elif column.name in form.headings:
            form.problems.append(Problem(
                "heading-twice", {"value": text, "name": form.headings[column.name]}, sheet.name, number))
        else:
            form.columns[position], form.headings[column.name] = column, text
            tongues.update(tongue for tongue, titles in column.titles.items() if key in map(fold, titles))
    if language is None and tongues:
        # Headings that are the same in both languages count for both.
        form.language = max(sorted(tongues), key=tongues.__getitem__)
    _check(form, number, unknown)
    return form


def _check(form: Form, number: int, unknown: list[tuple[int, str]]) -> None:
    """Problems and notes about what the headings leave open."""
    table, sheet = form.table, form.sheet.name
    missing = [column for column in table.written if column.name not in form.headings]
    titles = {fold(title): column.title(form.language) for column in missing
              for title in (column.name, *(t for titles in column.titles.values() for t in titles))}
    title = table.title(form.language)
    for _, text in unknown:
        near = process.extractOne(fold(text), list(titles), scorer=fuzz.ratio, score_cutoff=_LIKE)
        code = "unknown-heading" if near else "left-out"
        problem = Problem(code, {"value": text, "table": title}, sheet, number, near=(titles[near[0]],) if near else ())
        (form.problems if near else form.notes).append(problem)
    for column in missing:
        if column.required and not column.default:
            form.problems.append(Problem(
                "heading-missing", {"value": column.title(form.language), "table": title}, sheet, number))
    taken = {position for position, _ in unknown} | form.columns.keys()
    heads = form.sheet.rows[form.first - 1][1]
    named = taken | {position for position, cell in enumerate(heads) if _key(cell)}
    bare = {position for _, cells in form.rows for position, cell in enumerate(cells)
            if position not in named and _key(cell)}
    for position in sorted(bare):
        form.problems.append(Problem("no-heading", {}, sheet, number, _letter(position)))
    if form.sheet.hidden and (hidden := [row for row in form.sheet.hidden if row > number]):
        form.notes.append(Problem("hidden", {"rows": ", ".join(map(str, hidden[:20]))}, sheet))
    if not form.rows:
        form.notes.append(Problem("no-rows", {}, sheet))


def _key(cell: Value) -> str:
    """A heading without case, accents and marks of being required."""
    return fold(re.sub(r"[\s*]+$", "", cell)) if isinstance(cell, str) else fold(str(cell)) if cell else ""


def _by_key(table: Table) -> dict[str, Column]:
    return {fold(heading): column for heading, column in table.by_heading.items()}


def _letter(position: int) -> str:
    """The letter of a column: 0 → A."""
    letters = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
