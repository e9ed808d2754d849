from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from p4c_graph.errors import Busy, OverLimit, StoreProblem
from p4c_graph.store import lanes
from p4c_graph.store.lanes import Answer, Lane, Ticket


class FakeWorker:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.retired = False
        self.killed = self.released = False
        self.asked: list[str] = []
        self._answered: Callable[[Answer], None]

    def ask(self, head: dict[str, Any], body: bytes, answered: Callable[[Answer], None]) -> None:
        self.asked.append(body.decode())
        self._answered = answered

    def answer(self, **head: object) -> None:
        self._answered((head, b""))

    def kill(self) -> None:
        self.killed = True

    def release(self) -> None:
        self.released = True


def ticket(name: str, client: str = "a", timeout: float = 5.0) -> Ticket:
    return Ticket({}, name.encode(), client, timeout, asyncio.get_running_loop().create_future())


def in_loop(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(test())  # type: ignore[arg-type]

    run.__name__ = test.__name__
    return run


def lane_of(workers: list[FakeWorker], room: int = 10, fair: bool = False) -> Lane:
    lane = Lane("test", len(workers), room, fair)
    for worker in workers:
        lane.add(worker)
    return lane


@in_loop
async def test_queries_wait_their_turn() -> None:
    worker = FakeWorker()
    lane = lane_of([worker])
    tickets = [ticket(name) for name in ("1", "2", "3")]
    for each in tickets:
        lane.enter(each)
    assert worker.asked == ["1"]
    assert lane.waiting == 2
    worker.answer(form="ASK")
    assert worker.asked == ["1", "2"]
    assert await tickets[0].future == ({"form": "ASK"}, b"")


@in_loop
async def test_one_query_more_than_the_queue_holds_is_refused() -> None:
    lane = lane_of([FakeWorker()], room=2)
    for name in ("1", "2", "3"):
        lane.enter(ticket(name))
    with pytest.raises(Busy, match="2 queries wait"):
        lane.enter(ticket("4"))


@in_loop
async def test_a_client_cannot_have_more_than_half_of_the_lane() -> None:
    lane = lane_of([FakeWorker(), FakeWorker()], room=6, fair=True)
    for number in range(4):
        lane.enter(ticket(str(number), "greedy"))
    with pytest.raises(Busy, match="4 queries under way"):
        lane.enter(ticket("5", "greedy"))
    lane.enter(ticket("6", "modest"))


@in_loop
async def test_clients_take_turns() -> None:
    worker = FakeWorker()
    lane = lane_of([worker], fair=True)
    for name, client in (("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c")):
        lane.enter(ticket(name, client))
    for _ in range(4):
        worker.answer()
    assert worker.asked == ["a1", "a2", "b1", "c1", "a3"]


@in_loop
async def test_a_client_above_its_share_gives_a_worker_back() -> None:
    workers = [FakeWorker(), FakeWorker()]
    lane = lane_of(workers, fair=True)
    first, second, other = ticket("a1", "a"), ticket("a2", "a"), ticket("b1", "b")
    lane.enter(first)
    lane.enter(second)
    lane.enter(other)
    await asyncio.sleep(lanes.PATIENCE * 1.5)
    killed = [worker for worker in workers if worker.killed]
    assert [worker.asked for worker in killed] == [["a2"]], "the youngest"
    fresh = FakeWorker()
    lane.lost(killed[0], StoreProblem("killed"))
    lane.add(fresh)
    assert fresh.asked == ["b1"]
    fresh.answer()
    assert fresh.asked == ["b1", "a2"]
    fresh.answer(form="ASK")
    assert (await second.future)[0] == {"form": "ASK"}
    assert other.future.done()


@in_loop
async def test_a_client_within_its_share_is_left_alone() -> None:
    workers = [FakeWorker(), FakeWorker()]
    lane = lane_of(workers, fair=True)
    for client in ("a", "b", "c"):
        lane.enter(ticket(client, client))
    await asyncio.sleep(lanes.PATIENCE * 1.5)
    assert not any(worker.killed for worker in workers)


@in_loop
async def test_a_query_past_its_deadline_is_killed() -> None:
    worker = FakeWorker()
    lane = lane_of([worker])
    late = ticket("1", timeout=0.02)
    lane.enter(late)
    with pytest.raises(OverLimit, match=r"0\.02 seconds") as caught:
        await late.future
    assert caught.value.limit == "query_timeout"
    assert worker.killed
    assert not lane.running


@in_loop
async def test_a_query_that_waits_too_long_is_refused() -> None:
    lane = lane_of([FakeWorker()])
    lane.enter(ticket("1"))
    late = ticket("2", timeout=0.02)
    lane.enter(late)
    with pytest.raises(Busy, match="No worker became free"):
        await late.future
    assert lane.waiting == 0


@in_loop
async def test_a_query_whose_worker_ended_fails_for_that_reason() -> None:
    worker = FakeWorker()
    lane = lane_of([worker])
    lost = ticket("1")
    lane.enter(lost)
    lane.lost(worker, StoreProblem("gone"))
    with pytest.raises(StoreProblem, match="gone"):
        await lost.future


@in_loop
async def test_nobody_runs_for_someone_who_has_left() -> None:
    worker = FakeWorker()
    lane = lane_of([worker])
    running, waiting = ticket("1"), ticket("2")
    lane.enter(running)
    lane.enter(waiting)
    lane.abandon(waiting)
    assert lane.waiting == 0
    lane.abandon(running)
    assert worker.killed
    assert not lane.running


@in_loop
async def test_a_retired_worker_goes_after_its_answer() -> None:
    busy, idle = FakeWorker(), FakeWorker()
    lane = lane_of([idle, busy])
    lane.enter(ticket("1"))
    lane.retire_all()
    assert idle.released
    assert not busy.released
    busy.answer()
    assert busy.released
    assert not lane.idle
