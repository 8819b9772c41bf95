"""Nothing reaches for the network: each socket call of the main job, in every process it starts, is heard.

`python -m tests.offline` does the same with language model and window, in an empty network namespace, under strace.
"""

import subprocess
from pathlib import Path

from tests.e2e.command import Whyflag
from tests.offline.watching import Watch, python

JOB = """
import sys
from pathlib import Path
from tests.e2e.command import Whyflag
whyflag = Whyflag(Path(sys.argv[1]), Path(sys.argv[2]))
whyflag.run("import", sys.argv[3], "--mapping", "whyflag")
whyflag.run("score")
whyflag.run("explain", "first", "--narrator", "template")
formats = ["--format", "pdf,html,xlsx,csv,json", "--limit", "2"]
whyflag.run("report", "--out", sys.argv[4], *formats, "--narrator", "template")
whyflag.run("audit", "verify")
"""
CALL = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 0.01)\nexcept OSError: pass"


def run(watch: Watch, *arguments: str) -> None:
    done = subprocess.run(python(*arguments), env=watch.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_call_of_a_childs_child_is_heard(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    run(watch, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CALL!r}], check=True)")
    assert {one.what for one in watch.heard() if one.leaves_the_machine} >= {"socket.__new__", "socket.connect"}
    assert len({one.process for one in watch.heard()}) == 2


def test_an_import_opens_no_socket(tmp_path: Path) -> None:
    """A part of the main job that needs no demo: so the list of mutations can try it in seconds."""
    watch = Watch(tmp_path)
    rows, passphrase = tmp_path / "rows.csv", tmp_path / "passphrase"
    rows.write_text("transaction_id,occurred_at,customer_id,amount\nNEW,2026-03-01,C,1\n")
    passphrase.write_text("several words\n")
    where = ("--store", str(tmp_path / "cases.whyflag"), "--passphrase-file", str(passphrase))
    run(watch, "-P", "-m", "desktop.cli", "import", str(rows), *where)
    assert [one for one in watch.heard() if one.leaves_the_machine] == []


def test_the_main_job_opens_no_socket_beyond_this_machine(demo: Whyflag, tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    rows = tmp_path / "rows.csv"
    rows.write_text("transaction_id,occurred_at,customer_id,amount\nNEW,2026-03-01,C,1\n")
    run(watch, "-P", "-c", JOB, str(demo.store), str(demo.passphrase_file), str(rows), str(tmp_path / "out"))
    assert [one for one in watch.heard() if one.leaves_the_machine] == []
    started = [one.arguments for one in watch.heard() if one.what == "start"]
    assert any("domain.store.reader" in words for words in started), "the reading process is heard too"


def test_libraries_are_told_to_stay_offline_before_they_are_imported(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    told = "import huggingface_hub.constants as c; assert c.HF_HUB_OFFLINE and c.HF_HUB_DISABLE_TELEMETRY"
    run(watch, "-c", f"from models.narrator.offline import go_offline; go_offline(); {told}")
    run(
        watch,
        "-c",
        "import sys, models.narrator.worker, desktop.cli; assert not {'torch', 'transformers'} & {*sys.modules}",
    )
