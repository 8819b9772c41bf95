"""The command that pictures every screen and dialog in every theme."""

from pathlib import Path

from PySide6.QtGui import QImage

from desktop.pictures.scenes import SCENES
from desktop.pictures.taking import SIZE, take_pictures
from desktop.support.theme import THEMES, load_theme
from tests.fakes import FakeServices


def test_each_scene_is_pictured_and_none_looks_like_another(qapp, tmp_path: Path) -> None:
    services = FakeServices()
    pictures = take_pictures(qapp, services, tmp_path / "demo.duckdb", tmp_path / "out", themes=("dark",))
    assert services.closed and services.decisions == {}
    assert {path.name for path in pictures} == {f"{scene.name}-dark.webp" for scene in SCENES}
    assert sorted((tmp_path / "out").iterdir()) == sorted(pictures), "nothing else is left there"
    assert len({path.read_bytes() for path in pictures}) == len(pictures)
    assert QImage(str(tmp_path / "out" / "queue-dark.webp")).size() == SIZE


def test_a_scene_is_pictured_in_each_theme(qapp, tmp_path: Path) -> None:
    manual = tuple(scene for scene in SCENES if scene.name == "manual")
    for path in take_pictures(qapp, FakeServices(), tmp_path / "demo.duckdb", tmp_path, scenes=manual):
        image = QImage(str(path))
        theme = load_theme(path.stem.partition("-")[2] or "light")
        assert image.pixelColor(image.width() - 3, image.height() // 2).name() == theme.background
    assert len(list(tmp_path.glob("manual*.webp"))) == len(THEMES)
