"""The one process of a server that writes: one write after another, each with a deadline."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Concatenate, ParamSpec, TypeVar

from p4c_graph.errors import Busy, NoSnapshot, OverLimit, P4CError, StoreProblem
from p4c_graph.settings import Settings
from p4c_graph.store import sandbox
from p4c_graph.store.snapshots import Snapshots

Arguments = ParamSpec("Arguments")
Outcome = TypeVar("Outcome")
_MOST_WAITING = 32
_CONTEXT = multiprocessing.get_context("spawn")


class Writer:
    """Runs functions that write to the store in a process of its own, which is ended where one takes too long."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: BaseProcess | None = None
        self._channel: Connection | None = None

    async def run(
        self, work: Callable[Concatenate[Settings, Arguments], Outcome], *arguments: Arguments.args,
        **options: Arguments.kwargs,
    ) -> Outcome:
        """What ``work(settings, …)`` returns.

        Raises what it raises; Busy where too many wait, OverLimit at the deadline, StoreProblem where the process
        ended: these two say whether a new snapshot was there already.
        """
        if self._waiting >= _MOST_WAITING:
            raise Busy(f"{self._waiting} writes are waiting already", retry_after=10)
        # A task of its own, shielded: a client that leaves does not stop a write that has begun.
        outcome: Outcome = await asyncio.shield(asyncio.ensure_future(self._in_turn(work, arguments, options)))
        return outcome

    async def _in_turn(self, work: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        self._waiting += 1
        try:
            async with self._turn:
                # Started by this thread, since the process ends with the thread that starts it.
                channel = self._started()
                return await asyncio.to_thread(self._ask, channel, work, arguments, options)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Waits for the write under way, and ends the process."""
        async with self._turn:
            await asyncio.to_thread(self._end)

    def _ask(
        self, channel: Connection, work: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        before = self._current()
        try:
            channel.send((work, self._settings, arguments, options))
            if not channel.poll(self._settings.write_timeout):
                self._end()
                raise OverLimit(
                    f"The write took longer than {self._settings.write_timeout:g} seconds (setting write_timeout) and "
                    f"was stopped; {self._came_of_it(before)}.", limit="write_timeout")
            error, outcome = channel.recv()
        except (EOFError, OSError):
            self._end()
            raise StoreProblem(f"The process that writes has ended; {self._came_of_it(before)}.") from None
        if error:
            raise error
        return outcome

    def _current(self) -> str | None:
        with suppress(NoSnapshot):
            return Snapshots(self._settings.store).current().id
        return None

    def _came_of_it(self, before: str | None) -> str:
        """What a write came to that was stopped: its snapshot is current before it is pushed and older ones go."""
        now = self._current()
        if now == before:
            return "nothing was written"
        if self._settings.sparql_url:
            return (f"snapshot {now} is there and current, but was not pushed to the SPARQL server. "
                    "Push it again: p4c snapshots push")
        return f"snapshot {now} is there and current"

    def _started(self) -> Connection:
        if self._channel is None or self._process is None or not self._process.is_alive():
            self._end()
            self._channel, theirs = _CONTEXT.Pipe()
            self._process = _CONTEXT.Process(target=_serve, args=(theirs, os.getpid()), daemon=True)
            self._process.start()
            theirs.close()
        return self._channel

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.join()
        if self._channel:
            self._channel.close()
        self._process = self._channel = None


def _serve(channel: Connection, parent: int) -> None:
    """The life of the process: it does what it is asked until the server goes."""
    sandbox.end_with_parent(parent)
    sandbox.ignore_keyboard()
    while True:
        try:
            work, settings, arguments, options = channel.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[P4CError | None, Any] = (None, work(settings, *arguments, **options))
        except P4CError as error:
            answer = (error.with_traceback(None), None)  # which would keep the draft open
        except MemoryError:
            answer = (OverLimit("The write took too much memory; nothing was written.", limit="max_write_bytes"), None)
        except OSError as error:
            answer = (StoreProblem(f"{settings.store} cannot be written to ({error.strerror}); nothing was written. "
                                   "See p4c doctor."), None)
        channel.send(answer)
