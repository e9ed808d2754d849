"""What people write into cells, and the value it is taken for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4c_graph.intake.cells import decimal, harmless, literal, plain
from p4c_graph.intake.csvw import Column
from p4c_graph.intake.problems import CellError
from p4c_graph.intake.sheets import Fault, Formula, Percent
from p4c_graph.intake.sources import Library
from p4c_graph.namespaces import XSD

COLUMN = replace(Library.shipped().templates[0].written[0], separator=None, minimum=None, maximum=None)


def value(cell: Any, datatype: str, **column: Any) -> str:
    described: Column = replace(COLUMN, datatype=datatype, **column)
    return literal(cell, plain(cell), described)


@pytest.mark.parametrize(("cell", "expected"), [
    (12, "12"), (12.0, "12"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (-3.5, "-3.5"), (0, "0"), (-0.0, "0"),
    ("12.5", "12.5"), ("12,5", "12.5"), (" 12 ", "12"), ("1 234,5", "1234.5"), ("1\u202f234\u00a0567", "1234567"),
    ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1,234,567", "1234567"), ("1.234.567", "1234567"),
    ("0,123", "0.123"), ("1.234", "1.234"), ("1'234'567.8", "1234567.8"), ("12 500 €", "12500"), ("-1,5", "-1.5"),
    ("−2", "-2"), ("+3", "3"), ("12,5 %", "12.5"), ("12.5%", "12.5"), (Percent(0.125), "12.5"), (",5", "0.5"),
    ("1234,5678", "1234.5678"),
])
def test_numbers_in_the_forms_people_write(cell: Any, expected: str) -> None:
    assert value(cell, XSD.decimal) == expected


@pytest.mark.parametrize("cell", ["1e9", "NaN", "twelve", "1..2", "1,2,3", "1.2,3.4", ".", ",", "12 5", "١٢", "1_0",
                                  "0x10", "12 €€", "9" * 60, datetime(2011, 6, 30)])
def test_what_is_no_number_is_refused(cell: Any) -> None:
    with pytest.raises(CellError, match="is not a number"):
        value(cell, XSD.decimal)


def test_a_comma_that_may_separate_thousands_is_asked_about() -> None:
    with pytest.raises(CellError, match=r"'1,234' may be read as 1234 or as 1\.234"):
        value("1,234", XSD.decimal)


def test_a_percentage_is_a_fraction_where_the_column_ends_at_one() -> None:
    assert value(Percent(0.125), XSD.decimal, maximum=Decimal(1)) == "0.125"
    assert value("12,5 %", XSD.decimal, maximum=Decimal(1)) == "0.125"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-10**12, max_value=10**12))
def test_a_number_with_a_point_or_a_comma_is_the_same(number: Decimal) -> None:
    # Four decimals: a comma before exactly three digits is asked about.
    digits = format(number, "f") + "0"
    assert decimal(digits, digits) == decimal(digits.replace(".", ","), digits) == number


def test_a_whole_number_has_no_fraction() -> None:
    assert value(4.0, XSD.integer) == value("4,0", XSD.integer) == "4"
    with pytest.raises(CellError, match=r"'3\.7' is not a whole number"):
        value(3.7, XSD.integer)


@pytest.mark.parametrize("cell", [
    datetime(2011, 10, 24), date(2011, 10, 24), 40840, "40840", "2011-10-24", "24/10/2011", "24.10.2011", "24-10-2011",
    "2011/10/24", "24 October 2011", "24th October 2011", "24 octobre 2011", "24 oct. 2011", "Oct 24, 2011",
    "October 24 2011", " 24/10/2011 ", "2011-10-24T00:00:00", "2011-10-24 00:00", "24 OCTOBRE 2011",
])
def test_days_in_the_forms_people_write(cell: Any) -> None:
    assert value(cell, XSD.date) == "2011-10-24"


@pytest.mark.parametrize(("cell", "expected"), [
    ("1er février 2012", "2012-02-01"), ("3 août 2011", "2011-08-03"), ("5/6/2011", "2011-06-05"),
])
def test_days_come_before_months(cell: str, expected: str) -> None:
    assert value(cell, XSD.date) == expected


@pytest.mark.parametrize(("cell", "message"), [
    ("30/02/2011", "'30/02/2011' is not a date"), ("10/24/2011", "has no month 24; days come first here, expected "
     "year-month-day such as 2011-10-24"), ("2011", "is a year"), (2011, "is a year"), ("24/10/11", "is not a date"),
    ("soon", "is not a date"), (12, "is not a date"), ("24 brumaire 2011", "is not a date"),
    ("2011-W10", "is not a date"),
    (99999, "is not a date"), ("2011-10-24 13:30", "is not a date"),
])
def test_what_is_no_day_is_refused(cell: Any, message: str) -> None:
    with pytest.raises(CellError, match=message):
        value(cell, XSD.date)


@pytest.mark.parametrize(("cell", "expected"), [(2011, "2011"), (2011.0, "2011"), (" 2011", "2011")])
def test_years(cell: Any, expected: str) -> None:
    assert value(cell, XSD.gYear) == expected


@pytest.mark.parametrize("cell", [11, "11", "2011-06", datetime(2011, 6, 30), 2011.5, "٢٠١١"])
def test_what_is_no_year_is_refused(cell: Any) -> None:
    with pytest.raises(CellError, match="is not a year"):
        value(cell, XSD.gYear)


@pytest.mark.parametrize(("cells", "expected"), [
    ((True, "yes", "Oui", "VRAI", "true", 1, "y"), "true"), ((False, "no", "Non", "FAUX", "false", 0), "false"),
])
def test_yes_and_no_in_either_language(cells: tuple[Any, ...], expected: str) -> None:
    assert {value(cell, XSD.boolean) for cell in cells} == {expected}


def test_an_address_begins_with_http() -> None:
    assert value("https://example.org/a?b", XSD.anyURI) == "https://example.org/a?b"
    for wrong in ("www.example.org", "javascript:alert(1)", "http:// x", "file:///etc/passwd"):
        with pytest.raises(CellError, match="is not an address"):
            value(wrong, XSD.anyURI)


@pytest.mark.parametrize("cell", [
    None, "", "  ", "\u00a0", "n/a", "N/A", "n.a.", "-", "–", "—", "?", "nc", "s.o.", "n/d",
])
def test_what_stands_for_unknown_is_empty(cell: Any) -> None:
    assert plain(cell) == ""


@pytest.mark.parametrize("cell", ["unknown", "none", "no", "0", "néant"])
def test_what_says_something_is_not_empty(cell: str) -> None:
    assert plain(cell) == cell


@pytest.mark.parametrize(("cell", "message"), [
    (Formula("=HYPERLINK(1)"), r"holds the formula '=HYPERLINK\(1\)', which is not evaluated; expected a value"),
    (Fault("#N/A"), "holds the error '#N/A'"),
    ("a\u202eb", "holds the character U\\+202E"), ("a\x00b", "U\\+0000"), ("a\x1bb", "U\\+001B"),
    ("a\u2066b", "U\\+2066"),
    ("a\u200bb", "U\\+200B"), ("a\U000e0041b", "U\\+E0041"),
    ("x" * 20_001, "holds 20,001 characters, expected at most 20,000"),
])
def test_what_cannot_be_trusted_is_refused(cell: Any, message: str) -> None:
    with pytest.raises(CellError, match=message):
        plain(cell)


def test_texts_keep_lines_and_letters_of_all_languages() -> None:
    assert plain("Łódź\nΑθήνα\tТартту هنا") == "Łódź\nΑθήνα\tТартту هنا"


@pytest.mark.parametrize("text", ["=1+1", "+33", "-a", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_program_would_take_for_a_formula_gets_a_quote_and_loses_it_again(text: str) -> None:
    assert harmless(text) == f"'{text}" or text == "+33"
    if text[0] not in "\t\r":
        assert plain(harmless(text)) == text


@pytest.mark.parametrize("text", ["-5", "-1.5", "+3", "a=b", "", "12"])
def test_numbers_and_plain_texts_need_no_quote(text: str) -> None:
    assert harmless(text) == text
