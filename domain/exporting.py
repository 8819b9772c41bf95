"""The report use case: takes alerts from the queue, explains them, and writes their report with its audit entries.

A report that was begun is kept as a job in the store. A run that was killed is gone on with by the next one with the
same request: the same cases, time and audit head, explanations from the store, files that were whole taken over. Where
anything but explanations and reports came into the store since, the report is begun anew.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from domain.access.roles import require
from domain.manifest import manifest_json, seal_document
from domain.masking import masked
from domain.narrative import Explanation, Timings
from domain.progress import Progress, Work
from domain.rendering.json import report_document
from domain.report_files import Ledger, write_report
from domain.reporting import (
    AuditHead,
    Case,
    Drift,
    Format,
    Preview,
    Report,
    ReportJob,
    ReportRequest,
    Scope,
    Selection,
    SimilarAlert,
    build_report,
)
from domain.signing import Signer
from domain.store import Store
from domain.store.dossiers import Dossier

HISTORY_SHOWN = 60
CHUNK = 250  # cases read from the store at a time
# Audit entries that change nothing a report shows
HARMLESS = ("explain", "export", "backup", "audit_export", "wrong_passphrase")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a report's content comes from, beside the store.

    `explain` gives the explanations of alert ids in their order, as Explainer.explain_many does; `similar` the cases
    flagged for like reasons; `drift` how the scores of a classifier moved since its training, None where unknown.
    """

    explain: Callable[[Sequence[str]], Iterator[Explanation]]
    similar: Callable[[Sequence[str]], Mapping[str, tuple[SimilarAlert, ...]]] = lambda ids: {}
    drift: Callable[[], Drift | None] = lambda: None


def preview_report(store: Store, selection: Selection) -> Preview:
    """What a report of this selection would hold, without making it."""
    ids, matching = store.dossiers.choose(selection)
    spans = [(case.transaction.occurred_at, case.decisions) for case in store.dossiers.read(ids, history=1)]
    times = [occurred_at for occurred_at, _ in spans]
    escalated = sum(bool(decisions) and decisions[-1].disposition == "escalated" for _, decisions in spans)
    return Preview(matching, len(ids), escalated, min(times, default=None), max(times, default=None))


def export_report(
    store: Store,
    sources: Sources,
    render: Callable[[Report, Format], bytes],
    request: ReportRequest,
    *,
    actor: str,
    created_at: datetime,
    reproducible: bool = False,
) -> Work[tuple[Path, ...]]:
    """Reports what `request` selects, highest score first, and returns the files, one a format, and the manifest.

    The report cites the audit chain's head as it was begun. The audit gets two entries: the export begun, and the files
    with their sha256 before they appear. `reproducible`: the times of explanations are `created_at`, too, so that the
    same store gives the same bytes. Raises ReportFailed, and what `sources` and `render` raise.
    """
    require(store.person, "report")
    signer = Signer(store.secrets.report_seed())
    key = _job_key(request, created_at if reproducible else None)
    job = _unfinished(store, key) or _begun(store, key, request, actor, created_at)
    try:
        cases = yield from _cases(store, sources, job.alert_ids)
        if reproducible:
            cases = [_settled(case, job.created_at) for case in cases]
        newest = store.models.latest()
        report = build_report(
            cases,
            created_at=job.created_at,
            store=str(store.path),
            scope=Scope(request.selection.filters, request.selection.limit, job.available),
            classifier=newest[0] if newest else None,
            audit=job.audit,
            drift=sources.drift(),
        )
        report = masked(report, request.mask, signer.mask_key(f"{report.stem} {key}"))
        report = replace(report, seal=seal_document(report_document(report), signer))
        paths = yield from write_report(
            report,
            request.folder,
            request.formats,
            render,
            lambda report, contents: manifest_json(report_document(report), contents, report.stem, signer),
            _ledger(store, job, request, actor),
        )
    except GeneratorExit:  # cancelled by a person: the next run begins anew
        store.report_jobs.remove(key)
        raise
    store.report_jobs.remove(key)
    return paths


def _job_key(request: ReportRequest, created_at: datetime | None) -> str:
    """The same for the same request; `created_at` only where it is given from outside."""
    selection = request.selection
    parts = [
        str(request.folder.absolute()), list(request.formats), list(selection.filters), selection.limit,
        request.mask, request.template, created_at.isoformat() if created_at else None,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _unfinished(store: Store, key: str) -> ReportJob | None:
    """The job of a killed run, where the store still holds what it held."""
    job = store.report_jobs.get(key)
    if job is None or any(entry.action not in HARMLESS for entry in store.audit.entries(after=job.audit.entries)):
        return None
    return job


def _begun(store: Store, key: str, request: ReportRequest, actor: str, created_at: datetime) -> ReportJob:
    with store.transaction():
        ids, available = store.dossiers.choose(request.selection)
        scope = {
            **dict(request.selection.filters),
            "limit": request.selection.limit,
            "cases": len(ids),
            "formats": ",".join(request.formats),
            "mask": request.mask,
        }
        entry = store.audit.append(actor, "export", str(request.folder), {"step": "begun", **scope})
        head = AuditHead(entry.previous, entry.sequence - 1)
        job = ReportJob(key, created_at, head, ids, available)
        store.report_jobs.put(job)
    return job


def _cases(store: Store, sources: Sources, ids: Sequence[str]) -> Work[list[Case]]:
    cases: list[Case] = []
    explanations = sources.explain(ids)
    similar = sources.similar(ids)
    for at in range(0, len(ids), CHUNK):
        for dossier in store.dossiers.read(ids[at : at + CHUNK], HISTORY_SHOWN):
            yield Progress("explaining", len(cases), len(ids))
            cases.append(_case(dossier, next(explanations), similar.get(dossier.alert.alert_id, ())))
    yield Progress("explaining", len(ids), len(ids))
    return cases


def _case(dossier: Dossier, explanation: Explanation, similar: tuple[SimilarAlert, ...]) -> Case:
    return Case(dossier.transaction, dossier.alert, explanation, dossier.history, dossier.decisions, similar)


def _settled(case: Case, at: datetime) -> Case:
    """Without what differs from run to run: when the explanation was made, and how long that took."""
    explanation = case.explanation
    bundle = replace(explanation.bundle, created_at=at.isoformat(timespec="seconds"))
    return replace(case, explanation=replace(explanation, bundle=bundle, timings=Timings(0.0, 0.0, 0.0, 0)))


def _ledger(store: Store, job: ReportJob, request: ReportRequest, actor: str) -> Ledger:
    finished = dict(job.finished)

    def put(recorded: bool) -> None:
        store.report_jobs.put(replace(job, finished=tuple(finished.items()), recorded=recorded))

    def keep(name: str, sha256: str) -> None:
        finished[name] = sha256
        put(job.recorded)

    def record(hashes: Mapping[str, str]) -> None:
        if job.recorded and dict(job.finished) == dict(hashes):
            return  # killed while the files were renamed
        with store.transaction():
            entry = store.audit.append(actor, "export", str(request.folder), {"step": "written", **hashes})
            store.casework.add_export(entry.sequence, job.alert_ids)
            put(recorded=True)

    return Ledger(dict(job.finished), keep, record)
