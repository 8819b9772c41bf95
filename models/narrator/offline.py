"""Keeps libraries from reaching for the network, and from leaving folders in /tmp. Called before they are imported."""

import logging
import os

import platformdirs

SETTINGS = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


def go_offline() -> None:
    os.environ.update(SETTINGS)
    # torch makes this folder when it is imported, for code that it would compile; whyflag has it compile none.
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(platformdirs.user_cache_path("whyflag") / "torch")
    # It recommends the package `kernels`, which would download at run time.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
