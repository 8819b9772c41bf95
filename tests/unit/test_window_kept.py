"""Settings and session: typed, private, written whole; a bad file is told, set aside and does no harm."""

import stat
from pathlib import Path

import pytest

from desktop.session import Session, SessionFile
from desktop.settings import Settings, SettingsFile
from domain.errors import SettingsDamaged


def test_what_was_chosen_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    SettingsFile(path, Settings()).change(theme="contrast", text_percent=150, keys={"case.note": ("N",)})
    read = SettingsFile(path, Settings())
    assert read.problem is None
    assert read.current == Settings("contrast", 150, "system", {"case.note": ("N",)})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"theme": "pink"}', "theme: Input should be 'system', 'light', 'dark' or 'contrast'"),
        ('{"text_percent": 900}', "text_percent: Input should be less than or equal to 200"),
        ('{"colour": "red"}', "colour: Unexpected keyword"),
        ('{"theme": ', "Invalid JSON"),
        ("[]", "Input should be an object"),
    ],
)
def test_a_bad_file_is_told_and_set_aside(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, encoding="utf-8")
    kept = SettingsFile(path, Settings())
    assert kept.current == Settings()
    assert says in str(kept.problem)
    assert "settings.damaged.json" in str(kept.problem)
    assert path.read_text(encoding="utf-8") == text
    kept.change(theme="dark")
    assert (tmp_path / "settings.damaged.json").read_text(encoding="utf-8") == text
    assert SettingsFile(path, Settings()).current.theme == "dark"


def test_a_file_that_cannot_be_written_is_told_and_the_choice_holds(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be", encoding="utf-8")
    kept = SessionFile(tmp_path / "blocked" / "session.json", Session())
    with pytest.raises(SettingsDamaged, match=r"session\.json cannot be written"):
        kept.change(place="case")
    assert kept.current.place == "case"
