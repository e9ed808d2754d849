"""The library as RDF: each question a ``sh:SPARQLExecutable`` with its prefixes and parameters; no blank nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from p4c_graph.languages import LANGUAGES
from p4c_graph.namespaces import DCT, RDF, RDFS, SCHEMA, SH, SHAPES, SKOS, XSD
from p4c_graph.questions.head import Parameter, Text
from p4c_graph.questions.library import Question
from p4c_graph.terms import Minter

_Object = ox.NamedNode | ox.Literal
_SELECT = {"SELECT": (SH.SPARQLSelectExecutable, SH["select"]), "ASK": (SH.SPARQLAskExecutable, SH["ask"])}


def describe(questions: Iterable[Question], minter: Minter) -> Iterator[ox.Triple]:
    """All statements about the questions, and once for all about the prefixes they use."""
    used: set[tuple[str, str]] = set()
    for question in questions:
        yield from _question(question, minter)
        used |= {(prefix, str(iri)) for prefix, iri in question.info.prefixes.items()}
    for prefix, namespace in sorted(used):
        node = _prefix(prefix)
        yield _triple(node, SH.prefix, ox.Literal(prefix))
        yield _triple(node, SH.namespace, ox.Literal(namespace, datatype=ox.NamedNode(XSD.anyURI)))


def _question(question: Question, minter: Minter) -> Iterator[ox.Triple]:
    iri = minter.resource("question", question.name)
    kind, text = _SELECT[question.form]
    for name in (SH.SPARQLExecutable, kind):
        yield _triple(iri, RDF.type, ox.NamedNode(name))
    yield from _both(iri, RDFS.label, question.title)
    yield from _both(iri, DCT.description, question.head.description)
    yield from _both(iri, SKOS.note, question.head.empty)
    yield _triple(iri, DCT.identifier, ox.Literal(question.name))
    yield _triple(iri, text, ox.Literal(question.body.strip()))
    for tag in question.head.tags:
        yield _triple(iri, SCHEMA.keywords, ox.Literal(tag))
    yield _triple(iri, SH.prefixes, ox.NamedNode(f"{iri}#prefixes"))
    for prefix in question.info.prefixes:
        yield _triple(f"{iri}#prefixes", SH.declare, ox.NamedNode(_prefix(prefix)))
    placed = (parameter for parameter in question.parameters if parameter.variable in question.variables)
    for order, parameter in enumerate(placed):
        node = f"{iri}#{parameter.name}"
        yield _triple(iri, SH.parameter, ox.NamedNode(node))
        yield from _parameter(node, iri, parameter, order)


def _parameter(node: str, question: str, parameter: Parameter, order: int) -> Iterator[ox.Triple]:
    """A parameter whose path ends in the name of its variable, as SHACL wants it."""
    yield _triple(node, RDF.type, ox.NamedNode(SH.Parameter))
    yield _triple(node, SH.path, ox.NamedNode(f"{question}#{parameter.variable}"))
    yield from _both(node, SH.name, parameter.label)
    yield from _both(node, SH.description, parameter.description)
    yield _triple(node, SH.datatype if parameter.is_literal else SH["class"], ox.NamedNode(parameter.type))
    yield _triple(node, SH.optional, ox.Literal(not parameter.required or parameter.default is not None))
    yield _triple(node, SH.order, ox.Literal(order))
    for predicate, value in ((SH.defaultValue, parameter.default), (SKOS.example, parameter.example)):
        if value is not None:
            yield _triple(node, predicate, ox.Literal(value))


def _prefix(prefix: str) -> str:
    """The node of a prefix: a prefix means the same in all questions and shapes."""
    return f"{SHAPES}prefix-{prefix}"


def _both(subject: str, predicate: str, text: Text) -> Iterator[ox.Triple]:
    for language in LANGUAGES:
        yield _triple(subject, predicate, ox.Literal(text.in_language(language), language=language))


def _triple(subject: str, predicate: str, value: _Object) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)
