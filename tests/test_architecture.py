"""Who may import whom: a part imports only from parts above it in docs/architecture.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LAYERS = [
    {"namespaces", "terms", "languages", "files", "progress", "settings", "errors"},
    {"store"},
    {"regions"},
    {"validation"},
    {"questions"},
    {"transfer"},
    {"intake"},
    {"pipeline"},
    {"process"},
    {"publish"},
    {"api"},
    {"web", "cli"},
]
RANK = {part: i for i, layer in enumerate(LAYERS) for part in layer}
ENTRY = {("cli", "web")}
"""``p4c serve`` starts the server: the one arrow between the two front ends."""
PACKAGE = Path(__file__).resolve().parent.parent / "p4c_graph"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "resources" not in path.parts)


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(tree: ast.AST) -> Iterator[str]:
    typing_only = {
        id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        if id(node) not in typing_only:
            yield from (name.split(".")[1] for name in names if name.startswith("p4c_graph.") and name.count("."))


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) != "__init__"],
                         ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_part_imports_only_from_parts_above_it(path: Path) -> None:
    part = part_of(path)
    for other in imported_parts(ast.parse(path.read_text("utf-8"))):
        if other in RANK and other != part and (part, other) not in ENTRY:
            assert RANK[other] < RANK[part] or LAYERS[RANK[part]] == LAYERS[0], f"{part} imports {other}"


def test_every_part_has_its_place() -> None:
    assert {part_of(path) for path in MODULES} - {"__init__"} <= RANK.keys()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_readable(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_library_never_prints_or_exits(path: Path) -> None:
    if part_of(path) == "cli":
        return
    called = {node.func.id for node in ast.walk(ast.parse(path.read_text("utf-8")))
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"print", "exit", "quit"}
