"""The threshold's view model and words, without threads or display."""

import pytest
from PySide6.QtCore import QLocale

from desktop.screens.threshold.view_model import Proposed, ThresholdViewModel, Wish, policy_of, wish_of
from desktop.screens.threshold.words import applied_words, changed_alerts, outcomes, preview_words
from desktop.support.formats import Formats
from domain.errors import InvalidThreshold, NoClassifier, NotEnoughLabels
from domain.thresholds import AlertBudget, AppliedPolicy, ReviewCost, TargetPrecision
from tests.fakes import FakeServices, InlineTasks
from tests.proposals import a_proposal, a_scored_history, an_applied

FORMATS = Formats(QLocale("en_GB"))
HUNDRED = AlertBudget(100.0)


def wish(choice: str = "budget", budget: str = "50", precision: str = "80", cost: str = "5") -> Wish:
    return Wish(choice, budget, precision, cost)  # type: ignore[arg-type]


@pytest.fixture
def threshold(services: FakeServices, tasks: InlineTasks) -> ThresholdViewModel:
    return ThresholdViewModel(services, tasks, FORMATS)


@pytest.mark.parametrize(
    ("asked", "policy"),
    [
        (wish(budget="1,250.5"), AlertBudget(1250.5)),
        (wish("precision", precision=" 80 %"), TargetPrecision(0.8)),
        (wish("cost", cost="7.5"), ReviewCost(7.5)),
    ],
)
def test_fields_become_a_policy(asked: Wish, policy: object) -> None:
    assert policy_of(asked, FORMATS) == policy


@pytest.mark.parametrize(
    "asked",
    [wish(budget="many"), wish(budget="-1"), wish("precision", precision="0"), wish("precision", precision="101"),
     wish("cost", cost=""), wish("cost", cost="nan"), wish(budget="inf")],
)  # fmt: skip
def test_what_is_no_policy_is_refused(asked: Wish) -> None:
    with pytest.raises(InvalidThreshold):
        policy_of(asked, FORMATS)


@pytest.mark.parametrize("policy", [AlertBudget(42.0), TargetPrecision(0.35), ReviewCost(12.25)])
def test_the_policy_in_force_stands_in_the_fields(policy) -> None:
    assert policy_of(wish_of(AppliedPolicy(policy, 10.0), FORMATS), FORMATS) == policy
    assert policy_of(wish_of(None, FORMATS), FORMATS) == HUNDRED


def test_only_the_newest_wish_is_shown(threshold: ThresholdViewModel, tasks: InlineTasks) -> None:
    shown: list[Proposed] = []
    threshold.proposed.connect(shown.append)
    threshold.refresh()
    tasks.later = True
    threshold.wish(wish(budget="10"))
    threshold.wish(wish(budget="20"))
    assert threshold.shown is None, "what is still computed cannot be applied"
    tasks.run_later()
    assert [proposed.policy for proposed in shown] == [AlertBudget(20.0)]
    assert threshold.shown is shown[0]


def test_a_wish_that_cannot_be_read_takes_the_last_proposal_away(threshold: ThresholdViewModel) -> None:
    refused: list[Exception] = []
    threshold.refused.connect(refused.append)
    threshold.refresh()
    threshold.wish(wish())
    assert threshold.shown is not None
    threshold.wish(wish(budget="ten"))
    assert threshold.shown is None
    assert "'ten'" in str(refused[0])


def test_scores_are_read_once_for_many_wishes(threshold: ThresholdViewModel, services: FakeServices) -> None:
    threshold.refresh()
    for budget in ("10", "20", "30"):
        threshold.wish(wish(budget=budget))
    assert [call[0] for call in services.calls].count("threshold_basis") == 1
    assert [call[0] for call in services.calls].count("propose_threshold") == 3


def test_without_known_frauds_a_budget_has_no_curve_and_a_precision_is_refused(
    threshold: ThresholdViewModel, services: FakeServices
) -> None:
    services.history = a_scored_history(frauds=False)
    refused: list[Exception] = []
    threshold.refused.connect(refused.append)
    threshold.refresh()
    threshold.wish(wish())
    assert threshold.shown is not None and threshold.shown.curve == ()
    assert [figure.then for figure in outcomes(threshold.shown, FORMATS)[2:]] == ["—"] * 5
    threshold.wish(wish("precision"))
    assert isinstance(refused[0], NotEnoughLabels)


def test_a_store_without_scores_is_no_failure(threshold: ThresholdViewModel, services: FakeServices) -> None:
    told: list[str] = []
    threshold.unscored.connect(lambda: told.append("unscored"))
    threshold.failed.connect(lambda error: told.append("failed"))
    services.fail["threshold_basis"] = NoClassifier("None.")
    threshold.refresh()
    assert told == ["unscored"]


def test_the_preview_is_told_in_words() -> None:
    history = a_scored_history()
    proposal = a_proposal(HUNDRED, AlertBudget(40.0), 5.0, history)
    assert preview_words(proposal.preview, FORMATS) == "0 added, 60 removed, 40 kept"
    assert {row.change for row in changed_alerts(proposal.preview)} == {"− Removed"}
    figures = outcomes(Proposed(AlertBudget(40.0), (), proposal, 100.0, 40.0), FORMATS)
    assert [(figure.now, figure.then) for figure in figures[1:3]] == [("100.0", "40.0"), ("100.0", "40.0")]
    nothing = a_proposal(HUNDRED, AlertBudget(0.0), 5.0, history)
    assert outcomes(Proposed(AlertBudget(0.0), (), nothing, 100.0, 0.0), FORMATS)[0].then == "No alert"
    assert "800 alerts now, 0 added, 1,200 removed" in applied_words(
        an_applied(HUNDRED, AlertBudget(40.0), history), AlertBudget(40.0), FORMATS
    )
