"""Which model runs: the user's own, else the one that came with the program, else the machine's."""

import json
from pathlib import Path

import pytest

from desktop import bootstrap
from desktop.bootstrap import ADAPTER, Places


@pytest.fixture
def where(tmp_path, monkeypatch) -> Places:
    """A program without an adapter of its own, as the frozen one is."""
    monkeypatch.setattr(bootstrap, "files", lambda _: tmp_path / "resources")
    return Places(tmp_path / "data", tmp_path / "pack")


def built(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "whyflag.json").write_text(json.dumps({"weights_sha256": ""}), encoding="utf-8")
    return folder


def test_the_machine_s_model_serves_a_user_who_has_none(where) -> None:
    base, adapter = built(where.model_pack / "base-nf4"), built(where.model_pack / ADAPTER)
    assert (where.narrator.base, where.narrator.adapter) == (base, adapter)


def test_a_user_s_own_model_goes_first(where) -> None:
    built(where.model_pack / "base-nf4")
    built(where.model_pack / ADAPTER)
    base, adapter = built(where.own_base), built(where.own_adapter)
    assert (where.narrator.base, where.narrator.adapter) == (base, adapter)


def test_an_adapter_that_came_with_the_program_goes_before_the_machine_s(where, tmp_path) -> None:
    built(where.model_pack / ADAPTER)
    shipped = built(tmp_path / "resources" / "adapters" / ADAPTER)
    assert where.narrator.adapter == shipped


def test_half_a_model_is_none(where) -> None:
    where.own_base.mkdir(parents=True)
    base = built(where.model_pack / "base-nf4")
    assert where.narrator.base == base


def test_where_none_stands_the_user_s_folder_is_named(where) -> None:
    assert (where.narrator.base, where.narrator.adapter) == (where.own_base, where.own_adapter)
