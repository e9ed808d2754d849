"""The one negotiator: which of the formats and languages that exist a request gets. Pure functions of headers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header

from p4c_graph.errors import InputError
from p4c_graph.languages import LANGUAGES

_OFTEN = 300
"""Accept headers of up to so many characters are kept with what they choose: clients send few different ones."""


class Negotiable(Protocol):
    """What can be offered: a short name, a media type with its other names, and what is sent as Content-Type."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def media_type(self) -> str: ...  # noqa: D102
    @property
    def aliases(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def content_type(self) -> str: ...  # noqa: D102


Offered = TypeVar("Offered", bound=Negotiable)


@dataclass(frozen=True, eq=False)
class Offer:
    """One format a route can give: its short name (``?format=``), media type, and other names of the type."""

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What ``?format=`` may call it."""
        return (self.name,)

    @property
    def content_type(self) -> str:
        """The media type as sent, with a charset where the type is text."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


HTML = Offer("html", "text/html", ("application/xhtml+xml",))
JSON = Offer("json", "application/json")
CSV = Offer("csv", "text/csv")


class NotAcceptable(InputError):
    """None of the formats that exist was asked for (→ 406)."""

    def __init__(self, asked: str, offers: Sequence[Negotiable], parameter: str) -> None:
        listed = ", ".join(f"{offer.name} ({offer.media_type})" for offer in offers)
        super().__init__(f"{asked} is not to be had here; what exists: {listed}", parameter=parameter)
        self.available = [offer.media_type for offer in offers]


class NotSupported(InputError):
    """A body of a media type that the route does not read (→ 415)."""

    def __init__(self, found: str, expected: Sequence[str]) -> None:
        super().__init__(f"the body is {found or 'without Content-Type'}; expected {' or '.join(expected)}",
                         parameter="Content-Type")
        self.available = list(expected)


def negotiate(accept: str | None, wanted: str | None, offers: Sequence[Offered]) -> Offered:
    """The offer a request gets: ``?format=`` first, else the Accept header, else the first offer.

    The most specific range decides about an offer, then q, then the order of ``offers`` (RFC 9110, section 12.5.1).
    A range that names an offer's own type is more specific than one that names an alias; wildcards mean the own
    type; parameters such as ``charset`` and ``profile`` tell no two of our formats apart and are passed over.
    Raises NotAcceptable.
    """
    if wanted is not None:
        name = wanted.strip().lower().replace(" ", "+")  # a plus sign in an address reads as a space
        for offer in offers:
            if name in (*offer.names, offer.media_type, *offer.aliases):
                return offer
        raise NotAcceptable(f"format={wanted}", offers, "format")
    if accept is None or not accept.strip():
        return offers[0]
    choose = _often_chosen if len(accept) <= _OFTEN else _chosen
    if (place := choose(accept, tuple(offers))) is None:
        raise NotAcceptable(f"Accept: {accept}", offers, "Accept")
    return offers[place]


def _chosen(accept: str, offers: tuple[Negotiable, ...]) -> int | None:
    """The place of the offer that an Accept header prefers, or None where it accepts none."""
    ranges = [(given.partition(";")[0].strip().lower(), q) for given, q in parse_accept_header(accept, MIMEAccept)]
    if not ranges:  # nothing in it can be read
        return 0
    qualities = [_quality(ranges, offer) for offer in offers]
    best = max(qualities)
    return qualities.index(best) if best > 0 else None


_often_chosen = lru_cache(maxsize=512)(_chosen)


def _quality(ranges: Iterable[tuple[str, float]], offer: Negotiable) -> float:
    group = offer.media_type.partition("/")[0]
    rank = {"*/*": 0, "*": 0, f"{group}/*": 1} | dict.fromkeys(offer.aliases, 2) | {offer.media_type: 3}
    return max(((rank[given], q) for given, q in ranges if given in rank), default=(0, 0.0))[1]


def negotiate_language(
    accept_language: str | None, wanted: str | None, languages: Sequence[str] = LANGUAGES
) -> str:
    """The language a request gets: ``?lang=`` first, else the Accept-Language header, else the first one.

    ``fr-CH`` in the header is content with ``fr``. Where nothing fits the first language is given, for a page in a
    language one hardly reads helps more than none. Raises InputError for a ``?lang=`` that does not exist.
    """
    if wanted is not None:
        if (language := wanted.strip().lower()) in languages:
            return language
        raise InputError(f"lang={wanted} does not exist; expected {' or '.join(languages)}", parameter="lang")
    header = parse_accept_header(accept_language, LanguageAccept)
    ranges = [(given.lower().replace("_", "-"), q) for given, q in header]

    def quality(language: str) -> float:
        rank = {"*": 0, **{given: 1 for given, _ in ranges if given.startswith(f"{language}-")}, language: 2}
        return max(((rank[given], q) for given, q in ranges if given in rank), default=(0, 0.0))[1]

    qualities = [quality(language) for language in languages]
    best = max(qualities)
    return languages[qualities.index(best)] if best > 0 else languages[0]
