"""A knowledge graph of good practices in cluster policy: which suit this region, why, and how sure are we?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from p4c_graph.api import KnowledgeGraph

__all__ = ["KnowledgeGraph", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # Loaded on first use: the command line starts several times faster without numpy and rdflib.
    if name == "KnowledgeGraph":
        from p4c_graph.api import KnowledgeGraph

        return KnowledgeGraph
    raise AttributeError(f"module 'p4c_graph' has no attribute {name!r}")
