"""Where an IRI is minted: resources, graphs and concepts, and the slugs they are made of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from p4c_graph.namespaces import PREFIXES, ROOT, SCHEME

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_WHOLE_LETTERS = str.maketrans({
    "æ": "ae", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "œ": "oe", "þ": "th", "ŧ": "t",
})
"""Letters that Unicode does not take apart into a letter and an accent."""


def unaccented(text: str) -> str:
    """A text in lower case, without accents: ``Łódź`` → ``lodz``."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text).casefold().translate(_WHOLE_LETTERS)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def slugify(text: str) -> str:
    """The slug of a text: lower-case ASCII letters, digits and single hyphens (may be empty)."""
    return _NOT_SLUG.sub("-", unaccented(text).encode("ascii", "ignore").decode()).strip("-")


def concept(scheme: str, name: str) -> str:
    """The IRI of a concept: ``concept("theme", "financing")``."""
    return f"{SCHEME}{scheme}/{name}"


def local_name(iri: str) -> str:
    """What stands after the last ``/`` or ``#`` of an IRI."""
    return iri[max(iri.rfind("/"), iri.rfind("#")) + 1:]


def compact(iri: str) -> str:
    """The IRI as a person writes it, ``p4c:Practice`` where a prefix fits, else the IRI itself."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace):]}"
    return iri


@dataclass(frozen=True)
class Minter:
    """Mints the IRIs of resources and graphs under one base (a setting; ends with ``/``)."""

    base: str = ROOT

    def resource(self, kind: str, slug: str) -> str:
        """``{base}id/{kind}/{slug}``."""
        return f"{self.base}id/{kind}/{slug}"

    def graph(self, name: str) -> str:
        """``{base}graph/{name}``."""
        return f"{self.base}graph/{name}"

    @property
    def resources(self) -> str:
        """What the IRIs of all resources start with."""
        return f"{self.base}id/"

    def slug(self, kind: str, iri: str) -> str | None:
        """The slug of a resource of this kind under this base, or None where the IRI is none."""
        start = self.resource(kind, "")
        return iri[len(start):] if iri.startswith(start) else None
