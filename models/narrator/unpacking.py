"""The unpacking process: takes a model apart (apart.py) and writes its plain tensors to stdout.

Started by loading.py: transformers, peft and bitsandbytes then take no memory where text is written.
"""

import argparse
import os
from pathlib import Path

from domain.child_process import end_with_parent
from models.narrator.offline import go_offline


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--adapter", type=Path)
    given = parser.parse_args()
    end_with_parent()
    go_offline()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to stderr, never between the tensors
    from models.narrator import apart  # the libraries, only now
    from models.narrator.parts import write_parts

    model = apart.load_model(given.base, given.adapter)
    write_parts(out, apart.shape_of(model), apart.parts(model))


if __name__ == "__main__":
    main()
