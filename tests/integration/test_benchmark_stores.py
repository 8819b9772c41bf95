"""What the benchmarks measure on is made as the store is made today."""

from pathlib import Path

import numpy as np

from tests.benchmarks.similar_cases import fill
from tests.stores import new_store


def test_the_cases_of_the_search_for_similar_ones_are_found(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        vectors = fill(store, 300, np.random.default_rng(1))
        found = store.reasons.nearest("c", vectors[0], but="T-00000000", least=0.5, limit=3)
    assert len(found) == 3
