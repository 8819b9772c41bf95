"""The window's use cases over an open store. Slow parts are made when first needed, by whichever thread needs them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from desktop.health import Check
from desktop.services import Case, ThresholdBasis
from domain.alerting import AppliedThreshold, ThresholdProposal, apply_threshold, propose_threshold, scored_history
from domain.errors import WhyflagError
from domain.explainer import Explainer
from domain.exporting import export_report, preview_report
from domain.intake import ImportReport, import_files
from domain.mapping import load_mapping, shipped_mappings
from domain.narrative import Explanation, Narrator, Sentence
from domain.pipeline import ScoringResult, decide, latest_scorer, reverse, score_transactions, train_classifier
from domain.progress import Work
from domain.rendering import render
from domain.rendering.template import load_template
from domain.report_sources import sources_of
from domain.reporting import Preview, ReportRequest, Selection
from domain.review import AlertState, Decision, Disposition, QueueRow
from domain.scoring import ClassifierVersion, Scorer, Trainer
from domain.similar import SimilarCase, similar_cases
from domain.store import QueueSnapshot, Store
from domain.thresholds import AnyPolicy, ScoredHistory
from domain.transactions import Transaction
from domain.what_if import Counterfactual, WhatIf, counterfactual, parse_change, what_if

HISTORY_SHOWN = 400
SIMILAR_SHOWN = 5


class StartableNarrator(Narrator, Protocol):
    """A narrator that can load its model ahead of the first request."""

    def start(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What the services are made of; `explainer` makes one for the newest classifier and the given narrator."""

    trainer: Callable[[], Trainer]
    narrator: Callable[[], StartableNarrator]
    explainer: Callable[[Store, Narrator], Explainer]
    health: Callable[[], tuple[Check, ...]]
    actor: str


class StoreServices:
    """Implements desktop.services.Services."""

    def __init__(self, store: Store, parts: Parts) -> None:
        self._store = store
        self._parts = parts
        self._making = threading.Lock()
        self._narrator: StartableNarrator | None = None
        self._explainer: Explainer | None = None
        self._scorer: Scorer | None = None
        self._snapshot: QueueSnapshot | None = None

    def queue(self, sort: str, descending: bool, state: AlertState | None) -> QueueSnapshot:
        former, self._snapshot = self._snapshot, self._store.alerts.snapshot(sort, descending, state)
        if former is not None:
            self._store.alerts.release(former)
        return self._snapshot

    def page(self, snapshot: QueueSnapshot, start: int, count: int) -> tuple[QueueRow, ...]:
        return self._store.alerts.page(snapshot, start, count)

    def case(self, alert_id: str) -> Case:
        (reasons,) = self._explaining().reasons([alert_id])
        transaction = reasons.transaction
        history = self._store.transactions.history(transaction.customer_id, transaction.occurred_at, HISTORY_SHOWN)
        decisions = tuple(reversed(self._store.reviews.history(alert_id)))
        alert = self._store.alerts.get(alert_id)
        return Case(alert, transaction, history, reasons.evidence, reasons.typology, decisions)

    def transactions(self, ids: Sequence[str]) -> tuple[Transaction, ...]:
        return self._store.transactions.get(ids)

    def narrate(
        self,
        alert_id: str,
        on_sentence: Callable[[Sentence], None],
        on_draft: Callable[[str], None],
        cancelled: Callable[[], bool],
    ) -> Explanation:
        return self._explaining().explain(alert_id, on_sentence, on_draft, cancelled)

    def decide(self, alert_id: str, disposition: Disposition, note: str) -> Decision:
        return decide(self._store, alert_id, disposition, note, actor=self._parts.actor, now=datetime.now(UTC))

    def reverse(self, alert_id: str) -> Decision:
        return reverse(self._store, alert_id, actor=self._parts.actor, now=datetime.now(UTC))

    def similar(self, alert_id: str) -> tuple[SimilarCase, ...]:
        transaction_id = self._store.alerts.get(alert_id).transaction_id
        return similar_cases(self._store, self._scoring(), transaction_id, SIMILAR_SHOWN)

    def what_if(self, case: Case, changes: Mapping[str, str]) -> WhatIf:
        values = dict(parse_change(field, text) for field, text in changes.items())
        alert = case.alert
        return what_if(self._store, self._scoring(), alert.transaction_id, values, alert.threshold, told=case.evidence)

    def counterfactual(self, case: Case) -> Counterfactual:
        return counterfactual(self._store, self._scoring(), case.alert.transaction_id, case.alert.threshold)

    def import_files(self, paths: Sequence[Path], mapping: str, table: str | None = None) -> Work[ImportReport]:
        return import_files(self._store, list(paths), load_mapping(mapping), actor=self._parts.actor, table=table)

    def mappings(self) -> tuple[str, ...]:
        return shipped_mappings()

    def train(self) -> Work[ClassifierVersion]:
        version = yield from train_classifier(self._store, self._parts.trainer(), actor=self._parts.actor)
        self._forget_classifier()
        return version

    def score(self) -> Work[ScoringResult]:
        scorer = latest_scorer(self._store, self._parts.trainer())
        result = yield from score_transactions(self._store, scorer, actor=self._parts.actor, now=datetime.now(UTC))
        self._forget_classifier()
        return result

    def threshold_basis(self) -> ThresholdBasis:
        history = scored_history(self._store, self._scoring().version)
        return ThresholdBasis(history, self._store.scores.policy())

    def propose_threshold(self, policy: AnyPolicy, per_review: float, history: ScoredHistory) -> ThresholdProposal:
        return propose_threshold(self._store, self._scoring().version, policy, per_review=per_review, history=history)

    def apply_threshold(self, policy: AnyPolicy) -> Work[AppliedThreshold]:
        return apply_threshold(self._store, self._scoring(), policy, actor=self._parts.actor, now=datetime.now(UTC))

    def preview_report(self, selection: Selection) -> Preview:
        return preview_report(self._store, selection)

    def report(self, request: ReportRequest) -> Work[tuple[Path, ...]]:
        template = load_template(request.template)
        return export_report(
            self._store,
            sources_of(self._store, self._explaining(), self._scoring()),
            partial(render, template=template),
            request,
            actor=self._parts.actor,
            created_at=datetime.now(UTC),
        )

    def health(self) -> tuple[tuple[str, str], ...]:
        return tuple((check.name, check.found) for check in self._parts.health())

    def warm(self) -> None:
        """Loads what the first case needs, beside the opening of the window; what is missing is told by that case."""
        try:
            self._explaining()
            if self._narrator is not None:
                self._narrator.start()
        except WhyflagError:
            return

    def close(self) -> None:
        if self._narrator is not None:
            self._narrator.close()
        self._store.close()

    def _explaining(self) -> Explainer:
        with self._making:
            if self._narrator is None:
                self._narrator = self._parts.narrator()
            if self._explainer is None:
                self._explainer = self._parts.explainer(self._store, self._narrator)
            return self._explainer

    def _scoring(self) -> Scorer:
        """The newest classifier, restored once. Raises NoClassifier, ClassifierRefused."""
        with self._making:
            if self._scorer is None:
                self._scorer = latest_scorer(self._store, self._parts.trainer())
            return self._scorer

    def _forget_classifier(self) -> None:
        """The next case is explained with the newest one."""
        with self._making:
            self._explainer = self._scorer = None
