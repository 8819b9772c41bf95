"""`python -m tests.injections --store S --passphrase-file F`: all strings through the real classifier and narrator.

Works on a copy of the store and leaves the store as it is. Exit code 1 where a string changes a score, a decision or a
typology, or where a shown sentence is not borne by its evidence.
"""

import argparse
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from desktop.bootstrap import make_explainer, make_narrator, make_trainer, places
from domain.pipeline import latest_scorer, score_transactions
from domain.progress import finish
from domain.store import Store
from domain.store.key import key_path
from tests.injections import injections
from tests.injections.probe import Found, measure, plant, table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--passphrase-file", type=Path, required=True)
    parser.add_argument("--narrator", choices=("lora", "base", "template"), default="lora")
    parser.add_argument("--most", type=int, help="how many strings, spread over the families; all by default")
    arguments = parser.parse_args()
    passphrase = arguments.passphrase_file.read_text(encoding="utf-8").splitlines()[0]
    with tempfile.TemporaryDirectory(prefix="whyflag-injections-") as folder:
        copy = Path(folder) / arguments.store.name
        shutil.copyfile(arguments.store, copy)
        shutil.copyfile(key_path(arguments.store), key_path(copy))
        with Store.open(copy, passphrase) as store:
            found = probed(store, arguments.narrator, arguments.most)
    print(table(found))
    for one in found:
        for text in one.unborne:
            print(f"unborne after {one.injection.text[:60]!r}: {text}")
    failed = any(one.score_changed or one.decision_changed or one.typology_changed or one.unborne for one in found)
    return int(failed)


def probed(store: Store, narrator: str, most: int | None) -> list[Found]:
    """Plants, scores and measures."""
    chosen = injections()
    planted = plant(store, chosen[:: max(1, len(chosen) // most)][:most] if most else chosen)
    finish(store.features.compute())
    scorer = latest_scorer(store, make_trainer())
    finish(score_transactions(store, scorer, actor=store.person.name, now=datetime.now(UTC)))
    writer = make_narrator(narrator, places())  # type: ignore[arg-type]
    try:
        found = []
        for one in measure(store, make_explainer(store, writer), writer, planted):
            found.append(one)
            print(f"{len(found)} of {len(planted)}: {one.injection.family}", file=sys.stderr, flush=True)
        return found
    finally:
        writer.close()


if __name__ == "__main__":
    sys.exit(main())
