"""The one tree of errors.

    P4CError                 anything the project says no to; the message is for people
    ├── InputError           what was given is wrong (→ HTTP 400, exit 2)
    │   ├── UnknownName      a region, practice, question… that is not there; carries near matches (→ 404)
    │   ├── Withdrawn        a resource that is no longer upheld; carries what replaced it (→ 410)
    │   ├── AmbiguousName    a name that fits several; carries the candidates (→ 400)
    │   ├── SyntaxProblem    a file or query that does not parse; names file and line (→ 400)
    │   ├── Forbidden        what nobody may do here, or not this caller (→ 403)
    │   └── Unauthorized     a token is missing or not known (→ 401)
    ├── Rejected             a submission with something wrong in it; lists all of it (→ 422)
    ├── InvalidData          SHACL violations; carries the report (→ 422, exit 1)
    ├── NoSnapshot           nothing has been built yet (→ 503, exit 2)
    ├── Busy                 no room for one more query, or another build is running (→ 503)
    ├── OverLimit            a query passed its time, rows or bytes (→ 503 or 413)
    └── StoreProblem         the store failed or cannot be reached (→ 502)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from p4c_graph.validation.report import ValidationReport


class P4CError(Exception):
    """Anything the project says no to: ``str(error)`` is one clear sentence for a person.

    ``french`` says the same in French, for what a visitor of the pages is likely to meet.
    """

    french: str | None = None

    def __reduce__(self) -> tuple[object, ...]:
        # What a subclass takes differs; its message and fields are all there is to it.
        return _again, (type(self), self.args, vars(self))


def _again(kind: type[P4CError], args: tuple[object, ...], fields: dict[str, object]) -> P4CError:
    """An error that came from another process."""
    error = kind.__new__(kind, *args)
    vars(error).update(fields)
    return error


class InputError(P4CError):
    """What was given is wrong; ``parameter`` names it where it has a name."""

    def __init__(self, message: str, *, parameter: str | None = None, french: str | None = None) -> None:
        super().__init__(message)
        self.parameter, self.french = parameter, french


class UnknownName(InputError):
    """A name that is not there; ``near`` holds what may have been meant, best first."""

    def __init__(
        self, message: str, *, parameter: str | None = None, near: Sequence[str] = (), french: str | None = None,
    ) -> None:
        super().__init__(message + did_you_mean(near), parameter=parameter, french=french)
        self.near = list(near)


class Withdrawn(InputError):
    """A resource that is no longer upheld; ``replaced_by`` holds the IRIs of those that took its place."""

    def __init__(self, iri: str, *, replaced_by: Sequence[str] = (), since: str | None = None) -> None:
        when = f" on {since[:10]}" if since else ""
        instead = f" It is replaced by {', '.join(replaced_by)}." if replaced_by else ""
        on_french = f" le {since[:10]}" if since else ""
        instead_french = f" Remplacement : {', '.join(replaced_by)}." if replaced_by else ""
        super().__init__(f"{iri} was withdrawn{when}.{instead}")
        self.french = f"{iri} a été retiré{on_french}.{instead_french}"
        self.replaced_by = list(replaced_by)


class AmbiguousName(InputError):
    """A name that fits several things; ``candidates`` lists them."""

    def __init__(
        self, message: str, *, candidates: Sequence[str], parameter: str | None = None, french: str | None = None
    ) -> None:
        super().__init__(f"{message} It may be: {'; '.join(candidates)}.", parameter=parameter, french=french)
        self.candidates = list(candidates)


class SyntaxProblem(InputError):
    """Text that does not parse; ``line`` counts from 1 where it is known."""

    def __init__(self, message: str, *, source: str | None = None, line: int | None = None) -> None:
        where = source or ""
        if line is not None:
            where += f"{', ' if where else ''}line {line}"
        super().__init__(f"{where}: {message}" if where else message)
        self.source = source
        self.line = line


class Forbidden(InputError):
    """What nobody may do here (a query that makes the store fetch something), or what this caller may not do."""


class Unauthorized(InputError):
    """A token is missing or not known; ``challenge`` is what WWW-Authenticate says."""

    def __init__(self, message: str, *, challenge: str) -> None:
        super().__init__(message)
        self.challenge = challenge


class Rejected(P4CError):
    """A submission with something wrong in it; ``problems`` says of each thing where it is and what was expected."""

    def __init__(self, message: str, problems: Sequence[Mapping[str, object]]) -> None:
        super().__init__(message)
        self.problems = list(problems)


class InvalidData(P4CError):
    """Data that breaks a shape; ``report`` says which, where and why."""

    def __init__(self, message: str, report: ValidationReport) -> None:
        super().__init__(message)
        self.report = report


class NoSnapshot(P4CError):
    """Nothing has been built yet in this store."""

    french = "Rien n'a encore été construit ici ; p4c build fait le premier instantané."


class Busy(P4CError):
    """No room now; ``retry_after`` seconds is when to try again."""

    def __init__(self, message: str, *, retry_after: int = 1, french: str | None = None) -> None:
        super().__init__(message)
        self.retry_after, self.french = retry_after, french


class OverLimit(P4CError):
    """A query passed a limit; ``limit`` is the name of the setting that holds it."""

    def __init__(self, message: str, *, limit: str, french: str | None = None) -> None:
        super().__init__(message)
        self.limit, self.french = limit, french


class StoreProblem(P4CError):
    """The store failed, or the remote one cannot be reached."""


def did_you_mean(near: Sequence[str]) -> str:
    """What a message ends with where there is something like what was given; else nothing."""
    return f" Did you mean {', '.join(near)}?" if near else ""


def one_line(text: str, most: int = 120) -> str:
    """A text for a message: one line, not too long, without the characters by which it could steer a terminal."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= most else line[:most - 1] + "…"


_EXPECTED = {
    "int": ("a whole number", "un nombre entier"),
    "float": ("a number", "un nombre"),
    "bool": ("true or false", "true ou false"),
    "string": ("a text", "un texte"),
    "list": ("a list", "une liste"),
    "model": ("an object", "un objet"),
    "literal_error": ("{expected}", "{expected}"),
    "greater_than": ("a number above {gt}", "un nombre supérieur à {gt}"),
    "greater_than_equal": ("a number from {ge}", "un nombre à partir de {ge}"),
    "less_than_equal": ("a number up to {le}", "un nombre jusqu'à {le}"),
    "value_error": ("{error}", "{error}"),
}


def expected(details: Mapping[str, Any]) -> tuple[str, str]:
    """What was expected of a value that could not be taken, in English and French.

    ``details`` is one of the errors of pydantic, which reads settings, options and parameters.
    """
    kind = details["type"]
    texts = _EXPECTED.get(kind) or _EXPECTED.get(kind.partition("_")[0])
    english, french = texts or (details["msg"], details["msg"])
    values = details.get("ctx", {})
    return english.format_map(values), french.format_map(values)
