"""Settings for web servers that hand out a static copy: media types, and which format a client gets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from jinja2 import Environment, PackageLoader, StrictUndefined

from p4c_graph.publish.sitemap import FIGURES

_TEMPLATES = {".htaccess": "htaccess.jinja", "nginx.conf": "nginx.conf.jinja"}
"""File of the copy → the template that writes it, for Apache and nginx."""
_TYPES = {
    "ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml", "nt": "application/n-triples",
    "trig": "application/trig", "nq": "application/n-quads",
}
_ORDER = ("jsonld", "rdf", "nt", "json")
_FIGURES = rf"(?:{'|'.join(FIGURES)})/.+?"
_WHOLE = "dumps/all.ttl.gz"


def files(
    root: str, languages: Sequence[str], service: str | None = None, withdrawn: Iterable[str] = (),
) -> dict[str, bytes]:
    """File name → content. They do not read q values: of the types that Accept names, the first in our order wins.

    A single figure leads to the ``service``, where one is named; else to the dump that holds it, a browser to the page
    of the data set. What was withdrawn, named by the paths of its documents, is gone (410).
    """
    environment = Environment(
        loader=PackageLoader("p4c_graph.publish"), autoescape=False, undefined=StrictUndefined, trim_blocks=True,
        keep_trailing_newline=True)
    values = {
        "root": root, "languages": languages, "service": (service or "").rstrip("/"), "types": _TYPES,
        "accepted": {ending: _pattern(_TYPES.get(ending, "application/json")) for ending in _ORDER},
        "figures": _FIGURES, "whole": _WHOLE,
        "withdrawn": [re.escape(unquote(path).removeprefix("/doc/")) for path in withdrawn],
    }
    return {name: environment.get_template(template).render(values).encode() for name, template in _TEMPLATES.items()}


def _pattern(media_type: str) -> str:
    """A regular expression for a media type; both servers take ``-`` and ``/`` as they are."""
    return re.sub(r"([+.])", r"\\\1", media_type)
