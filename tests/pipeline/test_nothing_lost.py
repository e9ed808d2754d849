"""Nothing that was acknowledged is lost and nothing is half done, whatever ends a writer."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from servers import P4C, serving, start
from test_change import consistent, practice, put

from p4c_graph import KnowledgeGraph
from p4c_graph.errors import P4CError
from p4c_graph.settings import Settings
from p4c_graph.store.snapshots import Snapshots
from p4c_graph.store.tokens import Tokens

pytestmark = pytest.mark.slow
WRITES, KILLS = 100, 12
HERE = str(Path(__file__).parent)
WRITER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[4:]
from test_change import practice, put
from p4c_graph.settings import load

settings = load(store=Path(sys.argv[1]), keep_snapshots=3)
for n in range(int(sys.argv[2]), int(sys.argv[3])):
    put(settings, [*practice(f"left-{n}"), *practice(f"right-{n}")], graph=f"https://example.org/graph/{n}")
    print(n, flush=True)
"""


def written(store: Path) -> set[tuple[int, str]]:
    """(number, half) of each practice that is there."""
    rows = KnowledgeGraph.open(store).query("SELECT ?p WHERE { ?p a p4c:Practice ; rdfs:label 'Ours'@en }").tuples()
    halves = (str(iri).rsplit("/", 1)[-1].split("-") for (iri,) in rows)
    return {(int(number), half) for half, number in halves}


def test_a_hundred_writes_survive_kills_at_random_moments(settings: Settings) -> None:
    chance = random.Random(20111)
    acknowledged: set[int] = set()
    kills, start = 0, 0
    while start < WRITES:
        # Its output goes to a file: what was printed before the kill is acknowledged.
        printed = settings.store.parent / "printed"
        with printed.open("w") as output:
            command = [sys.executable, "-c", WRITER, str(settings.store), str(start), str(WRITES), HERE]
            process = subprocess.Popen(command, stdout=output)
            if kills < KILLS:
                while not printed.read_text() and process.poll() is None:
                    time.sleep(0.005)
                time.sleep(chance.uniform(0.0, 0.6))
                process.kill()
                kills += 1
            assert process.wait(300) in (0, -signal.SIGKILL)
        acknowledged |= {int(line) for line in printed.read_text().split()}
        found = written(settings.store)
        assert {number for number, _ in found} >= acknowledged, "an acknowledged write is lost"
        assert all({(n, "left"), (n, "right")} <= found for n, _ in found), "half of a write"
        start = max((n for n, _ in found), default=-1) + 1
    assert {n for n, _ in written(settings.store)} == set(range(WRITES))
    assert kills == KILLS
    consistent(settings)


def write_until_it_fails(address: str, secret: str, first: int) -> set[int]:
    """The numbers of the writes that were answered, from ``first`` on."""
    answered: set[int] = set()
    with suppress(httpx.TransportError):
        for number in itertools.count(first):
            body = "\n".join(f"{t} ." for t in [*practice(f"left-{number}"), *practice(f"right-{number}")])
            done = httpx.put(
                f"{address}/graphs", params={"graph": f"https://example.org/graph/{number}"}, content=body, timeout=60,
                headers={"Content-Type": "application/n-triples", "Authorization": f"Bearer {secret}"})
            assert done.status_code == 201, done.text
            answered.add(number)
    return answered


def test_a_server_killed_in_the_middle_of_writes_keeps_those_it_answered(settings: Settings) -> None:
    secret, chance = Tokens(settings.store).create("admin")[1], random.Random(96)
    answered: set[int] = set()
    for round in range(3):
        process, address = start(settings.store)
        threading.Timer(chance.uniform(1.0, 3.0), process.kill).start()
        answered |= write_until_it_fails(address, secret, 1000 * round)
        process.wait()
    found = written(settings.store)
    assert {n for n, _ in found} >= answered
    assert all({(n, "left"), (n, "right")} <= found for n, _ in found)
    consistent(settings)


def test_files_that_cannot_grow_change_nothing_and_are_told(settings: Settings) -> None:
    before = Snapshots(settings.store).current()
    limited = f"ulimit -f 40; exec {sys.executable} -c '{WRITER}' {settings.store} 0 1 {HERE}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, timeout=120)
    assert "StoreProblem" in done.stderr
    assert "nothing was changed" in done.stderr
    assert Snapshots(settings.store).current() == before
    put(settings, practice("ours"))
    consistent(settings)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount a small disk")
def test_a_disk_that_fills_up_leaves_the_last_snapshot_served(settings: Settings, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        store = shutil.copytree(settings.store, small / "store")
        building, built = [P4C, "build", "--no-facts", "--store", str(store)], 0
        while not (done := subprocess.run(building, capture_output=True, text=True)).returncode and built < 20:
            built += 1
        assert done.returncode == 2
        assert "No space left" in done.stderr
        assert "Traceback" not in done.stderr
        kg = KnowledgeGraph.open(store)
        assert kg.snapshot.number == Snapshots(settings.store).current().number + built
        assert kg.query("ASK { ?c a p4c:Criterion }").boolean()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


@pytest.mark.parametrize("part", ["manifest.json", "columns.npz", "columns.json", "store/CURRENT"])
def test_a_damaged_snapshot_is_told_and_the_last_good_one_is_served(settings: Settings, part: str) -> None:
    put(settings, practice("ours"))
    good, damaged = Snapshots(settings.store).before_current(), Snapshots(settings.store).current()
    path = damaged.path / part
    path.write_bytes(path.read_bytes()[:7])
    told = subprocess.run([P4C, "doctor", "--store", str(settings.store)], capture_output=True, text=True)
    assert told.returncode == 1
    assert "p4c" in told.stdout
    assert "Traceback" not in told.stderr
    if not part.startswith("columns"):  # which a change makes anew
        with pytest.raises(P4CError):
            put(settings, practice("another"))
    with serving(settings.store) as address:
        assert httpx.get(f"{address}/health").json()["snapshot"] == good.id
        assert httpx.get(f"{address}/sparql", params={"query": "ASK { ?p a p4c:Practice }"}).json()["boolean"]
