"""The classifier as bytes and back: skops with a fixed allow-list, and the same bytes for the same trees.

skops names arrays and marks objects by their addresses in memory and stamps the time into the archive. Both are
replaced by running numbers, so that a hash of the artifact says whether two classifiers are the same.
"""

import hashlib
import io
import json
import zipfile
from typing import Any

import numpy as np
import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from domain.errors import ClassifierRefused
from models.classifier.model import Calibration, Design, Trees

ALLOWED = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)
EPOCH = (1980, 1, 1, 0, 0, 0)


def artifact_id(artifact: bytes) -> str:
    """sha256: the classifier's id."""
    return hashlib.sha256(artifact).hexdigest()


def to_artifact(trees: Trees) -> bytes:
    content = {
        "features": list(trees.design.features),
        "tail_from": trees.design.tail_from,
        "members": list(trees.members),
        "slope": trees.calibration.slope,
        "offset": trees.calibration.offset,
    }
    return _canonical(skops.io.dumps(content))


def from_artifact(artifact: bytes, expected_id: str) -> Trees:
    """Raises ClassifierRefused where the bytes are not the registered ones, or hold types that are not allowed."""
    if artifact_id(artifact) != expected_id:
        raise ClassifierRefused(
            f"The artifact of classifier {expected_id[:12]} is not the one that was registered.",
            "Train anew with `whyflag train`.",
        )
    try:
        content = skops.io.loads(artifact, trusted=list(ALLOWED))
    except UntrustedTypesFoundException as error:
        raise ClassifierRefused(
            f"The artifact of classifier {expected_id[:12]} holds types that are not allowed: {error}",
            "Use only classifiers that this product trained.",
        ) from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise ClassifierRefused(
            f"The artifact of classifier {expected_id[:12]} is no whyflag classifier.", "Train anew."
        ) from error
    return _trees(content, expected_id)


def _trees(content: Any, expected_id: str) -> Trees:
    try:
        return Trees(
            Design(tuple(content["features"]), np.asarray(content["tail_from"])),
            tuple(content["members"]),
            Calibration(float(content["slope"]), float(content["offset"])),
        )
    except (KeyError, TypeError) as error:
        raise ClassifierRefused(
            f"The artifact of classifier {expected_id[:12]} is no whyflag classifier.", "Train anew."
        ) from error


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
