"""installer/sign and installer/verify: whatever differs from what was signed is named, from the stick alone too."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

import pytest

from domain.signing import Signer, fingerprint
from installer import sign, verify
from models.narrator.trust import new_key, read_key

ROOT = Path(__file__).parents[2]
PROGRAM, PACK = "whyflag_1.10.0_amd64.deb", "whyflag-model-smollm2_1.10.0_all.deb"
FILES = (PROGRAM, PACK, "wheelhouse/torch-2.13.0-cp311.whl", "wheelhouse/requirements.txt", "sbom.json")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    new_key(tmp_path / "keys" / "release.key")
    return tmp_path / "keys" / "release.key"


@pytest.fixture
def release(tmp_path: Path, key_file: Path) -> Path:
    """A folder as installer/build leaves it, signed by a key made now, with the verifier in it."""
    folder = tmp_path / "1.10.0"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(f"content of {name}".encode() * 50)
    copyfile(ROOT / "installer" / "verify.py", folder / "verify")
    listed = sorted((*FILES, "verify"))
    sums = "".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in listed)
    (folder / "SHA256SUMS").write_text(sums)
    sign.sign(folder, read_key(key_file))
    return folder


def signed(folder: Path, key_file: Path) -> int:
    command = [sys.executable, str(ROOT / "installer" / "sign"), str(folder), "--key", str(key_file)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def found(folder: Path, key: str | None = None, **installed: str) -> list[tuple[str, str]]:
    versions = {name.replace("_", "-"): version for name, version in installed.items()}
    return [(one.kind, one.file) for one in verify.findings(folder, key, versions)]


def flip(file: Path, at: int = -2) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def test_a_signed_release_holds_and_says_by_whom(release: Path, key_file: Path) -> None:
    whose = fingerprint(Signer(bytes.fromhex(key_file.read_text())).public_key)
    assert found(release, whose[:16]) == []
    assert found(release, "0" * 64) == [("STRANGER", "SHA256SUMS.pem")]
    other = key_file.with_name("other.key")
    new_key(other)
    assert signed(release, other) == 0
    assert found(release, whose) == [("STRANGER", "SHA256SUMS.pem")], "a stranger's signature is as whole as ours"


@pytest.mark.parametrize("name", (*FILES, "verify"))
def test_a_flipped_byte_is_named(release: Path, name: str) -> None:
    flip(release / name)
    assert found(release) == [("CHANGED", name)]


@pytest.mark.parametrize(
    ("name", "kind", "file"),
    [
        ("SHA256SUMS", "UNSIGNED", "SHA256SUMS"),
        ("SHA256SUMS.sig", "UNSIGNED", "SHA256SUMS"),
        ("SHA256SUMS.pem", "UNREADABLE", "SHA256SUMS.pem"),
    ],
)
def test_a_flipped_byte_of_list_signature_or_key_is_found(release: Path, name: str, kind: str, file: str) -> None:
    flip(release / name)
    assert (kind, file) in found(release)
    (release / name).unlink()
    assert found(release)


def test_another_key_in_place_of_the_signers_does_not_hold(release: Path) -> None:
    file = release / "SHA256SUMS.pem"
    content = bytearray(file.read_bytes())
    content[60] = ord("A") if content[60] != ord("A") else ord("B")  # still base64, whatever the key of the day
    file.write_bytes(content)
    assert ("UNSIGNED", "SHA256SUMS") in found(release)


def test_missing_extra_and_linked_files_are_named(release: Path, tmp_path: Path) -> None:
    (release / PACK).rename(tmp_path / "pack")
    (release / "wheelhouse" / "evil.whl").write_bytes(b"run me")
    (release / "more").symlink_to(tmp_path)
    assert found(release) == [("EXTRA", "more"), ("EXTRA", "wheelhouse/evil.whl"), ("MISSING", PACK)]
    (release / PACK).symlink_to(tmp_path / "pack")
    assert ("CHANGED", PACK) in found(release), "what a link leads to may change after the check"


@pytest.mark.parametrize(
    "line", ["", "nonsense\n", f"{'0' * 64}  ../../etc/passwd\n", f"{'0' * 64}  /etc/passwd\n", f"{'0' * 64}  a\\nb\n"]
)
def test_a_list_that_is_none_or_leads_out_is_refused(release: Path, line: str) -> None:
    (release / "SHA256SUMS").write_text(line)
    assert ("UNREADABLE", "SHA256SUMS") in found(release)


def test_an_older_release_is_signed_and_refused_all_the_same(release: Path) -> None:
    assert found(release, whyflag_model_smollm2="1.9.3", whyflag="1.10.0") == []
    assert found(release, whyflag_model_smollm2="1.10.1") == [("OLDER", PACK)]
    assert found(release, whyflag="2.0", whyflag_model_smollm2="1.10.0") == [("OLDER", PROGRAM)]


def test_the_verifier_on_the_stick_needs_no_package(release: Path, key_file: Path) -> None:
    """Without site-packages there is no cryptography: openssl says whether the signature holds."""

    def alone(*given: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(release / "verify"), str(release), *given]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    whose = fingerprint(Signer(bytes.fromhex(key_file.read_text())).public_key)
    held = alone("--installed", "whyflag=1.10.0")
    assert held.returncode == 0, held.stdout + held.stderr
    assert f"signed by {whose}" in held.stdout and "compare the fingerprint" in held.stdout
    assert "6 files, and nothing differs" in held.stdout
    assert alone("--key", "short").returncode == 2
    assert alone("--installed", "whyflag-model-smollm2=2.0").returncode == 1
    flip(release / "SHA256SUMS.sig", 7)
    broken = alone("--key", whose)
    assert broken.returncode == 1 and "UNSIGNED" in broken.stdout


@pytest.mark.parametrize("spoil", [lambda folder: flip(folder / PACK), lambda folder: (folder / "SHA256SUMS").unlink()])
def test_what_is_not_whole_is_not_signed(release: Path, key_file: Path, spoil: Callable[[Path], None]) -> None:
    (release / "SHA256SUMS.sig").unlink()
    spoil(release)
    assert signed(release, key_file) == 1
    assert not (release / "SHA256SUMS.sig").exists()


def test_a_key_in_the_repository_is_refused(
    release: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sign, "ROOT", key_file.parent)
    monkeypatch.setattr(sys, "argv", ["sign", str(release), "--key", str(key_file)])
    with pytest.raises(SystemExit):
        sign.main()
    assert "keep keys outside" in capsys.readouterr().err
