"""Everything whyflag runs with is named in THIRD_PARTY_NOTICES.md, with its licence."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_notices_are_what_the_installed_packages_state() -> None:
    script = runpy.run_path(str(ROOT / "installer" / "notices.py"))
    written = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    assert written == script["notices"](), "python installer/notices.py > THIRD_PARTY_NOTICES.md"
    assert "see its files" not in written
