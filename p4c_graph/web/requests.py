"""What a request brings: who asks, a body up to a limit, and the parameters of the SPARQL protocol."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request

from p4c_graph.errors import InputError, OverLimit
from p4c_graph.web.negotiation import NotSupported

FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100
_BARE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def client_of(request: Request) -> str | None:
    """The address of who asks, as far as it is known."""
    return request.client.host if request.client else None


def content_type(request: Request, expected: Sequence[str]) -> str:
    """The media type of the body, without parameters. Raises NotSupported where it is none of those expected."""
    found = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if found not in expected:
        raise NotSupported(found, expected)
    return found


async def read_body(request: Request, most: int, setting: str) -> bytes:
    """The body; no more than ``most`` bytes are ever held. Raises OverLimit, which names the setting."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise OverLimit(f"The body is longer than {most} bytes (setting {setting})", limit=setting)
    return bytes(body)


def as_text(body: bytes, name: str) -> str:
    """The text of a body. Raises InputError where it is not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the {name} is not UTF-8 (byte {error.start})", parameter=name) from None


def read_parameters(encoded: bytes, known: Sequence[str]) -> dict[str, list[str]]:
    """Name → values of a query string or form. Raises InputError on what is not known."""
    try:
        pairs = _pairs(encoded)
    except ValueError as error:
        raise InputError(f"the parameters cannot be read: {error}", parameter=known[0]) from None
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        if name not in known:
            raise InputError(f"there is no parameter {name!r}; expected {', '.join(known)}", parameter=name)
        found[name].append(value)
    return found


async def read_operation(
    request: Request, name: str, media_type: str, known: Sequence[str], most: int, setting: str
) -> dict[str, list[str]]:
    """Name → values of an operation that is posted: the address's, with those of a form or the body itself as ``name``.

    Raises NotSupported where the body is neither a form nor of this media type, OverLimit (names the setting) where it
    is longer than ``most`` bytes, InputError on parameters that are not known.
    """
    parameters = read_parameters(request.scope["query_string"], known)
    found = content_type(request, (media_type, FORM))
    body = await read_body(request, most, setting)
    if found == FORM:
        for key, values in read_parameters(body, known).items():
            parameters[key] += values
    else:
        parameters[name].append(as_text(body, name))
    return parameters


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    """Names and values in their order. Raises ValueError where they are not ASCII, or not UTF-8 when decoded."""
    if not encoded.isascii() or _BARE_PERCENT.search(encoded):
        return parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    fields = [field.partition(b"=") for field in encoded.split(b"&") if field]
    if len(fields) > _MOST_FIELDS:
        raise ValueError(f"there are more than {_MOST_FIELDS}")
    return [(_decoded(name), _decoded(value)) for name, _, value in fields]


def _decoded(text: bytes) -> str:
    """Percent-encoding differs from quoted-printable by its sign alone, and that is read in C, ten times as fast."""
    return a2b_qp(text.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")).decode()


def one(parameters: dict[str, list[str]], name: str) -> str:
    """The one value of a parameter. Raises InputError where it has none or several."""
    values = parameters.get(name, [])
    if len(values) != 1:
        raise InputError(f"{name} is given {len(values)} times; expected exactly one", parameter=name)
    return values[0]
