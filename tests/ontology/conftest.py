from pathlib import Path

import pytest
from rdflib import Graph


@pytest.fixture(scope="session")
def vocabulary(root: Path) -> Graph:
    """The ontology, its cube structures and its schemes as one graph (read only)."""
    graph = Graph()
    for path in [*(root / "ontology").glob("*.ttl"), *(root / "ontology" / "schemes").glob("*.ttl")]:
        graph.parse(path)
    return graph
