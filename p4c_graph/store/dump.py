"""``python -m p4c_graph.store.dump FOLDER`` writes a store as N-Quads, its count in the first line.

Packed statements beside the store are taken where there are some: that is several times faster.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sys
from pathlib import Path

import pyoxigraph as ox

from p4c_graph.store.statements import STATEMENTS

_CHUNK = 1 << 18


def main(folder: Path) -> None:
    """Writes to standard output."""
    packed = folder.parent / STATEMENTS
    with os.fdopen(sys.stdout.fileno(), "wb", buffering=_CHUNK, closefd=False) as output:
        if packed.exists():
            with gzip.open(packed) as lines:
                shutil.copyfileobj(lines, output, _CHUNK)
            return
        store = ox.Store.read_only(str(folder))
        output.write(b"# %d\n" % len(store))
        output.flush()
        store.dump(output, ox.RdfFormat.N_QUADS)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except (OSError, ValueError, RuntimeError, EOFError):  # the reader sees that it is not whole
        sys.exit(1)
