"""Which address says something of which resource, and the other way round."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

import pyoxigraph as ox

from p4c_graph.namespaces import ONTOLOGY, P4C, SCHEME
from p4c_graph.terms import Minter

_SAFE = "/:@!$&'()*+,;=-._~%"


@dataclass(frozen=True)
class Addresses:
    """The addresses of one site: ``base`` of its resources (ends with a slash), ``public`` address of the server."""

    base: str
    public: str

    @property
    def root(self) -> str:
        """The public address without a slash at its end."""
        return self.public.rstrip("/")

    @property
    def minter(self) -> Minter:
        """What mints the IRIs of its resources and graphs."""
        return Minter(self.base)

    def path(self, iri: str) -> str | None:
        """The path of the document about a resource: ``/doc/region/FRL0``; None where it is not of this site."""
        for start, kind in self._starts:
            if iri.startswith(start) and len(iri) > len(start):
                return f"/doc/{kind}{quote(iri[len(start):], safe=_SAFE)}"
        if iri.startswith(P4C) and len(iri) > len(P4C):
            return f"/ontology/{quote(iri[len(P4C):], safe=_SAFE)}"
        return "/ontology" if iri == ONTOLOGY else None

    def document(self, iri: str) -> str | None:
        """The full address of the document about a resource, or None where it is not of this site."""
        path = self.path(iri)
        return None if path is None else self.root + path

    def resources(self, name: str) -> list[str]:
        """The IRIs the name of a document may mean, the likeliest first: ``region/FRL0`` → ``{base}id/region/FRL0``.

        ``name`` is as it stands in the address, percent-encoded; an IRI may hold it decoded, or as it is.
        """
        if not name.partition("/")[2]:
            return []
        start, kind = next((start, kind) for start, kind in self._starts if name.startswith(kind))
        rest = name.removeprefix(kind)
        return [start + r for r in dict.fromkeys([unquote(rest, errors="surrogateescape"), rest]) if is_iri(start + r)]

    @property
    def _starts(self) -> tuple[tuple[str, str], ...]:
        """Start of IRIs → start of the names of their documents."""
        return (self.minter.graph(""), "graph/"), (SCHEME, "scheme/"), (self.minter.resources, "")


def is_iri(text: str) -> bool:
    """Whether a text is a well-formed IRI."""
    try:
        text.encode()
        ox.NamedNode(text)
    except ValueError:
        return False
    return True
