"""A full or read-only disk under each work: our error, nothing lost. `python -m tests.kills.disks` does all."""

from pathlib import Path

import pytest

from tests.kills.disks import can_mount, on_bad_disk

needs_a_disk = pytest.mark.skipif(not can_mount(), reason="this system gives its users no mount namespace")


@needs_a_disk
@pytest.mark.parametrize(
    ("kind", "work", "error"),
    [
        ("full", "import", "StoreWriteFailed"),
        ("full", "score", "StoreWriteFailed"),
        ("full", "decide", "StoreWriteFailed"),
        ("full", "export", "ReportFailed"),
        ("full", "migrate", "BackupFailed"),
        ("full", "backup", "BackupFailed"),
        ("read-only", "decide", "StoreWriteFailed"),
        ("read-only", "export", "ReportFailed"),
        ("read-only", "backup", "BackupFailed"),
    ],
)
def test_bad_disk_is_told_in_words_and_loses_nothing(tmp_path: Path, kind: str, work: str, error: str) -> None:
    told = on_bad_disk(kind, work, tmp_path)
    assert told.error.startswith(f"{error}: "), told.output
    words = "No space left on device" if kind == "full" else "Read-only file system"
    assert words in told.error and "Traceback" not in told.output
    if work == "decide":
        assert told.notes == told.acknowledged, "every decision acknowledged, and no other"
    if work != "score":
        assert told.transactions == 20_000, "neither more nor fewer than before"
    if work == "export":
        assert told.acknowledged == () or len(told.acknowledged) % 4 == 0, "whole reports only"
