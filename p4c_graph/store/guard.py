"""Says what a SPARQL text is, and refuses those that would make the store fetch something from elsewhere.

The engine follows ``SERVICE`` and ``LOAD`` and has no switch for it. Its grammar knows no borders between
words (``1SERVICEex:s{}`` asks a server), so a word is judged by what it contains.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal
from urllib.parse import urljoin

from p4c_graph.errors import Forbidden, InputError, SyntaxProblem
from p4c_graph.namespaces import PREFIXES
from p4c_graph.store.formats import Form
from p4c_graph.store.lexer import Token, may_be_less_than, skip_blank, tokens, unescape

NESTING = 200
"""How deep brackets may be nested; the engine's parser fails much further on."""

_QUERY = re.compile("SELECT|ASK|CONSTRUCT|DESCRIBE")
_UPDATE = re.compile("INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH")
_FETCHING = ("service", "load")
_HOST_ONLY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]*:)?//[^/?#]*[:\]][^/?#]*")
_BLANK = r"(?:[ \t\r\n]++|\#[^\r\n]*+)*"
_TARGET = re.compile(
    rf"{_BLANK}(?:SILENT{_BLANK})?(?:<[^<>]*+>|[?$]\w++|[\w.\-]*+:[\w:.\-%\\]*+)?{_BLANK}\{{", re.IGNORECASE
)
_BEFORE_GRAPH = frozenset({"GRAPH", "FROM", "NAMED", "DESCRIBE"})
_IN_UPDATE = _BEFORE_GRAPH | {"USING", "WITH", "TO", "INTO", "ADD", "MOVE", "COPY", "SILENT", "PREFIX"}
_EXTENSIONS = frozenset({"bif", "sql", "java"})
_MOST_READINGS = 16
_NO_SERVICE = "SERVICE is not allowed: a query may not make this server ask another one."


@dataclass(frozen=True)
class QueryInfo:
    """What a text is, before any engine has seen it."""

    form: Form | Literal["UPDATE"]
    keywords: frozenset[str]
    """The words in it, upper case: keywords and functions."""
    prefixes: Mapping[str, str]
    """The prefixes it uses, of those that it declares or that are always known."""
    unknown_prefixes: tuple[str, ...] = ()
    """The others that it may use."""
    default_graphs: tuple[str, ...] = ()
    """The graphs of its FROM clauses, as often as they stand there."""
    named_graphs: tuple[str, ...] = ()
    """The graphs of its FROM NAMED clauses, as often as they stand there."""
    undeclared: frozenset[str] = frozenset()
    """The prefixes that are always known, of those that it uses and does not declare."""


def check_query(text: str, *, remote: bool = False) -> QueryInfo:
    """What a query is, once it is sure that it is one and fetches nothing.

    ``remote`` adds what other servers understand: DEFINE, bif:, sql:, java:, keywords with escapes.
    Raises Forbidden, SyntaxProblem where it has no form or a string is not closed, InputError where it nests too deep.
    """
    info = _check(text, remote=remote)
    if info.form == "UPDATE":
        raise Forbidden("This is an update; a query starts with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    return info


def check_update(text: str, *, remote: bool = False) -> QueryInfo:
    """What an update is, once it is sure that it is one and fetches nothing. Raises as ``check_query``."""
    info = _check(text, remote=remote, update=True)
    if info.form != "UPDATE":
        raise InputError(f"This is a {info.form} query; expected an update such as INSERT DATA.")
    return info


def _is_suspect(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in _FETCHING)


def _check(text: str, *, remote: bool, update: bool = False) -> QueryInfo:
    known = _check_short if len(text) < 10_000 else _check_any
    return known(text, remote=remote, update=update)


def _check_any(text: str, *, remote: bool, update: bool) -> QueryInfo:
    first = _Reading(text, remote=remote, update=update).run()
    info = first.info()
    first.refuse_other_readings()
    refusal = first.refusal
    if remote:
        for variant in {unescape(text), re.sub(r"\r(?!\n)", " ", text)} - {text}:
            reading = _Reading(variant, remote=remote, update=update).run()
            reading.refuse_other_readings()
            refusal = refusal or reading.refusal
    if refusal:
        raise Forbidden(refusal)
    return info


_check_short = lru_cache(maxsize=256)(_check_any)


@dataclass
class _Reading:
    """One way to read a text, and what was found on it."""

    text: str
    remote: bool = False
    update: bool = False
    refusal: str | None = None
    flaw: int | None = None
    forks: list[tuple[int, int]] = field(default_factory=list)
    form: Form | Literal["UPDATE"] | None = None
    base: str = ""
    keywords: set[str] = field(default_factory=set)
    declared: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    graphs: dict[str, list[str]] = field(default_factory=lambda: {"FROM": [], "NAMED": []})
    _expected: str | None = None
    _pending: str = ""
    _depth: int = 0
    _last: tuple[int, int] = (0, 0)

    def run(self, start: int = 0, depth: int = 0) -> _Reading:
        """Reads from ``start`` to the end; from the beginning it also collects facts and raises."""
        text, whole, self._depth = self.text, start == 0, depth
        suspect = self.remote or _is_suspect(text)
        nested = self.update or sum(map(text.count, "({[")) > NESTING
        for token in tokens(text, start, brackets=nested):
            kind, begin, end = token
            if kind == "name":
                word, colon, local = text[begin:end].partition(":")
                upper = word.upper()
                if suspect:
                    self._judge(token, upper, local if colon else None)
                if whole:
                    self._name(token, word, upper, local if colon else None)
                self._last = begin, end
            elif kind == "iri":
                self._iri(token, whole)
            elif kind == "open":
                self._depth += 1
                if self._depth > NESTING and whole:
                    raise InputError(f"The query is nested deeper than {NESTING} brackets.")
            elif kind == "close":
                self._depth -= 1
            else:
                self.flaw = begin
                if whole:
                    raise self._problem(kind, begin)
        return self

    def info(self) -> QueryInfo:
        """The facts, of a reading of the whole text."""
        if self.form is None:
            raise self._no_form("nothing", len(self.text))
        known = {**PREFIXES, **self.declared}
        prefixes = {prefix: str(known[prefix]) for prefix in sorted(self.used & known.keys())}
        default, named = (tuple(self.graphs[clause]) for clause in ("FROM", "NAMED"))
        unknown = tuple(sorted(self.used - known.keys() - {"_"}))
        undeclared = frozenset(self.used & PREFIXES.keys() - self.declared.keys())
        return QueryInfo(self.form, frozenset(self.keywords), prefixes, unknown, default, named, undeclared)

    # ── what is refused ──────────────────────────────────────────────────────────────────────────────────

    def refuse_other_readings(self) -> None:
        """Looks for what is to be refused where what looks like an IRI is a less-than sign."""
        if not self.forks or not (self.remote or _is_suspect(self.text)):
            return
        seen = dict.fromkeys(self.forks)
        todo = deque(seen)
        while todo and not self.refusal:
            reading = _Reading(self.text, remote=self.remote, update=self.update).run(*todo.popleft())
            self.refusal = reading.refusal
            if reading.flaw is not None and self.text.startswith(("'''", '"""'), reading.flaw):
                self._refuse("A string may be read in two ways; write a space after each less-than sign.")
            new = dict.fromkeys(fork for fork in reading.forks if fork not in seen)
            seen |= new
            todo.extend(new)
            if len(seen) > _MOST_READINGS:
                self._refuse("Too many IRIs may be read as less-than signs; write them with a prefix.")

    def _judge(self, token: Token, word: str, local: str | None) -> None:
        """Refuses a word that contains a keyword that fetches, or a name that may be keyword and name."""
        is_name = local is not None
        if "SERVICE" in word and (not is_name or self._before_group(token)):
            self._refuse(_NO_SERVICE)
        elif local and "SERVICE" in local.partition(".")[2].upper() and _TARGET.match(self.text, token[2]):
            self._refuse(_NO_SERVICE)  # to the engine, ex:a.b ends before a second dot
        elif "LOAD" in word and (not is_name or self._may_begin_operation(token)):
            self._refuse("LOAD is not allowed: this server fetches no data from elsewhere.")
        elif self.remote and "DEFINE" in word and not is_name:
            self._refuse("DEFINE is not allowed: it changes how the server works.")
        elif self.remote and is_name and word.lower() in _EXTENSIONS:
            self._refuse(f"Names with {word.lower()}: are not allowed: they run code of the server.")

    def _before_group(self, token: Token) -> bool:
        """Whether a group follows that is not the group of GRAPH, FROM or DESCRIBE."""
        opens = self.text.startswith("{", skip_blank(self.text, token[2]))
        return opens and not self._follows(_BEFORE_GRAPH, token)

    def _may_begin_operation(self, token: Token) -> bool:
        return self.update and self._depth <= 0 and not self._follows(_IN_UPDATE, token)

    def _follows(self, words: frozenset[str], token: Token) -> bool:
        begin, end = self._last
        return self.text[begin:end].upper() in words and skip_blank(self.text, end) == token[1]

    def _refuse(self, sentence: str) -> None:
        self.refusal = self.refusal or sentence

    # ── what is told ─────────────────────────────────────────────────────────────────────────────────────

    def _name(self, token: Token, word: str, upper: str, local: str | None) -> None:
        """Takes note of a word, or of a prefixed name (whose ``local`` part may be empty)."""
        expected, self._expected = self._expected, None
        if local is None and upper in ("PREFIX", "BASE"):
            self._expected = upper
        elif expected == "PREFIX" and local == "":
            self._pending, self._expected = word, "NAMESPACE"
        elif self.form is None:
            self._form(token, upper)
        elif local is None:
            self.keywords.add(upper)
            if upper == "FROM" or (upper == "NAMED" and expected == "FROM"):
                self._expected = upper
        else:
            self.used.add(word)
            namespace = self.declared.get(word) or PREFIXES.get(word)
            if expected in self.graphs and namespace:
                self.graphs[expected].append(namespace + re.sub(r"\\(.)", r"\1", local))

    def _form(self, token: Token, upper: str) -> None:
        if found := _QUERY.match(upper):
            self.form = found[0]  # type: ignore[assignment]
            self.keywords.add(found[0])
        elif _UPDATE.match(upper):
            self.form = "UPDATE"
        elif self.text[token[1] : token[2]].upper() != "VERSION":
            raise self._no_form(self.text[token[1] : token[2]], token[1])

    def _iri(self, token: Token, whole: bool) -> None:
        """Judges an IRI, and in a reading of the whole text takes note of it."""
        _, begin, end = token
        written = self.text[begin:end]
        if may_be_less_than(written) and len(self.forks) <= _MOST_READINGS:
            self.forks.append((begin + 1, self._depth))
        expected, self._expected = self._expected, None
        bare_prefix = self.text[self._last[1] - 1] == ":" and skip_blank(self.text, self._last[1]) == begin
        if not (expected or bare_prefix or self.remote):
            return
        iri = unescape(written[1:-1])
        if self.remote and iri.partition(":")[0].lower() in _EXTENSIONS:
            self._refuse(f"The IRI {written} is not allowed: it runs code of the server.")
        iri = self._resolve(iri)
        # The engine reads ex:SERVICE as ex: and SERVICE where the two joined are no IRI: http://host:SERVICE.
        if bare_prefix and _HOST_ONLY.fullmatch(iri):
            self._refuse(f"The namespace {written} ends within a host; end it with / or #.")
        if not whole:
            return
        if expected == "NAMESPACE":
            self.declared[self._pending] = iri
        elif expected == "BASE":
            self.base = iri
        elif expected in self.graphs:
            self.graphs[expected].append(iri)

    def _resolve(self, iri: str) -> str:
        try:
            return urljoin(self.base, iri)
        except ValueError:  # an impossible host: the engine will refuse it
            return iri

    def _problem(self, kind: str, position: int) -> InputError:
        line = self._line(position)
        if kind == "quote":
            return SyntaxProblem("a string is not closed, or has an unknown escape", line=line)
        begin, end = self._last
        word = unescape(self.text[begin if end == position else position :][:200]).upper()
        found = re.match(r"\w*", word)
        if found and (_is_suspect(found[0]) or _QUERY.match(found[0]) or _UPDATE.match(found[0])):
            return Forbidden("Keywords are to be written without escapes.")
        return SyntaxProblem("an escape stands outside of strings and IRIs", line=line)

    def _no_form(self, found: str, position: int) -> SyntaxProblem:
        sentence = f"a query starts with SELECT, ASK, CONSTRUCT or DESCRIBE; found {found[:40]}"
        return SyntaxProblem(sentence, line=self._line(position))

    def _line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1
