"""kill -9 in the middle of all that writes, once each; `python -m tests.kills --count 200` does it 200 times."""

import random
from pathlib import Path

import pytest

from tests.kills.proofs import PROOFS


@pytest.mark.parametrize("work", PROOFS)
def test_killed_work_loses_nothing_acknowledged_and_keeps_nothing_in_part(tmp_path: Path, work: str) -> None:
    killed = next(PROOFS[work](tmp_path, random.Random(work)))
    assert killed.kept >= killed.acknowledged
