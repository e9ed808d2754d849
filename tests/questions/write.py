"""Writes anew what is made from the questions: the rows of the golden files, and the reference in docs/questions.md.

Run it after a change that is meant (``python tests/questions/write.py``), and read the difference before committing.
"""

from __future__ import annotations

import json
from pathlib import Path

from engines import GOLDEN, Rows, by_oxigraph, resolver
from reference import markdown

from p4c_graph.questions import Library

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "questions.md"
MARK = "<!-- Below: made from sparql/questions by tests/questions/write.py -->\n"


def golden_text(columns: list[str], cases: list[tuple[dict[str, str], Rows]]) -> str:
    """A golden file: one row a line."""
    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    written = []
    for values, rows in cases:
        lines = ",".join(f"\n      {line(row)}" for row in rows) + ("\n     " if rows else "")
        written.append(f'    {{"values": {line(values)},\n     "rows": [{lines}]}}')
    return f'{{\n  "columns": {line(columns)},\n  "cases": [\n' + ",\n".join(written) + "\n  ]\n}\n"


def main() -> None:
    """Writes the golden files that there are, and the reference."""
    library = Library.shipped()
    for path in sorted(GOLDEN.glob("*.json")):
        question = library.get(path.stem)
        values = [case["values"] for case in json.loads(path.read_text("utf-8"))["cases"]]
        cases = [(given, by_oxigraph(question.bind(given, resolver()))) for given in values]
        path.write_text(golden_text(list(question.head.columns), cases), "utf-8")
    start = PAGE.read_text("utf-8").split(MARK)[0]
    PAGE.write_text(start + MARK + "\n" + markdown(library), "utf-8")


if __name__ == "__main__":
    main()
