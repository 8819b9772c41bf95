"""From simulated transactions in an encrypted store to numbered evidence: true, traceable and in rank order."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from domain import statements
from domain.errors import UnknownAlert
from domain.evidence import Evidence
from domain.explaining import build_evidence
from domain.meanings import MEANING_OF
from domain.progress import finish
from domain.scoring import Scorer
from domain.simulator import simulate
from domain.store import Store
from domain.transactions import Transaction
from domain.typology import load_rules, recognise
from models.classifier.training import HistGradientBoostingTrainer, Settings
from tests.stores import new_store, put_table


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    rows = simulate(150, 60, seed=3).arrow()
    with new_store(tmp_path_factory.mktemp("evidence")) as open_store:
        put_table(open_store, rows)
        finish(open_store.features.compute())
        yield open_store


@pytest.fixture(scope="module")
def scorer(store: Store) -> Scorer:
    span = store.transactions.span()
    assert span is not None
    trainer = HistGradientBoostingTrainer(Settings(rounds=60))
    return trainer.train(store.features.training_set(span, span.end), seed=0)[0]


@pytest.fixture(scope="module")
def ids(store: Store, scorer: Scorer) -> list[str]:
    """The 40 highest scores and 20 ordinary transactions."""
    data = store.features.matrix(names=scorer.version.features)
    order = np.argsort(-scorer.score(data))
    return data.transaction_ids[[*order[:40], *order[1000:1020]]].tolist()


@pytest.fixture(scope="module")
def evidence(store: Store, scorer: Scorer, ids: list[str]) -> tuple[tuple[Evidence, ...], ...]:
    return build_evidence(store, scorer, ids)


def test_each_gets_its_strongest_reasons_in_order(evidence: tuple[tuple[Evidence, ...], ...]) -> None:
    for items in evidence:
        assert 5 <= len(items) <= 8
        assert [item.id for item in items] == [f"E{rank}" for rank in range(1, len(items) + 1)]
        assert [item.rank for item in items] == list(range(1, len(items) + 1))
        sizes = [abs(item.contribution) for item in items]
        assert sizes == sorted(sizes, reverse=True)
        assert all((item.contribution > 0) == (item.direction == "raises") for item in items)
        assert len({MEANING_OF[item.feature].features for item in items}) == len(items)


def test_contributions_of_one_meaning_are_added_up(
    store: Store, scorer: Scorer, ids: list[str], evidence: tuple[tuple[Evidence, ...], ...]
) -> None:
    reasons = scorer.contributions(store.features.matrix(ids=ids, names=scorer.version.features))
    for row, items in zip(reasons.values, evidence, strict=True):
        for item in items:
            members = [column for column, name in enumerate(reasons.names) if name in MEANING_OF[item.feature].features]
            assert item.contribution == pytest.approx(row[members].sum())


def test_kinds_are_those_that_have_words(evidence: tuple[tuple[Evidence, ...], ...]) -> None:
    kinds = {item.kind for items in evidence for item in items}
    assert len(kinds) > 8
    assert all(callable(getattr(statements, kind)) for kind in kinds)
    assert "other" not in kinds


def test_rows_are_earlier_rows_of_the_case(
    store: Store, ids: list[str], evidence: tuple[tuple[Evidence, ...], ...]
) -> None:
    for this, items in zip(store.transactions.get(ids), evidence, strict=True):
        for item in items:
            assert len(item.rows) <= 200
            for row in store.transactions.get(item.rows):
                assert (row.occurred_at, row.transaction_id) <= (this.occurred_at, this.transaction_id)
                assert row.customer_id == this.customer_id or concerns(row, this, item)


def concerns(row: Transaction, this: Transaction, item: Evidence) -> bool:
    """Rows of others: at the same subject, in the same category, or money sent to this customer."""
    if item.kind == "passed_through":
        return row.counterparty_id == this.customer_id
    if item.kind == "peer_amount":
        return (row.merchant_category, row.currency) == (this.merchant_category, this.currency)
    subject = f"{item.feature.partition('_')[0]}_id"
    return item.kind in ("known_fraud", "subject_count") and getattr(row, subject) == getattr(this, subject)


def test_one_and_many_agree(
    store: Store, scorer: Scorer, ids: list[str], evidence: tuple[tuple[Evidence, ...], ...]
) -> None:
    assert build_evidence(store, scorer, [ids[7]]) == (evidence[7],)
    assert build_evidence(store, scorer, []) == ()
    assert all(len(items) <= 3 for items in build_evidence(store, scorer, ids[:5], top=3))


def test_statements_hold_no_absent_numbers(evidence: tuple[tuple[Evidence, ...], ...]) -> None:
    for items in evidence:
        for item in items:
            assert "nan" not in item.statement and "inf" not in item.statement and "None" not in item.statement
            assert isinstance(item.value, str) or math.isfinite(item.value)


def test_an_unknown_transaction_is_named(store: Store, scorer: Scorer) -> None:
    with pytest.raises(UnknownAlert, match="T-unheard"):
        build_evidence(store, scorer, ["T-unheard"])


WEAK_RULE = """name = "a day"
rule = "made on some day"
[[all]]
kind = "weekday"
features = ["weekend", "day_kind_share"]
operator = "within"
value = [0, {most}]
direction = "either"
weak = true
"""


def test_a_pattern_lists_what_it_rests_on_in_place_of_the_weakest(
    store: Store, scorer: Scorer, ids: list[str], evidence: tuple[tuple[Evidence, ...], ...], tmp_path: Path
) -> None:
    (tmp_path / "day.toml").write_text(WEAK_RULE.format(most=101))
    rules = load_rules(tmp_path)
    plain = build_evidence(store, scorer, ids, top=3)
    ruled = build_evidence(store, scorer, ids, 3, rules)
    exact = {this: {item.feature: item for item in items} for this, items in zip(ids, evidence, strict=True)}
    moved = 0
    for this, before, items in zip(ids, plain, ruled, strict=True):
        assert [(item.id, item.rank) for item in items] == [(f"E{rank}", rank) for rank in range(1, len(items) + 1)]
        assert sorted(items, key=lambda item: -abs(item.contribution)) == list(items) and len(items) <= 3
        found = recognise(rules, items)
        if found is None:  # no day is told of a customer's first payment
            assert items == before
            continue
        (cited,) = (item for item in items if item.id in found.evidence)
        assert cited.kind == "weekday"
        if cited.feature in exact[this]:
            assert cited.contribution == exact[this][cited.feature].contribution
        kept = {item.feature for item in items} - {cited.feature}
        assert kept <= {item.feature for item in before}
        moved += cited.feature not in {item.feature for item in before}
    assert moved > 10


def test_a_meaning_stays_one_piece_told_by_the_feature_that_the_pattern_rests_on(
    store: Store, scorer: Scorer, ids: list[str], tmp_path: Path
) -> None:
    rule = WEAK_RULE.replace("weekday", "customer_count").replace('"weekend", "day_kind_share"', '"customer_count_30d"')
    (tmp_path / "count.toml").write_text(rule.format(most=10**6))
    ruled = build_evidence(store, scorer, ids, 8, load_rules(tmp_path))
    assert all(len({MEANING_OF[item.feature].features for item in items}) == len(items) <= 8 for items in ruled)
    counts = [item for items in ruled for item in items if "customer_count_90d" in MEANING_OF[item.feature].features]
    assert len(counts) == len(ids) and {item.feature for item in counts} == {"customer_count_30d"}
    assert all(len(item.rows) == item.value or item.value > 200 for item in counts)


def test_a_pattern_that_does_not_hold_changes_no_evidence(
    store: Store, scorer: Scorer, ids: list[str], evidence: tuple[tuple[Evidence, ...], ...], tmp_path: Path
) -> None:
    (tmp_path / "day.toml").write_text(WEAK_RULE.format(most=0))
    assert build_evidence(store, scorer, ids, 8, load_rules(tmp_path)) == evidence


def test_patterns_are_found_in_real_evidence(store: Store, scorer: Scorer, ids: list[str]) -> None:
    rules = load_rules()
    right = 0
    for this, items in zip(store.transactions.get(ids), build_evidence(store, scorer, ids, 10, rules), strict=True):
        found = recognise(rules, items)
        right += found is not None and found.name == this.label_scenario
    assert right >= 10
