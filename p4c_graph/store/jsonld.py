"""Graphs as JSON-LD compacted with the project's context; nothing is ever fetched for it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import chain, islice
from typing import IO, Any

import orjson
import pyoxigraph as ox

from p4c_graph.errors import InputError
from p4c_graph.namespaces import RDF, ROOT, XSD
from p4c_graph.settings import resources

CONTEXT_IRI = ROOT + "context.jsonld"
"""How documents refer to the context; ``/context.jsonld`` serves it."""
MOST_COMPACTED = 5_000
"""Compacting takes 0.1 s for each thousand statements; a larger graph is written expanded."""


def context_bytes() -> bytes:
    """The context file: JSON names ↔ terms."""
    return (resources() / "ontology" / "context.jsonld").read_bytes()


@cache
def context() -> Any:
    """What stands under ``@context`` in the context file."""
    return json.loads(context_bytes())["@context"]


def write(triples: Iterable[ox.Triple], output: IO[bytes] | None = None) -> bytes | None:
    """Writes to ``output``, or gives, a graph as JSON-LD: compacted, its ``@context`` being ``CONTEXT_IRI``.

    Beyond ``MOST_COMPACTED`` statements it is expanded. Subjects stand in the order of their IRIs, so that equal
    graphs give equal bytes. Raises InputError where a statement is about a statement.
    """
    rest = iter(triples)
    first = list(islice(rest, MOST_COMPACTED + 1))
    if len(first) > MOST_COMPACTED:
        return ox.serialize(chain(first, rest), output, ox.RdfFormat.JSON_LD)
    written = orjson.dumps(_compacted(_expanded(first)), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if output is None:
        return written
    output.write(written)
    return None


def with_context(body: bytes) -> bytes:
    """What ``write`` has written, with the context itself in place of its IRI: any parser can read that."""
    document = orjson.loads(body)
    if isinstance(document, dict):
        document["@context"] = context()
    return orjson.dumps(document)


def _compacted(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    from pyld import jsonld  # takes 0.1 s to import, and few need it

    options = {"skipExpansion": True, "graph": True, "documentLoader": _nothing_is_fetched}
    found: dict[str, Any] = jsonld.compact(nodes, {"@context": context()}, options)
    return {"@context": CONTEXT_IRI, "@graph": found.get("@graph", [])}


def _nothing_is_fetched(address: str, options: object = None) -> Any:
    raise InputError(f"{address} is not fetched")


def _expanded(triples: Iterable[ox.Triple]) -> list[dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = {}
    for triple in sorted(set(triples), key=str):
        subject = nodes.setdefault(_name(triple.subject), {"@id": _name(triple.subject)})
        if triple.predicate.value == RDF.type and isinstance(triple.object, ox.NamedNode):
            subject.setdefault("@type", []).append(triple.object.value)
        else:
            subject.setdefault(triple.predicate.value, []).append(_value(triple.object))
    return list(nodes.values())


def _value(term: object) -> dict[str, str]:
    if not isinstance(term, ox.Literal):
        return {"@id": _name(term)}
    if term.language:
        return {"@language": term.language, "@value": term.value}
    if term.datatype.value == XSD.string:
        return {"@value": term.value}
    return {"@type": term.datatype.value, "@value": term.value}


def _name(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.BlankNode):
        return str(term)
    raise InputError("JSON-LD has no form for statements about statements; ask for another format.", parameter="format")
