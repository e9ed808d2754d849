"""The last stage where a SPARQL server is configured: the new snapshot goes there."""

from __future__ import annotations

from p4c_graph.errors import Busy, OverLimit, StoreProblem
from p4c_graph.progress import Progress
from p4c_graph.settings import Settings
from p4c_graph.store.snapshots import Snapshot


def push_where_configured(settings: Settings, snapshot: Snapshot, progress: Progress | None = None) -> bool:
    """Whether there is a SPARQL server in the settings, which then holds this snapshot.

    Raises StoreProblem where it does not: the snapshot stays, and can be pushed again.
    """
    if not settings.sparql_url:
        return False
    from p4c_graph.store.push import push  # and its HTTP client, only where it is used

    try:
        push(settings, snapshot, progress)
    except (StoreProblem, OverLimit, Busy) as error:
        raise StoreProblem(
            f"Snapshot {snapshot.id} is there and current in {settings.store}, but could not be pushed: "
            f"{str(error).rstrip('.')}. Push it again: p4c snapshots push") from None
    return True
