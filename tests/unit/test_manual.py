"""The manual: its pages and the search over them."""

import re
from pathlib import Path

from desktop.pictures.scenes import SCENES
from desktop.screens.manual.pages import manual_folder, picture_names, read_pages, search
from desktop.support.theme import THEMES
from desktop.support.translation import ENGLISH, LANGUAGES


def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.md").write_text("# Queue\n\nAll alerts.\n\n## Snooze\n\nLater today.\n```\n# no heading\n```\n")
    (tmp_path / "start.md").write_text("# Start\n\nOpen a store, then the queue.\n")
    (tmp_path / "picture.png").write_bytes(b"")
    return tmp_path


def test_pages_come_by_title_and_the_start_first(tmp_path: Path) -> None:
    pages = read_pages(folder(tmp_path))
    assert [page.title for page in pages] == ["Start", "Queue"]
    assert [section.heading for section in pages[1].sections] == ["Queue", "Snooze"]


def test_search_finds_sections_that_hold_every_word(tmp_path: Path) -> None:
    pages = read_pages(folder(tmp_path))
    assert [(hit.section.page, hit.section.heading) for hit in search(pages, "QUEUE")] == [
        ("b", "Queue"),
        ("start", "Start"),
        ("b", "Snooze"),
    ]
    [hit] = search(pages, "later today")
    assert (hit.section.heading, hit.snippet) == ("Snooze", "Later today.")
    assert search(pages, "nowhere") == () and search(pages, "  ") == ()


def test_the_shipped_manual_has_titles_and_starts_with_the_first_steps() -> None:
    pages = read_pages(manual_folder())
    assert pages[0].name == "start"
    assert all(page.text.startswith("# ") and page.title for page in pages)
    assert search(pages, "import mapping")


def test_each_picture_of_the_shipped_manual_is_there_in_each_theme_and_language() -> None:
    folder = Path(str(manual_folder()))
    named = {name for page in read_pages(folder) for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", page.text)}
    assert named == {f"{scene.name}.webp" for scene in SCENES} - {"manual.webp"}
    wanted = {
        picture_names(name, theme, language)[0 if language != ENGLISH else 1 if theme != THEMES[0] else 2]
        for name in named
        for theme in THEMES
        for language in LANGUAGES
    }
    there = {path.name for path in folder.glob("*.webp")}
    assert there == wanted
    assert sum((folder / name).stat().st_size for name in there) < 12_000_000
