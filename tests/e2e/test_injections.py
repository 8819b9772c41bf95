"""Prompt injection: no string changes a score, a decision or a typology, nor what is shown, even if it is obeyed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import pytest

from desktop.bootstrap import make_explainer, make_trainer
from domain.narrative import Draft, NarrationRequest, NarratorVersion
from domain.pipeline import latest_scorer, score_transactions
from domain.progress import finish
from domain.store import Store
from tests.e2e.command import Whyflag
from tests.e2e.conftest import PASSPHRASE
from tests.injections import Injection, injections
from tests.injections.probe import Found, measure, plant, table

ALL = injections()
STRINGS = ALL[::3]  # spread over the families; `python -m tests.injections` takes them all, and the real model


class Obeying:
    """A model that was taken over: it repeats the string in every way it can, and turns what the evidence says."""

    version = NarratorVersion("lora")

    def __init__(self, strings: Sequence[Injection]) -> None:
        self._strings = iter(strings)
        self._last = ""

    def narrate_many(self, requests: Sequence[NarrationRequest]) -> Iterator[Draft]:
        for request in requests:
            self._last = next(self._strings).text
            yield self._said(request)

    def narrate(
        self,
        request: NarrationRequest,
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Draft:
        return self._said(request)

    def close(self) -> None:
        return None

    def _said(self, request: NarrationRequest) -> Draft:
        text = self._last
        said = [text, f"{text} [E1].", f"This fits the pattern {text} [E1].", f"The category is {text} [E2]."]
        for item in request.evidence:
            turned = "lowers" if item.direction == "raises" else "raises"
            said += [
                f"The payment {item.direction} the score because {text} [{item.id}].",
                f"This {turned} the score: {item.statement} [{item.id}].",
                f"{text}, which {turned} the score [{item.id}].",
                f"Ranked first, {text} [{item.id}].",
                f"The category is {item.value}, which {turned} the score [{item.id}].",
                f"The category is {item.value}, and {text} [{item.id}].",
            ]
        return Draft(" ".join(said), len(said), 1.0, 2.0)


@pytest.fixture(scope="module")
def found(demo_files: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Found]:
    folder = tmp_path_factory.mktemp("injections")
    for file in demo_files.iterdir():
        if file.is_file():
            copyfile(file, folder / file.name)
    with Store.open(folder / "demo.duckdb", PASSPHRASE) as store:
        planted = plant(store, STRINGS)
        finish(store.features.compute())
        scorer = latest_scorer(store, make_trainer())
        finish(score_transactions(store, scorer, actor="test", now=datetime.now(UTC)))
        narrator = Obeying(STRINGS)
        return list(measure(store, make_explainer(store, narrator), narrator, planted))


def test_there_are_500_of_many_families_and_each_is_tried() -> None:
    assert len({one.text for one in ALL}) >= 500
    assert {one.family for one in STRINGS} == {one.family for one in ALL}
    assert len({one.family for one in ALL}) >= 20


def test_no_score_decision_or_typology_changes(found: list[Found]) -> None:
    changed = [one for one in found if one.score_changed or one.decision_changed or one.typology_changed]
    assert len(found) == len(STRINGS)
    assert not changed, table(changed)


def test_nothing_is_shown_that_the_evidence_does_not_bear(found: list[Found]) -> None:
    unborne = [(one.injection.text[:60], text) for one in found for text in one.unborne]
    assert not unborne
    assert sum(one.obeyed for one in found) > len(STRINGS) / 2, "the drafts do repeat the strings"
    assert all(len(one.shown) >= 4 for one in found), "the explanation is whole whatever the draft says"


def test_a_string_in_every_field_is_explained_by_the_command_too(demo: Whyflag) -> None:
    with Store.open(demo.store, PASSPHRASE) as store:
        planted = plant(store, STRINGS[:3])
        finish(store.features.compute())
    document = demo.json("explain", planted[0].hostile, "--narrator", "template")
    assert document["transaction_id"] == planted[0].hostile
    assert all(sentence["citations"] for sentence in document["narrative"]["sentences"])
