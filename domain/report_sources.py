"""What a report shows beside its cases' own records: the cases flagged for like reasons, and how the scores drifted."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from domain.explainer import Explainer
from domain.exporting import Sources
from domain.grouping import grouping_of
from domain.progress import finish
from domain.reporting import Drift, SimilarAlert
from domain.scoring import FloatArray, Scorer
from domain.similar import LEAST_SIMILAR, remember_reasons
from domain.store import Store
from domain.store.reasons import CONSIDERED

SIMILAR_SHOWN = 3
CLASSES = 10
LEAST_SCORES = 200  # in each of both periods: below, ten classes say nothing
EMPTY_CLASS = 1e-4  # the share an empty class is taken for, as usual


def sources_of(store: Store, explainer: Explainer, scorer: Scorer) -> Sources:
    """All of it from one store, its classifier and a narrator behind the explainer."""
    return Sources(explainer.explain_many, partial(similar_alerts, store, scorer), partial(score_drift, store))


def similar_alerts(store: Store, scorer: Scorer, alert_ids: Sequence[str]) -> Mapping[str, tuple[SimilarAlert, ...]]:
    """For each alert those whose reasons are nearest, decided ones first; by the contributions, without their words.

    As ReasonTable.nearest finds them, but all vectors are read once: asked for one by one, they are read as often.
    """
    finish(remember_reasons(store, scorer))
    version = scorer.version
    kept = store.reasons.vectors(version.classifier_id, len(grouping_of(version.features).members))
    lengths = np.linalg.norm(kept.contributions, axis=1, keepdims=True)
    directions = kept.contributions / np.where(lengths > 0, lengths, 1)
    decided = np.array([disposition is not None for disposition in kept.dispositions], dtype=np.bool_)
    places = {id_: place for place, id_ in enumerate(kept.alert_ids)}
    return {
        id_: tuple(
            SimilarAlert(kept.alert_ids[near], kept.transaction_ids[near], float(alike[near]), kept.dispositions[near])
            for near in _nearest(alike, decided, places[id_])
        )
        for id_ in alert_ids
        if id_ in places
        for alike in [directions @ directions[places[id_]]]
    }


def _nearest(alike: NDArray[np.float32], decided: NDArray[np.bool_], this: int) -> list[int]:
    """The places of the SIMILAR_SHOWN that come first among the CONSIDERED most alike; `this` is left out."""
    near = np.argpartition(-alike, min(CONSIDERED, len(alike) - 1))[: CONSIDERED + 1]
    near = near[(near != this) & (alike[near] >= LEAST_SIMILAR)]
    order = np.lexsort((near, -alike[near], ~decided[near]))  # the last key weighs most; places go by alert id
    return [int(place) for place in near[order][:SIMILAR_SHOWN]]


def score_drift(store: Store) -> Drift | None:
    """Of the newest classifier; None without one, or where one period has too few scores."""
    newest = store.models.latest()
    if newest is None:
        return None
    trained, since = store.dossiers.scores_beside(newest[0])
    if min(len(trained), len(since)) < LEAST_SCORES:
        return None
    return Drift(stability_index(trained, since), len(trained), len(since))


def stability_index(before: FloatArray, after: FloatArray) -> float:
    """The population stability index of two samples, (n,) and (m,), over classes of equal frequency in `before`.

    Sum over the classes of (a - b) ln(a / b), a and b their shares in `after` and `before`.
    """
    edges = np.unique(np.quantile(before, np.linspace(0, 1, CLASSES + 1)[1:-1]))

    def shares(sample: FloatArray) -> FloatArray:
        counted = np.bincount(np.searchsorted(edges, sample, side="right"), minlength=len(edges) + 1)
        return np.maximum(counted / len(sample), EMPTY_CLASS)

    now, then = shares(after), shares(before)
    return float(np.sum((now - then) * np.log(now / then)))
