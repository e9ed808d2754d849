"""Requests made from the server's own description of itself, right and wrong ones: none makes it fail."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def api(server: str) -> Any:
    """The description, read from the running server."""
    return schemathesis.openapi.from_url(f"{server}/openapi.json")


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_request_makes_the_server_fail(case: Any) -> None:
    response = case.call(timeout=30)
    assert response.status_code < 500 or response.status_code == 503, f"{response.status_code} {response.text[:300]}"
    if response.status_code >= 400:
        assert response.headers["content-type"].startswith(("application/problem+json", "text/html"))
        assert "Traceback" not in response.text
