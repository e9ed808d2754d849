"""Measured interest: of those asked, the share that is interested, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

from p4c_graph.transfer.result import Score

Z95 = 1.959963984540054
"""The two-sided 95 % point of the normal distribution."""


@dataclass(frozen=True)
class Interest:
    """The answers of one target group, or of all, and the share interested."""

    group: str
    asked: int
    interested: int

    @property
    def share(self) -> Score | None:
        """The share interested with its 95 % interval; None where nobody was asked."""
        return wilson(self.interested, self.asked) if self.asked else None

    def to_dict(self) -> dict[str, Any]:
        """The JSON of one group."""
        share = self.share.to_dict() if self.share else None
        return {"target_group": self.group, "asked": self.asked, "interested": self.interested, "share": share}


def wilson(interested: int, asked: int) -> Score:
    """The share interested of those asked, with the 95 % score interval.

    Wilson, E. B. (1927): Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22, 209-212. It stays in [0, 1] and holds for small numbers, where the plain one does not.

    >>> wilson(8, 10)
    Score(expected=0.8, low=0.49015684672072346, high=0.9433190520193067)
    """
    share, z2 = interested / asked, Z95**2
    middle = (share + z2 / (2 * asked)) / (1 + z2 / asked)
    half = Z95 / (1 + z2 / asked) * sqrt(share * (1 - share) / asked + z2 / (4 * asked**2))
    return Score(share, max(0.0, middle - half), min(1.0, middle + half))
