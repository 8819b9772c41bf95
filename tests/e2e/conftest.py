"""One demo store for all tests of a session: making it is the slow part."""

from pathlib import Path
from shutil import copyfile

import pytest

from domain.store import Store
from tests.e2e.command import Whyflag
from tests.stores import CHEAP

PASSPHRASE = "a demo for tests"


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demo store, closed, and its passphrase."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "passphrase").write_text(PASSPHRASE + "\n")
    demo = Whyflag(folder / "demo.duckdb", folder / "passphrase")
    Store.create(demo.store, PASSPHRASE, cost=CHEAP).close()  # each command of each test derives the key anew
    demo.run("demo", "--customers", "120", "--days", "80", "--seed", "3")
    return folder


@pytest.fixture
def demo(demo_files: Path, tmp_path: Path) -> Whyflag:
    """A copy of the demo store, this test's own."""
    for file in demo_files.iterdir():
        if file.is_file():
            copyfile(file, tmp_path / file.name)
    return Whyflag(tmp_path / "demo.duckdb", tmp_path / "passphrase")


@pytest.fixture
def empty(tmp_path: Path) -> Whyflag:
    """A store that does not exist yet."""
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    return Whyflag(tmp_path / "new.duckdb", tmp_path / "passphrase")
