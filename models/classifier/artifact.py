"""The classifier as bytes and back. Written by skops, and the same bytes for the same trees; read as plain data.

skops names arrays and marks objects by their addresses in memory and stamps the time into the archive. Both are
replaced by running numbers, so that a hash of the artifact says whether two classifiers are the same.

Of an artifact only numbers are taken: the trees' nodes, and what goes with them. No object of it is ever made, so
neither skops nor scikit-learn is loaded for it, and nothing in it can run.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from domain.errors import ClassifierRefused
from models.classifier.forest import NODE, Forest, Nodes
from models.classifier.model import Calibration, Design, Trees

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

MODEL = "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier"
TREE = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"
EPOCH = (1980, 1, 1, 0, 0, 0)


def artifact_id(artifact: bytes) -> str:
    """sha256: the classifier's id."""
    return hashlib.sha256(artifact).hexdigest()


def to_artifact(design: Design, members: "Sequence[HistGradientBoostingClassifier]", calibration: Calibration) -> bytes:
    with _without_all_estimators():
        import skops.io
    content = {
        "features": list(design.features),
        "tail_from": design.tail_from,
        "members": list(members),
        "slope": calibration.slope,
        "offset": calibration.offset,
    }
    return _canonical(skops.io.dumps(content))


def from_artifact(artifact: bytes, expected_id: str) -> Trees:
    """Raises ClassifierRefused where the bytes are not the registered ones, or do not hold trees of numbers."""
    if artifact_id(artifact) != expected_id:
        raise ClassifierRefused(
            f"The artifact of classifier {expected_id[:12]} is not the one that was registered.",
            "Train anew with `whyflag train`.",
        )
    try:
        return _Reader(artifact).trees()
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise ClassifierRefused(
            f"The artifact of classifier {expected_id[:12]} is no whyflag classifier: {error}", "Train anew."
        ) from error


class _Reader:
    """Follows the archive's schema to the few values that are needed; whatever else it names is not looked at."""

    def __init__(self, artifact: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(artifact))
        self._schema: dict[str, Any] = json.loads(self._archive.read("schema.json"))

    def trees(self) -> Trees:
        """Raises KeyError, ValueError or TypeError where it is anything else."""
        content = self._schema["content"]
        features = tuple(str(self._value(node)) for node in content["features"]["content"])
        tail_from = self._array(content["tail_from"]).astype(np.float64)
        members = tuple(self._forest(node, 2 * len(features)) for node in content["members"]["content"])
        calibration = Calibration(float(self._value(content["slope"])), float(self._value(content["offset"])))
        if not members or tail_from.shape != (len(features),):
            raise ValueError("features and trees do not fit each other")
        return Trees(Design(features, tail_from), members, calibration)

    def _forest(self, node: dict[str, Any], columns: int) -> Forest:
        content = _state(node, MODEL)
        stages = content["_predictors"]["content"]
        baseline = self._array(content["_baseline_prediction"])
        trees = tuple(self._nodes(tree, columns) for stage in stages for tree in stage["content"])
        if baseline.size != 1 or not trees or len(trees) != len(stages):
            raise ValueError("not a classifier of two classes")
        return Forest(trees, float(baseline.ravel()[0]))

    def _nodes(self, tree: dict[str, Any], columns: int) -> Nodes:
        """Checked, since compiled code follows them without asking."""
        nodes = self._array(_state(tree, TREE)["nodes"])
        if nodes.dtype != NODE or nodes.ndim != 1 or not len(nodes) or nodes["is_categorical"].any():
            raise ValueError("not a tree of numbers")
        inner = nodes[nodes["is_leaf"] == 0]
        above = np.flatnonzero(nodes["is_leaf"] == 0)
        for child in (inner["left"], inner["right"]):
            if (child <= above).any() or (child >= len(nodes)).any():  # a tree goes down, and so it ends
                raise ValueError("not a tree")
        if (inner["feature_idx"] < 0).any() or (inner["feature_idx"] >= columns).any():
            raise ValueError("a tree asks for a column that there is not")
        return nodes

    def _value(self, node: dict[str, Any]) -> Any:
        return json.loads(node["content"])

    def _array(self, node: dict[str, Any]) -> NDArray[Any]:
        return np.load(io.BytesIO(self._archive.read(node["file"])), allow_pickle=False)


def _state(node: dict[str, Any], kind: str) -> dict[str, Any]:
    """What is kept of an object of that class. Raises ValueError for one of another."""
    found = f"{node['__module__']}.{node['__class__']}"
    if found != kind:
        raise ValueError(f"{found} where {kind.rpartition('.')[2]} was expected")
    state: dict[str, Any] = node["content"]["content"]
    return state


@contextmanager
def _without_all_estimators() -> Iterator[None]:
    """skops asks for every estimator of scikit-learn as it loads, only to trust them all by default.

    Finding them imports torch and pytest, 280 MB that training does not need.
    """
    import sklearn.utils

    found = sklearn.utils.all_estimators
    sklearn.utils.all_estimators = list
    try:
        yield
    finally:
        sklearn.utils.all_estimators = found


def _canonical(archive: bytes) -> bytes:
    """The same archive with running numbers for addresses, and no times."""
    numbering = _Numbering()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        schema = numbering.renumbered(json.loads(old.read("schema.json")))
        for name, number in numbering.files.items():
            new.writestr(zipfile.ZipInfo(number, EPOCH), old.read(name))
        new.writestr(zipfile.ZipInfo("schema.json", EPOCH), json.dumps(schema))
    return out.getvalue()


class _Numbering:
    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self._ids: dict[int, int] = {}
        self._count = 0

    def renumbered(self, node: Any) -> Any:
        """Walks the schema in its order. A cached node refers to the last object numbered under its address."""
        if isinstance(node, list):
            return [self.renumbered(item) for item in node]
        if not isinstance(node, dict):
            return node
        node = dict(node)
        if isinstance(node.get("__id__"), int):
            if node.get("__loader__") != "CachedNode":
                self._count += 1
                self._ids[node["__id__"]] = self._count
            node["__id__"] = self._ids[node["__id__"]]
        if isinstance(node.get("file"), str):
            suffix = node["file"].rpartition(".")[2]
            node["file"] = self.files.setdefault(node["file"], f"{len(self.files)}.{suffix}")
        return {key: self.renumbered(value) for key, value in node.items()}
