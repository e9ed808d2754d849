"""What the processes of the pool may do, and that none of them outlives the server."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from store_support import Listener

from p4c_graph.errors import OverLimit, SyntaxProblem
from p4c_graph.store import embedded, wire
from p4c_graph.store.bounds import BoundedBuffer
from p4c_graph.store.embedded import child_environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

SERVER = """
import asyncio, json, sys
from pathlib import Path
from p4c_graph import settings
from p4c_graph.store.pool import QueryJob, QueryPool

async def main():
    pool = QueryPool(settings.load(query_timeout=60.0))
    await pool.start(Path(sys.argv[1]))
    loader = pool._current()
    runaway = QueryJob("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
    tasks = [asyncio.create_task(pool.query(runaway)) for _ in range(2)]
    await asyncio.sleep(0.1)
    pids = [loader.pid, *(worker.pid for worker in loader.workers.values())]
    print(json.dumps({"pids": pids, "facts": loader.facts}), flush=True)
    await asyncio.gather(*tasks)

asyncio.run(main())
"""


@contextmanager
def server(snapshot: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[int], dict[str, object]]]:
    """A server process whose workers are busy, and the process ids of its loader and workers."""
    command = [sys.executable, "-c", SERVER, str(snapshot)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=child_environment()) as process:
        assert process.stdout is not None
        try:
            told = json.loads(process.stdout.readline())
            yield process, told["pids"], told["facts"]
        finally:
            process.kill()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def all_gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 3
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not any(map(alive, pids))


def test_a_server_killed_without_warning_leaves_no_process(make_snapshot: Callable[..., Path]) -> None:
    with server(make_snapshot("one", rows=1000)) as (process, pids, _):
        assert len(pids) == 4
        assert all(map(alive, pids))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert all_gone(pids)


def test_a_loader_killed_without_warning_takes_its_workers_along(make_snapshot: Callable[..., Path]) -> None:
    with server(make_snapshot("one", rows=1000)) as (_, pids, _):
        os.kill(pids[0], signal.SIGKILL)
        assert all_gone(pids)


def test_signals_to_the_whole_group_are_left_to_the_server(make_snapshot: Callable[..., Path]) -> None:
    with server(make_snapshot("one", rows=1000)) as (_, pids, _):
        for pid in pids:
            os.kill(pid, signal.SIGINT)
            os.kill(pid, signal.SIGTERM)
        time.sleep(0.1)
        assert all(map(alive, pids))


def test_the_processes_are_bounded(make_snapshot: Callable[..., Path]) -> None:
    with server(make_snapshot("one", rows=1000)) as (_, pids, facts):
        limits = [Path(f"/proc/{pid}/limits").read_text() for pid in pids]
        assert all("Max core file size        0" in text for text in limits)
        assert all("Max stack size            100000000" in text for text in limits)
        assert all("Max data size             unlimited" not in text for text in limits[1:])
        assert all(Path(f"/proc/{pid}/oom_score_adj").read_text() == "1000\n" for pid in pids[1:])
        assert len(list(Path(f"/proc/{pids[0]}/task").iterdir())) == 1, "the loader has one thread"
        assert facts["without_network"], "this platform has one of the means"


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="mimalloc comes for these")
@pytest.mark.parametrize("given", [None, ""])
def test_other_processes_take_memory_from_the_quicker_allocator_unless_told(
    given: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LD_PRELOAD", raising=False)
    if given is not None:
        monkeypatch.setenv("LD_PRELOAD", given)
    told = subprocess.run([sys.executable, "-c", "print(open('/proc/self/maps').read())"],
                          capture_output=True, text=True, check=True, env=child_environment())
    assert ("libmimalloc" in told.stdout) is (given is None)


def test_an_allocator_that_cannot_be_loaded_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "cmeel.prefix" / "lib" / "libmimalloc.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"no library")
    monkeypatch.delenv("LD_PRELOAD", raising=False)
    monkeypatch.setattr(embedded, "distribution", lambda name: PathDistribution(tmp_path / "dist-info"))
    embedded._allocator.cache_clear()
    try:
        assert "LD_PRELOAD" not in child_environment()
    finally:
        embedded._allocator.cache_clear()


def test_a_process_without_network_reaches_nobody_even_without_the_guard(listener: Listener) -> None:
    script = """
import sys
import pyoxigraph as ox
from p4c_graph.store import sandbox
query = f"ASK {{ SERVICE <{sys.argv[1]}> {{ ?s ?p ?o }} }}"
means = sandbox._forbid_sockets() if sys.argv[2] == "seccomp" else sandbox.leave_network()
assert means
try:
    bool(ox.Store().query(query))
except OSError as error:
    print("refused:", error)
"""
    for means in ("seccomp", "all"):
        ended = subprocess.run(
            [sys.executable, "-c", script, listener.iri, means],
            capture_output=True, text=True, env=child_environment(), timeout=20, check=True,
        )
        assert ended.stdout.startswith("refused:")
    assert not listener.calls


def test_the_listener_of_these_tests_can_be_reached(listener: Listener) -> None:
    script = "import sys, pyoxigraph as ox; bool(ox.Store().query(f'ASK {{ SERVICE <{sys.argv[1]}> {{}} }}'))"
    subprocess.run([sys.executable, "-c", script, listener.iri], capture_output=True, timeout=20, check=False)
    time.sleep(0.1)
    assert listener.calls


def test_frames_come_together_from_any_pieces() -> None:
    body = bytes(range(256)) * 5
    sent = wire.frame({"form": "ASK", "n": 1}, len(body)) + body
    for size in (1, 7, 100, len(sent)):
        frames = wire.Frames()
        for _ in range(2):
            found = [frames.feed(sent[i : i + size]) for i in range(0, len(sent), size)]
            assert found[:-1] == [None] * (len(found) - 1)
            assert found[-1] == ({"form": "ASK", "n": 1}, body)


def test_an_error_crosses_between_processes_as_it_is() -> None:
    with pytest.raises(SyntaxProblem, match=r"^line 3: no such thing$") as caught:
        wire.raise_error(json.loads(json.dumps(wire.error_head(SyntaxProblem("no such thing", line=3)))))
    assert caught.value.line == 3
    wire.raise_error({"form": "ASK"})


def test_a_bounded_buffer_takes_no_more_than_it_may() -> None:
    buffer = BoundedBuffer(5)
    assert buffer.write(b"abc") == 3
    with pytest.raises(OverLimit, match="larger than 5 bytes"):
        buffer.write(b"def")
    assert buffer.content == b"abc"
