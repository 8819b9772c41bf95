"""A store of simulated transactions with features, alerts and a small classifier: what detection is tested on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.pipeline import latest_scorer, score_transactions, train_classifier, whole_period
from domain.progress import finish
from domain.scoring import Scorer
from domain.simulator import simulate
from domain.store import Store
from domain.thresholds import AlertBudget
from models.classifier.training import HistGradientBoostingTrainer, Settings
from tests.stores import new_store, put_table


@dataclass(frozen=True)
class Simulated:
    store: Store
    scorer: Scorer

    def alerted(self, most: int) -> list[str]:
        """Transaction ids of the highest alerts."""
        return [row.transaction_id for row in self.store.alerts.top(most)[0]]


def simulated(folder: Path, customers: int = 150, days: int = 60, seed: int = 3, rounds: int = 60) -> Simulated:
    """Trained on all of it: what is tested is how scores are explained, not how good they are."""
    rows = simulate(customers, days, seed).arrow()
    store = new_store(folder)
    put_table(store, rows)
    trainer = HistGradientBoostingTrainer(Settings(rounds=rounds))
    finish(train_classifier(store, trainer, actor="tester", period=whole_period(store)))
    scorer = latest_scorer(store, trainer)
    policy = AlertBudget(alerts_per_day=4.0)
    finish(score_transactions(store, scorer, policy, actor="tester", now=datetime(2026, 6, 1, tzinfo=UTC)))
    return Simulated(store, scorer)
