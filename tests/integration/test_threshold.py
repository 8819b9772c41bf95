"""Choosing and applying a threshold on a store: what is shown, what changes, and what stays."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desktop.cli import app
from domain.alerting import apply_threshold, propose_threshold, scored_history
from domain.deciding import decide
from domain.errors import NotEnoughLabels
from domain.pipeline import score_transactions, train_classifier
from domain.progress import finish
from domain.scoring import ClassifierVersion
from domain.thresholds import AlertBudget, AppliedPolicy, TargetPrecision, preview_threshold
from models.classifier.training import HistGradientBoostingTrainer, Settings
from tests.simulated import Simulated, simulated
from tests.stores import PASSPHRASE

NOW = datetime(2026, 6, 2, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Simulated]:
    made = simulated(tmp_path, customers=60, days=45, rounds=20)
    yield made
    made.store.close()


def untrained(version: ClassifierVersion) -> ClassifierVersion:
    """As if trained on a day before all data, so that every known outcome counts."""
    return replace(version, trained_from=datetime(2000, 1, 1), trained_until=datetime(2000, 1, 2))


def test_training_rows_and_unknown_outcomes_say_nothing(case: Simulated) -> None:
    version = case.scorer.version  # trained on all of the store
    assert not scored_history(case.store, version).known.any()
    with pytest.raises(NotEnoughLabels):
        propose_threshold(case.store, version, TargetPrecision(0.5))
    history = scored_history(case.store, untrained(version))
    span = case.store.transactions.span()
    assert span is not None
    late = case.store.database.number(
        "SELECT count(*) FROM transactions WHERE greatest(coalesce(label_time, occurred_at + INTERVAL 7 DAY),"
        " occurred_at) > (SELECT max(occurred_at) FROM transactions)"
    )
    assert late > 0 and (~history.known).sum() == late
    assert not history.fraud[~history.known].any()


def test_a_decision_outweighs_the_label(case: Simulated) -> None:
    version = untrained(case.scorer.version)
    before = scored_history(case.store, version).fraud.sum()
    known = case.store.database.query(
        """SELECT alert_id FROM alerts JOIN transactions USING (transaction_id)
           WHERE label AND label_time < (SELECT max(occurred_at) FROM transactions) LIMIT 1"""
    )
    decide(case.store, known[0][0], "false_positive", "the customer knew", actor="tester", now=NOW)
    assert scored_history(case.store, version).fraud.sum() == before - 1


def test_applying_does_what_the_proposal_said_and_is_audited(case: Simulated) -> None:
    store, version = case.store, case.scorer.version
    [first, *_] = case.alerted(1)
    decide(store, f"A-{first}", "confirmed_fraud", "", actor="tester", now=NOW)
    before = store.alerts.count()
    period = store.scores.span(version.classifier_id)
    assert period is not None
    proposal = propose_threshold(store, version, AlertBudget(1.0))
    whole = store.scores.day(version, period, proposal.threshold_before)
    expected = preview_threshold(whole, proposal.threshold)
    assert store.alerts.count() == before  # a proposal changes nothing

    applied = finish(apply_threshold(store, case.scorer, AlertBudget(1.0), actor="tester", now=NOW))

    assert (applied.added, applied.removed) == (len(expected.added), len(expected.removed))
    assert applied.removed > 0
    assert applied.alerts == store.alerts.count() == expected.kept + len(expected.added)
    assert store.alerts.find(first) is not None
    assert store.alerts.threshold(version.classifier_id) == applied.threshold
    entry = store.audit.entries()[-1]
    details = json.loads(entry.details)
    assert (entry.action, entry.actor, details["policy"]) == ("threshold", "tester", "at most 1 alert a day")
    assert (details["after"], details["removed"]) == (applied.threshold, applied.removed)
    store.audit.verify()


def test_a_failure_leaves_alerts_policy_and_audit_as_they_were(
    case: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = case.store
    alerts, entries = case.alerted(10_000), store.audit.entries()

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(store.audit, "append", broken)
    with pytest.raises(RuntimeError):
        finish(apply_threshold(store, case.scorer, AlertBudget(0.5), actor="tester", now=NOW))
    assert case.alerted(10_000) == alerts
    assert store.audit.entries() == entries and store.scores.policy() is None


def test_later_scoring_follows_the_applied_policy(case: Simulated) -> None:
    finish(apply_threshold(case.store, case.scorer, AlertBudget(1.0), actor="tester", now=NOW))
    alerts = case.store.alerts.count()
    result = finish(score_transactions(case.store, case.scorer, actor="tester", now=NOW + timedelta(days=1)))
    assert result.policy == "at most 1 alert a day"
    assert alerts - 1 <= result.alerts <= alerts  # applying counted the last day whole


def test_a_policy_whose_outcomes_are_not_known_yet_falls_back_to_the_alerts_it_gave(case: Simulated) -> None:
    case.store.scores.set_policy(AppliedPolicy(TargetPrecision(0.5), 2.0))
    result = finish(score_transactions(case.store, case.scorer, actor="tester", now=NOW))
    assert result.policy.startswith("at most 2 alerts a day, as too few outcomes are known for: at least 50%")
    with pytest.raises(NotEnoughLabels):
        finish(score_transactions(case.store, case.scorer, TargetPrecision(0.5), actor="tester", now=NOW))


def test_the_command_shows_then_applies(case: Simulated, tmp_path: Path) -> None:
    case.store.close()
    (tmp_path / "pass").write_text(PASSPHRASE + "\n")
    place = ["--store", str(case.store.path), "--passphrase-file", str(tmp_path / "pass")]

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["threshold", *arguments, *place])
        assert result.exit_code == code, result.output
        return result.stdout

    assert "nothing was changed" in run("--budget", "2")
    shown = json.loads(run("--budget", "0", "--json"))
    assert shown["threshold"] is None and shown["applied"] is None  # raises no alert
    applied = json.loads(run("--budget", "2", "--apply", "--json"))["applied"]
    assert applied["policy"] == "at most 2 alerts a day"
    again = json.loads(run("--budget", "2", "--json"))
    assert again["threshold_before"] == again["threshold"] == applied["threshold"]
    assert again["preview"]["added"] == again["preview"]["removed"] == []
    run("--apply", code=2)
    run("--budget", "2", "--precision", "0.5", code=2)


def test_training_and_scoring_tell_the_audit_what_was_before_and_after(case: Simulated) -> None:
    store, first = case.store, case.scorer.version.classifier_id
    before, threshold = store.alerts.count(), store.alerts.newest_threshold()
    policy = AlertBudget(1.0)
    finish(score_transactions(store, case.scorer, policy, actor="tester", now=NOW + timedelta(days=1)))
    told = json.loads(store.audit.entries()[-1].details)
    assert (told["alerts_before"], told["threshold_before"]) == (before, threshold)
    assert (told["alerts_after"], told["threshold_after"]) == (store.alerts.count(), store.alerts.newest_threshold())
    assert told["threshold_before"] != told["threshold_after"]
    finish(train_classifier(store, HistGradientBoostingTrainer(Settings(rounds=5)), actor="tester", seed=9))
    told = json.loads(store.audit.entries()[-1].details)
    newest = store.models.latest()
    assert newest is not None and (told["before"], told["after"]) == (first, newest[0].classifier_id)
