"""A report's audit head is held against the store it came from."""

from pathlib import Path
from shutil import copyfile

from tests.e2e.command import Whyflag


def test_a_report_is_checked_against_the_chain_it_cites(demo: Whyflag, tmp_path: Path) -> None:
    """A store that was set back to before the report does not hold the entry that the report cites."""
    older = Whyflag(tmp_path / "older.duckdb", demo.passphrase_file)
    for ending in ("", ".key"):
        copyfile(f"{demo.store}{ending}", f"{older.store}{ending}")
    first = demo.json("alerts", "--limit", "1")[0]["alert_id"]
    demo.run("decide", first, "confirmed_fraud")
    folder = tmp_path / "report"
    demo.run("report", "--out", str(folder), "--format", "json", "--limit", "2", "--narrator", "template")
    assert "Nothing differs" in demo.run("report", "verify", str(folder))
    checked = older.json("report", "verify", str(folder), expect=1)
    (finding,) = checked["findings"]
    assert finding["place"] == "audit" and "audit entries, the store has" in finding["problem"]
