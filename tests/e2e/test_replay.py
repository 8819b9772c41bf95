"""The frozen bundle: what was kept is shown as it was, written again, compared; what differs is named."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.bootstrap import make_explainer, places
from domain.errors import BundleUnknown, UnknownAlert
from domain.narrative import Draft, NarrationRequest, NarratorVersion
from domain.replay import read_explanations
from domain.replay import replay as written_again
from domain.store import Store
from domain.template import template_text
from models.narrator.artifacts import is_built
from tests.e2e.command import Whyflag
from tests.e2e.conftest import PASSPHRASE

VERSION = NarratorVersion("lora", base_model="b" * 64, adapter="a" * 64, prompt="9" * 64)


class Writer:
    """Writes the template's words under a version of its own; counts how often it was asked."""

    def __init__(self, version: NarratorVersion = VERSION, words: Callable[[str], str] = lambda text: text) -> None:
        self.version = version
        self.asked = 0
        self._words = words

    def narrate(
        self,
        request: NarrationRequest,
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Draft:
        self.asked += 1
        text = self._words(template_text(request))
        on_text(text)
        return Draft(text, len(text.split()), 1.0, 2.0)

    def narrate_many(self, requests: Sequence[NarrationRequest]) -> Iterator[Draft]:
        return (self.narrate(request) for request in requests)

    def close(self) -> None:
        return None


def test_replayed_by_its_bundle_s_id_the_text_is_the_same_byte_for_byte(demo: Whyflag) -> None:
    first = demo.json("explain", "first", "--narrator", "template")
    found = demo.json("explain", "first", "--replay", first["bundle"]["id"])
    assert found["kept"] == first
    assert found["same_text"] is True
    assert found["differences"] == []
    assert found["now"]["narrative"] == first["narrative"]


def test_a_saved_file_is_replayed_without_naming_the_alert(demo: Whyflag, tmp_path: Path) -> None:
    ids = [row["alert_id"] for row in demo.json("alerts", "--limit", "2")]
    saved = tmp_path / "saved.json"
    saved.write_text(demo.run("explain", *ids, "--narrator", "template", "--json"), encoding="utf-8")
    found = demo.json("explain", "--replay", str(saved))
    assert [one["kept"]["alert_id"] for one in found] == ids
    assert all(one["same_text"] for one in found)
    assert demo.json("explain", ids[1], "--replay", str(saved))["kept"]["alert_id"] == ids[1]


def test_a_text_that_is_another_now_is_told_with_the_part_that_differs(demo: Whyflag, tmp_path: Path) -> None:
    document = demo.json("explain", "first", "--narrator", "template")
    document["bundle"]["features"] = "f" * 64
    document["narrative"]["sentences"][0]["text"] = "Another text [E1]."
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(document), encoding="utf-8")
    text = demo.run("explain", "--replay", str(saved), expect=1)
    assert "Another text [E1]." in text
    assert "features differs: then ffffffffffff, now " in text
    assert "the text is another" in text


@pytest.mark.parametrize("part", ["adapter", "prompt", "base_model"])
def test_a_differing_part_of_the_narrator_is_named(demo: Whyflag, part: str) -> None:
    with Store.open(demo.store, PASSPHRASE) as store:
        (row,), _ = store.alerts.top(1)
        kept = make_explainer(store, Writer()).explain(row.alert_id)
        other = Writer(replace(VERSION, **{part: "0" * 64}))
        found = written_again(make_explainer(store, other), kept)
        assert [(one.part, one.then[:1], one.now[:1]) for one in found.differences] == [
            (part, getattr(VERSION, part)[:1], "0")
        ]
        assert found.same_text, "the words are the same, though another part wrote them"
        assert kept.bundle.id != found.now.bundle.id


def test_a_replay_writes_anew_and_keeps_nothing(demo: Whyflag) -> None:
    with Store.open(demo.store, PASSPHRASE) as store:
        (row,), _ = store.alerts.top(1)
        writer = Writer()
        explainer = make_explainer(store, writer)
        kept = explainer.explain(row.alert_id)
        entries = len(store.audit.entries())
        assert explainer.explain(row.alert_id) == kept
        assert writer.asked == 1, "what is kept is read back"
        assert written_again(explainer, kept).same_text
        assert writer.asked == 2, "a replay is written, not read"
        unfaithful = make_explainer(store, Writer(words=lambda text: text.replace("Ranked first, this", "This")))
        assert not written_again(unfaithful, kept).same_text
        assert explainer.kept(row.alert_id, kept.bundle.id) == kept
        assert len(store.audit.entries()) == entries


def test_what_cannot_be_replayed_is_told(demo: Whyflag, tmp_path: Path) -> None:
    first = demo.json("explain", "first", "--narrator", "template")
    unknown = demo.error("explain", "first", "--replay", "0123456789ab")
    assert isinstance(unknown, BundleUnknown)
    assert first["bundle"]["id"] in unknown.hint
    assert isinstance(demo.error("explain", "first", "--replay", "no-file.json"), BundleUnknown)
    assert isinstance(demo.error("explain", "T-none", "--replay", first["bundle"]["id"]), UnknownAlert)
    broken = tmp_path / "broken.json"
    for content in ("no json", "[]", "[1]", '{"alert_id": "A-1"}'):
        broken.write_text(content)
        error = demo.error("explain", "--replay", str(broken))
        assert isinstance(error, BundleUnknown)
        assert str(broken) in error.message
    demo.run("explain", expect=2)


def test_a_bundle_s_id_leaves_out_when_it_was_written(demo: Whyflag, tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(demo.run("explain", "first", "--narrator", "template", "--json"), encoding="utf-8")
    (one,) = read_explanations(saved)
    assert replace(one.bundle, created_at="2020-01-01").id == one.bundle.id
    assert replace(one.bundle, seed=1).id != one.bundle.id


@pytest.mark.model
@pytest.mark.skipif(
    not (is_built(places().narrator.base) and is_built(places().narrator.adapter)),
    reason="the base model is not set up here: ./installer/run or ./installer/test does it",
)
def test_the_model_writes_the_same_bytes_in_another_process(demo: Whyflag) -> None:
    first = demo.json("explain", "first")
    assert first["narrative"]["origin"] == "narrator"
    found = demo.json("explain", "first", "--replay", first["bundle"]["id"])
    assert found["differences"] == []
    assert found["now"]["narrative"]["draft"] == first["narrative"]["draft"]
    assert found["same_text"] is True
