"""The classifier: what it learns, how it explains, and that its artifact is itself and nothing else."""

import io
import os
import pickle
import subprocess
import sys
import zipfile
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import skops.io
from sklearn.decomposition import PCA
from sklearn.preprocessing import FunctionTransformer

from domain.errors import ClassifierRefused, NotEnoughLabels
from domain.scoring import FeatureMatrix, Scorer, TrainingSet
from models.classifier.artifact import artifact_id, from_artifact
from models.classifier.training import HistGradientBoostingTrainer, Settings

NAMES = ("amount", "risk", "absent", "constant", "sparse", "noise")
QUICK = HistGradientBoostingTrainer(Settings(rounds=40, learning_rate=0.1))


def training_set(rows: int = 6000, seed: int = 3) -> TrainingSet:
    """Fraud where the amount is far out in its tail, or the risk is high; a third of the risks are absent."""
    rng = np.random.default_rng(seed)
    amount, risk = rng.lognormal(3, 1, rows), rng.random(rows)
    fraud = (amount > np.quantile(amount, 0.995)) | ((risk > 0.97) & (rng.random(rows) < 0.5))
    values = np.column_stack(
        [
            amount,
            np.where(rng.random(rows) < 0.33, np.nan, risk),
            np.full(rows, np.nan),
            np.ones(rows),
            np.where(rng.random(rows) < 0.02, rng.random(rows), np.nan),
            rng.normal(size=rows),
        ]
    )
    moments = np.datetime64("2026-01-01T00:00:00", "us") + np.arange(rows) * np.timedelta64(600_000_000, "us")
    ids = np.array([f"T-{number}" for number in range(rows)], dtype=object)
    return TrainingSet(FeatureMatrix(ids, NAMES, values), fraud, moments, datetime(2026, 3, 1))


@cache
def trained() -> tuple[Scorer, bytes]:
    return QUICK.train(training_set(), seed=0)


def test_it_ranks_frauds_of_unseen_rows_first() -> None:
    unseen = training_set(seed=4)
    scores = trained()[0].score(unseen.features)
    assert scores.shape == (6000,) and (scores >= 0).all() and (scores <= 1).all()
    assert unseen.labels[np.argsort(-scores)[:25]].mean() > 0.9


def test_probabilities_match_the_rate_of_frauds() -> None:
    unseen = training_set(seed=5)
    assert trained()[0].score(unseen.features).mean() == pytest.approx(unseen.labels.mean(), rel=0.3)


def test_calibration_is_learnt_on_the_latest_fifth_of_the_frauds() -> None:
    data = training_set()
    frauds = np.flatnonzero(data.labels)
    metrics = dict(trained()[0].version.metrics)
    later = int(metrics["held_out_rows"])
    assert int(metrics["held_out_frauds"]) == pytest.approx(len(frauds) / 5, abs=1)
    assert data.labels[-later:].sum() == metrics["held_out_frauds"]  # the last rows in time, and no others
    assert metrics["mean_probability"] == pytest.approx(metrics["fraud_rate"], rel=0.05)


def test_the_calibrating_rows_are_chosen_by_time_not_by_their_order() -> None:
    data = training_set()
    order = np.random.default_rng(1).permutation(len(data.labels))
    shuffled = TrainingSet(
        FeatureMatrix(data.features.transaction_ids[order], NAMES, data.features.values[order]),
        data.labels[order],
        data.occurred_at[order],
        data.known_at,
    )
    found = dict(QUICK.train(shuffled, seed=0)[0].version.metrics)
    kept = dict(trained()[0].version.metrics)
    assert (found["held_out_rows"], found["held_out_frauds"]) == (kept["held_out_rows"], kept["held_out_frauds"])


def test_features_without_information_are_left_out() -> None:
    version = trained()[0].version
    assert version.features == ("amount", "risk", "sparse", "noise")
    assert dict(version.typical)["amount"] == pytest.approx(np.median(training_set().features.values[:, 0]))
    assert (version.rows, version.frauds) == (6000, int(training_set().labels.sum()))


def test_contributions_add_up_to_the_calibrated_log_odds_absent_values_included() -> None:
    scorer, _ = trained()
    data = training_set(seed=6).features
    assert np.isnan(data.values[:, 1]).any()
    scores, reasons = scorer.score(data), scorer.contributions(data)
    log_odds = np.log(scores) - np.log1p(-scores)
    assert reasons.names == scorer.version.features
    assert reasons.values.shape == (6000, 4)
    assert np.abs(reasons.base + reasons.values.sum(axis=1) - log_odds).max() < 1e-6


def test_the_tail_of_the_amount_counts_as_the_amount() -> None:
    scorer, _ = trained()
    data = training_set().features
    largest = int(np.argmax(data.values[:, 0]))
    reasons = scorer.contributions(FeatureMatrix(data.transaction_ids[[largest]], data.names, data.values[[largest]]))
    assert reasons.names[int(np.argmax(reasons.values[0]))] == "amount"


def test_no_rows_give_no_scores() -> None:
    empty = FeatureMatrix(np.array([], dtype=object), NAMES, np.empty((0, len(NAMES))))
    assert trained()[0].score(empty).shape == (0,)
    assert trained()[0].contributions(empty).values.shape == (0, 4)


def test_the_same_seed_gives_the_same_artifact_and_another_seed_another() -> None:
    assert QUICK.train(training_set(), seed=0)[1] == trained()[1]
    assert QUICK.train(training_set(), seed=1)[1] != trained()[1]


def test_a_restored_classifier_scores_alike() -> None:
    scorer, artifact = trained()
    restored = QUICK.restore(artifact, scorer.version)
    data = training_set(seed=8).features
    assert scorer.version.classifier_id == artifact_id(artifact)
    assert (restored.score(data) == scorer.score(data)).all()


def test_changed_bytes_are_refused() -> None:
    scorer, artifact = trained()
    with pytest.raises(ClassifierRefused, match="not the one that was registered"):
        QUICK.restore(artifact[:-1] + b"x", scorer.version)


@pytest.mark.parametrize("content", [PCA, print, [1], {"features": ["a"]}])
def test_other_content_is_refused_even_under_its_own_hash(content: object) -> None:
    artifact = skops.io.dumps(content() if content is PCA else content)
    with pytest.raises(ClassifierRefused):
        from_artifact(artifact, artifact_id(artifact))


def changed(artifact: bytes, name: str, content: bytes) -> bytes:
    """The artifact with other content under one of its names."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(artifact)) as old, zipfile.ZipFile(out, "w") as new:
        for known in old.namelist():
            new.writestr(known, content if known == name else old.read(known))
    return out.getvalue()


def test_objects_in_an_artifact_are_not_made(tmp_path: Path) -> None:
    """An array may hold pickled objects, which run what they like when they are loaded."""
    ran = tmp_path / "ran"

    class Payload:
        def __reduce__(self) -> object:
            return ran.touch, ()

    array = io.BytesIO()
    np.save(array, np.array([Payload()], dtype=object))
    artifact = changed(trained()[1], "0.npy", array.getvalue())
    with pytest.raises(ClassifierRefused):
        from_artifact(artifact, artifact_id(artifact))
    assert not ran.exists()


def test_another_class_is_refused_by_its_name() -> None:
    members = {"features": [], "tail_from": np.empty(0), "members": [FunctionTransformer(os.system)]}
    artifact = skops.io.dumps({**members, "slope": 1.0, "offset": 0.0})
    with pytest.raises(ClassifierRefused, match="FunctionTransformer where HistGradientBoostingClassifier"):
        from_artifact(artifact, artifact_id(artifact))


def nodes_of(artifact: bytes) -> tuple[str, np.ndarray]:
    """Name and content of the first tree with more than a root."""
    with zipfile.ZipFile(io.BytesIO(artifact)) as archive:
        for name in archive.namelist():
            if name.endswith(".npy"):
                array = np.load(io.BytesIO(archive.read(name)))
                if array.dtype.names and "left" in array.dtype.names and len(array) > 1:
                    return name, array
    raise AssertionError("no tree")


@pytest.mark.parametrize(("field", "value"), [("left", 0), ("right", 10_000), ("feature_idx", 99), ("feature_idx", -1)])
def test_a_tree_that_leads_out_of_its_arrays_is_refused(field: str, value: int) -> None:
    """Compiled code follows the nodes without asking."""
    name, nodes = nodes_of(trained()[1])
    nodes[field][0] = value
    array = io.BytesIO()
    np.save(array, nodes)
    artifact = changed(trained()[1], name, array.getvalue())
    with pytest.raises(ClassifierRefused, match="a tree"):
        from_artifact(artifact, artifact_id(artifact))


def test_scoring_and_explaining_a_payment_loads_no_library_for_it() -> None:
    """They would stand in the window's memory for nothing: 135 MB."""
    code = """
import sys, pickle
from models.classifier.training import HistGradientBoostingTrainer
artifact, version, features = pickle.load(sys.stdin.buffer)
scorer = HistGradientBoostingTrainer().restore(artifact, version)
scorer.score(features), scorer.contributions(features)
print(*({'sklearn', 'scipy', 'skops', 'shap', 'numba', 'torch', 'pytest'} & set(sys.modules)))"""
    data = training_set(rows=20).features
    given = pickle.dumps((trained()[1], trained()[0].version, data))
    found = subprocess.run([sys.executable, "-c", code], input=given, capture_output=True, check=True)
    assert found.stdout.strip() == b""


def test_what_is_no_artifact_is_refused() -> None:
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for artifact in (b"", b"junk", empty.getvalue()):
        with pytest.raises(ClassifierRefused):
            from_artifact(artifact, artifact_id(artifact))


def test_too_few_frauds_are_refused() -> None:
    data = training_set()
    few = np.zeros(len(data.labels), bool)
    few[:3] = True
    with pytest.raises(NotEnoughLabels, match="3 known frauds"):
        QUICK.train(TrainingSet(data.features, few, data.occurred_at, data.known_at), 0)
