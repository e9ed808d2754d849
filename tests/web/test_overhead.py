"""What a request costs besides its own work."""

from __future__ import annotations

import gc
import inspect
import weakref
from collections.abc import Callable, Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from p4c_graph.web import match
from p4c_graph.web.read_ahead import settle


class Held:
    """Something that only the collector can let go, once nobody else holds it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def dependencies(dependant: Dependant) -> Iterator[Callable[..., object]]:
    for inner in dependant.dependencies:
        assert inner.call
        yield inner.call
        yield from dependencies(inner)


def test_the_parameters_of_a_match_are_read_without_a_thread() -> None:
    route = next(r for r in match.router.routes if isinstance(r, APIRoute) and r.path == "/match")
    found = list(dependencies(route.dependant))
    assert found
    assert all(inspect.iscoroutinefunction(call) for call in found), found


def test_the_collector_passes_over_what_a_snapshot_holds_until_the_next_one(thawed: None) -> None:
    held = Held()
    there = weakref.ref(held)
    settle()
    del held
    gc.collect()
    assert there() is not None
    settle()
    assert there() is None
