"""Pictures of every screen and dialog in every theme.

`python -m desktop.pictures --out DIR --store S --passphrase-file F [--language de] [--only queue,case]`
"""

import argparse
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.opening import open_services
from desktop.pictures.scenes import SCENES
from desktop.pictures.taking import take_pictures
from desktop.start import product
from desktop.support.translation import ENGLISH, LANGUAGES


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of every screen and dialog in every theme.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--passphrase-file", type=Path, required=True)
    parser.add_argument("--language", choices=LANGUAGES, default=ENGLISH)
    parser.add_argument("--only", default="", help="names of scenes, separated by commas")
    given = parser.parse_args()
    wanted = given.only.split(",") if given.only else [scene.name for scene in SCENES]
    scenes = tuple(scene for scene in SCENES if scene.name in wanted)
    app = QApplication([])
    passphrase = given.passphrase_file.read_text(encoding="utf-8").rstrip("\n")
    services = open_services(given.store, passphrase)
    for path in take_pictures(app, services, given.store, given.out, given.language, product(), scenes=scenes):
        print(path)


if __name__ == "__main__":
    main()
