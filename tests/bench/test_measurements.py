"""Every measurement runs, at a size that says nothing, and finds all engines and servers agreed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import crowd, endpoint, harness, ranking, shacl
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
    assert "no answer" not in told


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


@pytest.mark.parametrize(("outcome", "told"), [
    (shacl.Outcome((3.0, 4.0, 9.0)), [["faster than pySHACL", "2× (target ≥ 30×: missed)"]]),
    (shacl.Outcome(failure=shacl.late(100)), [["faster than pySHACL", "over 50× (target ≥ 30×: met)"]]),
    (shacl.Outcome(failure="not tried at this size"), []),
])
def test_an_engine_is_compared_by_its_median_or_by_the_time_it_was_given(
    outcome: shacl.Outcome, told: list[list[str]]
) -> None:
    assert shacl.faster("pySHACL", outcome, 2.0, 100, 30) == told


TEN = [(f"urn:p{number}", 0.9 - number / 100) for number in range(10)]


@pytest.mark.parametrize(("one", "other", "equal"), [
    (TEN, TEN, True),
    (TEN, [(name, score + 1e-5) for name, score in TEN], True),
    (TEN, [(name, score + 1e-3) for name, score in TEN], False),
    (TEN, [("urn:another", 0.9), *TEN[1:]], False),
    (TEN, TEN[:9], False),
    (TEN[:9], TEN[:9], False),
    ([], [], False),
])
def test_two_rankings_are_the_same_by_ten_names_with_their_scores(
    one: ranking.Ten, other: ranking.Ten, equal: bool
) -> None:
    assert ranking.same(one, other) is equal


def test_a_peer_that_does_not_answer_in_time_is_over_so_many_times_slower() -> None:
    late = ranking.Peer("Virtuoso", failure=ranking.LATE)
    assert late.row()[1] == "no answer in 100 s"
    assert late.faster(10.0) == [["faster than Virtuoso", "over 10,000× (target ≥ 5×: met)"]]
    assert ranking.Peer("Virtuoso", [40.0], equal=True).faster(10.0) == [
        ["faster than Virtuoso", "4× (target ≥ 5×: missed)"]]
    assert ranking.Peer("Virtuoso", failure="not tried at this size").faster(10.0) == []


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


def test_a_crowd_is_answered_and_its_killer_is_not(
    small_store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("P4C_STORE", str(small_store))
    crowd.main(["--seconds", "3"])
    told = capsys.readouterr().out
    assert "| no answer but 200 and an honest 503 | met |" in told
    assert "| every deadly query is ended | met |" in told
