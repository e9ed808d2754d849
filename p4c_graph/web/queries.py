"""``/queries`` and ``/queries/{name}``: the question library as pages, JSON, CSV and RDF."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from p4c_graph.errors import InputError
from p4c_graph.namespaces import PREFIXES
from p4c_graph.questions import Choice, Library, Parameter, Question, describe, parameter_name, readable
from p4c_graph.questions.readable import Readable
from p4c_graph.store.answers import write_graph
from p4c_graph.store.formats import Format
from p4c_graph.store.pool import JobResult, QueryJob
from p4c_graph.web.match import JSONLD, TURTLE
from p4c_graph.web.negotiation import CSV, HTML, JSON, Offer
from p4c_graph.web.pages import page
from p4c_graph.web.parameters import Served
from p4c_graph.web.responses import accepted, answer, json_bytes
from p4c_graph.web.service import Service
from p4c_graph.web.views.visit import Visit

router = APIRouter()
LIST_OFFERS = (JSON, HTML, TURTLE, JSONLD)
ANSWER_OFFERS = (Offer("json", "application/sparql-results+json", ("application/json",)), CSV, HTML)
LONG_LIST = 60
"""Beyond so many choices a form offers them as suggestions to type, not as a menu."""


@router.get("/queries", summary="The question library")
def library(request: Request, served: Served) -> Response:
    """All questions with their parameters: as JSON, as a page, or as RDF (``sh:SPARQLExecutable``)."""
    offer = accepted(request, LIST_OFFERS)
    questions = list(served.graph.questions)
    if offer is HTML:
        return page(request, "queries.html", questions=questions)
    if isinstance(offer, Format):
        prefixes = {name: PREFIXES[name] for name in ("dct", "rdfs", "schema", "sh", "skos", "xsd")}
        triples = describe(questions, served.graph.minter)
        return answer(request, write_graph(triples, offer, prefixes=prefixes) or b"", offer)
    return answer(request, json_bytes({"questions": [question.to_dict() for question in questions]}), JSON)


@router.get("/queries/{name}", include_in_schema=False)
async def question(request: Request, served: Served, name: str) -> Response:
    """The answer of a question; as a page, its form with the answer below it."""
    given = {key: value for key, value in request.query_params.multi_items() if key != "format"}
    offer = accepted(request, ANSWER_OFFERS)
    asked = served.graph.questions.get(name)
    if offer is HTML:
        return await _page(request, served, asked, given)
    result = await _ask(served, asked, given, offer.name)
    return answer(request, result.body, offer, headers={"P4C-Snapshot": result.snapshot.name})


async def _ask(served: Service, asked: Question, given: dict[str, str], format: str) -> JobResult:
    """The answer written in a format."""
    text = await asyncio.to_thread(asked.bind, given, served.graph.resolver)
    return await served.pool.query(QueryJob(text, format), lane="pages")


async def _page(request: Request, served: Service, asked: Question, given: dict[str, str]) -> Response:
    """The form, and below it the answer, or what is wrong with a value."""
    problem, found, visit = "", Readable([], []), Visit.of(request, served)
    spoken_in = {"lang": visit.language} if any(p.name == "lang" for p in asked.parameters) else {}
    ready = all(p.name in given for p in asked.parameters if p.required and p.default is None)
    if ready:
        try:
            answered = (await _ask(served, asked, {**spoken_in, **given}, "json")).answer()
        except InputError as error:
            problem = (error.french if visit.language == "fr" else None) or str(error)
        else:
            found = readable(asked, answered.tuples(), given.get("lang") or visit.language)
    return page(
        request, "query.html", asked=asked, given={parameter_name(key): value for key, value in given.items()},
        choices=await asyncio.to_thread(_choices, served, asked, visit.language), long=LONG_LIST, ready=ready,
        problem=problem, found=found, address=urlencode(given),
        hrefs={cell.iri: visit.href(cell.iri) for row in found.rows for cell in row},
    )


def _choices(served: Service, asked: Question, language: str) -> dict[str, list[Choice]]:
    return {parameter.name: served.graph.resolver.choices(parameter, language) for parameter in asked.parameters}


# ── description ────────────────────────────────────────────────────────────────────────────────────────────────


def operations() -> dict[str, Any]:
    """Path → its operation, as OpenAPI describes it: one a question."""
    return {f"/queries/{asked.name}": {"get": _operation(asked)} for asked in Library.shipped()}


def _operation(asked: Question) -> dict[str, Any]:
    return {
        "operationId": asked.name, "summary": asked.title.en, "description": asked.head.description.en,
        "tags": ["questions"],
        "parameters": [_described(parameter) for parameter in asked.parameters],
        "responses": {
            "200": {"description": "The answer", "content": {offer.media_type: {} for offer in ANSWER_OFFERS}},
            "400": {"description": "A parameter is wrong", "content": {"application/problem+json": {}}},
        },
    }


def _described(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name, "in": "query", "required": parameter.required and parameter.default is None,
        "description": parameter.description.en, "schema": {"type": "string"},
    }
    if parameter.example:
        found["example"] = parameter.example
    return found


