"""What tests need beyond Python packages: where it is missing they are skipped, or fail if it is required."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(name: str, told: str) -> NoReturn:
    """Ends a test for want of something; it fails where the variable TESTS_REQUIRE names it."""
    if name in os.environ.get("TESTS_REQUIRE", "").split(","):
        pytest.fail(f"{told}; it is required here (TESTS_REQUIRE)")
    pytest.skip(told)
