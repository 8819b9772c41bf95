"""The use cases the window calls. `desktop.bootstrap` builds the real ones, tests build them in memory.

The window knows no store, no classifier and no language model: only this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from domain.evidence import Evidence, Typology
from domain.import_report import ImportReport
from domain.narrative import Explanation, Sentence
from domain.progress import Work
from domain.reporting import Preview, ReportRequest, Selection
from domain.review import AlertState, Decision, Disposition, QueueRow
from domain.scoring import Alert, ClassifierVersion
from domain.thresholds import AnyPolicy, AppliedPolicy, ScoredHistory
from domain.transactions import Transaction

if TYPE_CHECKING:  # at run time they would bring DuckDB into the window
    from domain.alerting import AppliedThreshold, ThresholdProposal
    from domain.pipeline import ScoringResult
    from domain.similar import SimilarCase
    from domain.what_if import Counterfactual, WhatIf


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of an alert without the language model. `history` and `decisions` are newest first."""

    alert: Alert
    transaction: Transaction
    history: tuple[Transaction, ...]
    evidence: tuple[Evidence, ...]
    typology: Typology | None
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class ThresholdBasis:
    """What a threshold is chosen from, and the policy that was applied last; None before the first."""

    history: ScoredHistory
    applied: AppliedPolicy | None


class Snapshot(Protocol):
    """A sorted, filtered queue that stands still: what changes later is not in it."""

    @property
    def count(self) -> int: ...


class Services(Protocol):
    """Every method may be called from any thread and may take its time; the window calls none on its own thread.

    Each raises the errors of `domain.errors` that its work can meet.
    """

    def queue(self, sort: str, descending: bool, state: AlertState | None) -> Snapshot:
        """Sorts the queue by a field of QueueRow; a new one frees the last. `state`: open, decided, or None for all."""
        ...

    def page(self, snapshot: Any, start: int, count: int) -> tuple[QueueRow, ...]:
        """Rows [start, start + count) of a snapshot that `queue` gave."""
        ...

    def case(self, alert_id: str) -> Case:
        """All that is known of an alert without the language model."""
        ...

    def transactions(self, ids: Sequence[str]) -> tuple[Transaction, ...]:
        """The rows that a piece of evidence was computed from."""
        ...

    def narrate(
        self,
        alert_id: str,
        on_sentence: Callable[[Sentence], None],
        on_draft: Callable[[str], None],
        cancelled: Callable[[], bool],
    ) -> Explanation:
        """Explains an alert. `on_draft` gets pieces of unverified text, `on_sentence` each sentence once it holds.

        Raises NarratorUnavailable (the window then shows the template's text), Cancelled.
        """
        ...

    def decide(self, alert_id: str, disposition: Disposition, note: str) -> Decision:
        """Raises InvalidDecision."""
        ...

    def reverse(self, alert_id: str) -> Decision:
        """Takes the newest decision back: the alert is open again and the history keeps both."""
        ...

    def similar(self, alert_id: str) -> tuple[SimilarCase, ...]:
        """The alerts with the most similar reasons, at most five, decided ones first. Raises UnknownAlert."""
        ...

    def what_if(self, case: Case, changes: Mapping[str, str]) -> WhatIf:
        """Scores the case's payment with other values, typed, by field; nothing is written. Raises InvalidChange."""
        ...

    def counterfactual(self, case: Case) -> Counterfactual:
        """The smallest plausible change that would have kept the case under its threshold, or none."""
        ...

    def import_files(self, paths: Sequence[Path], mapping: str, table: str | None = None) -> Work[ImportReport]:
        """`mapping` is one of `mappings()` or the path of a mapping file; `table` is one of a DuckDB file."""
        ...

    def mappings(self) -> tuple[str, ...]: ...

    def train(self) -> Work[ClassifierVersion]: ...

    def score(self) -> Work[ScoringResult]: ...

    def threshold_basis(self) -> ThresholdBasis:
        """Reads every score and outcome: slow, asked once for many proposals. Raises NoClassifier, StoreEmpty."""
        ...

    def propose_threshold(self, policy: AnyPolicy, per_review: float, history: ScoredHistory) -> ThresholdProposal:
        """What `policy` would choose and change; nothing is changed. Raises NotEnoughLabels."""
        ...

    def apply_threshold(self, policy: AnyPolicy) -> Work[AppliedThreshold]:
        """Raises the alerts anew by `policy`, in one transaction with its audit entry. Raises NotEnoughLabels."""
        ...

    def preview_report(self, selection: Selection) -> Preview:
        """What a report of this selection would hold."""
        ...

    def report(self, request: ReportRequest) -> Work[tuple[Path, ...]]:
        """Writes the report and returns its files, the signed manifest last. Raises ReportFailed, TemplateInvalid."""
        ...

    def health(self) -> tuple[tuple[str, str], ...]:
        """What is checked, and what was found."""
        ...

    def close(self) -> None: ...


class Opener(Protocol):
    """Opens a store by its path and passphrase, or creates it. Slow on purpose: the key is derived with Argon2id."""

    def __call__(self, path: Path, passphrase: str, *, create: bool = False) -> Services: ...
