"""docs/questions.md: a heading a question, and a reference that is what the heads say."""

from __future__ import annotations

from pathlib import Path

from p4c_graph.questions import Library

from .reference import command, markdown

LIBRARY = Library.shipped()
MARK = "by tests/questions/write.py -->\n\n"


def test_the_page_has_a_heading_for_each_question(root: Path) -> None:
    page = (root / "docs" / "questions.md").read_text("utf-8")
    for name in LIBRARY.names():
        assert f"\n## {name}\n" in page


def test_the_reference_is_what_the_heads_say(root: Path) -> None:
    """Where this fails: ``python tests/questions/write.py``."""
    assert (root / "docs" / "questions.md").read_text("utf-8").split(MARK)[1] == markdown(LIBRARY)


def test_a_command_quotes_what_the_shell_would_split() -> None:
    assert command(LIBRARY.get("similar-regions")) == "p4c ask similar-regions --region FRL0"
