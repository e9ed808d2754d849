"""A client of the SPARQL 1.1 protocols for another server: every request with deadlines, every answer bounded.

What such a server says is not believed before it is whole: a table is read as JSON, which ends visibly, and headers by
which servers confess that they cut an answer are errors.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import httpx

from p4c_graph import __version__
from p4c_graph.errors import Busy, InputError, OverLimit, P4CError, StoreProblem, SyntaxProblem
from p4c_graph.settings import Settings
from p4c_graph.store import formats
from p4c_graph.store.bounds import over_bytes
from p4c_graph.store.formats import Form, Format

SERVER = "The SPARQL server (setting sparql_url)"
_ACCEPT = {
    "SELECT": "application/sparql-results+json",
    "ASK": "application/sparql-results+json",
    "CONSTRUCT": "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5",
    "DESCRIBE": "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5",
}
_TIMED_OUT = re.compile(r"time[d ]*-?out|time limit|estimated execution time|S1T00", re.IGNORECASE)
_TOLD = 4000
"""How many bytes of an error's body are read."""


@dataclass(frozen=True)
class Raw:
    """An answer as it came, whole."""

    body: bytes
    format: Format
    may_be_cut: bool = False
    """Whether it comes from a server that cuts graphs at a number of statements, and does not say so (Virtuoso)."""


class Credentials(httpx.Auth):
    """Answers whichever challenge the server poses, Basic or Digest, and remembers it; or sends a token."""

    def __init__(self, settings: Settings) -> None:
        self._user, self._password = settings.sparql_user, settings.sparql_password.get_secret_value()
        self._token = settings.sparql_token.get_secret_value()
        self._known: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """As httpx asks of it."""
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        if self._known:
            yield from self._known.auth_flow(request)
            return
        response = yield request
        schemes = response.headers.get("www-authenticate", "").lower()
        if response.status_code != 401 or not self._user:
            return
        if "digest" in schemes:
            self._known = httpx.DigestAuth(self._user, self._password)
        elif "basic" in schemes:
            self._known = httpx.BasicAuth(self._user, self._password)
        if self._known:
            yield from self._known.auth_flow(request)


class SparqlClient:
    """Talks to one SPARQL server from one event loop; at most ``connections`` requests at a time."""

    def __init__(self, settings: Settings, connections: int) -> None:
        self._settings = settings
        self._http = httpx.AsyncClient(
            auth=Credentials(settings),
            headers={"User-Agent": f"p4c-graph/{__version__}", "Accept-Encoding": "identity"},
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Ends all connections."""
        await self._http.aclose()

    async def query(
        self, text: str, form: Form, *, timeout: float, most: int, limit: str = "query_timeout",
        default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = (),
    ) -> Raw:
        """The answer of a query, as it came.

        Raises SyntaxProblem or InputError where the server does not accept the query, OverLimit, Busy, StoreProblem.
        """
        fields: dict[str, str | list[str]] = {"query": text}
        if default_graphs:
            fields["default-graph-uri"] = list(default_graphs)
        if named_graphs:
            fields["named-graph-uri"] = list(named_graphs)
        request = self._http.build_request(
            "POST", self._settings.sparql_url, data=fields, headers={"Accept": _ACCEPT[form]},
            timeout=self._waits(timeout))
        async with self._answer(request, timeout, limit, again=True) as response:
            _refuse_partial(response)
            format = _format(response, form)
            return Raw(await _read(response, most), format, response.headers.get("server", "").startswith("Virtuoso"))

    async def update(self, text: str) -> None:
        """Runs an update. Raises StoreProblem, OverLimit, Busy."""
        await self._write(
            "POST", self._settings.sparql_update_url, content=text.encode(), content_type="application/sparql-update")

    async def get(self, graph: str, *, most: int) -> Raw:
        """The content of a graph, by the graph store protocol."""
        timeout = self._settings.sparql_bulk_timeout
        request = self._http.build_request(
            "GET", self._settings.sparql_graph_store_url, params={"graph": graph}, timeout=self._waits(timeout),
            headers={"Accept": _ACCEPT["CONSTRUCT"]})
        async with self._answer(request, timeout, "sparql_bulk_timeout", again=True) as response:
            _refuse_partial(response)
            format = _format(response, "CONSTRUCT")
            return Raw(await _read(response, most), format)

    async def put(self, graph: str | None, triples: bytes, *, add: bool = False) -> None:
        """Makes these N-Triples the content of a graph (None: the default graph), or adds them to it."""
        await self._write(
            "POST" if add else "PUT", self._settings.sparql_graph_store_url, content=triples, graph=graph,
            content_type="application/n-triples")

    async def delete(self, graph: str | None) -> None:
        """Removes a graph, if it is there."""
        await self._write("DELETE", self._settings.sparql_graph_store_url, graph=graph, missing=True)

    async def _write(
        self, method: str, url: str, *, content: bytes | None = None, content_type: str = "",
        graph: str | Literal[False] | None = False, missing: bool = False,
    ) -> None:
        timeout = self._settings.sparql_bulk_timeout
        where = {} if graph is False else {"default": ""} if graph is None else {"graph": graph}
        request = self._http.build_request(
            method, url, content=content, params=where, timeout=self._waits(timeout),
            headers={"Content-Type": content_type} if content_type else None)
        try:
            async with self._answer(request, timeout, "sparql_bulk_timeout", missing=missing) as response:
                await _read(response, 1_000_000)
        except InputError as error:  # what was sent is ours: no fault of whoever called
            raise StoreProblem(f"{SERVER} refuses a write: {error}") from None

    def _waits(self, seconds: float) -> httpx.Timeout:
        return httpx.Timeout(seconds, connect=min(seconds, self._settings.sparql_connect_timeout))

    @asynccontextmanager
    async def _answer(
        self, request: httpx.Request, timeout: float, limit: str, *, again: bool = False, missing: bool = False
    ) -> AsyncIterator[httpx.Response]:
        """The answer to a request, its body still to be read; all of it within the time."""
        try:
            async with asyncio.timeout(timeout):
                response = await self._send(request, again)
                try:
                    if not (response.is_success or (missing and response.status_code == 404)):
                        raise _refusal(response, await _beginning(response), limit)
                    yield response
                finally:
                    await response.aclose()
        except httpx.ConnectTimeout:
            seconds = self._settings.sparql_connect_timeout
            raise StoreProblem(
                f"{SERVER} cannot be reached within {seconds:g} seconds (setting sparql_connect_timeout).") from None
        except (TimeoutError, httpx.TimeoutException):
            raise OverLimit(
                f"{SERVER} took longer than {timeout:g} seconds (setting {limit}).", limit=limit) from None
        except (httpx.ConnectError, ssl.SSLError) as error:
            raise StoreProblem(f"{SERVER} cannot be reached: {_reason(error)}.") from None
        except httpx.HTTPError as error:
            raise StoreProblem(f"{SERVER} broke off its answer: {_reason(error)}.") from None

    async def _send(self, request: httpx.Request, again: bool) -> httpx.Response:
        """The answer's head. A kept connection may have gone meanwhile; what only reads is sent once more."""
        try:
            return await self._http.send(request, stream=True)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            if not again:
                raise
            return await self._http.send(request, stream=True)


async def _read(response: httpx.Response, most: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > most:
            raise over_bytes(most)
    return bytes(body)


async def _beginning(response: httpx.Response) -> str:
    """What a server says of an error, as one short line: texts only, no pages."""
    if response.headers.get("content-type", "").split(";")[0].strip() == "text/html":
        return ""
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= _TOLD:
            break
    lines = [line.strip() for line in body[:_TOLD].decode("utf-8", "replace").splitlines()]
    first = next(filter(None, lines), "")
    return "".join(c for c in first if c.isprintable())[:300].rstrip(".")


def _refuse_partial(response: httpx.Response) -> None:
    """Raises where the headers say that the answer is not all of it (Virtuoso's 200 for what it cut)."""
    if rows := response.headers.get("x-sparql-maxrows"):
        raise OverLimit(
            f"{SERVER} gives no more than {rows} rows and has cut the answer (its ResultSetMaxRows); "
            "add a LIMIT or ask for less.", limit="ResultSetMaxRows")
    if response.headers.get("x-sql-state") or response.headers.get("x-exec-milliseconds-limit"):
        raise OverLimit(
            f"{SERVER} ended the query at its own time limit and gave a part of the answer.", limit="query_timeout")


def _format(response: httpx.Response, form: Form) -> Format:
    declared = response.headers.get("content-type", "")
    format = formats.by_media_type(declared, form)
    if format is None or (form in formats.TABLE_FORMS and format.name != "json"):
        raise StoreProblem(
            f"{SERVER} answers with {declared.split(';')[0] or 'no Content-Type'} where {_ACCEPT[form].split(',')[0]} "
            "was asked for; is that the address of its SPARQL endpoint?")
    if format.name != "json" and not response.headers.keys() & {"content-length", "transfer-encoding"}:
        raise StoreProblem(f"{SERVER} does not say where its answer ends; it may have been cut.")
    return format


def _refusal(response: httpx.Response, said: str, limit: str) -> P4CError:
    """The error that a status stands for."""
    status = response.status_code
    told = f": {said}" if said else ""
    if status == 400:
        return SyntaxProblem(f"the SPARQL server does not accept the query{told}")
    if status in (401, 403):
        return StoreProblem(
            f"{SERVER} does not let us in ({status}); check P4C_SPARQL_USER and P4C_SPARQL_PASSWORD, or "
            "P4C_SPARQL_TOKEN.")
    if status in (408, 504):
        return OverLimit(f"{SERVER} ended the query at its own time limit ({status}).", limit=limit)
    if status in (413, 414):
        return InputError(f"The query is longer than {SERVER[0].lower()}{SERVER[1:]} takes ({status}).")
    if status in (429, 503):
        after = response.headers.get("retry-after", "")
        return Busy(f"{SERVER} has no room now ({status}){told}.", retry_after=int(after) if after.isdigit() else 2)
    if response.is_redirect or status in (404, 405):
        return StoreProblem(f"{SERVER} answers {status}; is that the address of its SPARQL endpoint?")
    if _TIMED_OUT.search(said):
        return OverLimit(f"{SERVER} ended the query at its own time limit{told}.", limit=limit)
    return StoreProblem(f"{SERVER} failed ({status}){told}.")


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
