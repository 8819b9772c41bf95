"""Similar cases: nearest by reasons, decided ones first, with what was decided and what differs."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from domain.deciding import decide, reverse
from domain.errors import UnknownAlert
from domain.grouping import grouping_of
from domain.report_sources import SIMILAR_SHOWN, similar_alerts
from domain.similar import SimilarCase, similar_cases
from tests.simulated import Simulated, simulated

NOW = datetime(2026, 6, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    made = simulated(tmp_path_factory.mktemp("similar"))
    yield made
    made.store.close()


def found(world: Simulated, limit: int = 3) -> tuple[SimilarCase, ...]:
    return similar_cases(world.store, world.scorer, world.alerted(1)[0], limit)


def test_the_nearest_come_first_by_the_cosine_of_their_reasons(world: Simulated) -> None:
    this, others = world.alerted(1)[0], world.alerted(1000)[1:]
    version = world.scorer.version
    data = world.store.features.matrix(ids=[this, *others], names=version.features)
    vectors = grouping_of(version.features).sums(world.scorer.contributions(data).values)
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = vectors[1:] @ vectors[0] / (lengths[1:] * lengths[0])
    expected = [others[place] for place in np.argsort(-cosines)[:3]]
    cases = found(world)
    assert [case.transaction_id for case in cases] == expected
    assert [case.similarity for case in cases] == pytest.approx(np.sort(cosines)[::-1][:3].tolist(), abs=1e-5)


def test_a_decided_case_comes_first_and_an_open_one_again_when_its_decision_is_taken_back(world: Simulated) -> None:
    last = found(world)[-1]
    decide(world.store, last.alert_id, "false_positive", "the customer's own trip", actor="tester", now=NOW)
    first = found(world)[0]
    assert (first.alert_id, first.disposition, first.note) == (
        last.alert_id, "false_positive", "the customer's own trip",
    )  # fmt: skip
    reverse(world.store, last.alert_id, actor="tester", now=NOW)
    assert [case.disposition for case in found(world)] == [None] * 3
    assert found(world)[-1].alert_id == last.alert_id


def test_a_report_finds_for_all_its_alerts_at_once_what_a_case_finds_for_one(world: Simulated) -> None:
    alerts = [f"A-{id_}" for id_ in world.alerted(12)]
    at_once = similar_alerts(world.store, world.scorer, alerts)
    assert list(at_once) == alerts
    for alert_id, near in at_once.items():
        one_by_one = similar_cases(world.store, world.scorer, alert_id.removeprefix("A-"), SIMILAR_SHOWN)
        assert [(case.alert_id, case.disposition) for case in near] == [
            (case.alert_id, case.disposition) for case in one_by_one
        ]
        assert [case.similarity for case in near] == pytest.approx([case.similarity for case in one_by_one], abs=1e-5)


def test_differences_are_of_contributions_and_in_words(world: Simulated) -> None:
    differences = [difference for case in found(world, 20) for difference in case.differs]
    assert differences
    for difference in differences:
        assert abs(difference.here - difference.there) >= 0.1
        assert difference.statement_here or difference.statement_there


def test_what_is_shared_is_told_of_the_other_case(world: Simulated) -> None:
    assert all(case.shared for case in found(world))


def test_an_unflagged_transaction_is_compared_too(world: Simulated) -> None:
    flagged = set(world.alerted(1000))
    ordinary = next(id_ for id_ in world.store.features.matrix().transaction_ids.tolist() if id_ not in flagged)
    assert all(case.transaction_id in flagged for case in similar_cases(world.store, world.scorer, ordinary))


def test_an_unknown_transaction_is_named(world: Simulated) -> None:
    with pytest.raises(UnknownAlert, match="T-unheard"):
        similar_cases(world.store, world.scorer, "T-unheard")


def test_reasons_are_kept_with_the_alerts_and_forgotten_with_the_features(world: Simulated) -> None:
    classifier = world.scorer.version.classifier_id
    assert world.store.reasons.missing(classifier) == ()
    assert len(world.store.reasons.missing("another classifier")) == world.store.alerts.count()
