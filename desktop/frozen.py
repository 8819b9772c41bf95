"""Where the frozen program starts: as the `whyflag` command, or as one of its own child processes."""

import os
import sys

import platformdirs

from domain.child_process import run_if_child

SEARCH_PATH = "LD_LIBRARY_PATH"
START_ANEW = "PYINSTALLER_RESET_ENVIRONMENT"


def give_search_path_back() -> None:
    """PyInstaller's loader set it for this process, which has read it: the desktop's own programs, which the window
    opens files with, are not to find our libraries in place of theirs. The loader of a child, which would rely on its
    parent's, is told to set it anew."""
    before = os.environ.pop(f"{SEARCH_PATH}_ORIG", None)
    os.environ.pop(SEARCH_PATH, None)
    if before is not None:
        os.environ[SEARCH_PATH] = before
    os.environ[START_ANEW] = "1"


def keep_scratch_in_place() -> None:
    """matplotlib's list of fonts: with what else whyflag may make anew."""
    os.environ.setdefault("MPLCONFIGDIR", str(platformdirs.user_cache_path("whyflag") / "matplotlib"))


if __name__ == "__main__":
    give_search_path_back()
    keep_scratch_in_place()
    run_if_child()
    from desktop.__main__ import main

    sys.exit(main())
