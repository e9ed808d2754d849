"""The options that several commands take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from p4c_graph.errors import InputError

Store = Annotated[Path | None, typer.Option(help="Folder of the snapshots.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def check_format(output: str, known: Sequence[str]) -> None:
    """Raises InputError where ``--format`` is none of those that a command knows."""
    if output not in known:
        raise InputError(f"--format is {output!r}; expected {', '.join(known)}", parameter="format")
