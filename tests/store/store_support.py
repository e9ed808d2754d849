"""What several of the store's tests use."""

from __future__ import annotations

from dataclasses import dataclass, field

BASE = "http://example.org/"

TWO_GRAPHS = """
<http://example.org/a> <http://example.org/score> 1 .
<http://example.org/b> <http://example.org/score> 4 .
GRAPH <http://example.org/g1> { <http://example.org/a> <http://example.org/score> 1 }
GRAPH <http://example.org/g2> {
  <http://example.org/a> <http://example.org/score> 1 .
  <http://example.org/b> <http://example.org/score> 4
}
"""
"""A statement that stands in two graphs; the default graph is their merged set."""


@dataclass
class Listener:
    """A server on loopback that counts who calls."""

    port: int
    calls: list[str] = field(default_factory=list)

    @property
    def iri(self) -> str:
        return f"http://127.0.0.1:{self.port}/x"
