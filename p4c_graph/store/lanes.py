"""Who waits for which worker: one lane for strangers' queries, one for the site's own.

A lane knows nothing of processes: it hands a query to an idle worker, ends it at its deadline, and is told
when a worker comes or goes.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from p4c_graph.errors import Busy, OverLimit, P4CError
from p4c_graph.store.wire import Head

PATIENCE = 0.1
"""Seconds after which a client's query takes a worker back from a client that has more than its share."""

_MOST_RESTARTS = 3

Answer = tuple[Head, bytes]


class Worker(Protocol):
    """What a lane needs of a worker."""

    retired: bool

    @property
    def snapshot(self) -> Path:
        """The snapshot from which it gave its last answer."""
        ...

    def ask(self, head: Head, body: bytes, answered: Callable[[Answer], None]) -> None:
        """Sends a query; ``answered`` is called once, unless the worker ends before."""
        ...

    def release(self) -> None:
        """Lets a worker that is idle end."""
        ...

    def kill(self) -> None:
        """Ends a worker at once."""
        ...


@dataclass(eq=False)
class Ticket:
    """One query on its way."""

    head: Head
    body: bytes
    client: str
    timeout: float
    future: asyncio.Future[Answer]
    worker: Worker | None = None
    timer: asyncio.TimerHandle | None = None
    restarts: int = 0

    def settle(self, outcome: Answer | P4CError) -> None:
        """Gives the outcome to whoever waits for it."""
        if self.timer:
            self.timer.cancel()
        if self.future.done():
            return
        if isinstance(outcome, P4CError):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)


@dataclass(eq=False)
class Lane:
    """The queries of one kind and the workers for them.

    With ``fair``, a client may have half of the lane (workers and queue) in use, and its queries run on more
    than half of the workers only while nobody else waits: then the youngest of them starts again later.
    """

    name: str
    size: int
    room: int
    fair: bool = False
    idle: list[Worker] = field(default_factory=list)
    running: dict[Worker, Ticket] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    _waiting: OrderedDict[str, deque[Ticket]] = field(default_factory=OrderedDict)
    _active: Counter[str] = field(default_factory=Counter)

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return sum(map(len, self._waiting.values()))

    @property
    def _share(self) -> int:
        return max(1, self.size // 2)

    def enter(self, ticket: Ticket) -> None:
        """Runs a query now or lets it wait. Raises Busy where there is no room for it."""
        if self.idle and not self._waiting and self._active[ticket.client] < self._share:
            # Most go this way; what is below would come to the same.
            self._start(self.idle.pop(), ticket)
            return
        waiting = self.waiting
        if waiting >= self.room and not self.idle:
            self.counts["refused"] += 1
            raise Busy(
                f"All {self.size} workers are busy and {waiting} queries wait (setting query_queue).",
                french=f"Les {self.size} processus sont occupés et {waiting} requêtes attendent (réglage query_queue).")
        mine = self._active[ticket.client] + len(self._waiting.get(ticket.client, ()))
        if self.fair and mine >= max(1, (self.size + self.room) // 2):
            self.counts["refused"] += 1
            raise Busy(
                f"This client has {mine} queries under way, its share; wait for one of them.",
                french=f"Ce client a {mine} requêtes en cours, sa part ; attendez la fin de l'une d'elles.")
        self._waiting.setdefault(ticket.client, deque()).append(ticket)
        self._pump()
        if ticket.timer is None:
            loop = ticket.future.get_loop()
            ticket.timer = loop.call_later(ticket.timeout, self._waited_too_long, ticket)
            if self.fair and self._active[ticket.client] < self._share:
                loop.call_later(PATIENCE, self._take_back, ticket)

    def add(self, worker: Worker) -> None:
        """A worker is ready."""
        self.idle.append(worker)
        self._pump()

    def lost(self, worker: Worker, reason: P4CError) -> None:
        """A worker has ended; the query it ran fails for this reason."""
        if worker in self.idle:
            self.idle.remove(worker)
        if ticket := self._stop(worker):
            self.counts["failed"] += 1
            ticket.settle(reason)

    def retire_all(self) -> None:
        """Lets the idle workers go now, the others when they have answered."""
        for worker in [*self.idle, *self.running]:
            worker.retired = True
        for worker in self.idle:
            worker.release()
        self.idle.clear()

    def abandon(self, ticket: Ticket) -> None:
        """Nobody waits for this query any more: drops it, or ends its worker."""
        if ticket.timer:
            ticket.timer.cancel()
        self._drop(ticket)
        for worker, running in list(self.running.items()):
            if running is ticket:
                self.counts["abandoned"] += 1
                self._stop(worker)
                worker.kill()

    def fail_all(self, reason: P4CError) -> None:
        """Fails all that run or wait."""
        tickets = [*self.running.values(), *(ticket for queue in self._waiting.values() for ticket in queue)]
        self._waiting.clear()
        self._active.clear()
        self.running.clear()
        self.idle.clear()
        for ticket in tickets:
            ticket.settle(reason)

    # ── the way of a query ───────────────────────────────────────────────────────────────────────────────

    def _pump(self) -> None:
        while self.idle and self._waiting and (ticket := self._next()):
            self._start(self.idle.pop(), ticket)

    def _next(self) -> Ticket | None:
        """The next query: clients take turns, those below their share first."""
        clients = list(self._waiting)
        below = (client for client in clients if self._active[client] < self._share)
        client = next(below, clients[0] if clients else None) if self.fair else next(iter(clients), None)
        if client is None:
            return None
        ticket = self._waiting[client].popleft()
        self._waiting.move_to_end(client)
        if not self._waiting[client]:
            del self._waiting[client]
        return ticket

    def _start(self, worker: Worker, ticket: Ticket) -> None:
        if ticket.timer:
            ticket.timer.cancel()
        self.running[worker] = ticket
        ticket.worker = worker
        self._active[ticket.client] += 1
        ticket.timer = ticket.future.get_loop().call_later(ticket.timeout, self._expire, worker, ticket)
        worker.ask(ticket.head, ticket.body, lambda answer: self._answered(worker, ticket, answer))

    def _stop(self, worker: Worker) -> Ticket | None:
        ticket = self.running.pop(worker, None)
        if ticket:
            self._active[ticket.client] -= 1
            if not self._active[ticket.client]:
                del self._active[ticket.client]
        return ticket

    def _answered(self, worker: Worker, ticket: Ticket, answer: Answer) -> None:
        if self._stop(worker) is not ticket:
            return
        self.counts["answered"] += 1
        if worker.retired or answer[0].get("retire"):
            worker.release()
        else:
            self.idle.append(worker)
        ticket.settle(answer)
        self._pump()

    def _expire(self, worker: Worker, ticket: Ticket) -> None:
        if self.running.get(worker) is not ticket:
            return
        self._stop(worker)
        self.counts["timed_out"] += 1
        worker.kill()
        ticket.settle(OverLimit(
            f"The query ran longer than {ticket.timeout:g} seconds and was stopped (setting query_timeout).",
            limit="query_timeout",
            french=f"La requête a duré plus de {ticket.timeout:g} secondes et a été arrêtée (réglage query_timeout).",
        ))

    def _waited_too_long(self, ticket: Ticket) -> None:
        self._drop(ticket)
        self.counts["refused"] += 1
        seconds = f"{ticket.timeout:g} seconds"
        ticket.settle(Busy(f"No worker became free within {seconds} (setting query_timeout)."))

    def _drop(self, ticket: Ticket) -> None:
        queue = self._waiting.get(ticket.client)
        if queue and ticket in queue:
            queue.remove(ticket)
            if not queue:
                del self._waiting[ticket.client]

    def _take_back(self, ticket: Ticket) -> None:
        """Where this query still waits, below its client's share: one above another's share goes back."""
        if ticket not in self._waiting.get(ticket.client, ()) or self._active[ticket.client] >= self._share:
            return
        for worker, other in reversed(list(self.running.items())):
            if self._active[other.client] > self._share and other.restarts < _MOST_RESTARTS:
                self._stop(worker)
                self.counts["restarted"] += 1
                worker.kill()
                other.restarts += 1
                loop = other.future.get_loop()
                if other.timer:
                    other.timer.cancel()
                other.timer = loop.call_later(other.timeout, self._waited_too_long, other)
                self._waiting.setdefault(other.client, deque()).appendleft(other)
                return
