"""What the threshold screen shows: what was asked for, the curve, the proposal. No widget, no display."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.services import Services, ThresholdBasis
from desktop.support.formats import Formats
from desktop.support.translation import mark, tr
from desktop.tasks import Task, Tasks
from domain.errors import InvalidThreshold, NoClassifier, StoreEmpty, WhyflagError
from domain.thresholds import (
    AlertBudget,
    AnyPolicy,
    AppliedPolicy,
    CurvePoint,
    ReviewCost,
    TargetPrecision,
    threshold_curve,
)

if TYPE_CHECKING:  # at run time it would bring DuckDB into the window
    from domain.alerting import ThresholdProposal

Choice = Literal["budget", "precision", "cost"]
USUAL_REVIEW_COST = 5.0  # units of currency; a person's own figure takes its place
USUAL_PRECISION = 0.5


@dataclass(frozen=True, slots=True)
class Wish:
    """What stands in the fields, as typed: alerts a day, a precision in percent, what a review costs."""

    choice: Choice
    budget: str
    precision: str
    review_cost: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A policy with what it would do. `curve` is empty where too few frauds are known.

    `alerts_before` and `alerts_after` are a day's, over all that was scored, whether its outcome is known or not.
    """

    policy: AnyPolicy
    curve: tuple[CurvePoint, ...]
    proposal: ThresholdProposal
    alerts_before: float
    alerts_after: float


def wish_of(applied: AppliedPolicy | None, formats: Formats) -> Wish:
    """The fields as they stand at first: the policy in force, beside usual values of the others."""
    policy = applied.policy if applied else AlertBudget()
    return Wish(
        "precision" if isinstance(policy, TargetPrecision) else "cost" if isinstance(policy, ReviewCost) else "budget",
        formats.number(policy.alerts_per_day if isinstance(policy, AlertBudget) else AlertBudget().alerts_per_day),
        formats.number(100 * (policy.precision if isinstance(policy, TargetPrecision) else USUAL_PRECISION)),
        formats.number(policy.per_review if isinstance(policy, ReviewCost) else USUAL_REVIEW_COST),
    )


def review_cost_of(wish: Wish, formats: Formats) -> float:
    """Raises InvalidThreshold."""
    return ReviewCost(_number(mark("Cost of a review"), wish.review_cost, formats)).per_review


def policy_of(wish: Wish, formats: Formats) -> AnyPolicy:
    """Raises InvalidThreshold naming the field that cannot be read."""
    if wish.choice == "budget":
        return AlertBudget(_number(mark("Alerts a day"), wish.budget, formats))
    if wish.choice == "precision":
        percent = _number(mark("Precision"), wish.precision.replace("%", ""), formats)
        if not 0 < percent <= 100:
            raise InvalidThreshold(
                tr("A precision of {percent} % is none.", percent=wish.precision.strip()),
                tr("Give over 0, at most 100."),
            )
        return TargetPrecision(percent / 100)
    return ReviewCost(review_cost_of(wish, formats))


def _number(name: str, typed: str, formats: Formats) -> float:
    value = formats.read_number(typed)
    if value is None:
        raise InvalidThreshold(
            tr("{field}: {typed} is no number.", field=tr(name), typed=repr(typed.strip())),
            tr("Write it like {example}.", example=formats.number(12.5)),
        )
    return value


class ThresholdViewModel(QObject):
    """Reads scores and outcomes once for a visit; each wish is computed from them beside the window."""

    loading = Signal()
    loaded = Signal(object)  # Wish: the policy in force
    unscored = Signal()
    computing = Signal()
    proposed = Signal(object)  # Proposed
    refused = Signal(Exception)
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, formats: Formats) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._formats = formats
        self._task: Task | None = None
        self._basis: ThresholdBasis | None = None
        self.shown: Proposed | None = None  # None while a newer wish is computed: only what is seen can be applied

    def refresh(self) -> None:
        """For each visit: decisions made since change the outcomes."""
        self._drop()
        self.loading.emit()
        self._task = self._tasks.background(
            lambda task: self._services.threshold_basis(), self._loaded, self._not_loaded
        )

    def wish(self, wish: Wish) -> None:
        """Told by `proposed`, or by `refused` where it cannot be met."""
        basis = self._basis
        if basis is None:
            return
        self._drop()
        try:
            policy, per_review = policy_of(wish, self._formats), review_cost_of(wish, self._formats)
        except InvalidThreshold as unreadable:
            self.refused.emit(unreadable)
            return
        history = basis.history

        def compute(task: Task) -> Proposed:
            curve = threshold_curve(history, per_review) if history.enough_frauds else ()
            proposal = self._services.propose_threshold(policy, per_review, history)
            before, after = (
                float(np.sum(history.scores >= threshold)) / history.days
                for threshold in (proposal.threshold_before, proposal.threshold)
            )
            return Proposed(policy, curve, proposal, before, after)

        self.computing.emit()
        self._task = self._tasks.background(compute, self._show, self._not_proposed)

    def _drop(self) -> None:
        if self._task is not None:
            self._task.discard()
        self._task = self.shown = None

    def _loaded(self, basis: ThresholdBasis) -> None:
        self._task = None
        self._basis = basis
        self.loaded.emit(wish_of(basis.applied, self._formats))

    def _not_loaded(self, error: Exception) -> None:
        self._task = self._basis = None
        if isinstance(error, (NoClassifier, StoreEmpty)):
            self.unscored.emit()
        else:
            self.failed.emit(error)

    def _show(self, proposed: Proposed) -> None:
        self._task = None
        self.shown = proposed
        self.proposed.emit(proposed)

    def _not_proposed(self, error: Exception) -> None:
        self._task = None
        if isinstance(error, WhyflagError):
            self.refused.emit(error)
        else:
            self.failed.emit(error)
