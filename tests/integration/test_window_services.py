"""What the window's panels ask for, answered by a real store and classifier."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.store_services import SIMILAR_SHOWN, Parts, StoreServices
from domain.errors import InvalidChange
from domain.explainer import Explainer
from domain.model_page import NarratorFacts
from domain.progress import finish
from domain.queue_query import QueueQuery
from domain.template import TemplateNarrator
from domain.thresholds import AlertBudget
from domain.typology import load_rules
from models.classifier.training import HistGradientBoostingTrainer
from models.narrator.client import AbsentNarrator
from tests.simulated import Simulated, simulated


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    made = simulated(tmp_path_factory.mktemp("window"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def services(world: Simulated) -> StoreServices:
    parts = Parts(
        trainer=HistGradientBoostingTrainer,
        narrator=lambda: AbsentNarrator("not needed"),
        explainer=lambda store, _: Explainer(store, world.scorer, TemplateNarrator(), load_rules(), actor="tester"),
        health=tuple,
        mappings=Path("/nowhere/mappings"),
        narrator_facts=lambda: NarratorFacts(None, "not needed", ""),
        actor="tester",
    )
    return StoreServices(world.store, parts)


def test_the_model_page_tells_versions_and_how_scores_held(world: Simulated, services: StoreServices) -> None:
    page = services.model_page()
    assert page.versions[0].classifier_id == world.scorer.version.classifier_id
    assert page.curves is not None and page.curves.frauds == 0, "it learned from every known outcome"
    assert page.narrator.absent == "not needed"


def test_similar_cases_are_other_alerts(world: Simulated, services: StoreServices) -> None:
    alert_id = f"A-{world.alerted(1)[0]}"
    found = services.similar(alert_id)
    assert 0 < len(found) <= SIMILAR_SHOWN
    assert alert_id not in {case.alert_id for case in found}
    assert all(services.case(case.alert_id).alert.score == case.score for case in found)


def test_what_is_typed_is_scored_and_nothing_is_written(world: Simulated, services: StoreServices) -> None:
    case = services.case(f"A-{world.alerted(1)[0]}")
    result = services.what_if(case, {"amount": "0.01", "device_id": ""})
    assert (result.score_before, result.threshold) == (pytest.approx(case.alert.score), case.alert.threshold)
    assert result.score != result.score_before
    assert "amount" in {change.field for change in result.changes}
    with pytest.raises(InvalidChange, match="amount"):
        services.what_if(case, {"amount": "much"})
    assert services.case(case.alert.alert_id) == case


def test_a_counterfactual_is_under_the_threshold_of_its_alert(world: Simulated, services: StoreServices) -> None:
    for transaction_id in world.alerted(3):
        case = services.case(f"A-{transaction_id}")
        found = services.counterfactual(case)
        assert found.found is (found.result is not None)
        assert found.result is None or found.result.score < case.alert.threshold


def test_what_was_proposed_is_what_is_applied_and_audited(world: Simulated, services: StoreServices) -> None:
    basis = services.threshold_basis()
    assert basis.applied is None
    policy = AlertBudget(2.0)
    proposal = services.propose_threshold(policy, 5.0, basis.history)
    applied = finish(services.apply_threshold(policy))
    assert (applied.threshold, applied.threshold_before) == (proposal.threshold, proposal.threshold_before)
    assert proposal.threshold > proposal.threshold_before
    assert applied.removed > 0
    assert services.queue(QueueQuery(state=None)).count == applied.alerts
    assert world.store.audit.entries()[-1].action == "threshold"
    assert services.threshold_basis().applied.policy == policy
