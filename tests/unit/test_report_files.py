"""Writing a report's files and manifest: whole or not at all, and going on where a killed run was."""

import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from domain import reporting
from domain.errors import ReportFailed
from domain.progress import Progress, Work, finish
from domain.report_files import Ledger, file_name, write_report
from domain.reporting import Format, Report
from tests.reports import a_report

FRESH = Ledger({})


def plain(report: Report, format: Format) -> bytes:
    return f"{report.title} as {format}".encode()


def seal(report: Report, contents: Mapping[str, bytes]) -> bytes:
    return "\n".join(f"{name} {len(content)}" for name, content in contents.items()).encode()


def writing(folder: Path, formats: tuple[Format, ...], render=plain, ledger: Ledger = FRESH) -> Work[tuple[Path, ...]]:
    return write_report(a_report(), folder, formats, render, seal, ledger)


def test_every_format_is_written_whole_and_private(tmp_path: Path) -> None:
    steps: list[Progress] = []
    folder = tmp_path / "new" / "reports"
    paths = finish(writing(folder, ("pdf", "json")), steps.append)
    *files, manifest = paths
    assert [path.name for path in files] == [file_name(a_report(), "pdf"), file_name(a_report(), "json")]
    assert [path.read_text() for path in files] == ["Fraud alert report as pdf", "Fraud alert report as json"]
    assert manifest.name == "whyflag-report-20260301T093000Z.manifest.json"
    assert manifest.read_bytes() == seal(a_report(), {path.name: path.read_bytes() for path in files})
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in paths)
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert [step.step for step in steps] == ["writing pdf", "writing json", "signing", "report written"]


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    finish(writing(tmp_path, ("json",)))
    path, _ = finish(writing(tmp_path, ("json",), lambda *_: b"second"))
    assert path.read_bytes() == b"second"


@pytest.mark.parametrize(
    ("number", "hint"), [(errno.ENOSPC, "space"), (errno.EROFS, "may write"), (errno.EIO, "another folder")]
)
def test_a_failed_write_leaves_nothing_and_earlier_reports_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str
) -> None:
    earlier = sorted(finish(writing(tmp_path, ("json",))))

    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportFailed) as failed:
        finish(writing(tmp_path, ("json", "pdf"), lambda *_: b"second"))
    assert str(tmp_path) in failed.value.message
    assert hint in failed.value.hint
    assert sorted(tmp_path.iterdir()) == earlier
    assert earlier[0].read_text() == "Fraud alert report as json"


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("mine")
    with pytest.raises(ReportFailed, match="reports"):
        finish(writing(tmp_path / "reports", ("json",)))
    assert (tmp_path / "reports").read_text() == "mine"


def test_a_renderer_that_refuses_leaves_no_format_behind(tmp_path: Path) -> None:
    def refuse_pdf(report: Report, format: Format) -> bytes:
        if format == "pdf":
            raise ReportFailed("no layout")
        return b"{}"

    with pytest.raises(ReportFailed, match="no layout"):
        finish(writing(tmp_path, ("json", "pdf"), refuse_pdf))
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_run_leaves_nothing(tmp_path: Path) -> None:
    work = writing(tmp_path, ("json", "pdf"))
    next(work)
    next(work)
    assert len(list(tmp_path.iterdir())) == 1
    work.close()
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from domain.progress import finish
from tests.unit.test_report_files import writing

def die_at_the_second(report, format):
    if format == "pdf":
        os.kill(os.getpid(), signal.SIGKILL)
    return b"{}"

finish(writing(Path(sys.argv[1]), ("json", "pdf"), die_at_the_second))
"""


def test_a_killed_run_leaves_no_report_and_the_next_one_clears_up(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, check=False)
    assert killed.returncode == -9
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
    paths = finish(writing(tmp_path, ("json", "pdf")))
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_files_are_recorded_with_their_hashes_before_they_appear(tmp_path: Path) -> None:
    seen: list[tuple[Mapping[str, str], list[str]]] = []

    def record(hashes: Mapping[str, str]) -> None:
        seen.append((dict(hashes), [path.name for path in tmp_path.glob("whyflag-*")]))

    paths = finish(writing(tmp_path, ("json",), plain, Ledger({}, record=record)))
    assert seen == [({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}, [])]


def test_a_file_that_a_killed_run_left_whole_is_taken_over(tmp_path: Path) -> None:
    whole = b"as the killed run wrote it"
    name = file_name(a_report(), "pdf")
    (tmp_path / f".{name}.99999999.part").write_bytes(whole)
    rendered: list[Format] = []

    def render(report: Report, format: Format) -> bytes:
        rendered.append(format)
        return b"{}"

    ledger = Ledger({name: hashlib.sha256(whole).hexdigest()})
    pdf, _, _ = finish(writing(tmp_path, ("pdf", "json"), render, ledger))
    assert pdf.read_bytes() == whole
    assert rendered == ["json"]
    assert not list(tmp_path.glob(".*"))


def test_a_half_file_of_a_killed_run_is_written_anew(tmp_path: Path) -> None:
    name = file_name(a_report(), "pdf")
    (tmp_path / f".{name}.99999999.part").write_bytes(b"as the kil")
    ledger = Ledger({name: hashlib.sha256(b"as the killed run would have written it").hexdigest()})
    pdf, _ = finish(writing(tmp_path, ("pdf",), lambda *_: b"anew", ledger))
    assert pdf.read_bytes() == b"anew"


def test_each_file_is_kept_in_the_ledger_once_it_is_whole(tmp_path: Path) -> None:
    kept: dict[str, str] = {}
    paths = finish(writing(tmp_path, ("pdf", "json"), plain, Ledger({}, kept.__setitem__)))
    assert kept == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_a_long_report_fills_volumes_each_whole_and_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "PDF_CASES", 2)
    paths = finish(writing(tmp_path, ("pdf", "json"), lambda report, format: f"{report.volume}".encode()))
    stem = "whyflag-report-20260301T093000Z"
    expected = ["volume-1-of-2.pdf", "volume-2-of-2.pdf", "json", "manifest.json"]
    assert [path.name for path in paths] == [f"{stem}.{ending}" for ending in expected]
    assert "start=1, stop=3" in paths[1].read_text()
    assert f"{paths[1].name} {len(paths[1].read_bytes())}" in paths[-1].read_text()
