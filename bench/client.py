"""``python -m bench.client``: a load client; its task comes as JSON on stdin, what it saw goes to stdout as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

import httptools
import uvloop


class Client(asyncio.Protocol):
    """One connection that sends its next request as soon as the last is answered."""

    def __init__(self, run: Run, number: int) -> None:
        self.run, self.next = run, number * len(run.requests) // run.clients
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends the first request."""
        self.transport: Any = transport
        self.send()

    def send(self) -> None:
        """Sends the next request."""
        self.parser = httptools.HttpResponseParser(self)
        self.sent = time.perf_counter()
        self.transport.write(self.run.requests[self.next % len(self.run.requests)])
        self.next += 1

    def data_received(self, data: bytes) -> None:
        """Feeds the parser."""
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Counts the answer, and goes on until the time is over."""
        now = time.perf_counter()
        status = self.parser.get_status_code()
        if status == 200:
            self.run.latencies.append((now - self.sent) * 1000)
        else:
            self.run.failures[str(status)] += 1
        self.run.last = now
        if now < self.run.end and self.parser.should_keep_alive():
            asyncio.get_running_loop().call_later(self.run.pause, self.send)
        elif now < self.run.end:
            self.transport.close()
            self.run.connect(self)
        else:
            self.transport.close()
            self.run.finished()

    def connection_lost(self, error: Exception | None) -> None:
        """A connection that breaks off is a failure."""
        if error is not None:
            self.run.failures["broken"] += 1
            self.run.finished()


class Run:
    """All clients of one task."""

    def __init__(
        self, port: int, clients: int, seconds: float, cap: float, requests: list[str], pause: float = 0,
        one_address: bool = False,
    ) -> None:
        self.port, self.clients, self.seconds, self.cap, self.pause = port, clients, seconds, cap, pause
        self.addresses = 1 if one_address else clients
        self.requests = [request.encode() for request in requests]
        self.latencies: list[float] = []
        self.failures: Counter[str] = Counter()
        self.going = clients
        self.tasks: set[asyncio.Task[Any]] = set()

    async def go(self) -> dict[str, Any]:
        """What the clients saw."""
        self.over = asyncio.Event()
        self.start = self.last = time.perf_counter()
        self.end = self.start + self.seconds
        for number in range(self.clients):
            self.connect(Client(self, number), f"127.0.0.{number % self.addresses + 2}")
        try:
            await asyncio.wait_for(self.over.wait(), self.cap)
        except TimeoutError:
            self.failures["no answer"] += self.going
        took = max(self.last - self.start, 1e-9)
        return {"latencies": self.latencies, "rate": len(self.latencies) / took, "failures": self.failures}

    def connect(self, client: Client, address: str = "127.0.0.1") -> None:
        """Opens a connection for a client."""
        loop = asyncio.get_running_loop()
        opening = loop.create_connection(lambda: client, "127.0.0.1", self.port, local_addr=(address, 0))
        task = loop.create_task(opening)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def finished(self) -> None:
        """A client has sent its last request."""
        self.going -= 1
        if self.going == 0:
            self.over.set()


if __name__ == "__main__":
    print(json.dumps(uvloop.run(Run(**json.load(sys.stdin)).go())))
