"""The general page of a resource: all that is said of it and what refers to it, in the words of the page's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from p4c_graph.namespaces import RDF, SH, XSD
from p4c_graph.publish.addresses import Addresses
from p4c_graph.publish.document import LABELS, Document, Statement
from p4c_graph.store.answers import Term
from p4c_graph.terms import compact
from p4c_graph.web.texts import Texts, texts
from p4c_graph.web.views.data_text import DataText, best

_FOLDED = 40
"""From so many values on they are folded: an indicator has thousands of figures."""
_SENTENCE = 60
"""From so many characters on a text stands alone."""
_FRACTIONS = (XSD.decimal, XSD.double, XSD.float)


@dataclass(frozen=True)
class Value:
    """One value: its text, and where it leads: a path of this site, or an address elsewhere."""

    text: DataText
    href: str | None = None
    elsewhere: str | None = None

    @property
    def is_block(self) -> bool:
        """Whether it is a text of several lines, as a query is."""
        return "\n" in self.text


@dataclass(frozen=True)
class Row:
    """A property and its values; ``omitted`` more are not on the page."""

    label: str
    values: list[Value]
    omitted: int = 0
    is_name: bool = False
    """Whether the values are names of the resource, each in its language."""

    @property
    def is_list(self) -> bool:
        """Whether the values are sentences, one below the other."""
        return len(self.values) > 1 and any(len(value.text) > _SENTENCE for value in self.values if not value.href)

    @property
    def is_folded(self) -> bool:
        """Whether the values are shown when asked for."""
        return len(self.values) > _FOLDED


@dataclass(frozen=True)
class DocumentPage:
    """What the page shows. A resource without a name is called by its class, and by ``code``."""

    title: DataText
    code: str
    types: list[Value]
    outgoing: list[Row]
    incoming: list[Row]
    question: str | None
    """The name of the question in the library that the resource is."""


def document_page(document: Document, addresses: Addresses, language: str) -> DocumentPage:
    """The page of a document."""
    shown = _Shown(document, addresses, texts(language))
    named = [literal for _, literal in document.labels.get(document.iri, ())]
    types = [shown.value(ox.NamedNode(iri)) for iri in document.types]
    title = best(named, language)[0] if named else types[0].text if types else DataText(document.label())
    code = "" if named or not types else document.label()
    said = [statement for statement in document.outgoing if statement.property != RDF.type]
    question = addresses.minter.slug("question", document.iri) if SH.SPARQLExecutable in document.types else None
    return DocumentPage(
        title, code, types, [row for row in shown.rows(said, title) if row.values],
        shown.rows(document.incoming, title, document.omitted), question)


@dataclass(frozen=True)
class _Shown:
    """Statements as one page words them."""

    document: Document
    addresses: Addresses
    said: Texts

    def rows(self, statements: list[Statement], title: str, omitted: Mapping[str, int] | None = None) -> list[Row]:
        """A row a property. A text is shown in the page's language, a name in every one but where it is the title."""
        return [
            Row(self.property(name), self._values(name, [s.other for s in group], title), (omitted or {}).get(name, 0),
                name in LABELS)
            for name, group in self.document.by_property(statements)]

    def property(self, name: str) -> str:
        """The name of a property; those of common vocabularies have theirs in our texts."""
        key = f"property.{compact(name)}"
        return self.said(key) if self.said.has(key) else self.document.label(name, self.said.language)

    def _values(self, name: str, others: Iterable[Term], title: str) -> list[Value]:
        others = list(others)
        tagged = [term for term in others if isinstance(term, ox.Literal) and term.language]
        if name in LABELS:
            spoken = [DataText(of.value, of.language or "", self.said.language) for of in tagged]
        else:
            spoken = best(tagged, self.said.language)
        rest = [self.value(term) for term in others if term not in tagged]
        return [value for value in (*map(Value, spoken), *rest) if name not in LABELS or value.text != title]

    def value(self, term: Term) -> Value:
        """One value in words, with its link."""
        if isinstance(term, ox.NamedNode):
            text = self._name(term.value)
            if path := self.addresses.path(term.value):
                return Value(text, path)
            return Value(text, elsewhere=term.value if term.value.startswith(("http://", "https://")) else None)
        if not isinstance(term, ox.Literal):
            return Value(DataText(str(term)))
        if term.datatype.value == XSD.boolean:
            return Value(DataText(self.said("document.yes" if term.value in ("true", "1") else "document.no")))
        if term.datatype.value in _FRACTIONS and self.said.language == "fr":
            return Value(DataText(term.value.replace(".", ",")))
        return Value(DataText(term.value))

    def _name(self, iri: str) -> DataText:
        named = best([literal for _, literal in self.document.labels.get(iri, ())], self.said.language)
        key = f"term.{compact(iri)}"
        if not named and self.said.has(key):
            return DataText(self.said(key))
        return named[0] if named else DataText(self.document.label(iri, self.said.language))
