"""``/sparql`` as a page: an editor or a text area, the library's questions as examples, answers as a table."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from p4c_graph.errors import Busy, OverLimit, P4CError, UnknownName
from p4c_graph.namespaces import P4C, PREFIXES, RDFS
from p4c_graph.publish.statistics import statistics
from p4c_graph.store.answers import Term
from p4c_graph.store.guard import check_query
from p4c_graph.store.pool import QueryJob
from p4c_graph.store.steps import run_in_pool
from p4c_graph.terms import compact
from p4c_graph.web.pages import page
from p4c_graph.web.requests import client_of
from p4c_graph.web.responses import status_of
from p4c_graph.web.service import Service
from p4c_graph.web.texts import texts
from p4c_graph.web.views.visit import Visit

START = f"""PREFIX p4c: <{P4C}>
PREFIX rdfs: <{RDFS}>

SELECT ?practice ?label WHERE {{
  ?practice a p4c:Practice ; rdfs:label ?label
}} LIMIT 20"""
_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; font-src 'self'; img-src 'self' data:; "
    "style-src 'self' 'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
)
"""The policy of this page: the editor draws its icons as data, and its table brings one style sheet of its own."""
_MOST_ROWS = 1000


@dataclass(frozen=True)
class Cell:
    """A value of an answer: its text, its language or type, and where it leads."""

    text: str
    note: str = ""
    href: str | None = None


@dataclass(frozen=True)
class Table:
    """An answer as a table; ``total`` counts the rows beyond those shown, too."""

    columns: list[str]
    rows: list[list[Cell]]
    total: int


async def console_page(request: Request, served: Service, query: str | None) -> Response:
    """The page, with the answer of the query where there is one, or what is wrong with it."""
    visit, table, wrong = Visit.of(request, served), None, None
    if query is not None:
        try:
            table = await _answered(visit, query, client_of(request))
        except P4CError as error:
            wrong = error
    examples = await visit.once("examples", lambda: _examples(visit))
    try:
        terms = await visit.once("terms", lambda: _terms(visit))
    except (Busy, OverLimit):  # on a busy machine the editor does without for now
        terms = {"classes": [], "properties": []}
    return page(
        request, "sparql.html", headers={"Content-Security-Policy": _POLICY},
        **({"status": status_of(wrong)} if wrong else {}), query=query or START, asked=query is not None, table=table,
        wrong=str(wrong) if wrong else None, editor=has_editor(),
        examples=[(title[visit.language], text) for title, text in examples],
        settings={"endpoint": f"{visit.root}/sparql", "prefixes": PREFIXES, **terms,
                  "rows": texts(visit.language)("sparql.rows")})


@cache
def has_editor() -> bool:
    """Whether the build has put the editor among the static files."""
    return (files("p4c_graph.web") / "static" / "vendor" / "yasgui.min.js").is_file()


async def _examples(visit: Visit) -> list[tuple[dict[str, str], str]]:
    """The questions of the library, bound to their examples: titles by language, and the query.

    Those whose examples are not in this graph are left out.
    """
    library, resolver = visit.graph.questions, visit.graph.resolver

    def bound() -> Iterator[tuple[dict[str, str], str]]:
        for question in library:
            with suppress(UnknownName):
                text = question.bind(question.examples(), resolver).strip()
                yield {"en": question.title.en, "fr": question.title.fr}, text

    return await asyncio.to_thread(lambda: list(bound()))


async def _terms(visit: Visit) -> dict[str, list[str]]:
    """The classes and properties that VoID counts, the most used first."""
    counted = await run_in_pool(lambda: statistics(visit.graph.minter), visit.service.pool)
    return {
        "classes": _often(counted.classes),
        "properties": _often({name: part.statements for name, part in counted.properties.items()}),
    }


def _often(counts: dict[str, int]) -> list[str]:
    return sorted(counts, key=lambda iri: (-counts[iri], iri))


async def _answered(visit: Visit, query: str, client: str | None) -> Table:
    form = check_query(query).form
    job = QueryJob(query, "json" if form in ("SELECT", "ASK") else "nt")
    answer = (await visit.service.pool.query(job, client=client)).answer()
    if form == "ASK":
        return Table(["ASK"], [[Cell(str(answer.boolean()).lower())]], 1)
    if form == "SELECT":
        columns, rows = answer.columns(), list(answer.terms())
    else:
        columns, rows = ["subject", "predicate", "object"], [(*triple,) for triple in answer.triples()]
    return Table(columns, [[_cell(visit, term) for term in row] for row in rows[:_MOST_ROWS]], len(rows))


def _cell(visit: Visit, term: Term | None) -> Cell:
    if term is None:
        return Cell("")
    if isinstance(term, ox.NamedNode):
        outside = term.value if term.value.startswith(("http://", "https://")) else None
        own = visit.graph.minter.resources
        text = f"id/{term.value[len(own):]}" if term.value.startswith(own) else compact(term.value)
        return Cell(text, href=f"{visit.root}{path}" if (path := visit.href(term.value)) else outside)
    if isinstance(term, ox.Literal):
        plain = term.datatype.value.endswith(("#string", "#langString"))
        return Cell(term.value, term.language or ("" if plain else compact(term.datatype.value)))
    return Cell(str(term))
