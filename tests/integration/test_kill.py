"""kill -9 in the middle of import and decide (a few times; `python -m tests.kill` does it twenty times each)."""

import random
from pathlib import Path

from tests.kill import kill_decisions, kill_imports


def test_killed_import_is_whole_or_absent(tmp_path: Path) -> None:
    killed = list(kill_imports(tmp_path, 3, random.Random(7)))
    assert len(killed) == 3 and all(kill.kept >= kill.acknowledged for kill in killed)


def test_killed_decisions_lose_none_that_was_acknowledged(tmp_path: Path) -> None:
    killed = list(kill_decisions(tmp_path, 3, random.Random(7)))
    assert killed[-1].kept >= killed[-1].acknowledged > 0
