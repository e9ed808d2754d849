"""A copy is whole or not made: a page that fails leaves the folder as it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from p4c_graph.errors import StoreProblem
from p4c_graph.publish import site
from p4c_graph.publish.site import Fetched, Plan, Published, publish

PLAN = Plan(
    public="https://p4c.example.org/graph", languages=("en",), snapshot="000001-a", pages=("/", "/practices"),
    documents=())


def copied(folder: Path, *answers: int) -> tuple[Published, list[str]]:
    """What becomes of a copy of a site that answers its list of practices so, one time after another."""
    asked: list[str] = []
    left = list(answers)

    async def fetch(address: str, accept: str, language: str) -> Fetched:
        asked.append(address)
        status = left.pop(0) if address == "/en/practices" else 200
        return Fetched(status, {"content-type": "text/html"}, b"<html><body>A page</body></html>")

    return asyncio.run(publish(fetch, folder, PLAN)), asked


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "_PAUSES", (0.0, 0.0, 0.0))


@pytest.mark.parametrize("answers", [(500,), (503, 503, 503), (503, 500)])
def test_a_page_that_fails_ends_it_and_the_earlier_copy_stays(tmp_path: Path, answers: tuple[int, ...]) -> None:
    folder = tmp_path / "site"
    copied(folder, 200)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with pytest.raises(StoreProblem, match=f"/en/practices was answered {answers[-1]}.*nothing was published"):
        copied(folder, *answers)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_where_there_was_no_room_it_is_asked_for_again(tmp_path: Path) -> None:
    done, asked = copied(tmp_path / "site", 503, 503, 200)
    assert asked.count("/en/practices") == 3
    assert done.broken == {}


def test_a_page_that_is_not_there_is_told(tmp_path: Path) -> None:
    done, _ = copied(tmp_path / "site", 404)
    assert done.broken == {"/en/practices": "(the list of what to publish)"}
