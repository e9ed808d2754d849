"""Requests made from the server's own description of itself, right and wrong ones: none makes it fail."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

pytestmark = pytest.mark.slow
EXAMPLES = 12


def test_no_request_makes_the_server_fail(server: str) -> None:
    described = schemathesis.openapi.from_url(f"{server}/openapi.json")
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 40
    for operation in operations:

        @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
                  suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call(timeout=30)
            told = f"{case.formatted_path}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code < 500 or answer.status_code == 503, told
            assert "Traceback" not in answer.text, told

        ask()
