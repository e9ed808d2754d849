"""Conditions on parameters, settled once the values are given: a parameter was left open, or it has its value.

``FILTER(IF(COALESCE(STR(?__theme_iri), "") = "", true, EXISTS { … }))`` is nothing at all without a theme and
``FILTER EXISTS { … }`` with one. Every engine could work that out for itself; not every one does it right, or in time.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from p4c_graph.questions.text import Token, tokens

_CALLS = frozenset({"COALESCE", "IF", "FILTER"})
_EMPTY = re.compile(r'\s*""\s*=\s*""\s*')
_NOT_EMPTY = re.compile(r"""\s*STR\(\s*(?:<[^<>]+>|"(?:[^"\\]|\\.)+"(?:\^\^<[^<>]+>|@[\w-]+)?)\s*\)\s*=\s*""\s*""")


def settle(body: str, open_variables: Collection[str]) -> str:
    """The query without the conditions that are settled; ``open_variables`` are those of parameters without a value."""
    while found := _first(body, open_variables):
        start, end, text = found
        body = body[:start] + text + body[end:]
    return body


def _first(body: str, open_variables: Collection[str]) -> tuple[int, int, str] | None:
    """The first call that is settled: where it starts and ends, and what stands for it."""
    known = list(tokens(body))
    for i, (call, bracket) in enumerate(pairwise(known)):
        name = call.text.upper()
        if call.kind == "word" and name in _CALLS and bracket.text == "(":
            close = next(token for token in known[i + 2:] if token.kind == "close" and token.depth == bracket.depth)
            within = known[i + 1:known.index(close) + 1]
            text = _settled(name, body, within, open_variables)
            if text is not None:
                return call.start, close.end, text
    return None


def _settled(name: str, body: str, within: list[Token], open_variables: Collection[str]) -> str | None:
    depth = within[0].depth + 1
    commas = [token for token in within if token.depth == depth and token.text == ","]
    bounds = [within[0], *commas, within[-1]]
    arguments = [body[a.end:b.start].strip() for a, b in pairwise(bounds)]
    first = arguments[0]
    if name == "FILTER":
        if first == "true":
            return ""
        alone = first.endswith("}") and re.match(r"(NOT\s+)?EXISTS\s*\{", first, re.IGNORECASE)
        return f"FILTER {first}" if alone and _one_group(first) else None
    if name == "COALESCE" and len(arguments) == 2:
        end = commas[0].start
        used = {token.text for token in within if token.kind == "variable" and token.start < end}
        if used & set(open_variables):
            return arguments[1]
        return None if used else first
    if name == "IF" and len(arguments) == 3:
        if first == "true" or _EMPTY.fullmatch(first):
            return arguments[1]
        if first == "false" or _NOT_EMPTY.fullmatch(first):
            return arguments[2]
    return None


def _one_group(text: str) -> bool:
    """Whether the first group of a text is also its last."""
    return sum(token.kind == "open" and token.text == "{" and token.depth == 0 for token in tokens(text)) == 1
