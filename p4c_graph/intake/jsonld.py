"""JSON-LD made ready for the engine: our context written out, no other one fetched, numbers as written."""

from __future__ import annotations

import json
from decimal import Context, Decimal
from typing import Any

from p4c_graph.errors import SyntaxProblem
from p4c_graph.namespaces import XSD
from p4c_graph.store.jsonld import CONTEXT_IRI
from p4c_graph.store.jsonld import context as our_context

_DEEPEST = 100
_MOST_CONTEXTS = 1000
_LONGEST_NUMBER = 100
_LENIENT = Context(prec=_LONGEST_NUMBER, traps=[])


def prepared(text: bytes, source: str, *, only_ours: bool = False) -> bytes:
    """The document with our context in place of its IRI and every fraction as an exact decimal.

    ``only_ours`` refuses contexts that define terms of their own. Raises SyntaxProblem where it is not JSON, nested
    too deeply, or names a context of others.
    """
    try:
        document = json.loads(text, parse_float=_decimal, parse_constant=_decimal)
        return json.dumps(_Document(source, only_ours).node(document), default=float).encode()
    except RecursionError:
        raise SyntaxProblem(f"is nested more than {_DEEPEST} levels deep", source=source) from None
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise SyntaxProblem(f"is not JSON: {error}", source=source, line=line) from None


class _Document:
    """One document on its way: where it comes from, and how many contexts it has named."""

    def __init__(self, source: str, only_ours: bool) -> None:
        self.source, self.only_ours = source, only_ours
        self.contexts = 0

    def node(self, value: Any, depth: int = 0) -> Any:
        """A value of the document, all that is in it prepared."""
        self.checked(depth)
        if isinstance(value, list):
            return [self.node(part, depth + 1) for part in value]
        if isinstance(value, Decimal):
            return self.literal({"@value": value})
        if not isinstance(value, dict):
            return value
        if "@value" in value:
            return self.literal(value)
        return {
            key: self.context(part, depth + 1) if key == "@context" else self.node(part, depth + 1)
            for key, part in value.items()
        }

    @staticmethod
    def literal(value: dict[str, Any]) -> dict[str, Any]:
        """A value object, a fraction in it as decimal; JSON in it stays as it is."""
        if not isinstance(number := value["@value"], Decimal):
            return value
        return {"@type": XSD.decimal, **value, "@value": format(number, "f")}

    def context(self, value: Any, depth: int = 0) -> Any:
        """A context, ours written out."""
        self.checked(depth)
        if isinstance(value, list):
            return [self.context(part, depth + 1) for part in value]
        if isinstance(value, dict) and "@import" in value:
            raise self._refused(value["@import"])
        if isinstance(value, dict) and self.only_ours:
            raise self._refused(", ".join(map(str, value)) or "{}")
        if isinstance(value, dict):
            return {key: self._definition(part, depth + 1) for key, part in value.items()}
        if not isinstance(value, str):
            return value
        self.contexts += 1
        if self.contexts > _MOST_CONTEXTS:
            raise SyntaxProblem(f"has over {_MOST_CONTEXTS} contexts, expected one", source=self.source)
        if value != CONTEXT_IRI:
            raise self._refused(value)
        return our_context()

    def checked(self, depth: int) -> None:
        """Refuses a depth at which the engine would run out of stack."""
        if depth > _DEEPEST:
            raise SyntaxProblem(f"is nested more than {_DEEPEST} levels deep", source=self.source)

    def _definition(self, value: Any, depth: int) -> Any:
        """The definition of a term, which may have a context of its own."""
        if not isinstance(value, dict) or "@context" not in value:
            return value
        return {**value, "@context": self.context(value["@context"], depth)}

    def _refused(self, context: Any) -> SyntaxProblem:
        verb = "taken" if self.only_ours else "fetched"
        return SyntaxProblem(f"@context {context} is not {verb}, expected {CONTEXT_IRI}", source=self.source)


def _decimal(digits: str) -> Decimal:
    """A fraction as it is written: the engine would write the JSON number 0.5 as the decimal ``5.0E-1``."""
    number = _LENIENT.create_decimal(digits)
    if len(digits) > _LONGEST_NUMBER or not number.is_finite() or abs(number.adjusted()) > _LONGEST_NUMBER:
        raise ValueError(f"{digits[:_LONGEST_NUMBER]} is not a number of at most {_LONGEST_NUMBER} digits")
    return number
