"""Small evaluations with known answers, and strategies for any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from p4c_graph.namespaces import SCHEME
from p4c_graph.process.evaluations import Array, Criterion, Evaluations
from p4c_graph.process.selection import Rules, declared_weights
from p4c_graph.transfer.result import Ref

NOTATIONS = ("C1.1", "C1.2", "C1.3", "C2.1", "C2.2", "C2.3", "C3.1", "C3.2", "C3.3", "C5")
CRITERIA = [Criterion(f"{SCHEME}criterion/{name}", name, f"Criterion {name}") for name in NOTATIONS]
ALIKE = declared_weights(CRITERIA)


def evaluations(values: Array | Sequence[object]) -> Evaluations:
    """Evaluations with these values, (practices, partners, criteria)."""
    array = np.asarray(values, dtype=float)
    return Evaluations(
        practices=[Ref(f"https://example.org/practice/{i:03}", f"Practice {i}") for i in range(array.shape[0])],
        partners=[Ref(f"https://example.org/organisation/{i}", f"Partner {i}") for i in range(array.shape[1])],
        criteria=CRITERIA, values=array)


def flat(*levels: float, partners: int = 2) -> Evaluations:
    """Practices that every partner gave the same value on every criterion."""
    return evaluations(np.broadcast_to(np.array(levels)[:, None, None], (len(levels), partners, len(CRITERIA))).copy())


def rules(size: int, method: str = "weighted", minimum: int = 1, weights: dict[str, float] | None = None) -> Rules:
    return Rules(size, method, weights or ALIKE, minimum)


@st.composite
def judged(draw: st.DrawFn, *, blanks: bool = True) -> Evaluations:
    """Up to eight practices by up to four partners on a scale of five steps, some of it blank."""
    shape = draw(st.integers(2, 8)), draw(st.integers(1, 4)), len(CRITERIA)
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    values = random.integers(0, 5, size=shape) / 4
    if blanks:
        values[random.random(shape) < draw(st.sampled_from([0.0, 0.2, 0.6]))] = np.nan
    return evaluations(values)
