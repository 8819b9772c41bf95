"""The use cases the window calls. `desktop.bootstrap` builds the real ones, tests build them in memory.

The window knows no store, no classifier and no language model: only this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # at run time they would hold up the first dialog, and bring DuckDB into the window
    from desktop.health import Check
    from domain.access.roles import Person, Role
    from domain.ageing import Deadlines
    from domain.alerting import AppliedThreshold, ThresholdProposal
    from domain.casefile import Attachment, CaseFile, Note, TextKind, UnsavedKind, UnsavedText, WorkingText
    from domain.evidence import Evidence, Typology
    from domain.import_report import ImportReport
    from domain.links import LinkGraph, Node
    from domain.mapping import Mapping as ColumnMapping
    from domain.mapping_files import Inspected
    from domain.model_page import ModelPage
    from domain.narrative import Explanation, Narrative, Sentence
    from domain.pipeline import ScoringResult
    from domain.progress import Work
    from domain.queue_query import QueueQuery, SavedView
    from domain.reporting import Preview, ReportRequest, Selection
    from domain.review import BulkDecision, Decision, Disposition, Proposal, QueueRow
    from domain.sample import Trial
    from domain.scoring import Alert, ClassifierVersion
    from domain.similar import SimilarCase
    from domain.thresholds import AnyPolicy, AppliedPolicy, ScoredHistory
    from domain.transactions import Transaction
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
    proposal: Proposal | None = None  # what waits for a second person, as far as this one may see it
    alerted: frozenset[str] = frozenset()  # the transactions of the history that raised an alert


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

    def queue(self, query: QueueQuery) -> Snapshot:
        """Sorts and filters the queue; a new snapshot frees the last."""
        ...

    def whole_queue(self, snapshot: Any) -> None:
        """Reads what `queue` left for after the first rows, before anything in it changes."""
        ...

    def page(self, snapshot: Any, start: int, count: int) -> tuple[QueueRow, ...]:
        """Rows [start, start + count) of a snapshot that `queue` gave."""
        ...

    def alert_ids(self, snapshot: Any, ranges: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        """The alerts on lines [first, last) of each range."""
        ...

    def line_of(self, snapshot: Any, id_: str) -> int | None:
        """Where an alert or transaction stands in a snapshot; None where it is not in it."""
        ...

    def decide_many(
        self, alert_ids: Sequence[str], disposition: Disposition, note: str, reasons: tuple[str, ...] = ()
    ) -> Work[BulkDecision]:
        """All or none. Raises InvalidDecision."""
        ...

    def reverse_many(self, alert_ids: Sequence[str]) -> Work[BulkDecision]:
        """Takes the decisions of all of them back in one go."""
        ...

    def claim(self, alert_ids: Sequence[str]) -> tuple[str, ...]:
        """For the person who is here; returns those that were free. Raises AlertClaimed."""
        ...

    def release(self, alert_ids: Sequence[str]) -> tuple[str, ...]:
        """Returns those that were claimed."""
        ...

    def snooze(self, alert_ids: Sequence[str], until: datetime | None) -> None:
        """None wakes them. Raises InvalidSnooze."""
        ...

    def views(self) -> tuple[SavedView, ...]: ...

    def save_view(self, view: SavedView) -> tuple[SavedView, ...]:
        """All views then. Raises InvalidView, InvalidFilter."""
        ...

    def remove_view(self, name: str) -> tuple[SavedView, ...]:
        """All views then."""
        ...

    def deadlines(self) -> Deadlines: ...

    def set_deadlines(self, deadlines: Deadlines) -> None: ...

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

    def decide(
        self, alert_id: str, disposition: Disposition, note: str, reasons: tuple[str, ...] = ()
    ) -> Decision | Proposal:
        """A decision; or a Proposal, where a second person is needed, or this second person holds another view.

        Raises InvalidDecision, NotAllowed.
        """
        ...

    def approve(self, alert_id: str, note: str) -> Decision:
        """What another person proposed holds from now on. Raises InvalidDecision, NotAllowed."""
        ...

    def reject(self, alert_id: str, note: str) -> Proposal:
        """What another person proposed does not hold; the alert is open. Raises InvalidDecision, NotAllowed."""
        ...

    def contest(self, alert_id: str, ground: str) -> Decision:
        """Reopens a decided case. Raises InvalidDecision, NotAllowed."""
        ...

    def lock_minutes(self) -> int:
        """How long the window may stand idle before it locks; 0 for ever."""
        ...

    def person(self) -> Person:
        """Whom the passphrase opened the store for."""
        ...

    def change_passphrase(self, own: str, passphrase: str) -> None:
        """One's own, with the former one. Slow on purpose. Raises WrongPassphrase, for an empty new one too, LockedOut.

        Here and below `own` is the passphrase of the person who is here: the window may have stood open.
        """
        ...

    def users(self) -> tuple[Person, ...]:
        """All of the store, in the order they were added."""
        ...

    def add_user(self, own: str, name: str, identity: str, roles: Sequence[Role], passphrase: str) -> None:
        """Raises WrongPassphrase, LockedOut, NotAllowed, UserExists, UnknownUser for a bad name."""
        ...

    def set_roles(self, own: str, name: str, roles: Sequence[Role]) -> None:
        """Raises as `add_user`."""
        ...

    def reset_passphrase(self, own: str, name: str, passphrase: str) -> None:
        """Raises as `add_user`."""
        ...

    def set_disabled(self, own: str, name: str, disabled: bool) -> None:
        """Raises as `add_user`."""
        ...

    def new_recovery_sheet(self, own: str) -> str:
        """The recovery key, this once; a former one is worthless then. Raises as `add_user`."""
        ...

    def reverse(self, alert_id: str) -> Decision:
        """Takes the newest decision back: the alert is open again and the history keeps both."""
        ...

    def similar(self, alert_id: str) -> tuple[SimilarCase, ...]:
        """The alerts with the most similar reasons, at most five, decided ones first. Raises UnknownAlert."""
        ...

    def case_file(self, alert_id: str) -> CaseFile:
        """Notes, attachments and history of an alert."""
        ...

    def unsaved(self, alert_id: str) -> tuple[UnsavedText, ...]:
        """What this person has typed about the alert and not saved."""
        ...

    def keep_unsaved(self, alert_id: str, kind: UnsavedKind, text: str) -> None:
        """Keeps what is being typed, in the store; saving what it was meant for removes it, as an empty text does."""
        ...

    def add_note(self, alert_id: str, text: str) -> Note:
        """Raises InvalidDecision."""
        ...

    def attach(self, alert_id: str, path: Path) -> Attachment:
        """Copies a file into the store. Raises AttachmentRefused."""
        ...

    def export_attachment(self, sequence: int, path: Path) -> Path:
        """Raises AttachmentRefused, ReportFailed."""
        ...

    def texts(self, case: Case, narrative: Narrative) -> tuple[WorkingText, ...]:
        """What is said to the customer, and the SAR's narrative: drafted from the case, and what people made of it."""
        ...

    def save_text(self, alert_id: str, kind: TextKind, draft: str, text: str) -> WorkingText:
        """Keeps an edit beside the draft. Raises InvalidDecision."""
        ...

    def links(self, payment: Transaction, at: datetime, expanded: Sequence[Node]) -> LinkGraph:
        """What the payment is tied to and the neighbours of the expanded nodes, as it was known at `at`."""
        ...

    def what_if(self, case: Case, changes: Mapping[str, str]) -> WhatIf:
        """Scores the case's payment with other values, typed, by field; nothing is written. Raises InvalidChange."""
        ...

    def counterfactual(self, case: Case) -> Counterfactual:
        """The smallest plausible change that would have kept the case under its threshold, or none."""
        ...

    def inspect_file(self, path: Path, table: str | None = None) -> Inspected:
        """The first rows of a file to import and a guessed mapping. Raises SourceUnreadable."""
        ...

    def try_mapping(self, path: Path, mapping: ColumnMapping, table: str | None = None) -> Trial:
        """What the mapping makes of the file's first rows. Raises SourceUnreadable, MappingInvalid."""
        ...

    def known_mappings(self) -> tuple[ColumnMapping, ...]:
        """The shipped ones and this user's own, which `save_mapping` keeps."""
        ...

    def save_mapping(self, mapping: ColumnMapping) -> Path:
        """Keeps it as a file among this user's own. Raises MappingInvalid."""
        ...

    def import_files(
        self, paths: Sequence[Path], mapping: ColumnMapping, table: str | None = None
    ) -> Work[ImportReport]:
        """`table` is one of a DuckDB file."""
        ...

    def write_quality(self, report: ImportReport, path: Path) -> Path:
        """As JSON where the name ends in .json, else as CSV. Raises ReportFailed."""
        ...

    def train(self) -> Work[ClassifierVersion]: ...

    def model_page(self) -> ModelPage:
        """The classifier's versions and how the newest one's scores held, and the language model."""
        ...

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

    def health(self) -> tuple[Check, ...]:
        """What is checked, and what was found; how long a person waited in this window stands at the end."""
        ...

    def open_case(self) -> str | None:
        """The case this person had open when the window was last closed; None where it was none."""
        ...

    def keep_open_case(self, alert_id: str | None) -> None:
        """Kept in the store, which is encrypted; the window's session is not."""
        ...

    def close(self) -> None: ...


class Opener(Protocol):
    """Opens a store by its path and passphrase, or creates it. Slow on purpose: the key is derived with Argon2id."""

    def __call__(self, path: Path, passphrase: str, *, create: bool = False, user: str | None = None) -> Services: ...
