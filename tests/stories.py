"""Pages whose commands build on each other: each command with the lines that are shown below it."""

from __future__ import annotations

import re

FENCE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def steps(text: str) -> list[tuple[str, list[str]]]:
    """Each command of a page with the lines that are shown below it."""
    found: list[tuple[str, list[str]]] = []
    for block in FENCE.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def pattern(shown: list[str]) -> str:
    """What an output must match: the lines in order, … for anything, spaces alike."""
    text = " ".join(" ".join(shown).split())
    return ".*".join(re.escape(part.strip()) for part in text.split("…"))
