"""The site as files for a plain host: fetched page by page, links made relative, each link checked on the way.

How a page is fetched is given from outside (``Fetch``), so this knows nothing of the server.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

from p4c_graph.errors import InputError, StoreProblem
from p4c_graph.progress import Progress, silent
from p4c_graph.publish import hosting
from p4c_graph.publish.copying import Copy
from p4c_graph.publish.files import PAGE, addresses_in, file_of, relinked, relocated

DATA_ENDINGS = ("ttl", "jsonld", "rdf", "nt", "json")
"""The formats of a document that are written besides its pages."""
_HTML = "text/html"
_AT_ONCE = 4
_PAUSES = (0.2, 1.0, 5.0, 0.0)
"""Seconds to wait before a page is asked for again that a busy machine had no room for; then it has failed."""
_FIXED = ("/", "/robots.txt", "/sitemap.xml", "/.well-known/void", "/dataset.ttl", "/dataset.jsonld", "/dataset.rdf",
          "/ontology.ttl", "/ontology.jsonld", "/ontology.rdf", "/shapes.ttl", "/context.jsonld")
_COMPUTED = re.compile(
    r"/(?:sparql|match|embed|search|compare|health|metrics|docs|openapi\.json|submissions|graphs|changes)(?:[/?.]|$)"
    r"|/queries/.|/regions/.|/dumps(?:$|\?)")
"""What is computed for each request, and so cannot be copied."""
_SITEMAP = re.compile(r"sitemap(?:-\d+)?\.xml")
_LANGUAGE = re.compile(r"/([a-z]{2})(?=/|$)")


@dataclass(frozen=True)
class Fetched:
    """What the site answered: status, headers by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.headers.get("content-type", "").startswith(_HTML)


Fetch = Callable[[str, str, str], Awaitable[Fetched]]
"""Address below the site's root, Accept, language → the answer."""


@dataclass(frozen=True)
class Plan:
    """What to copy: ``documents`` are the paths of resources, ``pages`` those of other pages, both without a language.

    ``public`` is the address at which the copy will be found, ``service`` that of a server for what cannot be copied.
    ``withdrawn`` are the paths of documents that a web server answers with 410.
    Where ``since`` names the snapshot of an earlier copy, ``stale`` are the documents whose data to fetch anew.
    """

    snapshot: str
    public: str
    languages: tuple[str, ...]
    documents: Collection[str]
    pages: Collection[str]
    service: str | None = None
    since: str | None = None
    stale: Collection[str] | None = None
    withdrawn: Collection[str] = ()

    @property
    def root(self) -> str:
        """The path below which the copy will be found."""
        return urlsplit(self.public).path.rstrip("/")


@dataclass
class Published:
    """What was done: files in all, written anew, removed; links that lead nowhere, each with a page it stands on."""

    snapshot: str
    pages: int = 0
    files: int = 0
    written: int = 0
    removed: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)


async def publish(fetch: Fetch, folder: Path, plan: Plan, progress: Progress | None = None) -> Published:
    """Writes the copy and puts it in place of what was in the folder.

    Raises InputError where the folder holds something else, StoreProblem where it cannot be written; then, and where
    a page cannot be fetched, the folder stays as it was.
    """
    copy = Copy(folder)
    if plan.since and (copy.old.get("snapshot"), copy.old.get("base")) != (plan.since, plan.public):
        copy.give_up()
        raise InputError(
            f"{folder} is no copy of snapshot {plan.since} for {plan.public}; publish it whole, without --since",
            parameter="since")
    try:
        return await _Copying(fetch, copy, plan, progress or silent).run()
    finally:
        copy.give_up()


class _Copying:
    """One copying: what is still to be fetched, and what has been found."""

    def __init__(self, fetch: Fetch, copy: Copy, plan: Plan, progress: Progress) -> None:
        self.fetch, self.copy, self.plan, self.progress = fetch, copy, plan, progress
        self.documents = frozenset(plan.documents)
        self.stale = None if plan.stale is None else frozenset(plan.stale)
        self.found = Published(plan.snapshot)
        self.queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.seen: set[str] = set()
        """The files that are written or will be: several addresses may mean one."""

    async def run(self) -> Published:
        for address in self._first():
            self._ask_for(address, "")
        try:
            async with asyncio.TaskGroup() as group:
                workers = [group.create_task(self._work()) for _ in range(_AT_ONCE)]
                await self.queue.join()
                for worker in workers:
                    worker.cancel()
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        for name, content in self._hosting().items():
            self.copy.write(name, content)
        self.found.removed = self.copy.finish({"snapshot": self.plan.snapshot, "base": self.plan.public})
        self.found.files, self.found.written = len(self.copy.files), self.copy.written
        return self.found

    def _hosting(self) -> dict[str, bytes]:
        return hosting.files(self.plan.root, self.plan.languages, self.plan.service, self.plan.withdrawn)

    def _first(self) -> Iterable[str]:
        yield from _FIXED
        for path in (*(path for path in self.plan.pages if not _COMPUTED.match(path)), *self.plan.documents):
            yield from (f"/{language}{path}" for language in self.plan.languages)
        for path in self.plan.documents:
            yield from (f"{path}.{ending}" for ending in DATA_ENDINGS)

    def _ask_for(self, address: str, on: str) -> None:
        name = file_of(address)
        if name is not None and name not in self.seen:
            self.seen.add(name)
            self.queue.put_nowait((address, on))

    async def _work(self) -> None:
        while True:
            address, on = await self.queue.get()
            try:
                await self._copy(address, on)
            finally:
                self.queue.task_done()
            self.progress("publish", len(self.seen) - self.queue.qsize(), len(self.seen))

    async def _copy(self, address: str, on: str) -> None:
        name = file_of(address)
        assert name is not None
        if self._is_fresh(address) and self.copy.keep(name):
            return
        language = self._language(address) or self.plan.languages[0]
        is_page = name.endswith(PAGE)
        answer = await self._fetched(address, _HTML if is_page else "*/*", language)
        if answer.status != 200:
            self.found.broken[address] = on or "(the list of what to publish)"
            return
        if _SITEMAP.fullmatch(name):
            listed = relocated(answer.body.decode(), self.plan.public, lambda link: self._file(link, address))
            self.copy.write(name, listed.encode())
            return
        if not answer.is_page:
            self.copy.write(name, answer.body)
            return
        self.found.pages += 1
        text = answer.body.decode()
        for link in addresses_in(text, address, self.plan.root):
            if (target := self._copied(link, address)) is not None:
                self._ask_for(target, address)
        page = relinked(text, address, self.plan.root, lambda link: self._target(link, address))
        canonical = f'<link rel="canonical" href="{self.plan.public}'
        page = page.replace(f'{canonical}{escape(address)}">', f'{canonical}/{escape(quote(name))}">')
        self.copy.write(name, page.encode())

    async def _fetched(self, address: str, accept: str, language: str) -> Fetched:
        """An answer; asked for again where there was no room. Raises StoreProblem where the site fails."""
        for pause in _PAUSES:
            answer = await self.fetch(address, accept, language)
            if answer.status != 503:
                break
            await asyncio.sleep(pause)
        if answer.status >= 500:
            raise StoreProblem(
                f"{address} was answered {answer.status}: the copy would lack it, and nothing was published. "
                "What failed is in the log.")
        return answer

    def _target(self, link: str, on: str) -> str | None:
        """The file a link leads to in the copy, else its address at the service, where there is one."""
        if (found := self._file(link, on)) is not None:
            return found
        return f"{self.plan.service.rstrip('/')}{link}" if self.plan.service else None

    def _file(self, link: str, on: str) -> str | None:
        copied = self._copied(link, on)
        return None if copied is None else file_of(copied)

    def _copied(self, link: str, on: str) -> str | None:
        """The address under which what a link leads to is copied; None where it is not."""
        language = self._language(link)
        path = link[3:] or "/" if language else link
        if path.startswith("/id/"):
            path = f"/doc/{path.removeprefix('/id/')}"
        if _COMPUTED.match(path):
            return None
        name = file_of(path)
        if name is None or (path.startswith("/doc/") and self._document(path) not in self.documents):
            return None
        if not name.endswith(PAGE):
            return path
        spoken = language or self._language(on) or self.plan.languages[0]
        return f"/{spoken}{path.removesuffix(PAGE)}"

    def _is_fresh(self, address: str) -> bool:
        """Whether the data that the old copy holds at this address is still right.

        Pages are always made anew: their rankings, maps and lists rest on the whole graph.
        """
        is_data = address.startswith("/doc/") and not (file_of(address) or "").endswith(PAGE)
        return self.stale is not None and is_data and self._document(address) not in self.stale

    def _document(self, path: str) -> str:
        stem, dot, ending = path.partition("?")[0].rpartition(".")
        known = (*DATA_ENDINGS, "html", "trig", "nq")
        return stem if dot and ending in known and path not in self.documents else path.partition("?")[0]

    def _language(self, address: str) -> str | None:
        found = _LANGUAGE.match(address.partition("?")[0])
        return found[1] if found and found[1] in self.plan.languages else None
