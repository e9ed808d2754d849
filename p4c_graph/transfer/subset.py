"""Some of the practices: their rows in the flat columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.transfer.columns import Columns

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Subset:
    """The columns of some practices: their indices, and the flat rows that are theirs with new offsets."""

    practices: Array
    applications: Array
    application_start: Array
    judged: Array
    """Positions of those that state a condition which can be judged from the graph; the condition rows are theirs."""
    conditions: Array
    condition_start: Array

    @classmethod
    def of(cls, columns: Columns, practices: Sequence[int] | Array) -> Subset:
        """Those of the given indices."""
        c, index = columns, np.asarray(practices, dtype=np.int64)
        rows, start = runs(c.condition_start, index)
        of = c.condition_index[rows]
        can_be = (c.condition_indicator[of] >= 0) | (c.condition_actor[of] >= 0) if c.condition_iris else of >= 0
        can_be &= of >= 0
        judged = np.flatnonzero(np.logical_or.reduceat(can_be, start)) if index.size else index
        return cls(index, *runs(c.application_start, index), judged, *runs(c.condition_start, index[judged]))


def runs(start: Array, index: Array) -> tuple[Array, Array]:
    """Flat rows of the items at ``index``, one run after the other, and where each run begins."""
    return stretches(start[index], start[index + 1])


def stretches(start: Array, end: Array) -> tuple[Array, Array]:
    """The whole numbers from each start to before its end, one run after the other, and where each run begins."""
    lengths = end - start
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return np.arange(offsets[-1]) + np.repeat(start - offsets[:-1], lengths), offsets[:-1]
