"""Makes the referee quicker: rdflib parses each query of a shape once, not once for every node."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from rdflib.plugins.sparql import processor


@pytest.fixture(autouse=True, scope="session")
def queries_parsed_once() -> Iterator[None]:
    parse, translate = processor.parseQuery, processor.translateQuery

    @cache
    def parsed(text: str) -> Any:
        return translate(parse(text))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processor, "parseQuery", lambda text: text)
        patch.setattr(processor, "translateQuery", lambda text, base=None, initNs=None: parsed(text))  # noqa: N803
        yield
