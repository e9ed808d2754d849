"""The results of a field test as people give them: options of a command, or a JSON file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from p4c_graph.errors import InputError, expected, one_line
from p4c_graph.files import read_file
from p4c_graph.languages import check_language
from p4c_graph.process import names
from p4c_graph.process.fieldtests import INSTRUMENTS, Measured, Results
from p4c_graph.process.interest import Interest
from p4c_graph.questions import Resolver

Count = Annotated[int, Field(ge=0)]
_STRICT = ConfigDict(extra="forbid", frozen=True)


class Answers(BaseModel):
    """The answers of one target group."""

    model_config = _STRICT
    targetGroup: str  # noqa: N815 - the name of the ontology
    asked: Count
    interested: Count


class Result(BaseModel):
    """One measured result."""

    model_config = _STRICT
    measure: str
    value: float
    unit: str | None = None


class Form(BaseModel):
    """The results of a field test; names are those of the ontology, concepts by slug, IRI or name."""

    model_config = _STRICT
    status: str = "done"
    outcome: str | None = None
    outcomeNote: str | None = None  # noqa: N815
    start: str | None = None
    end: str | None = None
    adaptation: str | None = None
    degreeOfTransfer: str | None = None  # noqa: N815
    transferKind: str | None = None  # noqa: N815
    questionnaire: str | None = None
    interviews: str | None = None
    targetGroups: list[str] = []  # noqa: N815
    answers: list[Answers] = []
    results: list[Result] = []
    language: str = "en"

    @classmethod
    def of_options(
        cls, *, status: str, outcome: str | None, note: str | None, start: str | None, end: str | None,
        adaptation: str | None, degree: str | None, transfer: str | None, instruments: list[str], answers: list[str],
        results: list[str], language: str,
    ) -> Form:
        """What the options of a command say. Raises InputError that names the option and what was expected."""
        return cls(
            status=status, outcome=outcome, outcomeNote=note, start=start, end=end, adaptation=adaptation,
            degreeOfTransfer=degree, transferKind=transfer, language=language,
            answers=[_answers(text) for text in answers], results=[_result(text) for text in results],
            **dict(map(_instrument, instruments)))

    def resolved(self, resolver: Resolver) -> Results:
        """The results with their concepts found. Raises UnknownName with near matches, InputError."""
        check_language(self.language)

        def concept(scheme: str, value: str | None, parameter: str) -> str | None:
            return None if value is None else names.concept(resolver, scheme, value, parameter)

        groups = tuple(names.concept(resolver, "target-group", group, "target group") for group in self.targetGroups)
        instruments = {name: getattr(self, name) for name in INSTRUMENTS if getattr(self, name) is not None}
        return Results(
            status=names.concept(resolver, "application-status", self.status, "status"),
            outcome=concept("outcome", self.outcome, "outcome"), note=self.outcomeNote, start=self.start, end=self.end,
            adaptation=self.adaptation, degree=concept("degree-of-transfer", self.degreeOfTransfer, "degree"),
            transfer=concept("transfer-kind", self.transferKind, "transfer"), instruments=instruments,
            target_groups=groups, language=self.language,
            answers=tuple(Interest(names.concept(resolver, "target-group", a.targetGroup, "answers"), a.asked,
                                   a.interested) for a in self.answers),
            measured=tuple(Measured(r.measure, r.value, r.unit) for r in self.results),
        )


_FORMS: dict[object, type[BaseModel]] = {"answers": Answers, "results": Result}
"""Key of a form → what each of its items is."""


def read_form(path: Path) -> Form:
    """The form of a JSON file. Raises InputError that names file, place and what was expected."""
    try:
        return Form.model_validate(orjson.loads(read_file(path, parameter="file")))
    except ValidationError as error:
        raise InputError(f"{path}: {_problem(error.errors()[0])}", parameter="file") from None
    except ValueError as error:
        raise InputError(f"{path}: is not JSON: {error}", parameter="file") from None


def _problem(details: Mapping[str, Any]) -> str:
    """What is wrong in a form, by one of pydantic's errors."""
    *above, name = details["loc"] or ("the whole",)
    where = ".".join(map(str, details["loc"])) or name
    if details["type"] == "missing":
        return f"{where} is missing"
    if details["type"] == "extra_forbidden":
        known = _FORMS.get(above[0] if above else "", Form).model_fields
        return f"there is no key {where}; expected one of {', '.join(known)}"
    return f"{where} is {one_line(repr(details['input']))}; expected {expected(details)[0]}"


def _instrument(text: str) -> tuple[str, str]:
    name, _, description = text.partition("=")
    if name not in INSTRUMENTS:
        raise InputError(f"--instrument is {text!r}; expected {' or '.join(INSTRUMENTS)}, or one of them with "
                         "=DESCRIPTION", parameter="instrument")
    return name, description


def _answers(text: str) -> Answers:
    group, equals, counts = text.rpartition("=")
    interested, slash, asked = counts.partition("/")
    if not (equals and slash and interested.strip().isdigit() and asked.strip().isdigit()):
        raise InputError(f"--answers is {text!r}; expected GROUP=INTERESTED/ASKED, such as smes=14/20",
                         parameter="answers")
    return Answers(targetGroup=group.strip(), asked=int(asked), interested=int(interested))


def _result(text: str) -> Result:
    measure, equals, rest = text.rpartition("=")
    value, _, unit = rest.strip().partition(" ")
    try:
        number = float(value)
    except ValueError:
        number = None
    if not equals or not measure.strip() or number is None:
        raise InputError(f"--result is {text!r}; expected MEASURE=VALUE, with a unit after a space where there is one",
                         parameter="result")
    return Result(measure=measure.strip(), value=number, unit=unit.strip() or None)
