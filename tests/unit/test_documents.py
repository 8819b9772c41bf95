"""The JSON document of an explanation: the design's keys, and back to the same record."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents import (
    explanation_document,
    explanation_from_document,
    explanation_from_json,
    explanation_json,
    explanation_schema,
)
from domain.errors import StoreDamaged
from domain.narrative import Explanation
from tests.reports import an_explanation

ROOT = Path(__file__).parents[2]


def test_document_has_the_contracts_keys_in_order() -> None:
    document = explanation_document(an_explanation())
    assert list(document) == [
        "alert_id", "transaction_id", "score", "threshold", "band",
        "evidence", "typology", "narrative", "bundle", "timings_ms",
    ]  # fmt: skip
    assert list(document["evidence"][0]) == [
        "id", "kind", "feature", "statement", "value", "unit",
        "baseline", "direction", "contribution", "rank", "rows",
    ]  # fmt: skip
    assert list(document["typology"]) == ["name", "rule", "evidence"]
    assert list(document["narrative"]) == ["origin", "draft", "draft_verified", "sentences"]
    assert list(document["narrative"]["sentences"][0]) == ["text", "citations", "status", "claims"]
    assert list(document["narrative"]["sentences"][0]["claims"][0]) == ["kind", "text", "evidence"]
    assert list(document["bundle"]) == [
        "classifier", "base_model", "adapter", "prompt", "features", "created_at", "seed", "style", "id",
    ]  # fmt: skip
    assert list(document["timings_ms"]) == ["evidence", "first_token", "total", "tokens"]


@pytest.mark.parametrize(
    "explanation",
    [
        an_explanation(),
        dataclasses.replace(an_explanation(), alert_id=None, typology=None),
        dataclasses.replace(an_explanation(), threshold=math.inf),
    ],
    ids=["alert", "not flagged", "no alert budget"],
)
def test_document_reads_back_to_the_same_record(explanation: Explanation) -> None:
    assert explanation_from_document(explanation_document(explanation)) == explanation
    assert explanation_from_json(explanation_json([explanation])) == explanation


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_number_survives_the_round_trip(text: str, number: float) -> None:
    base = an_explanation()
    evidence = dataclasses.replace(base.evidence[0], statement=text, value=number, baseline=None)
    explanation = dataclasses.replace(base, transaction_id=text, score=number, evidence=(evidence,))
    assert explanation_from_json(explanation_json([explanation])) == explanation


def test_unreachable_threshold_is_null_and_the_text_is_strict_json() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    text = explanation_json([dataclasses.replace(an_explanation(), threshold=math.inf)])
    assert json.loads(text, parse_constant=refuse)["threshold"] is None


def test_nan_is_refused_rather_than_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        explanation_document(dataclasses.replace(an_explanation(), score=math.nan))


def test_one_explanation_is_an_object_and_several_are_a_list() -> None:
    assert isinstance(json.loads(explanation_json([an_explanation()])), dict)
    assert len(json.loads(explanation_json([an_explanation(), an_explanation()]))) == 2


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"score": "high"}, "score"),
        ({"timings_ms": {"evidence": 1.0}}, "timings_ms.first_token"),
        ({"evidence": [{}]}, "evidence.0.id"),
        ({"narrative": None}, "narrative"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_naming_the_part(change: dict[str, Any], named: str) -> None:
    with pytest.raises(StoreDamaged) as refused:
        explanation_from_document({**explanation_document(an_explanation()), **change})
    assert named in refused.value.message
    assert an_explanation().transaction_id in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "7"])
def test_text_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(StoreDamaged):
        explanation_from_json(text)


def test_schema_file_is_the_contracts() -> None:
    written = json.loads((ROOT / "resources/report/explanation.schema.json").read_text(encoding="utf-8"))
    assert _without_descriptions(written) == _without_descriptions(explanation_schema()), (
        "the contract changed: python -m domain.documents > resources/report/explanation.schema.json"
    )
    assert list(written["required"]) == list(explanation_document(an_explanation()))


def _without_descriptions(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_descriptions(value) for key, value in part.items() if key != "description"}
    return [_without_descriptions(value) for value in part] if isinstance(part, list) else part
