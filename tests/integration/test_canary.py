"""Nothing of a case reaches the disk in the clear but what a person asked to have there, and all of it is private."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.canary import WORD, found_in, too_open

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a day left, by folder."""
    folder = tmp_path_factory.mktemp("canary")
    for name in ("input", "out", "home", "tmp", "stores"):
        (folder / name).mkdir(mode=0o700)
    home = folder / "home"
    places = {
        name: str(home / name.lower())
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    }
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "WHYFLAG_"))},
        **places,
        "HOME": str(home),
        "TMPDIR": str(folder / "tmp"),
        "XDG_RUNTIME_DIR": str(folder / "tmp"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.canary.life", str(folder)],
        cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    told = done.stdout + done.stderr
    assert done.returncode == -signal.SIGKILL and "closed\nspilled\n" in done.stdout, told
    assert all(f"{step} 0\n" in done.stdout for step in ("import", "train", "score", "report", "backup")), told
    return folder


def test_the_search_finds_what_is_in_the_clear(lived: Path) -> None:
    """Else the next test would pass for nothing."""
    assert any(name.endswith(".csv") for name in found_in(lived / "input"))
    assert any(name.endswith(".json") for name in found_in(lived / "out"))


@pytest.mark.parametrize("place", ["stores", "home", "tmp"])
def test_no_canary_in_the_clear(lived: Path, place: str) -> None:
    assert found_in(lived / place) == []


def test_the_day_left_what_could_have_leaked(lived: Path) -> None:
    """Store, log of a killed process, spill, backup; the program's log, metrics, settings, session, crash file."""
    names = {str(path.relative_to(lived)) for path in lived.rglob("*")}
    for wanted in ("cases.whyflag", "cases.whyflag.wal", "cases.whyflag.spill", "cases.whyflag.backups"):
        assert f"stores/{wanted}" in names
    for ending in ("logs/whyflag.log", "metrics.txt", "session.json", "crash.txt"):
        assert any(name.startswith("home/") and name.endswith(ending) for name in names), ending


def test_what_is_left_is_its_owners_alone(lived: Path) -> None:
    for place in ("stores", "home", "out"):
        assert too_open(lived / place) == [], place


def test_the_error_is_in_log_and_crash_file_without_its_words(lived: Path) -> None:
    [log] = (lived / "home").rglob("whyflag.log")
    errors = [json.loads(line) for line in log.read_text().splitlines() if "unexpected error" in line]
    assert [error["exception"] for error in errors] == ["builtins.ValueError"]
    [crash] = (lived / "home").rglob("crash.txt")
    assert "ValueError" in crash.read_text() and WORD not in crash.read_text()
    commands = [json.loads(line).get("operation") for line in log.read_text().splitlines()]
    assert {"import", "train", "score", "report"} <= set(commands)
    [metrics] = (lived / "home").rglob("metrics.txt")
    assert 'whyflag_errors_total{error="UnknownAlert"} 1\n' in metrics.read_text()
