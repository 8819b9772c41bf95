"""TreeSHAP, as the classifier uses it, gives the Shapley values of the game that conditions on a tree's paths.

Held against Shapley's formula itself, over all coalitions of features, with values absent in a third of the places.
"""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
import shap
from sklearn.ensemble import HistGradientBoostingClassifier

from models.classifier.forest import NODE, Forest
from models.classifier.treeshap import TreeShap

FEATURES = 4


@pytest.fixture(scope="module")
def model() -> HistGradientBoostingClassifier:
    rng = np.random.default_rng(5)
    values = rng.integers(0, 12, (1500, FEATURES)).astype(float)
    values[rng.random(values.shape) < 0.33] = np.nan
    values[:, 3] = 1.0  # never split on
    seen = np.nan_to_num(values, nan=6.0)
    fraud = seen[:, 0] * seen[:, 1] + 3 * seen[:, 2] + rng.normal(0, 6, len(seen)) > 80
    return HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=6, random_state=0).fit(values, fraud)


def forest(model: HistGradientBoostingClassifier) -> Forest:
    baseline = float(np.ravel(model._baseline_prediction)[0])
    return Forest(tuple(predictor.nodes for [predictor] in model._predictors), baseline)


def cases() -> np.ndarray:
    rng = np.random.default_rng(6)
    values = rng.integers(0, 12, (25, FEATURES)).astype(float)
    values[rng.random(values.shape) < 0.33] = np.nan
    return values


def expected(nodes: np.ndarray, row: np.ndarray, known: frozenset[int], at: int = 0) -> float:
    """A tree's value where only `known` features are: along both branches of others, weighted by training rows."""
    node = nodes[at]
    if node["is_leaf"]:
        return float(node["value"])
    left, right = int(node["left"]), int(node["right"])
    feature = int(node["feature_idx"])
    if feature in known:
        value = row[feature]
        goes_left = node["missing_go_to_left"] if np.isnan(value) else value <= node["num_threshold"]
        return expected(nodes, row, known, left if goes_left else right)
    parts = [(float(nodes[child]["count"]), expected(nodes, row, known, child)) for child in (left, right)]
    return sum(count * value for count, value in parts) / sum(count for count, _ in parts)


def shapley(model: HistGradientBoostingClassifier, row: np.ndarray) -> list[float]:
    """By the formula: each feature's mean addition over all orders of joining."""
    trees = [predictor.nodes for [predictor] in model._predictors]

    def worth(known: tuple[int, ...]) -> float:
        return sum(expected(nodes, row, frozenset(known)) for nodes in trees)

    values = []
    for feature in range(FEATURES):
        others = [other for other in range(FEATURES) if other != feature]
        total = 0.0
        for size in range(FEATURES):
            weight = factorial(size) * factorial(FEATURES - size - 1) / factorial(FEATURES)
            for known in combinations(others, size):
                total += weight * (worth((*known, feature)) - worth(known))
        values.append(total)
    return values


def test_contributions_are_the_shapley_values(model: HistGradientBoostingClassifier) -> None:
    rows = cases()
    found = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent").shap_values(rows)
    assert found == pytest.approx(np.array([shapley(model, row) for row in rows]), abs=1e-9)


def test_they_share_out_the_whole_score_and_give_nothing_to_what_no_tree_splits_on(
    model: HistGradientBoostingClassifier,
) -> None:
    rows = cases()
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    found = explainer.shap_values(rows)
    base = float(np.ravel(explainer.expected_value)[0])
    assert base + found.sum(axis=1) == pytest.approx(model.decision_function(rows), abs=1e-9)
    assert (found[:, 3] == 0).all()


def test_the_compiled_code_called_alone_gives_what_shap_gives(model: HistGradientBoostingClassifier) -> None:
    alone, explainer = TreeShap(forest(model)), shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    np.testing.assert_allclose(alone.values(cases()), explainer.shap_values(cases()), atol=1e-12)
    assert alone.expected_value == pytest.approx(float(np.ravel(explainer.expected_value)[0]), abs=1e-12)


def test_a_tree_that_is_only_a_leaf_scores_and_explains() -> None:
    """Where no split gains anything, a tree has one node."""
    leaf = np.zeros(1, dtype=NODE)
    leaf["value"], leaf["count"], leaf["is_leaf"] = 0.25, 7, 1
    alone = Forest((leaf, leaf), -1.0)
    assert alone.margin(np.ones((2, FEATURES))).tolist() == [-0.5, -0.5]
    assert (TreeShap(alone).values(np.ones((2, FEATURES))) == 0).all() and TreeShap(alone).expected_value == -0.5
