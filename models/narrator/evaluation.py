"""The narrator's metrics (design section 5, after arXiv 2412.10220), on drafts before any repair and on shown text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from domain.evidence import Evidence
from domain.narration import NarrationBuilder
from domain.narrative import NarrationRequest, Narrative, Narrator
from models.narrator.extraction import confirmed, read, sentences_of, values_agree, without_names


@dataclass(frozen=True, slots=True)
class NarratorMetrics:
    """Shares in 0..1; each is None where nothing could be measured. `tokens` is the mean of a draft."""

    narrator: str
    store: str
    k: int
    alerts: int
    rank_agreement: float | None  # cited at the place of its rank, and any stated rank is right
    sign_agreement: float | None  # cited evidence whose sentence gives its direction
    value_agreement: float | None  # numbers of a draft that stand, with unit and role, in the cited statement
    numbers: int
    coverage: float  # top-k evidence cited in the draft
    inversion: float | None  # sentences that keep their direction though the evidence's was flipped
    shown_verified: float  # shown sentences that the extractor, which shares no code with verification, confirms
    shown_sentences: int
    fallback_rate: float  # shown sentences that are the template's
    repaired_rate: float
    draft_verified: float  # drafts shown as they were written
    distinct_2: float  # different word pairs among all, over the drafts
    perplexity: float | None  # of the drafts under the bare base model
    tokens: float


@dataclass(frozen=True, slots=True)
class DraftScore:
    """Counts over one draft, (right, all) each."""

    rank: tuple[int, int]
    sign: tuple[int, int]
    value: tuple[int, int]
    covered: int


def score_draft(text: str, evidence: Sequence[Evidence]) -> DraftScore:
    """Reads a draft and counts what agrees with the evidence it cites."""
    known = {item.id: item for item in evidence}
    order = [item.id for item in sorted(evidence, key=lambda item: item.rank)]
    first_cited: list[str] = []
    ranks, signs, values = [0, 0], [0, 0], [0, 0]
    for sentence in sentences_of(text):
        citations = read(sentence).citations
        if len(citations) != 1 or citations[0] not in known:
            continue
        item = known[citations[0]]
        reading = read(without_names(sentence, [item]))
        if reading.is_pattern:
            continue
        right, said = values_agree(sentence, item)
        values[0] += right
        values[1] += said
        if item.id in first_cited:
            continue
        first_cited.append(item.id)
        signs[0] += reading.direction == item.direction
        signs[1] += 1
        in_place = order[len(first_cited) - 1] == item.id if len(first_cited) <= len(order) else False
        ranks[0] += in_place and reading.rank in (None, item.rank)
        ranks[1] += 1
    return DraftScore((ranks[0], ranks[1]), (signs[0], signs[1]), (values[0], values[1]), len(first_cited))


def flipped(evidence: Evidence) -> Evidence:
    """The same observation with its contribution's sign turned."""
    direction = "lowers" if evidence.direction == "raises" else "raises"
    return replace(evidence, direction=direction, contribution=-evidence.contribution)


def evaluate(
    narrator: Narrator,
    cases: Sequence[NarrationRequest],
    k: int,
    *,
    store: str = "",
    label: str = "",
    inversion: bool = True,
    fluency: Callable[[Sequence[str]], float] | None = None,
    on_case: Callable[[int, int], None] = lambda done, total: None,
) -> NarratorMetrics:
    """Measures `narrator` on `cases`, each cut to its k strongest pieces of evidence.

    `label` is what the result calls it; `fluency` gives the perplexity of texts, which otherwise is not measured.
    """
    requests = [_strongest(case, k) for case in cases]
    drafts = []
    for draft in narrator.narrate_many(requests):
        drafts.append(draft)
        on_case(len(drafts), len(requests))
    scores = [score_draft(draft.text, request.evidence) for draft, request in zip(drafts, requests, strict=True)]
    shown = [_shown(narrator, request, draft.text) for request, draft in zip(requests, drafts, strict=True)]
    statuses = [sentence.status for narrative in shown for sentence in narrative.sentences]
    checks = [
        confirmed(sentence.text, request.evidence, request.typology)
        for narrative, request in zip(shown, requests, strict=True)
        for sentence in narrative.sentences
    ]
    words = [draft.text.lower().split() for draft in drafts]
    pairs = [pair for text in words for pair in pairwise(text)]
    return NarratorMetrics(
        narrator=label or narrator.version.name,
        store=store,
        k=k,
        alerts=len(requests),
        rank_agreement=_share([score.rank for score in scores]),
        sign_agreement=_share([score.sign for score in scores]),
        value_agreement=_share([score.value for score in scores]),
        numbers=sum(score.value[1] for score in scores),
        coverage=sum(score.covered for score in scores) / max(1, sum(len(request.evidence) for request in requests)),
        inversion=_inversion(narrator, requests, drafts_texts=[draft.text for draft in drafts]) if inversion else None,
        shown_verified=sum(checks) / max(1, len(checks)),
        shown_sentences=len(checks),
        fallback_rate=statuses.count("template") / max(1, len(statuses)),
        repaired_rate=statuses.count("repaired") / max(1, len(statuses)),
        draft_verified=sum(narrative.draft_verified for narrative in shown) / max(1, len(shown)),
        distinct_2=len(set(pairs)) / max(1, len(pairs)),
        perplexity=fluency([draft.text for draft in drafts]) if fluency else None,
        tokens=sum(draft.tokens for draft in drafts) / max(1, len(drafts)),
    )


def _shown(narrator: Narrator, request: NarrationRequest, draft: str) -> Narrative:
    return NarrationBuilder(request).finish(draft, lambda again: narrator.narrate(again).text)


def _strongest(case: NarrationRequest, k: int) -> NarrationRequest:
    evidence = tuple(sorted(case.evidence, key=lambda item: item.rank)[:k])
    kept = {item.id for item in evidence}
    typology = case.typology if case.typology and set(case.typology.evidence) <= kept else None
    return replace(case, evidence=evidence, typology=typology)


def _inversion(narrator: Narrator, requests: Sequence[NarrationRequest], drafts_texts: Sequence[str]) -> float | None:
    turned = [
        replace(request, evidence=tuple(flipped(item) for item in request.evidence), typology=None)
        for request in requests
    ]
    kept = [0, 0]
    for before, draft in zip(drafts_texts, narrator.narrate_many(turned), strict=True):
        directions = _directions(before)
        for id_, direction in _directions(draft.text).items():
            if id_ in directions:
                kept[0] += direction == directions[id_]
                kept[1] += 1
    return kept[0] / kept[1] if kept[1] else None


def _directions(text: str) -> dict[str, str]:
    readings = [read(sentence) for sentence in sentences_of(text)]
    return {
        reading.citations[0]: reading.direction
        for reading in readings
        if len(reading.citations) == 1 and reading.direction in ("raises", "lowers") and not reading.is_pattern
    }


def _share(counts: Sequence[tuple[int, int]]) -> float | None:
    total = sum(count[1] for count in counts)
    return sum(count[0] for count in counts) / total if total else None
