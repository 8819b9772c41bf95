"""LIME as a second opinion (Ribeiro, Singh and Guestrin 2016, doi:10.1145/2939672.2939778), by its authors' package."""

import numpy as np

from domain.scoring import FeatureMatrix, FloatArray, Scorer
from domain.second_opinion import LocalFit

SAMPLES = 3_000


class Lime:
    """Implements domain.second_opinion.LocalSurrogate: a ridge regression on which values stay in the case's quartile.

    It explains the calibrated log-odds, as the contributions do, so that saturated probabilities hide nothing.
    """

    method = "LIME"

    def fit(self, scorer: Scorer, case: FeatureMatrix, background: FeatureMatrix, seed: int) -> LocalFit:
        """Weights are of 'this value is in its quartile of the background', against any other value."""
        from lime.lime_tabular import LimeTabularExplainer  # slow to import, and seldom asked

        row = case.values[0]
        present = np.flatnonzero(~np.isnan(row))
        usual = _without_gaps(background.values[:, present], row[present])

        def log_odds(values: FloatArray) -> FloatArray:
            full = np.repeat(row[None, :], len(values), axis=0)
            full[:, present] = values
            p = scorer.score(FeatureMatrix(np.full(len(values), case.transaction_ids[0]), case.names, full))
            p = np.clip(p, 1e-12, 1 - 1e-12)
            return np.asarray(np.log(p / (1 - p)))

        explainer = LimeTabularExplainer(
            usual, mode="regression", feature_selection="none", discretize_continuous=True, random_state=seed
        )
        found = explainer.explain_instance(row[present], log_odds, num_features=len(present), num_samples=SAMPLES)
        weights = np.zeros(len(row))
        for place, weight in found.local_exp[1]:
            weights[present[place]] = weight
        return LocalFit(weights, float(found.score))


def _without_gaps(values: FloatArray, row: FloatArray) -> FloatArray:
    """LIME knows no absent values: each is the median of its column, or the case's own where a column has none."""
    filled = values.copy()
    for column in range(filled.shape[1]):
        absent = np.isnan(filled[:, column])
        if absent.any():
            filled[absent, column] = row[column] if absent.all() else np.median(filled[~absent, column])
    return filled
