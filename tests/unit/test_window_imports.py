"""The window's process stays small: no language model, no database library."""

import subprocess
import sys

SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
import desktop.start
from desktop.main_window import MainWindow
from desktop.session import Session, SessionFile
from desktop.settings import Settings, SettingsFile
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.surroundings import Surroundings
from desktop.tasks import Tasks
from tests.fakes import FakeServices
app = QApplication([])
folder = Path(sys.argv[1])
kept = SettingsFile(folder / "settings.json", Settings()), SessionFile(folder / "session.json", Session())
around = Surroundings(folder / "s", "", "", *kept, Look(app, "dark"), Formats(QLocale()))
window = MainWindow(FakeServices(), Tasks(), around)
window.show()
while window.queue_screen.table.line < 0:
    app.processEvents()
window.close()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_window_imports_neither_torch_nor_duckdb(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    imported = set(done.stdout.split())
    assert "PySide6" in imported
    assert imported & {"torch", "duckdb", "transformers", "sklearn", "shap", "pandas", "models"} == set()
