"""The report use case: takes alerts from the queue, explains them, and writes their report with its audit entries."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from domain.narrative import Explanation
from domain.progress import Progress, Work
from domain.reporting import AuditHead, Case, Format, Report, Scope, build_report, write_report
from domain.review import AlertState, QueueRow
from domain.store import Store

HISTORY_SHOWN = 60


def export_report(
    store: Store,
    explain: Callable[[Sequence[str]], Iterator[Explanation]],
    render: Callable[[Report, Format], bytes],
    folder: Path,
    formats: Sequence[Format],
    *,
    actor: str,
    created_at: datetime,
    limit: int | None = None,
    state: AlertState | None = None,
) -> Work[tuple[Path, ...]]:
    """Reports the `limit` highest alerts (None: all) in `state` (None: any) and returns the files, one a format.

    `explain` gives the explanations of alert ids in their order, as Explainer.explain_many does. The audit gets two
    entries: the export begun, which the report cites as its audit head, and the files with their sha256, before they
    appear. Raises ReportFailed, and what `explain` raises.
    """
    rows, available = store.alerts.top(limit, state)
    cases: list[Case] = []
    explanations = explain([row.alert_id for row in rows])
    for done, row in enumerate(rows):
        yield Progress("explaining", done, len(rows))
        cases.append(_case(store, row, next(explanations)))
    yield Progress("explaining", len(rows), len(rows))
    scope = {"state": state or "any", "limit": limit, "cases": len(cases), "formats": ",".join(formats)}
    begun = store.audit.append(actor, "export", str(folder), {"step": "begun", **scope})
    newest = store.models.latest()
    report = build_report(
        cases,
        created_at=created_at,
        store=str(store.path),
        scope=Scope((("state", state),) if state else (), limit, available),
        classifier=newest[0] if newest else None,
        audit=AuditHead(begun.hash, begun.sequence),
    )

    def record(hashes: Mapping[str, str]) -> None:
        store.audit.append(actor, "export", str(folder), {"step": "written", **hashes})

    return (yield from write_report(report, folder, formats, render, record))


def _case(store: Store, row: QueueRow, explanation: Explanation) -> Case:
    (transaction,) = store.transactions.get([row.transaction_id])
    return Case(
        transaction=transaction,
        alert=store.alerts.get(row.alert_id),
        explanation=explanation,
        history=store.transactions.history(row.customer_id, row.occurred_at, HISTORY_SHOWN),
        decisions=store.reviews.history(row.alert_id),
    )
