"""How far a long piece of work is: whoever does it tells, whoever started it shows."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, what is done of it, and how much it is in all (0: not known)."""


def silent(stage: str, done: int, total: int) -> None:
    """Tells nobody."""
