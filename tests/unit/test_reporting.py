"""A report's content from records, and writing it: whole or not at all."""

import dataclasses
import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from domain.errors import ReportFailed
from domain.progress import Progress, finish
from domain.reporting import Case, Format, Report, build_report, report_paths, report_time, write_report
from tests.reports import CREATED, a_decision, a_report, a_transaction, an_alert, an_explanation


def plain(report: Report, format: Format) -> bytes:
    return f"{report.title} as {format}".encode()


def test_counts_are_over_the_reports_cases_and_list_every_key() -> None:
    counts = a_report().counts
    assert counts.cases == 3
    assert dict(counts.bands) == {"critical": 1, "high": 1, "medium": 0, "low": 1}
    assert dict(counts.dispositions) == {
        "confirmed_fraud": 1, "false_positive": 0, "inconclusive": 0, "escalated": 0, "open": 2,
    }  # fmt: skip
    assert dict(counts.origins) == {"model": 1, "upstream": 1, "asked for": 1}
    assert dict(counts.sentences) == {"verified": 3, "repaired": 3, "template": 3}
    assert (counts.drafts, counts.drafts_verified) == (3, 0)


def test_fixed_sentences_count_as_no_draft_of_the_model() -> None:
    narrative = dataclasses.replace(an_explanation().narrative, origin="template", draft_verified=True)
    counts = a_report([Case(a_transaction(), an_alert(), an_explanation(narrative=narrative))]).counts
    assert (counts.drafts, counts.drafts_verified) == (0, 0)


def test_newest_decision_holds_and_a_reopened_case_is_open() -> None:
    decided = Case(a_transaction(), an_alert(), an_explanation(), (), (a_decision(),))
    reopened = Case(
        a_transaction(), an_alert(), an_explanation(), (), (a_decision(), a_decision(disposition=None))
    )  # fmt: skip
    assert (decided.disposition, reopened.disposition) == ("confirmed_fraud", "open")


def test_threshold_is_stated_once_only_where_all_cases_share_it() -> None:
    assert a_report().threshold == 0.31
    other = Case(a_transaction("T-9"), an_alert("T-9"), an_explanation("T-9", threshold=0.5))
    assert a_report([*a_report().cases, other]).threshold is None
    assert a_report([]).threshold is None


def test_creation_time_is_stated_in_utc() -> None:
    lisbon_summer = datetime(2026, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    assert a_report(created_at=lisbon_summer).created_at == datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


def test_parts_of_two_transactions_make_no_case() -> None:
    with pytest.raises(ValueError, match="T-1 beside the explanation of T-2"):
        build_report(
            [Case(a_transaction("T-1"), None, an_explanation("T-2"))],
            created_at=CREATED,
            store="s",
            scope=a_report().scope,
            classifier=None,
            audit=a_report().audit,
        )


def test_source_date_epoch_fixes_the_time() -> None:
    assert report_time("1772357400", CREATED + timedelta(days=9)) == CREATED
    assert report_time(None, CREATED) == CREATED
    with pytest.raises(ReportFailed, match="SOURCE_DATE_EPOCH"):
        report_time("yesterday", CREATED)


def test_every_format_is_written_whole_and_private(tmp_path: Path) -> None:
    steps: list[Progress] = []
    folder = tmp_path / "new" / "reports"
    paths = finish(write_report(a_report(), folder, ("pdf", "json"), plain), steps.append)
    assert paths == report_paths(a_report(), folder, ("pdf", "json"))
    assert [path.read_text() for path in paths] == ["Fraud alert report as pdf", "Fraud alert report as json"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in paths)
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert [step.step for step in steps] == ["writing pdf", "writing json", "report written"]


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    finish(write_report(a_report(), tmp_path, ("json",), plain))
    (path,) = finish(write_report(a_report(), tmp_path, ("json",), lambda *_: b"second"))
    assert path.read_bytes() == b"second"


@pytest.mark.parametrize(
    ("number", "hint"), [(errno.ENOSPC, "space"), (errno.EROFS, "may write"), (errno.EIO, "another folder")]
)
def test_a_failed_write_leaves_nothing_and_earlier_reports_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str
) -> None:
    (earlier,) = finish(write_report(a_report(), tmp_path, ("json",), plain))

    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportFailed) as failed:
        finish(write_report(a_report(), tmp_path, ("json", "pdf"), lambda *_: b"second"))
    assert str(tmp_path) in failed.value.message
    assert hint in failed.value.hint
    assert list(tmp_path.iterdir()) == [earlier]
    assert earlier.read_text() == "Fraud alert report as json"


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("mine")
    with pytest.raises(ReportFailed, match="reports"):
        finish(write_report(a_report(), tmp_path / "reports", ("json",), plain))
    assert (tmp_path / "reports").read_text() == "mine"


def test_a_renderer_that_refuses_leaves_no_format_behind(tmp_path: Path) -> None:
    def refuse_pdf(report: Report, format: Format) -> bytes:
        if format == "pdf":
            raise ReportFailed("no layout")
        return b"{}"

    with pytest.raises(ReportFailed, match="no layout"):
        finish(write_report(a_report(), tmp_path, ("json", "pdf"), refuse_pdf))
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_run_leaves_nothing(tmp_path: Path) -> None:
    work = write_report(a_report(), tmp_path, ("json", "pdf"), plain)
    next(work)
    next(work)
    assert len(list(tmp_path.iterdir())) == 1
    work.close()
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from domain.progress import finish
from domain.reporting import write_report
from tests.reports import a_report

def die_at_the_second(report, format):
    if format == "pdf":
        os.kill(os.getpid(), signal.SIGKILL)
    return b"{}"

finish(write_report(a_report(), Path(sys.argv[1]), ("json", "pdf"), die_at_the_second))
"""


def test_a_killed_run_leaves_no_report_and_the_next_one_clears_up(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, check=False)
    assert killed.returncode == -9
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
    paths = finish(write_report(a_report(), tmp_path, ("json", "pdf"), plain))
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_files_are_recorded_with_their_hashes_before_they_appear(tmp_path: Path) -> None:
    seen: list[tuple[Mapping[str, str], list[str]]] = []

    def record(hashes: Mapping[str, str]) -> None:
        seen.append((dict(hashes), [path.name for path in tmp_path.glob("whyflag-*")]))

    (path,) = finish(write_report(a_report(), tmp_path, ("json",), plain, record))
    assert seen == [({path.name: hashlib.sha256(path.read_bytes()).hexdigest()}, [])]
