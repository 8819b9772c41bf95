"""What the window and its dialogs are given beside the use cases."""

from dataclasses import dataclass
from pathlib import Path

from desktop.session import SessionFile
from desktop.settings import SettingsFile
from desktop.support.formats import Formats
from desktop.support.look import Look


@dataclass(frozen=True, slots=True)
class Surroundings:
    store: Path
    version: str
    notices: str
    settings: SettingsFile
    session: SessionFile
    look: Look
    formats: Formats
