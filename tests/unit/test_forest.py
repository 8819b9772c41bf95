"""A forest scores as scikit-learn does, from its arrays alone."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from models.classifier.forest import MOST_LEAVES, NODE, ROWS_AT_ONCE, Forest

COLUMNS = 5


def some_rows(count: int, seed: int) -> np.ndarray:
    """Whole numbers, so that many values lie on a threshold; a third is absent, and one column is the same always."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 12, (count, COLUMNS)).astype(float)
    values[rng.random(values.shape) < 0.33] = np.nan
    values[:, 3] = 1.0
    return values


def fitted(leaves: int) -> HistGradientBoostingClassifier:
    values, rng = some_rows(4000, 5), np.random.default_rng(7)
    seen = np.nan_to_num(values, nan=6.0)
    fraud = seen[:, 0] * seen[:, 1] + 3 * seen[:, 2] + 9 * np.isnan(values[:, 4]) + rng.normal(0, 6, len(seen)) > 80
    return HistGradientBoostingClassifier(
        max_iter=15, max_leaf_nodes=leaves, min_samples_leaf=5, random_state=0
    ).fit(values, fraud)  # fmt: skip


def forest(model: HistGradientBoostingClassifier) -> Forest:
    trees = tuple(predictor.nodes for [predictor] in model._predictors)
    return Forest(trees, float(np.ravel(model._baseline_prediction)[0]))


@pytest.mark.parametrize("leaves", [2, 8, 13, 31, MOST_LEAVES])
def test_arrays_score_as_scikit_learn_does_to_the_last_bit(leaves: int) -> None:
    model, values = fitted(leaves), some_rows(3 * ROWS_AT_ONCE + 7, 6)
    values[:4, :2] = [[np.inf, -np.inf], [-np.inf, np.inf], [0.0, -0.0], [1e308, 5e-324]]
    assert forest(model).trees[0].dtype == NODE
    assert max(int(nodes["is_leaf"].sum()) for nodes in forest(model).trees) == leaves
    assert (forest(model).margin(values) == model.decision_function(values)).all()


def test_a_row_scores_alone_as_it_does_among_others() -> None:
    alike, values = forest(fitted(8)), some_rows(40, 8)
    alone = [float(alike.margin(values[at : at + 1])[0]) for at in range(len(values))]
    assert alone == alike.margin(values).tolist()
    assert alike.margin(values[:0]).tolist() == []


def test_a_tree_with_more_leaves_than_bits_is_refused() -> None:
    with pytest.raises(ValueError, match=f"65 leaves; at most {MOST_LEAVES}"):
        forest(fitted(MOST_LEAVES + 1))
