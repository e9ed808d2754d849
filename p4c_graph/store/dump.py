"""``python -m p4c_graph.store.dump FOLDER`` writes the count of a store's statements, then these."""

from __future__ import annotations

import os
import sys

import pyoxigraph as ox


def main(path: str) -> None:
    """Writes to standard output."""
    store = ox.Store.read_only(path)
    with os.fdopen(sys.stdout.fileno(), "wb", buffering=1 << 18, closefd=False) as output:
        output.write(b"%d\n" % len(store))
        output.flush()
        store.dump(output, ox.RdfFormat.N_QUADS)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (OSError, ValueError):  # nobody reads any more, or no store: the reader sees that it is not whole
        sys.exit(1)
