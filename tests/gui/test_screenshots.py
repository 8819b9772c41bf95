"""The command that pictures every screen in every theme."""

from pathlib import Path

from PySide6.QtGui import QImage

from desktop.support.screenshots import SIZES, take_screenshots
from desktop.support.theme import THEMES, load_theme
from tests.fakes import FakeServices


def test_each_screen_is_pictured_in_each_theme_and_size(qapp, tmp_path: Path) -> None:
    services = FakeServices()
    pictures = take_screenshots(qapp, services, tmp_path / "demo.duckdb", tmp_path / "out")
    assert services.closed
    assert {path.name for path in pictures} == {
        f"{screen}-{theme}-{width}.png"
        for screen in ("queue", "case", "threshold", "health")
        for theme in THEMES
        for width, _height in SIZES
    }
    for path in pictures:
        image = QImage(str(path))
        theme = load_theme(path.stem.split("-")[1])
        assert f"{image.width()}" == path.stem.split("-")[2]
        assert image.pixelColor(image.width() - 3, image.height() // 2).name() == theme.background
