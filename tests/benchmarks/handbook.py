"""The handbook's 1.75 M transactions through the walk: `python -m tests.benchmarks.handbook [--data FILE]`.

Prints seconds and peak memory (all processes together) of import, training with features, scoring, and the evidence of
20 alerts. The data is not part of the project; without it the benchmark says so and ends with code 2.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

DATA = Path(__file__).parents[3] / "shared" / "data" / "handbook_raw.parquet"
POLL_SECONDS = 0.05


def measured(arguments: list[str]) -> tuple[float, float]:
    """Seconds and peak GiB of one `whyflag` command. Raises CalledProcessError where it fails."""
    started, peak = time.perf_counter(), 0
    command = [sys.executable, "-m", "desktop.cli", *arguments]
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            family = [process, *process.children(recursive=True)]
            peak = max(peak, sum(member.memory_info().rss for member in family))
        except psutil.Error:
            pass  # a child that ended while it was looked at
        time.sleep(POLL_SECONDS)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - started, peak / 2**30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    data = parser.parse_args().data
    if not data.is_file():
        print(f"{data} is not here: the handbook's data is measured with, never shipped.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        passphrase = Path(folder) / "passphrase"
        passphrase.write_text("a benchmark\n")
        place = ["--store", f"{folder}/handbook.duckdb", "--passphrase-file", str(passphrase)]
        weeks = ["--from", "2018-07-25", "--until", "2018-08-01", "--known-at", "2018-08-08"]
        steps = {
            "import": ["import", str(data), "--mapping", "handbook", *place],
            "train, with features": ["train", *weeks, *place],
            "score": ["score", *place],
            "report of 20, template": ["report", "--limit", "20", "--narrator", "template", "--out", folder, *place],
        }
        total = 0.0
        for name, arguments in steps.items():
            seconds, peak = measured(arguments)
            total += seconds if name != "report of 20, template" else 0.0
            print(f"{name:<24} {seconds:6.1f} s  {peak:5.2f} GiB", flush=True)
        print(f"{'import to scores':<24} {total:6.1f} s  (measured on {data.name}, {psutil.cpu_count()} cores)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
