"""Every measurement runs, at a size that says nothing, and finds all engines and servers agreed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import endpoint, harness, ranking, shacl
from bench.__main__ import keep
from bench.client import Run
from bench.generate import World

pytestmark = pytest.mark.slow
INSTALLED = shutil.which("oxigraph", path=str(harness.BIN)) is not None
needs_peers = pytest.mark.skipif(not INSTALLED, reason="the extra 'bench' is not installed")


@pytest.fixture(scope="module")
def small() -> Iterator[harness.Data]:
    with harness.data(World(practices=60, matching=True, regions=100)) as found:
        yield found


def test_percentiles_are_by_nearest_rank() -> None:
    samples = [float(n) for n in range(1, 101)]
    assert (harness.percentile(samples, 0.5), harness.percentile(samples, 0.95)) == (51, 96)
    assert harness.percentile([7.0], 0.95) == 7


def test_every_shape_is_violated_by_what_is_injected_and_our_engine_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shacl.compare(8000, ["p4c"], cap=60, rounds=1)
    told = capsys.readouterr().out
    assert "| p4c |" in told
    assert "not done" not in told


@needs_peers
def test_the_rust_engine_finds_what_ours_finds(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyshacl_turbo")
    shacl.compare(8000, ["p4c", "pyshacl-turbo"], cap=60, rounds=1)
    assert "equal to p4c" in capsys.readouterr().out


@needs_peers
def test_the_ten_best_are_the_same_by_one_query_elsewhere(
    small: harness.Data, capsys: pytest.CaptureFixture[str]
) -> None:
    ranking.compare(small, ["oxigraph in memory"], seconds=0.1)
    told = capsys.readouterr().out
    assert "| equal |" in told
    assert "| differ |" not in told


@needs_peers
def test_our_endpoint_and_another_give_equal_answers_to_every_kind_of_query(
    small: harness.Data, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "VIRTUOSO", "oxigraph in memory")
    monkeypatch.setattr(endpoint, "RDFLIB_MOST", 0)
    endpoint.compare(small, practices=60, countries=2, seconds=0.02, rounds=1)
    told = capsys.readouterr().out
    assert "three queries of each kind: yes" in told
    assert "failed" not in told


def test_the_load_client_counts_answers_and_what_is_none() -> None:
    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            if line == b"\r\n":
                continue
            await reader.readuntil(b"\r\n")
            status = b"200 OK" if b"good" in line else b"503 Busy"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        writer.close()

    async def measure() -> dict[str, object]:
        server = await asyncio.start_server(answered, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        requests = [f"GET /{name} HTTP/1.1\r\nHost: x\r\n\r\n" for name in ("good", "bad")]
        async with server:
            return await Run(port, 3, 0.2, 5, requests).go()

    found = asyncio.run(measure())
    latencies, failures = found["latencies"], found["failures"]
    assert isinstance(latencies, list)
    assert isinstance(failures, dict)
    assert len(latencies) > 5
    assert set(failures) == {"503"}
    assert abs(len(latencies) - failures["503"]) <= 6


def test_a_measurement_taken_again_replaces_its_section_and_no_other(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    for name, text in (("shacl", "## B\n\nold"), ("real", "## A\n\nkept"), ("shacl", "## B\n\nnew")):
        keep(name, text, results)
    told = results.read_text("utf-8")
    assert told.startswith("# Results\n")
    assert "old" not in told
    assert told.index("kept") < told.index("new")
