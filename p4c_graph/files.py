"""Files that people name: what cannot be read or written is told in one clear sentence."""

from __future__ import annotations

from pathlib import Path

from p4c_graph.errors import InputError


def read_file(path: Path, *, parameter: str | None = None) -> bytes:
    """The content of a file. Raises InputError where it cannot be read; ``parameter`` is what named the file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})", parameter=parameter) from None


def write_file(path: Path, content: bytes, *, parameter: str) -> None:
    """Writes a file. Raises InputError where it cannot be written; ``parameter`` is what named the file."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})", parameter=parameter) from None


def check_new(path: Path, endings: tuple[str, ...], *, parameter: str) -> None:
    """Raises InputError where a file to be written for people to fill in has another ending, or is there already."""
    if path.suffix.lower() not in endings:
        raise InputError(f"{path}: expected a file name that ends in {' or '.join(endings)}", parameter=parameter)
    if path.exists():
        raise InputError(f"{path}: is there already, and may be filled in; expected a new name", parameter=parameter)
