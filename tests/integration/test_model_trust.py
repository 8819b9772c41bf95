"""Whose models run: tampered, exchanged, rolled back, unsigned, strange or missing ones are refused in words."""

import ast
import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from desktop import bootstrap
from desktop.bootstrap import ADAPTER, Places, installed_narrator, trusted
from desktop.cli import app
from domain.errors import ModelRefused
from domain.narrative import NarratorVersion
from domain.progress import finish
from domain.signing import Signer
from models.narrator.artifacts import (
    MANIFEST,
    RUNNING,
    NarratorFolders,
    narrator_version,
    sign_model,
    verified_hash,
    write_manifest,
)
from models.narrator.base_model import build_base
from models.narrator.trust import SIGNATURE, Trust, TrustedKey, add_trusted, machine_key, new_key, read_key, trust_of

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "resources" / "adapters" / ADAPTER
BANK, STRANGER = Signer(b"b" * 32), Signer(b"s" * 32)


def model(folder: Path, weights: bytes = b"weights", *, base: str = "", signer: Signer | None = None) -> Path:
    """An adapter, or a base where none is named, as it lies on disk; nothing here loads one."""
    folder.mkdir(parents=True)
    name = "adapter_model.safetensors" if base else "model.safetensors"
    (folder / name).write_bytes(weights)
    (folder / ("adapter_config.json" if base else "config.json")).write_text('{"r": 16}')
    write_manifest(folder, name, **({"base_weights_sha256": base} if base else {}))
    if signer:
        sign_model(folder, signer)
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> NarratorFolders:
    base = model(tmp_path / "base", b"base")
    return NarratorFolders(base, model(tmp_path / "adapter", base=verified_hash(base), signer=BANK))


def loaded(folders: NarratorFolders, seen: Path | None = None) -> NarratorVersion:
    return narrator_version(folders, with_adapter=True, trust=Trust((TrustedKey("bank", BANK.public_key),), seen))


def refused(folders: NarratorFolders, says: str, seen: Path | None = None) -> None:
    with pytest.raises(ModelRefused, match=says) as error:
        loaded(folders, seen)
    assert error.value.hint, "the way out is told"


def test_a_signed_adapter_runs_on_the_base_it_was_trained_on(folders: NarratorFolders) -> None:
    version = loaded(folders)
    assert (version.base_model, version.adapter) == (verified_hash(folders.base), verified_hash(folders.adapter))


def test_missing_and_unsigned(folders: NarratorFolders) -> None:
    (folders.adapter / SIGNATURE).unlink()
    refused(folders, "is not signed")
    (folders.adapter / MANIFEST).unlink()
    refused(folders, "No language model stands")


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("adapter_model.safetensors", "weights .* not those of its manifest"),
        ("adapter_config.json", "settings .* not those of its manifest"),
    ],
)
def test_tampered_files(folders: NarratorFolders, file: str, says: str) -> None:
    content = bytearray((folders.adapter / file).read_bytes())
    content[-1] ^= 1
    (folders.adapter / file).write_bytes(content)
    refused(folders, says)


def test_a_manifest_that_was_made_to_fit_is_not_the_signed_one(folders: NarratorFolders) -> None:
    (folders.adapter / "adapter_model.safetensors").write_bytes(b"other weights")
    write_manifest(folders.adapter, "adapter_model.safetensors", base_weights_sha256=verified_hash(folders.base))
    refused(folders, "not the one that was signed")


def test_signed_by_a_stranger(folders: NarratorFolders) -> None:
    sign_model(folders.adapter, STRANGER)
    refused(folders, "not trusted here")


def test_a_report_s_signature_is_none_of_a_model(folders: NarratorFolders) -> None:
    signed = BANK.sign((folders.adapter / MANIFEST).read_bytes())
    (folders.adapter / SIGNATURE).write_text(json.dumps({"public_key": BANK.public_key, "signature": signed}))
    refused(folders, "not the one that was signed")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"public_key": 7, "signature": null}', "\0"])
def test_damaged_signature_and_manifest(folders: NarratorFolders, text: str) -> None:
    (folders.adapter / SIGNATURE).write_text(text)
    refused(folders, "signature|signed|trusted")
    (folders.adapter / MANIFEST).write_text(text)
    refused(folders, "manifest")


def test_a_base_that_was_exchanged_with_its_manifest(folders: NarratorFolders, tmp_path: Path) -> None:
    other = model(tmp_path / "other", b"another base")
    refused(NarratorFolders(other, folders.adapter), "is not signed")
    sign_model(other, BANK)  # a bank may quantize its base itself
    assert loaded(NarratorFolders(other, folders.adapter)).base_model == verified_hash(other)


def versioned(folder: Path, version: int) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"version": str(version)}))
    from models.narrator.trust import sign

    sign(folder, folder / MANIFEST, BANK)


def test_rolled_back_to_an_older_version_that_was_signed_once(folders: NarratorFolders, tmp_path: Path) -> None:
    seen = tmp_path / "trust" / "seen.json"
    versioned(folders.adapter, 2)
    older = copytree(folders.adapter, tmp_path / "older")
    versioned(older, 1)
    loaded(NarratorFolders(folders.base, older), seen)
    loaded(folders, seen)
    loaded(folders, seen)
    refused(NarratorFolders(folders.base, older), "is version 1, but 2", seen)
    seen.write_text("[")
    refused(folders, "damaged", seen)


def test_older_than_what_was_shipped(folders: NarratorFolders) -> None:
    versioned(folders.adapter, 4)
    with pytest.raises(ModelRefused, match="is version 4, but 5"):
        narrator_version(folders, with_adapter=True, trust=Trust((TrustedKey("release", BANK.public_key, oldest=5),)))


def test_a_model_pack_that_was_rolled_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older package in place of a newer one: the user who saw the newer one refuses it; one who saw none refuses
    what is older than the program."""
    monkeypatch.setattr(bootstrap, "files", lambda _: tmp_path / "resources")
    listed = tmp_path / "resources" / "adapters" / "release.json"
    listed.parent.mkdir(parents=True)
    listed.write_text(json.dumps([{"name": "releases", "public_key": BANK.public_key, "oldest_version": 2}]))

    def packed(version: int) -> Path:
        folder = tmp_path / f"pack-{version}"
        base = model(folder / "base-nf4", b"base")
        versioned(model(folder / ADAPTER, base=verified_hash(base)), version)
        return folder

    packs = {version: packed(version) for version in (1, 2, 3)}
    saw, new = tmp_path / "saw", tmp_path / "new"
    assert installed_narrator(Places(saw, packs[3])).name == "lora"
    with pytest.raises(ModelRefused, match="is version 2, but 3"):
        installed_narrator(Places(saw, packs[2]))
    with pytest.raises(ModelRefused, match="is version 1, but 2"):
        installed_narrator(Places(new, packs[1]))
    assert installed_narrator(Places(new, packs[2])).name == "lora"


@pytest.mark.parametrize("suffix", sorted(RUNNING))
def test_files_that_can_run_code_are_refused_by_name(folders: NarratorFolders, tmp_path: Path, suffix: str) -> None:
    strange = folders.adapter / f"adapter_model{suffix.upper()}"
    strange.write_bytes(b"\x80\x04")
    refused(folders, strange.name)
    source = tmp_path / "source"
    source.mkdir()
    (source / f"pytorch_model{suffix}").write_bytes(b"\x80\x04")
    with pytest.raises(ModelRefused, match=f"pytorch_model{suffix}"):
        finish(build_base(source, tmp_path / "out"))


def test_no_code_of_ours_loads_what_can_run_code() -> None:
    """No remote code and no pickle, by whatever name."""
    for file in (path for part in ("desktop", "domain", "models") for path in (ROOT / part).rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name.split(".")[0] for alias in node.names} | {getattr(node, "module", "") or ""}
                assert not names & {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}, file
            if not isinstance(node, ast.Call):
                continue
            called, given = ast.unparse(node.func), {word.arg: word.value for word in node.keywords}
            remote = given.get("trust_remote_code")
            assert remote is None or ast.unparse(remote) == "False", f"{file}: {called}"
            if called in ("AutoModelForCausalLM.from_pretrained", "AutoTokenizer.from_pretrained"):
                gguf = "gguf_file" in given or "Tokenizer" in called
                assert gguf or ast.unparse(given["use_safetensors"]) == "True", f"{file}: {called}"
            assert called not in ("torch.load", "torch.save"), f"{file}: {called}"
            if called == "np.load":
                assert ast.unparse(given["allow_pickle"]) == "False", file


# Keys


def test_the_shipped_adapter_is_signed_by_the_release_key(tmp_path: Path) -> None:
    trust = trusted(Places(tmp_path))
    assert [key.name for key in trust.keys] == ["whyflag releases"]
    signer = trust.signer_of((SHIPPED / MANIFEST).read_bytes(), SHIPPED / SIGNATURE, SHIPPED)
    assert int(json.loads((SHIPPED / MANIFEST).read_text())["version"]) >= signer.oldest > 0
    assert verified_hash(SHIPPED)


def test_keys_are_private_made_once_and_never_overwritten(tmp_path: Path) -> None:
    made = machine_key(tmp_path / "trust")
    assert machine_key(tmp_path / "trust") == made
    assert (tmp_path / "trust" / "machine.key").stat().st_mode & 0o777 == 0o600
    assert made.public_key in {key.public_key for key in trust_of(tmp_path / "trust", tmp_path / "none").keys}
    with pytest.raises(ModelRefused, match="No key can be written"):
        new_key(tmp_path / "trust" / "machine.key")
    for content in ("", "zz", "ab" * 31):
        (tmp_path / "bad").write_text(content)
        with pytest.raises(ModelRefused, match="no signing key"):
            read_key(tmp_path / "bad")


@pytest.mark.parametrize("text", ["{", "{}", "[7]", '[{"name": "x", "public_key": "ab"}]'])
def test_a_damaged_list_of_keys_trusts_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(ModelRefused, match="damaged"):
        trust_of(tmp_path, tmp_path / "none")
    with pytest.raises(ModelRefused, match="no public key"):
        add_trusted(tmp_path / "new.json", "bank", "ab")


def test_a_bank_signs_its_own_model_by_the_command(
    tmp_path: Path, folders: NarratorFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    monkeypatch.setenv("WHYFLAG_DATA", str(data))
    sign_model(folders.adapter, STRANGER)

    def narrator(*words: str) -> str:
        result = CliRunner().invoke(app, ["narrator", *words])
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    public_key = narrator("key", "--out", str(tmp_path / "bank.key")).split()[2]
    narrator("sign", str(folders.adapter), "--key", str(tmp_path / "bank.key"))
    with pytest.raises(ModelRefused, match="not trusted"):
        narrator_version(folders, with_adapter=True, trust=trusted(Places(data)))
    assert "fingerprint" in narrator("trust", public_key, "--name", "Bank of Test")
    assert narrator_version(folders, with_adapter=True, trust=trusted(Places(data))).adapter
