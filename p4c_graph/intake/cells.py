"""What people write into a cell → the form the statements are made of, by what its column takes."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

from babel.dates import get_month_names
from openpyxl.utils.datetime import from_excel

from p4c_graph.intake.csvw import Column
from p4c_graph.intake.problems import CellError
from p4c_graph.intake.sheets import Fault, Formula, Percent, Value
from p4c_graph.languages import LANGUAGES
from p4c_graph.namespaces import XSD
from p4c_graph.terms import unaccented

LONGEST = 20_000
"""Characters of one cell."""
_UNKNOWN = frozenset({
    "n/a", "n.a.", "n. a.", "na", "n/d", "n.d.", "nd", "n/c", "n.c.", "nc", "s/o", "s.o.", "-", "--", "–", "—", "?",
    "??", "null", "nan", "tbd", "n.k.", "non renseigné", "not available", "not applicable", "sans objet", "#n/a",
})
"""What people write where they do not know, or where it does not apply."""
_BLANKS = " \t\r\n\u00a0\u2007\u202f\ufeff"
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, those that turn the direction of a text, and others that cannot be seen."""
_YES = frozenset({"true", "yes", "y", "oui", "o", "vrai", "1"})
_NO = frozenset({"false", "no", "n", "non", "faux", "0"})
_FIRST_DAY, _LAST_DAY = 15_000, 80_000
"""Numbers that are taken for days counted by Excel: 1941 to 2119."""


def plain(value: Value) -> str:
    """A cell as text, blanks around it dropped, empty where it is unknown. Raises CellError."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        raise CellError("formula", value=value.text)
    if isinstance(value, Fault):
        raise CellError("error-cell", value=value.text)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _digits(value)
    if isinstance(value, Percent):
        return f"{_digits(value.number * 100)} %"
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return _cleaned(str(value) if isinstance(value, timedelta) else value)


def _cleaned(text: str) -> str:
    text = text.strip(_BLANKS)
    if text.casefold() in _UNKNOWN:
        return ""
    if text.startswith("'") and text[1:2] in FORMULA_STARTS:
        text = text[1:]
    check_text(text)
    return text


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes a text for a formula."""


def harmless(text: str) -> str:
    """A text as it is written into a sheet for others: one that a program would take for a formula gets a quote."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text


def check_text(text: str) -> None:
    """Raises CellError where a text is too long or holds what cannot be seen."""
    if len(text) > LONGEST:
        raise CellError("long-text", length=len(text), limit=LONGEST)
    if found := _INVISIBLE.search(text):
        raise CellError("control-character", character=f"U+{ord(found[0]):04X}")


def literal(value: Value, text: str, column: Column) -> str:
    """The lexical form of a cell of a column of values, whose plain text is given. Raises CellError."""
    if column.separator and isinstance(value, str):
        parts = (part.strip(_BLANKS) for part in text.split(column.separator))
        return column.separator.join(_literal(part, part, column) for part in parts if part)
    return _literal(value, text, column)


def _literal(value: Value, text: str, column: Column) -> str:
    if column.datatype in (XSD.decimal, XSD.integer):
        return _number(text, column)
    if column.datatype == XSD.boolean:
        return _boolean(text)
    if column.datatype == XSD.gYear:
        return _year(text)
    if column.datatype == XSD.date:
        return _date(value, text)
    if column.datatype == XSD.anyURI and not re.match(r"https?://[^\s/]", text):
        raise CellError("not-an-address", value=text)
    return text


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_SPACED = re.compile(r"[0-9]{1,3}([ \u00a0\u202f'’][0-9]{3})+(?=[.,]|$)")
_THOUSANDS = {",": re.compile(r"[0-9]{1,3}(,[0-9]{3})+"), ".": re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")}


def _digits(number: float) -> str:
    """A number of a cell in digits, without the noise of binary fractions."""
    return str(number) if isinstance(number, int) else format(Decimal(format(number, ".15g")), "f")


def _number(text: str, column: Column) -> str:
    shown = text.removesuffix("€").removesuffix("EUR").rstrip(_BLANKS)
    percent = shown.endswith("%")
    number = decimal(shown.removesuffix("%").rstrip(_BLANKS), text)
    if percent and column.maximum is not None and column.maximum <= 1:
        number /= 100
    if column.datatype == XSD.integer and number != number.to_integral_value():
        raise CellError("not-whole", value=text)
    return format(number.normalize() if number else Decimal(0), "f")


def decimal(digits: str, shown: str) -> Decimal:
    """The number written in digits with a point or a comma. Raises CellError; ``shown`` is the cell in messages."""
    sign, digits = ("-", digits[1:]) if digits[:1] in ("-", "−") else ("", digits.removeprefix("+"))
    if grouped := _SPACED.match(digits):
        digits = re.sub("[^0-9]", "", grouped[0]) + digits[grouped.end():]
    last = max(",.", key=digits.rfind)
    whole, mark, fraction = digits.rpartition(last) if last in digits else (digits, "", "")
    other = "," if last == "." else "."
    if digits.count(last) > 1 or (mark and other in whole):
        grouping = last if digits.count(last) > 1 else other
        groups = digits if grouping == last else whole
        if not _THOUSANDS[grouping].fullmatch(groups):
            raise CellError("not-a-number", value=shown)
        whole, fraction = groups.replace(grouping, ""), "" if grouping == last else fraction
    elif mark == "," and re.fullmatch("[1-9][0-9]{0,2}", whole) and re.fullmatch("[0-9]{3}", fraction):
        raise CellError("ambiguous-number", value=shown, one=sign + whole + fraction, two=f"{sign}{whole}.{fraction}")
    number = f"{whole or '0'}.{fraction or '0'}"
    if not re.fullmatch(r"[0-9]{1,40}\.[0-9]{1,40}", number) or not (whole or fraction):
        raise CellError("not-a-number", value=shown)
    return Decimal(sign + number)


def _boolean(text: str) -> str:
    word = text.casefold()
    if word in _YES or word in _NO:
        return "true" if word in _YES else "false"
    raise CellError("not-yes-or-no", value=text)


# ── dates ───────────────────────────────────────────────────────────────────────────────────────────────────

_ORDERS = (
    (re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"), (1, 2, 3)),
    (re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})"), (3, 2, 1)),
)
_WORDS = (
    (re.compile(r"([0-9]{1,2})(?:er|st|nd|rd|th)?\.? ([a-z]+)\.?,? ([0-9]{4})"), (3, 2, 1)),
    (re.compile(r"([a-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})"), (3, 1, 2)),
)


def _year(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}", text, re.ASCII):
        raise CellError("not-a-year", value=text)
    return text


def _date(value: Value, text: str) -> str:
    """A day in the form 2011-06-30; days come before months, as in Europe."""
    if isinstance(value, date):
        return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    if re.fullmatch(r"[0-9]{5}", text) and _FIRST_DAY <= int(text) <= _LAST_DAY:
        day = from_excel(int(text))
        assert isinstance(day, datetime)
        return day.date().isoformat()
    if re.fullmatch(r"[12][0-9]{3}", text):
        raise CellError("year-for-a-date", value=text)
    text = re.sub(r"[ T]00:00(:00)?(\.0+)?$", "", text)
    for form, order in _ORDERS:
        if found := form.fullmatch(text):
            return _day(int(found[order[0]]), int(found[order[1]]), int(found[order[2]]), text)
    told = " ".join(unaccented(text).split())
    for form, order in _WORDS:
        if (found := form.fullmatch(told)) and (month := _months().get(found[order[1]])):
            return _day(int(found[order[0]]), month, int(found[order[2]]), text)
    raise CellError("not-a-date", value=text)


def _day(year: int, month: int, day: int, text: str) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        if month > 12 >= day:
            instead = _day(year, day, month, text)
            raise CellError("month-first", value=text, month=str(month), instead=instead) from None
        raise CellError("not-a-date", value=text) from None


@cache
def _months() -> dict[str, int]:
    """Names of months and their abbreviations, English and French, without accents → number."""
    return {
        unaccented(name).rstrip("."): number
        for language in LANGUAGES for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    }
