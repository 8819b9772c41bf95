"""The shipped adapter on the quantized base model of this machine, in its child process."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.bootstrap import make_narrator, places
from domain.errors import Cancelled
from domain.narration import NarrationBuilder
from domain.narrative import NarrationRequest, Narrator
from domain.verification import verify_sentence
from models.narrator.artifacts import is_built
from models.narrator.evaluation import evaluate
from models.narrator.synthetic import draw_evidence

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        not (is_built(places().narrator.base) and is_built(places().narrator.adapter)),
        reason="the base model is not set up here: ./installer/run or ./installer/test does it",
    ),
]


def drawn(seed: int, k: int) -> NarrationRequest:
    evidence = draw_evidence(random.Random(seed), k)
    by_rank = sorted(evidence, key=lambda item: item.rank)
    return NarrationRequest(tuple(by_rank))


@pytest.fixture(scope="module")
def narrator() -> Iterator[Narrator]:
    made = make_narrator("lora", places())
    yield made
    made.close()


def test_a_draft_cites_its_evidence_and_what_is_shown_is_verified(narrator: Narrator) -> None:
    request = drawn(1, 4)
    pieces: list[str] = []
    draft = narrator.narrate(request, pieces.append)
    assert "".join(pieces) == draft.text
    assert all(f"[{item.id}]" in draft.text for item in request.evidence)
    narrative = NarrationBuilder(request).finish(draft.text, lambda again: narrator.narrate(again).text)
    for sentence in narrative.sentences:
        assert verify_sentence(sentence.text, request.evidence).verified


def test_the_same_request_gives_the_same_text(narrator: Narrator) -> None:
    assert narrator.narrate(drawn(2, 3)).text == narrator.narrate(drawn(2, 3)).text


def test_drafts_follow_the_evidence_closely(narrator: Narrator) -> None:
    metrics = evaluate(narrator, [drawn(seed, 4) for seed in range(100, 112)], 4, inversion=False)
    assert metrics.coverage >= 0.9
    assert (metrics.value_agreement or 0) >= 0.9
    assert (metrics.sign_agreement or 0) >= 0.9
    assert metrics.shown_verified == 1.0


def test_cancelling_frees_the_narrator_for_the_next(narrator: Narrator) -> None:
    pieces: list[str] = []
    with pytest.raises(Cancelled):
        narrator.narrate(drawn(3, 8), pieces.append, cancelled=lambda: len(pieces) > 2)
    assert narrator.narrate(drawn(4, 1)).tokens > 5


def test_the_window_s_process_never_loads_torch(narrator: Narrator, tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from desktop.bootstrap import make_narrator, places; make_narrator('lora', places());"
        " import desktop.main_window; print('torch' in sys.modules, 'transformers' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]
