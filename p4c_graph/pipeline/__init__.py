"""Build and change: the one way by which data becomes a graph that is served."""

from p4c_graph.pipeline.building import BuildReport, build, check, load
from p4c_graph.pipeline.changing import ChangeReport, change
from p4c_graph.pipeline.copying import local_copy
from p4c_graph.pipeline.pushing import push_where_configured

__all__ = [
    "BuildReport", "ChangeReport", "build", "change", "check", "load", "local_copy",
    "push_where_configured",
]
