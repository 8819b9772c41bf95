"""How long whyflag takes until its window can be used, seen from outside: start_time.py PROGRAM FOLDER. Needs Xvfb.

A demo store is made in FOLDER. The picture of an X server without a screen lies in a file there; the window counts as
usable once its last large part, the rows of the queue, is drawn. The first start warms the disk's cache.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

STARTS = 5
WATCHED_SECONDS = 8.0
POLL_SECONDS = 0.02
LARGE = 0.005  # share of the picture; a clock or a blinking cursor is less
WIDTH, HEIGHT = 1280, 800
DISPLAY = ":97"


def picture(file: Path) -> NDArray[np.uint32]:
    content = np.fromfile(file, dtype=np.uint32)
    return content[-WIDTH * HEIGHT :]


def seconds_until_usable(command: list[str], file: Path, environment: dict[str, str]) -> float:
    """Of the last large change within the time watched."""
    before = picture(file)
    started = time.monotonic()
    usable = 0.0
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while (now := time.monotonic() - started) < WATCHED_SECONDS:
            after = picture(file)
            if np.count_nonzero(after != before) > LARGE * after.size:
                before, usable = after, now
            time.sleep(POLL_SECONDS)
        process.terminate()
    return usable


def main() -> None:
    program, folder = sys.argv[1], Path(sys.argv[2])
    if shutil.which("Xvfb") is None:
        print("start time: not measured, there is no Xvfb")
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    passphrase = folder / "passphrase"
    passphrase.write_text("start-time\n", encoding="utf-8")
    own = {name: str(folder / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "WHYFLAG_DATA")}
    environment = {**os.environ, **own, "DISPLAY": DISPLAY, "QT_QPA_PLATFORM": "xcb"}
    store = ["--store", str(folder / "demo.duckdb"), "--passphrase-file", str(passphrase)]
    subprocess.run([program, "demo", "--customers", "100", "--days", "45", *store], env=environment, check=True)
    screen = ["-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder), "-nolisten", "tcp"]
    with subprocess.Popen(["Xvfb", DISPLAY, *screen], stderr=subprocess.DEVNULL) as server:
        file = folder / "Xvfb_screen0"
        while not file.exists() and server.poll() is None:
            time.sleep(POLL_SECONDS)
        took = [seconds_until_usable([program, *store], file, environment) for _ in range(STARTS + 1)][1:]
        server.terminate()
    print(
        f"start to usable window, warm: median {statistics.median(took):.2f} s of {STARTS}, slowest {max(took):.2f} s"
    )


if __name__ == "__main__":
    main()
