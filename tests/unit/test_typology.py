"""Patterns are recognised by what rules declare, cite what they rest on, and bad rules are refused by name."""

from pathlib import Path

import pytest

from domain.errors import RulesInvalid
from domain.evidence import Evidence
from domain.simulator.typologies import SCENARIOS
from domain.typology import load_rules, recognise


def item(
    id_: str, kind: str, value: float | str, feature: str = "", baseline: float | None = None, direction: str = "raises"
) -> Evidence:
    return Evidence(id_, kind, feature or kind, "", value, "", baseline, direction, 1.0, 1)  # type: ignore[arg-type]


CASES = {
    "impossible travel": (item("E1", "amount", 5.0), item("E2", "travel_speed", 1200.0)),
    "card testing": (item("E1", "small_payments", 3.0, "small_payments_1h"),),
    "structuring": (
        item("E1", "balance_drained", 4.0), item("E2", "familiarity", 0.0, "counterparty_earlier"),
        item("E3", "peer_amount", 9900.0, "amount_over_peers"),
    ),
    "mule or pass-through": (
        item("E1", "familiarity", 0.0, "counterparty_earlier"), item("E2", "passed_through", 96.0),
    ),
    "compromised terminal": (item("E1", "known_fraud", 30.0, "terminal_fraud_7d"),),
    "dormant reactivation": (
        item("E1", "familiarity", 0.0, "device_earlier"),
        item("E2", "since_last", 60 * 86400.0, "gap_over_mean", direction="lowers"),
    ),
    "account takeover": (
        item("E1", "familiarity", 0.0, "device_earlier"), item("E2", "familiarity", 0.0, "counterparty_earlier"),
        item("E3", "balance_drained", 80.0),
    ),
    "velocity burst": (item("E1", "customer_count", 9.0, "customer_count_1h", baseline=0.1),),
    "first-payee push payment": (
        item("E1", "familiarity", 0.0, "counterparty_earlier"), item("E2", "balance_drained", 60.0),
        item("E3", "peer_amount", 4000.0, baseline=60.0),
    ),
    "card-not-present fraud": (
        item("E1", "familiarity", 0.0, "device_earlier"), item("E2", "familiarity", 0.0, "merchant_earlier"),
        item("E3", "amount_spread", 300.0, "amount_spreads", baseline=40.0),
    ),
}  # fmt: skip


def test_every_simulated_typology_has_a_rule_and_a_case_here() -> None:
    names = {scenario.name for scenario in SCENARIOS}
    assert {rule.name for rule in load_rules().rules} == names == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_pattern_is_recognised_and_cites_its_evidence(name: str) -> None:
    found = recognise(load_rules(), CASES[name])
    assert found is not None and found.name == name and found.rule
    last = CASES[name][-1].id
    assert last in found.evidence and set(found.evidence) <= {item.id for item in CASES[name]}


def test_only_the_evidence_it_rests_on_is_cited() -> None:
    found = recognise(load_rules(), CASES["impossible travel"])
    assert found is not None and found.evidence == ("E2",)


@pytest.mark.parametrize(
    "evidence",
    [
        (),
        (item("E1", "travel_speed", 120.0),),
        (item("E1", "travel_speed", 1200.0, direction="lowers"),),
        (item("E1", "familiarity", 0.0, "counterparty_earlier"), item("E2", "passed_through", 3706.0)),  # own money too
        (item("E1", "known_fraud", 30.0, "merchant_fraud_7d"),),
        (item("E1", "under_limit", 9900.0),),  # alone: of whom, and how much of what is there?
    ],
)
def test_no_pattern_is_made_up(evidence: tuple[Evidence, ...]) -> None:
    assert recognise(load_rules(), evidence) is None


GOOD = 'name = "a"\nrule = "b"\n[[all]]\nkind = "amount"\noperator = ">"\nvalue = 1\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = ", "no TOML"),
        (GOOD.replace("rule", "rul"), "unknown key 'rul'"),
        (GOOD.replace('kind = "amount"', 'kind = "weather"'), "'weather'"),
        (GOOD.replace('">"', '"=~"'), "'=~'"),
        (GOOD.replace("value = 1", "value = true"), "needs a `value`"),
        (GOOD.replace('">"', '"within"'), "needs two numbers"),
        (GOOD.replace('">"', '"within"').replace("value = 1", 'value = [1, "2"]'), "needs two numbers"),
        (GOOD.replace("value = 1", 'value = 1\nmeasure = "rank"'), "'rank'"),
        (GOOD.replace("value = 1", 'value = 1\ndirection = "up"'), "'up'"),
        (GOOD.replace("value = 1", "value = 1\nweak = 1"), "for `weak`"),
        (GOOD.replace("value = 1", "value = 1\nweak = true"), "names no `features`"),
        ('name = "a"\nrule = "b"\n', "no condition"),
        ('rule = "b"\n', "lacks `name`"),
    ],
)
def test_a_bad_rule_is_refused_naming_the_file(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(RulesInvalid, match=complaint) as refused:
        load_rules(tmp_path)
    assert "mine.toml" in str(refused.value)


def test_within_reaches_from_the_first_number_to_just_before_the_second(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD.replace('">"', '"within"').replace("value = 1", "value = [8, 10]"))
    named = [recognise(load_rules(tmp_path), (item("E1", "amount", value),)) for value in (7.9, 8.0, 9.9, 10.0)]
    assert [found is not None for found in named] == [False, True, True, False]


def test_an_own_rule_is_used(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD)
    found = recognise(load_rules(tmp_path), (item("E1", "amount", 5.0),))
    assert found is not None and found.name == "a"
