"""What a request brings is read as the standard library would read it."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4c_graph.errors import InputError
from p4c_graph.web.requests import read_parameters

PIECES = [b"query", b"a", b"=", b"&", b"+", b"%", b"%41", b"%3D", b"%26", b"%25", b"%c3%a9", b"%E9", b"%0A", b"%0d%0A",
          b"%00", b"_", b".", b";", b"==", b"=\n", b"\n", b" \t", b"\x80", b"%4", b"%zz"]


def ours(encoded: bytes) -> dict[str, list[str]] | None:
    """What is read, None where it is refused; every name is known."""

    class Any(tuple[str, ...]):
        def __contains__(self, name: object) -> bool:
            return True

    try:
        return dict(read_parameters(encoded, Any(("query",))))
    except InputError:
        return None


def standard(encoded: bytes) -> dict[str, list[str]] | None:
    """The same by the standard library."""
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        return None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_parameters_are_decoded_as_the_standard_library_decodes_them(encoded: bytes) -> None:
    assert ours(encoded) == standard(encoded)


@pytest.mark.parametrize(("fields", "read"), [(100, True), (101, False)])
def test_more_than_a_hundred_parameters_are_refused(fields: int, read: bool) -> None:
    assert (ours(b"&".join([b"a=1"] * fields)) is not None) is read
