"""What installer/offline and installer/virtual_screen do without a network, a dpkg or a screen."""

import hashlib
import io
import os
import struct
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path
from shutil import copyfile

import pytest

from domain.signing import Signer
from installer import sign
from installer.offline.unpack_deb import unpack
from installer.virtual_screen import differ, fills, png

OFFLINE = Path(__file__).parents[2] / "installer" / "offline"
MODELS = "usr/share/whyflag/models"


def deb(file: Path, *names: str) -> Path:
    """A Debian package by hand: ar members padded to even bytes, data.tar with these files and a link."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:xz") as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(name)
            archive.addfile(entry, io.BytesIO(name.encode()))
        link = tarfile.TarInfo(f"./{MODELS}/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    members = ((b"debian-binary", b"2.0\n"), (b"control.tar.xz", b"odd"), (b"data.tar.xz", data.getvalue()))
    content = b"!<arch>\n"
    for name, body in members:
        content += b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"100644", len(body))
        content += body + b"\n" * (len(body) % 2)
    file.write_bytes(content)
    return file


def test_files_under_the_folder_come_out_of_a_package_and_no_other(tmp_path: Path) -> None:
    package = deb(
        tmp_path / "model.deb", f"./{MODELS}/base/weights", f"./{MODELS}/../../../../evil", "./etc/other", "/abs/x"
    )
    assert unpack(package, MODELS, tmp_path / "out") == 1
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [tmp_path / "out" / "base" / "weights"]
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("content", [b"", b"!<arch>\n", b"PK\x03\x04" * 40])
def test_what_is_no_package_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "none.deb").write_bytes(content)
    with pytest.raises(ValueError, match="no Debian package"):
        unpack(tmp_path / "none.deb", MODELS, tmp_path / "out")


def install(release: Path, home: Path, *given: str) -> subprocess.CompletedProcess[str]:
    """As an ordinary user, whoever runs the tests."""
    tools = home / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "id").write_text("#!/bin/sh\necho 1000\n")
    (tools / "id").chmod(0o755)
    return subprocess.run(
        ["bash", str(release / "install-offline.sh"), "--prefix", str(home / "prefix"), *given],
        env={"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(home), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = tmp_path / "1.2.3"
    (folder / "wheelhouse").mkdir(parents=True)
    for file in OFFLINE.iterdir():
        if file.is_file():
            copyfile(file, folder / file.name)
    copyfile(OFFLINE.parent / "verify.py", folder / "verify")
    deb(folder / "whyflag-model-smollm2_1.2.3_all.deb", f"./{MODELS}/base-nf4/weights")
    (folder / "wheelhouse" / "requirements.txt").write_text("nothing==1 --hash=sha256:00\n")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines))
    sign.sign(folder, Signer(b"r" * 32))
    return folder


def test_nothing_is_installed_of_a_release_that_was_changed_or_is_a_strangers(release: Path, tmp_path: Path) -> None:
    stranger = install(release, tmp_path, "--key", "0" * 64)
    assert stranger.returncode == 1 and "STRANGER" in stranger.stdout
    (release / "wheelhouse" / "requirements.txt").write_text("evil==1\n")
    changed = install(release, tmp_path)
    assert changed.returncode == 1 and "CHANGED    wheelhouse/requirements.txt" in changed.stdout
    assert "not as it was signed" in changed.stderr
    assert not (tmp_path / "prefix").exists()


def test_an_older_release_than_the_installed_one_is_refused(release: Path, tmp_path: Path) -> None:
    (tmp_path / "prefix").mkdir()
    (tmp_path / "prefix" / "installed").write_text("1.3.0")
    refused = install(release, tmp_path)
    assert refused.returncode == 1 and "OLDER      whyflag-model-smollm2_1.2.3_all.deb" in refused.stdout


def test_uninstalling_removes_its_own_and_says_where_stores_stay(release: Path, tmp_path: Path) -> None:
    (tmp_path / "prefix" / "1.2.3").mkdir(parents=True)
    data = tmp_path / ".local" / "share" / "whyflag"
    data.mkdir(parents=True)
    (data / "cases.duckdb").write_text("mine")
    menu = tmp_path / ".local" / "share" / "applications"
    menu.mkdir()
    (menu / "whyflag.desktop").symlink_to(tmp_path / "prefix" / "1.2.3" / "whyflag.desktop")
    (menu / "another.desktop").touch()
    done = install(release, tmp_path, "--uninstall")
    assert done.returncode == 0 and str(data) in done.stdout
    assert not (tmp_path / "prefix").exists()
    assert (data / "cases.duckdb").read_text() == "mine"
    assert [file.name for file in menu.iterdir()] == ["another.desktop"]


def test_a_dumped_screen_is_drawn_as_png() -> None:
    header = [0] * 25
    header[0], header[4], header[5], header[12], header[19] = 100, 2, 1, 12, 1  # a colour, and four bytes of padding
    picture = png(struct.pack(">25I", *header) + b"c" * 12 + bytes([3, 2, 1, 0, 6, 5, 4, 0]) + b"pad!")
    data = picture[picture.index(b"IDAT") + 4 : picture.index(b"IEND") - 8]
    assert zlib.decompress(data) == bytes([0, 1, 2, 3, 4, 5, 6])
    assert picture[16:24] == struct.pack(">II", 2, 1)


def test_a_blinking_caret_is_no_other_picture() -> None:
    assert not differ(b"a" * 1000, b"a" * 995 + b"b" * 5)
    assert differ(b"a" * 1000, b"a" * 900 + b"b" * 100)


def test_a_dialog_does_not_fill_the_screen() -> None:
    assert fills(b"\xff" * 900 + b"\0" * 100)
    assert not fills(b"\xff" * 250 + b"\0" * 750)
