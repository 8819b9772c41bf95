"""Adds the contributions of a classifier's features up by meaning: the unit that a reason is told and compared in."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from domain.meanings import Meaning, meaning_of
from domain.scoring import FloatArray


@dataclass(frozen=True)
class Grouping:
    """The m meanings of f features, in the order in which the features first name them.

    `members` holds each meaning's columns, `places` (f,) each column's meaning.
    """

    features: tuple[str, ...]
    meanings: tuple[Meaning, ...]
    members: tuple[NDArray[np.intp], ...]
    places: NDArray[np.intp]

    def sums(self, contributions: FloatArray) -> FloatArray:
        """(n, f) contributions of features -> (n, m) of meanings; their total stays the same.

        Added up one after another: the last digit of a matrix product hangs on how many rows there are, and what is
        told of one alert must be what is told of it among many.
        """
        sums = np.zeros((len(contributions), len(self.members)))
        for column, place in enumerate(self.places):
            sums[:, place] += contributions[:, column]
        return sums

    def place(self, feature: str) -> int:
        """The meaning that a feature belongs to. Raises ValueError where it is none of these."""
        return int(self.places[self.features.index(feature)])

    def name(self, meaning: int) -> str:
        """The first of its features: what a meaning is called where none of them is told."""
        return self.features[int(self.members[meaning][0])]


@lru_cache(maxsize=8)
def grouping_of(features: tuple[str, ...]) -> Grouping:
    """The same features give the same grouping, so vectors of one classifier can be compared."""
    columns: dict[tuple[str, ...], list[int]] = {}
    for column, name in enumerate(features):
        columns.setdefault(meaning_of(name).features, []).append(column)
    members = tuple(np.array(listed, dtype=np.intp) for listed in columns.values())
    places = np.empty(len(features), dtype=np.intp)
    for place, listed in enumerate(members):
        places[listed] = place
    return Grouping(features, tuple(meaning_of(features[listed[0]]) for listed in members), members, places)
