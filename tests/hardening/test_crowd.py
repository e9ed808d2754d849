"""Two hundred clients at once, and one of them deadly: every answer is right or an honest 503, and nothing leaks."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from servers import start

pytestmark = pytest.mark.slow
SECONDS, CLIENTS = 12.0, 200
DEADLY = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"
COUNT = "SELECT (COUNT(?c) AS ?n) WHERE { ?c a p4c:Criterion }"


def descendants(pid: int) -> list[int]:
    """The process and all that came from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory(pid: int) -> int:
    """Resident kilobytes of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


async def crowd(address: str, expected: str, practices: str) -> Counter[str]:
    """What became of the requests of all clients."""
    seen: Counter[str] = Counter()
    end = time.monotonic() + SECONDS
    limits = httpx.Limits(max_connections=None)

    async def visitor(number: int, client: httpx.AsyncClient) -> None:
        while time.monotonic() < end:
            try:
                if number % 2:
                    answer = await client.get("/practices", headers={"Accept": "application/json"})
                    right = answer.status_code == 200 and answer.text == practices
                else:
                    query = f"{COUNT} # {number % 20}"
                    answer = await client.get("/sparql", params={"query": query})
                    right = answer.status_code == 200 and f'"value":"{expected}"' in answer.text
            except httpx.TimeoutException:
                seen["no answer in 30 s"] += 1
                continue
            honest = answer.status_code == 503 and int(answer.headers["retry-after"]) > 0
            seen["right" if right else "honest" if honest else f"{answer.status_code} {answer.text[:200]}"] += 1
            if honest:
                await asyncio.sleep(0.2)

    async def killer(client: httpx.AsyncClient) -> None:
        while time.monotonic() < end:
            asyncio.get_running_loop().create_task(deadly(client))
            await asyncio.sleep(1)
        await asyncio.sleep(4)

    async def deadly(client: httpx.AsyncClient) -> None:
        answer = await client.get("/sparql", params={"query": DEADLY})
        seen["deadly ended" if answer.status_code == 503 else f"deadly {answer.status_code}"] += 1

    async with httpx.AsyncClient(base_url=address, timeout=30, limits=limits) as client:
        await asyncio.gather(killer(client), *(visitor(n, client) for n in range(CLIENTS)))
    return seen


def test_a_crowd_with_a_killer_gets_right_answers_or_honest_refusals_and_nothing_leaks(small_store: Path) -> None:
    process, address = start(small_store, P4C_QUERY_TIMEOUT="2", P4C_LOG_FORMAT="json")
    try:
        answer = httpx.get(f"{address}/sparql", params={"query": COUNT})
        expected = answer.json()["results"]["bindings"][0]["n"]["value"]
        practices = httpx.get(f"{address}/practices", headers={"Accept": "application/json"}).text
        before = len(descendants(process.pid)), files(process.pid)
        seen = asyncio.run(crowd(address, expected, practices))
        assert set(seen) <= {"right", "honest", "deadly ended"}, seen
        assert seen["right"] > CLIENTS
        assert seen["deadly ended"] >= 5
        time.sleep(3)
        processes, held = len(descendants(process.pid)), files(process.pid)
        assert processes <= before[0] + 1, "a leaked process"
        assert held <= before[1] + 10, "a leaked file handle"
        assert memory(process.pid) < 600_000
        assert httpx.get(f"{address}/sparql", params={"query": COUNT}).status_code == 200
    finally:
        process.terminate()
        assert process.wait(40) in (0, -15)
