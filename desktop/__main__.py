"""Where `whyflag` and `python -m desktop` begin: the window where its options alone are given, else a command.

Neither loads the other's parts: a window that waited for the commands would be shown a third of a second later.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop.support.plain_imports import load_qt


def window_asked(words: Sequence[str]) -> argparse.Namespace | None:
    """What the window is to open; None where a command is named, help is asked for, or something is wrong."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--user")
    try:
        given, others = parser.parse_known_args(words)
    except argparse.ArgumentError:
        return None
    return None if others else given


def main() -> int:
    """Exit codes: 0 done, 1 the work found problems, 2 wrong usage."""
    given = window_asked(sys.argv[1:])
    if given is None:
        from desktop.cli import main as command

        command()  # ends the process itself where something went wrong
        return 0
    load_qt()
    from desktop.start import open_window

    return open_window(given.store, given.passphrase_file, given.user)


if __name__ == "__main__":
    sys.exit(main())
