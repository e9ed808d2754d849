"""``/submissions``: what partners send; each becomes a graph of its own, and can be withdrawn."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from p4c_graph.errors import Forbidden
from p4c_graph.intake.submission import MEDIA_TYPES
from p4c_graph.pipeline.update import Written
from p4c_graph.process import submissions
from p4c_graph.settings import Settings
from p4c_graph.store.tokens import Token
from p4c_graph.web.access import Partner
from p4c_graph.web.negotiation import JSON
from p4c_graph.web.parameters import Served
from p4c_graph.web.requests import content_type, read_body
from p4c_graph.web.responses import answer, json_bytes, spoken
from p4c_graph.web.service import Service
from p4c_graph.web.update import written

router = APIRouter()
_ENDINGS = {media_type: ending for ending, media_type in reversed(MEDIA_TYPES.items())}


@router.post("/submissions", summary="Submit a practice, evaluation, need or test result")
async def submit(
    request: Request, served: Served, token: Partner,
    name: Annotated[str, Query(description="Name of the file, for messages and for the record.")] = "",
    dry_run: Annotated[bool, Query(description="Only say what would become of it.")] = False,
) -> Response:
    """Takes JSON (with the project's context), Turtle or a filled template: 201 and its address, or 422 and why."""
    media_type = content_type(request, tuple(MEDIA_TYPES.values()))
    language = spoken(request)
    body = await read_body(request, served.settings.max_body_bytes, "max_body_bytes")
    id = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(4)}"
    done = await served.writer.run(
        submissions.submit, id, name or f"submission{_ENDINGS[media_type]}", media_type, body, by=token.who,
        language=language, dry_run=dry_run)
    await served.refresh()
    told = {"id": done.id, "graph": done.graph, "snapshot": done.snapshot, "statements": done.statements,
            "resources": done.resources, "warnings": done.warnings}
    response = answer(request, json_bytes(told), JSON)
    if done.snapshot:
        response.status_code = HTTPStatus.CREATED
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/submissions/{id}"
    return response


@router.get("/submissions", summary="The submissions that stand")
def list_(request: Request, served: Served, token: Partner) -> Response:
    """Those of the token's organisation, latest first; an administrator sees all."""
    return answer(request, json_bytes({"submissions": [s.to_dict() for s in _seen(served, token)]}), JSON)


@router.get("/submissions/{id}", summary="One submission")
def show(request: Request, served: Served, token: Partner, id: str) -> Response:
    """What it is, and the address of its statements."""
    found = submissions.get(served.graph.dataset, served.graph.minter, id)
    if token.role != "admin" and found.by != token.organisation:
        raise Forbidden(f"Submission {id} is of another organisation.")
    return answer(request, json_bytes({**found.to_dict(), "statements": f"/graphs?graph={found.graph}"}), JSON)


@router.delete("/submissions/{id}", summary="Withdraw a submission")
async def withdraw(request: Request, served: Served, token: Partner, id: str) -> Response:
    """Withdraws it: what only it described answers 410 from then on."""
    by = None if token.role == "admin" else token.organisation
    done = await served.writer.run(_withdrawn, id, by)
    await served.refresh()
    return answer(request, json_bytes(written(done)), JSON)


def _withdrawn(settings: Settings, id: str, by: str | None) -> Written:
    return Written.of(submissions.withdraw(settings, id, by=by))


def _seen(served: Service, token: Token) -> list[submissions.Submission]:
    by = None if token.role == "admin" else token.organisation
    return submissions.submissions(served.graph.dataset, served.graph.minter, by=by)
