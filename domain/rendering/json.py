"""The report as JSON: a header, and each case with its explanation in the contract of `whyflag explain --json`."""

import json
import math
from dataclasses import asdict
from datetime import datetime
from typing import Any

from domain.documents import explanation_document
from domain.rendering.template import ReportTemplate
from domain.rendering.wording import CONFIDENTIAL
from domain.reporting import Case, Report
from domain.summary import Summary, summarise
from domain.suspicion import suspicion_draft

FORMAT_VERSION = 2


def render(report: Report, template: ReportTemplate) -> bytes:
    text = json.dumps(report_document(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace")  # a lone surrogate becomes JSON's own \\udxxx


def report_document(report: Report) -> dict[str, Any]:
    """Plain JSON values; text as it is in the data, times in ISO 8601. Tallies are objects from key to count."""
    counts = report.counts
    return {
        "format": "whyflag report",
        "format_version": FORMAT_VERSION,
        "title": report.title,
        "confidentiality": CONFIDENTIAL,
        "created_at": report.created_at.isoformat(),
        "store": report.store,
        "mask": report.mask,
        "scope": {
            "filters": dict(report.scope.filters),
            "limit": report.scope.limit,
            "available": report.scope.available,
        },
        "counts": {
            "cases": counts.cases,
            "bands": dict(counts.bands),
            "dispositions": dict(counts.dispositions),
            "origins": dict(counts.origins),
            "sentences": dict(counts.sentences),
            "drafts": counts.drafts,
            "drafts_verified": counts.drafts_verified,
        },
        "summary": _summary(summarise(report)),
        "classifier": _classifier(report),
        "drift": None if report.drift is None else _plain(asdict(report.drift)),
        "threshold": _finite(report.threshold),
        "cases": [_case(case) for case in report.cases],
        "audit": {"head": report.audit.hash, "entries": report.audit.entries},
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "explanation": explanation_document(case.explanation),
        "transaction": _plain(asdict(case.transaction)),
        "alert": None if case.alert is None else _plain(asdict(case.alert)),
        "disposition": case.disposition,
        "decisions": [_plain(asdict(decision)) for decision in case.decisions],
        "history": [transaction.transaction_id for transaction in case.history],
        "similar": [asdict(other) for other in case.similar],
        "suspicion": list(draft.lines) if (draft := suspicion_draft(case)) else None,
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "days": {str(day): count for day, count in summary.days},
        "typologies": dict(summary.typologies),
        "values": [_plain(asdict(value)) for value in summary.values],
        "precision": {
            **_plain(asdict(summary.precision)),
            "false_positive_ratio": _finite(summary.precision.false_positive_ratio),
        },
        "ages": dict(summary.ages),
        "fallback": summary.fallback,
        "claims": summary.claims,
    }


def _classifier(report: Report) -> dict[str, Any] | None:
    if report.classifier is None:
        return None
    fields = _plain(asdict(report.classifier))
    pairs = {name: {key: _finite(value) for key, value in fields[name]} for name in ("metrics", "typical")}
    return {**fields, **pairs}


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in fields.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return _finite(value) if isinstance(value, float) else value


def _finite(value: float | None) -> float | None:
    """JSON has no infinity and no NaN: both mean here that there is no such number."""
    return value if value is not None and math.isfinite(value) else None
