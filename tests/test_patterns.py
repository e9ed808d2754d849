"""Regular expressions that every supported Python reads alike."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import p4c_graph

PATTERNS = sorted({
    (name, value.pattern, value.flags)
    for name in (module.name for module in pkgutil.walk_packages(p4c_graph.__path__, "p4c_graph."))
    if not name.endswith("__main__")
    for value in vars(importlib.import_module(name)).values() if isinstance(value, re.Pattern)
}, key=repr)


def repeated_possessively(parsed: Any) -> Iterator[Any]:
    """What a possessive quantifier repeats, wherever it stands."""
    for operation, argument in parsed:
        if str(operation) == "POSSESSIVE_REPEAT":
            yield argument[2]
        yield from inside(argument)


def inside(argument: Any) -> Iterator[Any]:
    if isinstance(argument, re._parser.SubPattern):  # type: ignore[attr-defined]
        yield from repeated_possessively(argument)
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from inside(part)


@pytest.mark.parametrize(("module", "pattern", "flags"), PATTERNS)
def test_no_group_is_repeated_possessively(module: str, pattern: str | bytes, flags: int) -> None:
    """Python 3.11.0 to 3.11.4, Debian 12's among them, matches such a group wrongly (python/cpython#106052)."""
    parsed = re._parser.parse(pattern, flags)  # type: ignore[attr-defined]
    assert not [group for group in repeated_possessively(parsed) if len(group) > 1 or str(group[0][0]) not in (
        "IN", "LITERAL", "NOT_LITERAL", "ANY")]


def test_a_group_that_is_repeated_possessively_is_found() -> None:
    parsed = re._parser.parse("a(?:b|(?:cd|e)*+)")  # type: ignore[attr-defined]
    assert len(list(repeated_possessively(parsed))) == 1
