"""How well typologies are caught and recognised, where the true one is known: on simulated or labelled stores."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.explaining import build_evidence
from domain.progress import Progress, Work
from domain.scoring import Scorer
from domain.store import Store
from domain.transactions import Period
from domain.typology import Rules, recognise

BATCH = 250
EVIDENCE = 10  # as many pieces as an alert shows


@dataclass(frozen=True, slots=True)
class TypologyQuality:
    """One typology. `frauds` are its transactions in the period, `caught` those that raised an alert.

    `recognised` counts the caught frauds, of whatever typology, that its rule named, `right` those that truly are of
    it: `precision` is their share. `false_alerts` are genuine payments that its rule named. None where nothing counts.
    """

    name: str
    frauds: int
    caught: int
    recognised: int
    right: int
    false_alerts: int

    @property
    def capture(self) -> float | None:
        return self.caught / self.frauds if self.frauds else None

    @property
    def precision(self) -> float | None:
        return self.right / self.recognised if self.recognised else None


@dataclass(frozen=True, slots=True)
class TypologyReport:
    """Over `period`. `precision` is over all recognised frauds, `coverage` the share of caught frauds recognised."""

    period: Period
    alerts: int
    caught: int
    precision: float | None
    coverage: float | None
    typologies: tuple[TypologyQuality, ...]


def unseen_period(store: Store, scorer: Scorer) -> Period | None:
    """From the first alert after the classifier's training until the last one; None where there is none."""
    moments = [row.occurred_at for row in store.alerts.top(None)[0]]
    later = [moment for moment in moments if moment > scorer.version.trained_until]
    span = store.transactions.span()
    return Period(min(later), span.end) if later and span else None


def typology_quality(store: Store, scorer: Scorer, rules: Rules, period: Period) -> Work[TypologyReport]:
    """Explains every alert of the period and holds the recognised pattern against `label_scenario`.

    Features must be made (`pipeline.ensure_features`).
    """
    outcomes = store.features.outcomes(period)
    frauds = Counter(
        str(name) for name, fraud in zip(outcomes.scenarios, outcomes.fraud, strict=True) if fraud and name
    )
    rows = [row for row in store.alerts.top(None)[0] if period.start <= row.occurred_at < period.end]
    ids = [row.transaction_id for row in rows]
    found: list[tuple[str, str]] = []  # the true typology ('': genuine) and the recognised one ('': none)
    for at in range(0, len(ids), BATCH):
        yield Progress("recognising typologies", at, len(ids))
        found += _recognised(store, scorer, rules, ids[at : at + BATCH])
    caught = [pair for pair in found if pair[0]]
    named = [pair for pair in caught if pair[1]]
    names = sorted({*frauds, *(rule.name for rule in rules.rules)})
    return TypologyReport(
        period,
        len(ids),
        len(caught),
        sum(true == name for true, name in named) / len(named) if named else None,
        len(named) / len(caught) if caught else None,
        tuple(
            TypologyQuality(
                name,
                frauds[name],
                sum(true == name for true, _ in caught),
                sum(told == name for _, told in named),
                sum(true == told == name for true, told in named),
                sum(not true and told == name for true, told in found),
            )
            for name in names
        ),
    )


def _recognised(store: Store, scorer: Scorer, rules: Rules, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Frauds whose typology no one knows are left out."""
    pairs = []
    evidence = build_evidence(store, scorer, ids, EVIDENCE, rules)
    for transaction, items in zip(store.transactions.get(ids), evidence, strict=True):
        if transaction.label and not transaction.label_scenario:
            continue
        typology = recognise(rules, items)
        true = transaction.label_scenario if transaction.label else None
        pairs.append((true or "", typology.name if typology else ""))
    return pairs
