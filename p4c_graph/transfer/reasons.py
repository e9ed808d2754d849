"""The places that a context score rests on, of many pairs of region and practice at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from p4c_graph.transfer.columns import Columns
from p4c_graph.transfer.model import TransferModel

Array = npt.NDArray[Any]
MOST = 3
"""So many places that speak for a practice are named; of those that speak against it all."""


@dataclass(frozen=True)
class Reasons:
    """(n,) by pair, in the order in which they are named: the application row, its strength and similarity."""

    pair: Array
    row: Array
    strength: Array
    """Below 0 where it lowers the score."""
    similarity: Array
    """NaN where it is unknown."""


def reasons(columns: Columns, model: TransferModel, pair: Array, rows: Array, similarity: Array) -> Reasons:
    """What carries each pair: its places, strongest first, then those that lower it.

    ``rows`` are the application rows of the practices of all pairs, ``pair`` says of which, ``similarity`` how alike
    the region of the pair and the place of the row are.
    """
    c = columns
    strength = np.where(c.application_negative[rows], -model.negative_penalty, c.application_strength[rows])
    speaks = np.flatnonzero((strength != 0) & (c.application_place[rows] >= 0))
    pair, rows, strength, similarity = (of[speaks] for of in (pair, rows, strength, similarity))
    carries = np.abs(strength) * np.nan_to_num(similarity)
    # Places and applications are numbered by IRI, which breaks ties.
    order = np.lexsort((c.application[rows], c.application_place[rows], -carries, strength < 0, pair))
    pair, rows, strength, similarity = (of[order] for of in (pair, rows, strength, similarity))
    named = strength < 0
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    named |= np.arange(len(pair)) - np.repeat(first, np.diff(first, append=len(pair))) < MOST
    return Reasons(pair[named], rows[named], strength[named], similarity[named])
