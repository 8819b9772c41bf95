"""`python -m tests.offline [--without-model | --suite]`: the main job where there is no network and no root.

Makes a store, imports, trains, scores, explains (with the language model, where it stands), writes a report and draws
the window, in an empty network namespace, with no capability, each socket call written down by strace and by Python's
audit hook. Exit code 1 where a step fails or a call goes beyond local IPC.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.offline.watching import Watch, python

ROOT = Path(__file__).parents[2]
PASSPHRASE = "offline"
# socket, connect, bind, sendto... with an address family that is not the machine's own
CALL = re.compile(r"\b(socket|connect|bind|sendto|sendmsg)\(.*?\b(AF_\w+|sa_family=AF_\w+)")
LOCAL = ("AF_UNIX", "AF_LOCAL")
NETLINK = "AF_NETLINK"  # asks the kernel which interfaces there are; no packet leaves


def alone(command: list[str], trace: Path | None) -> list[str]:
    """`command` in an empty network namespace as a user without rights, traced where strace is installed."""
    traced = ["strace", "-f", "-qq", "-e", "trace=%network", "-o", str(trace), *command] if trace else command
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--net", "--", *traced]


def calls(trace: Path) -> tuple[int, list[str]]:
    """How many network calls the trace holds, and those that go beyond local IPC."""
    lines = [line for line in trace.read_text(errors="replace").splitlines() if CALL.search(line)]
    outside = [line for line in lines if not any(family in line for family in (*LOCAL, NETLINK))]
    return len(lines), outside


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-model", action="store_true", help="leave the language model out")
    parser.add_argument(
        "--suite", nargs="*", metavar="TESTS", help="run pytest there instead, on these or on all tests"
    )
    arguments = parser.parse_args()
    if arguments.suite is not None:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        command = alone(python("-m", "pytest", "-q", *arguments.suite), None)
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    strace = shutil.which("strace")
    failed = False
    with tempfile.TemporaryDirectory(prefix="whyflag-offline-") as name:
        folder = Path(name)
        watch = Watch(folder)
        for number, (title, command) in enumerate(steps(folder, with_model=not arguments.without_model)):
            trace = folder / f"trace-{number}" if strace else None
            done = subprocess.run(
                alone(command, trace), cwd=ROOT, env=watch.environment() | {"QT_QPA_PLATFORM": "offscreen"},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            count, outside = calls(trace) if trace else (0, [])
            heard = [one for one in watch.heard() if one.leaves_the_machine]
            failed |= bool(done.returncode or outside or heard)
            seen = f"{count} socket calls, {len(outside)} beyond local IPC" if trace else "strace is not installed"
            print(f"{title:<34} exit code {done.returncode}   {seen}; audit hook: {len(heard)}", flush=True)
            for line in (*outside, *heard):
                print(f"    {line}")
            if done.returncode:
                print(done.stderr[-2000:])
        started = [one for one in watch.heard() if one.what == "start"]
    print(f"{len(started)} Python processes, uid 1000 without capabilities, no network interface but an unset loopback")
    return int(failed)


def steps(folder: Path, *, with_model: bool) -> list[tuple[str, list[str]]]:
    passphrase, store, rows = folder / "pass", folder / "demo.duckdb", folder / "rows.csv"
    passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
    rows.write_text("transaction_id,occurred_at,customer_id,amount\nT,2026-03-01,C,1\n", encoding="utf-8")
    common = ["--store", str(store), "--passphrase-file", str(passphrase)]

    def whyflag(*words: str) -> list[str]:
        return python("-P", "-m", "desktop.cli", *words, *common)

    no_network = "import os, socket; assert os.getuid() == 1000 and [n for _, n in socket.if_nameindex()] == ['lo']"
    window = python("-P", "-m", "desktop.pictures", "--out", str(folder / "pictures"), *common)
    narrators = ["template", "lora"] if with_model else ["template"]
    return [
        ("the place itself", python("-c", no_network)),
        ("demo: simulate, train, score", whyflag("demo", "--customers", "120", "--days", "80", "--seed", "3")),
        ("import", whyflag("import", str(rows), "--mapping", "whyflag")),
        ("train", whyflag("train")),
        ("score", whyflag("score")),
        *((f"explain ({narrator})", whyflag("explain", "first", "--narrator", narrator)) for narrator in narrators),
        ("report", whyflag("report", "--out", str(folder / "out"), "--format", "pdf,html,xlsx,csv,json", "--limit", "3",
                           "--narrator", "template")),
        ("audit verify", whyflag("audit", "verify")),
        ("doctor", python("-P", "-m", "desktop.cli", "doctor")),
        ("the window, every screen", window),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
