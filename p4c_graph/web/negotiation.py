"""The one negotiator: which of the formats that exist a request gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from p4c_graph.errors import InputError


class Negotiable(Protocol):
    """What can be offered: a short name, a media type with its other names, and what is sent as Content-Type."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def media_type(self) -> str: ...  # noqa: D102
    @property
    def aliases(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def content_type(self) -> str: ...  # noqa: D102


Offered = TypeVar("Offered", bound=Negotiable)


@dataclass(frozen=True)
class Offer:
    """One format a route can give: its short name (``?format=``), media type, and other names of the type."""

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The media type as sent, with a charset where the type is text."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


class NotAcceptable(InputError):
    """None of the formats that exist was asked for (→ 406)."""

    def __init__(self, asked: str, offers: Sequence[Negotiable]) -> None:
        listed = ", ".join(f"{offer.name} ({offer.media_type})" for offer in offers)
        super().__init__(f"{asked} is not to be had here; what exists: {listed}", parameter="Accept")
        self.available = [offer.media_type for offer in offers]


def negotiate(accept: str | None, wanted: str | None, offers: Sequence[Offered]) -> Offered:
    """The offer a request gets: ``?format=`` first, else the Accept header, else the first offer.

    q values, q=0, specificity and wildcards count as RFC 9110 section 12.5.1 says; among equals the order of
    ``offers`` decides. Raises NotAcceptable.
    """
    if wanted is not None:
        for offer in offers:
            if wanted.strip().lower() in (offer.name, offer.media_type, *offer.aliases):
                return offer
        raise NotAcceptable(f"format={wanted}", offers)
    if accept is None or not accept.strip():
        return offers[0]
    header = parse_accept_header(accept, MIMEAccept)
    best: tuple[float, int, Offered] | None = None
    for position, offer in enumerate(offers):
        quality = max(header.quality(name) for name in (offer.media_type, *offer.aliases))
        if quality > 0 and (best is None or (quality, -position) > best[:2]):
            best = (quality, -position, offer)
    if best is None:
        raise NotAcceptable(f"Accept: {accept}", offers)
    return best[2]
