"""An explanation as the JSON document of `whyflag explain --json`, and back.

The keys are the records' own, in their order, but for `timings_ms`; `bundle.id` stands beside them. A threshold that
nothing can reach (infinite: the alert budget is none) is null, for JSON knows no infinity.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain.errors import StoreDamaged
from domain.narrative import Explanation

Document = dict[str, Any]
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


def explanation_document(explanation: Explanation) -> Document:
    """The contract's object, of plain JSON values only. Raises ValueError where a float is NaN."""
    document = asdict(explanation)
    document["timings_ms"] = document.pop("timings")
    document["bundle"]["id"] = explanation.bundle.id
    if math.isinf(explanation.threshold):
        document["threshold"] = None
    plain: Document = json.loads(json.dumps(document, allow_nan=False))
    return plain


def explanation_json(explanations: Sequence[Explanation]) -> str:
    """One object for one explanation, a list for several: what the command prints on stdout."""
    documents = [explanation_document(explanation) for explanation in explanations]
    return json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False, indent=2)


def explanation_from_document(document: Mapping[str, Any]) -> Explanation:
    """The record a document was made of. Raises StoreDamaged naming the first part that does not fit."""
    fields = {("timings" if key == "timings_ms" else key): value for key, value in document.items()}
    if fields.get("threshold", 0.0) is None:
        fields["threshold"] = math.inf
    try:
        return _adapter().validate_json(json.dumps(fields), strict=True)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = ".".join(str(part) for part in first["loc"]).replace("timings", "timings_ms")
        raise StoreDamaged(
            f"The explanation of {fields.get('transaction_id', '?')} cannot be read: {place}: {first['msg']}.",
            "Explain the alert again.",
        ) from invalid


def explanation_from_json(text: str) -> Explanation:
    """Reads one object. Raises StoreDamaged where the text is no such document."""
    try:
        document = json.loads(text)
    except ValueError as broken:
        raise StoreDamaged(f"A kept explanation is no JSON: {broken}.", "Explain the alert again.") from broken
    if not isinstance(document, dict):
        raise StoreDamaged("A kept explanation is no JSON object.", "Explain the alert again.")
    return explanation_from_document(document)


def explanation_schema() -> Document:
    """The contract as JSON Schema: `python -m domain.documents > resources/report/explanation.schema.json`."""
    schema: Document = _without_titles(_adapter().json_schema())
    fields = schema["properties"]
    fields["timings_ms"] = fields.pop("timings")
    schema["$defs"]["Bundle"]["properties"]["id"] = {"type": "string"}
    fields["threshold"] = {"anyOf": [fields["threshold"], {"type": "null"}]}
    schema["required"] = ["timings_ms" if name == "timings" else name for name in schema["required"]]
    return {"$schema": SCHEMA_ID, **schema}


def _without_titles(part: Any) -> Any:
    """Pydantic titles every field with its own name, which says nothing."""
    if isinstance(part, dict):
        return {
            key: _without_titles(value) for key, value in part.items() if key != "title" or not isinstance(value, str)
        }
    return [_without_titles(value) for value in part] if isinstance(part, list) else part


@cache
def _adapter() -> TypeAdapter[Explanation]:
    return TypeAdapter(Explanation)


if __name__ == "__main__":
    print(json.dumps(explanation_schema(), indent=2))
