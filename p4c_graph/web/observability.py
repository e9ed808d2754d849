"""What an operator sees of a server: a line of the log for each request, with its id, and metrics for Prometheus."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from fastapi import APIRouter, FastAPI, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette._utils import get_route_path
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from p4c_graph import __version__
from p4c_graph.errors import P4CError
from p4c_graph.web.service import Service

router = APIRouter()
REQUEST_ID = "X-Request-ID"
_ID_HEADER = REQUEST_ID.lower().encode()
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NO_ROUTE = "(none)"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_TOLD_SECONDS = 0.1
_log = logging.getLogger("p4c_graph.access")


class Ended(NamedTuple):
    """A request that was answered: its scope and id, status and bytes of the answer, seconds it took."""

    scope: Scope
    id: str
    status: int
    size: int
    seconds: float


class Metrics:
    """The figures of one application, and its log of requests: both are brought up to date some times a second.

    So that no client waits while another's request is told of.
    """

    def __init__(self, service: Service, fixed: frozenset[str]) -> None:
        self._fixed = fixed
        """Paths without variables, which are their own route."""
        self._untold: list[Ended] = []
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "p4c_requests", "Requests answered.", ["route", "method", "status"], registry=self.registry)
        self.seconds = Histogram(
            "p4c_request_seconds", "Seconds until an answer was sent.", ["route"], buckets=_BUCKETS,
            registry=self.registry)
        self.under_way = 0
        Gauge("p4c_requests_under_way", "Requests being answered.", registry=self.registry).set_function(
            lambda: self.under_way)
        self.registry.register(_Served(service))
        ProcessCollector(registry=self.registry)
        # Looking a label up takes longer than counting.
        self._count = cache(self.requests.labels)
        self._time = cache(self.seconds.labels)

    def note(self, ended: Ended) -> None:
        """Takes note of a request, to be told of soon."""
        if not self._untold:
            asyncio.get_running_loop().call_later(_TOLD_SECONDS, self.tell)
        self._untold.append(ended)

    def tell(self) -> None:
        """Counts the requests noted until now, and writes their lines in the log."""
        untold, self._untold = self._untold, []
        for ended in untold:
            self._tell(*ended)

    def _tell(self, scope: Scope, id: str, status: int, size: int, seconds: float) -> None:
        path, method, below = scope["path"][:500], scope["method"], get_route_path(scope)
        route = getattr(scope.get("route"), "path", below if below in self._fixed else _NO_ROUTE)
        # All but the seconds have few values.
        self._count(route, method if method in _METHODS else "other", str(status or "gone")).inc()
        self._time(route).observe(seconds)
        client = scope["client"][0] if scope.get("client") else None
        # No query string: it holds what people ask, and may be long.
        _log.info("%s %s %s", method, path, status, extra={"fields": {
            "request_id": id, "method": method, "path": path, "route": route, "status": status, "bytes": size,
            "ms": round(seconds * 1000, 1), "client": client}})


class _Served(Collector):
    """The snapshot that is served and its query processes, as they are when somebody looks."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """The figures of now."""
        try:
            status = self._service.pool.status()
        except P4CError:
            yield GaugeMetricFamily("p4c_ready", "Whether queries are answered.", 0)
            return
        yield GaugeMetricFamily("p4c_ready", "Whether queries are answered.", 1)
        about = GaugeMetricFamily("p4c_snapshot", "What is served.", labels=["snapshot", "program"])
        about.add_metric([str(status["snapshot"]), __version__], 1)
        yield about
        workers = GaugeMetricFamily("p4c_query_workers", "Query processes.", labels=["lane", "state"])
        queries = CounterMetricFamily("p4c_queries", "Queries by what became of them.", labels=["lane", "outcome"])
        for lane, figures in status["lanes"].items():
            for state in ("idle", "running", "waiting"):
                workers.add_metric([lane, state], figures[state])
            for outcome in ("answered", "timed_out", "refused", "failed"):
                queries.add_metric([lane, outcome], figures[outcome])
        yield workers
        yield queries


def add_to(app: FastAPI, service: Service) -> None:
    """Watches an application, and gives it its metrics."""
    fixed = frozenset(path for route in app.routes if "{" not in (path := getattr(route, "path", "{")))
    app.state.metrics = metrics = Metrics(service, fixed)
    app.add_middleware(Observed, metrics=metrics)


@router.get("/metrics", include_in_schema=False)
async def read(request: Request) -> Response:
    """The figures of this process in the text format of Prometheus."""
    metrics: Metrics = request.app.state.metrics
    metrics.tell()
    headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
    return Response(generate_latest(metrics.registry), headers=headers)


class Observed:
    """Gives each request an id (that of the proxy, where it sends one), counts it and writes a line about it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value.decode("latin-1") for name, value in scope["headers"] if name == _ID_HEADER), "")
        id = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = id
        status, size, started = 0, 0, time.perf_counter()

        async def said(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (_ID_HEADER, id.encode())]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        self.metrics.under_way += 1
        try:
            await self.app(scope, receive, said)
        finally:
            self.metrics.under_way -= 1
            self.metrics.note(Ended(scope, id, status, size, time.perf_counter() - started))
