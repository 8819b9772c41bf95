"""TreeSHAP of a gradient-boosted classifier, by shap's compiled code alone.

`import shap` loads numba, LLVM, matplotlib and pandas, of which TreeSHAP needs none: 100 MB and a second, in the
window's process. So the extension is loaded by its file, and given the arrays that shap.TreeExplainer would give it;
a test holds both against one another.
"""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np

from domain.scoring import FloatArray
from models.classifier.forest import Forest, Nodes

PATH_DEPENDENT, IDENTITY = 1, 0  # shap's feature_perturbation_codes and output_transform_codes
NOBODY = -1  # no child, no feature
ROWS_AT_ONCE = 8  # some 10 ms: while it computes, the extension lets no other thread of Python run, so not the window's
FIELDS = ("left", "right", "default", "feature_idx")


class TreeShap:
    """Path-dependent TreeSHAP in the forest's raw log-odds."""

    def __init__(self, forest: Forest) -> None:
        trees = forest.trees
        shape = (len(trees), max(len(nodes) for nodes in trees))
        self._links = {name: np.full(shape, NOBODY, dtype=np.int32) for name in FIELDS}
        self._thresholds, self._counts = np.zeros(shape), np.zeros(shape)
        self._types = np.zeros(shape, dtype=np.int32)
        self._values = np.zeros((*shape, 1))
        depths = [self._put(number, nodes) for number, nodes in enumerate(trees)]
        self._depth = max(depths)
        self._base = forest.baseline
        self.expected_value = self._base + float(self._values[:, 0, 0].sum())

    def values(self, columns: FloatArray) -> FloatArray:
        """(n, columns) float64 -> contributions of the same shape; NaN is absent."""
        given = np.ascontiguousarray(columns, dtype=np.float64)
        phi = np.zeros((len(given), given.shape[1] + 1, 1))
        links = self._links
        for at in range(0, len(given), ROWS_AT_ONCE):
            rows = given[at : at + ROWS_AT_ONCE]
            _extension().dense_tree_shap(
                links["left"], links["right"], links["default"], links["feature_idx"],
                self._thresholds, self._types, self._values, self._counts, self._depth,
                rows, np.isnan(rows), None, None, None, len(self._values), np.array([self._base]),
                phi[at : at + ROWS_AT_ONCE], PATH_DEPENDENT, IDENTITY, False,
            )  # fmt: skip
        return phi[:, :-1, 0]

    def _put(self, number: int, nodes: Nodes) -> int:
        """The tree's nodes into row `number`, its inner values set to the means of what is below. Its depth."""
        leaf = nodes["is_leaf"].astype(bool)
        default = np.where(nodes["missing_go_to_left"].astype(bool), nodes["left"], nodes["right"])
        found = {"left": nodes["left"], "right": nodes["right"], "default": default}
        tree = {name: np.where(leaf, NOBODY, values).astype(np.int32) for name, values in found.items()}
        tree["feature_idx"] = np.where(leaf, NOBODY - 1, nodes["feature_idx"]).astype(np.int32)
        values = np.ascontiguousarray(nodes["value"].astype(np.float64)[:, None])
        counts = np.ascontiguousarray(nodes["count"].astype(np.float64))
        depth: int = _extension().compute_expectations(tree["left"], tree["right"], counts, values)
        for name in FIELDS:
            self._links[name][number, : len(nodes)] = tree[name]
        self._thresholds[number, : len(nodes)] = nodes["num_threshold"]
        self._counts[number, : len(nodes)] = counts
        self._values[number, : len(nodes)] = values
        return depth


@cache
def _extension() -> ModuleType:
    package = importlib.util.find_spec("shap")
    if package is None or package.submodule_search_locations is None:
        raise ImportError("shap is not installed")
    # By its folder, not its __init__: the frozen program holds the compiled file alone
    (file,) = Path(next(iter(package.submodule_search_locations))).glob("_cext.*.so")
    spec = importlib.util.spec_from_file_location("shap._cext", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
