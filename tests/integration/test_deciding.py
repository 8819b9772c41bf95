"""Decisions: what the policy asks for, two persons where it asks for two, and a word in the audit for every step."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import pytest

from domain.access.roles import Role
from domain.access.users import add_user, change_passphrase, set_roles
from domain.casework import case_file
from domain.deciding import answer, approve, contest, decide, form_view, proposal_shown, reject, reverse, set_policy
from domain.decision_policy import DecisionPolicy, FourEyesRule, load_policy, policy_of, reason_codes
from domain.errors import InvalidDecision, NotAllowed, PolicyInvalid, UnknownAlert
from domain.pipeline import score_transactions, train_classifier
from domain.queue_query import QueueQuery, parse_filter
from domain.review import DISPOSITIONS, Decision, Proposal
from domain.store import Store
from tests.reports import an_alert
from tests.stores import CHEAP, PASSPHRASE, new_store, payments, put

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
AT = 1_800_000_000.0
TWO = DecisionPolicy(four_eyes=(FourEyesRule(amount_from=12.0),))  # T-0 is of 10, T-3 of 13


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of alerts A-T-0 to A-T-4 with users ana (analyst), bo (approver), ana-2 (ana as approver), audra."""
    folder = tmp_path_factory.mktemp("made")
    users: tuple[tuple[str, Role, str], ...] = (
        ("ana", "analyst", ""), ("bo", "approver", ""), ("ana-2", "approver", "ana"), ("audra", "auditor", ""),
    )  # fmt: skip
    with new_store(folder) as store:
        put(store, payments(5))
        store.alerts.replace_alerts([an_alert(f"T-{number}") for number in range(5)])
        set_policy(store, TWO)
        for name, role, identity in users:
            add_user(store, name, [role], "first", now=AT, identity=identity, cost=CHEAP)
    for name, _, _ in users:
        with Store.open(store.path, "first", user=name) as again:
            change_passphrase(again, name, now=AT, cost=CHEAP)
    return folder


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """A copy of the store, for one test."""
    for file in made.iterdir():
        copyfile(file, tmp_path / file.name)
    return tmp_path / "cases.whyflag"


def as_user(path: Path, name: str) -> Store:
    return Store.open(path, name, user=name)


def proposed(path: Path, note: str = "a copied card", reasons: tuple[str, ...] = ("CF-DENIED",)) -> None:
    with as_user(path, "ana") as store:
        made = decide(store, "A-T-3", "confirmed_fraud", note, actor="ana", now=NOW, reasons=reasons)
        assert isinstance(made, Proposal)


def told_of(store: Store) -> list[tuple[str, str, dict[str, object]]]:
    return [(entry.actor, entry.action, json.loads(entry.details)) for entry in case_file(store, "A-T-3").entries]


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Store]:
    """One user, who decides and administers, under the standard policy."""
    with new_store(tmp_path) as store:
        put(store, payments(5))
        store.alerts.replace_alerts([an_alert(f"T-{number}") for number in range(5)])
        yield store


def test_small_amounts_are_decided_alone_and_large_ones_are_proposed(path: Path) -> None:
    with as_user(path, "ana") as store:
        assert isinstance(decide(store, "A-T-0", "false_positive", "", actor="ana", now=NOW), Decision)
        assert isinstance(decide(store, "A-T-3", "false_positive", "", actor="ana", now=NOW), Proposal)
        assert store.reviews.latest("A-T-3") is None, "a proposal is no decision"
        assert store.proposals.count_waiting() == 1
        with pytest.raises(InvalidDecision, match="waits for a second person"):
            decide(store, "A-T-3", "false_positive", "", actor="ana", now=NOW)


def test_the_second_person_sees_the_first_ones_reasons_only_after_an_own_view(path: Path) -> None:
    proposed(path)
    with as_user(path, "bo") as store:
        shown = proposal_shown(store, "A-T-3")
        assert shown is not None and shown.hidden
        assert (shown.actor, shown.disposition, shown.reasons, shown.note) == ("ana", None, (), "")
        assert told_of(store) == [("ana", "propose", {})], "nor in what happened to the case"
        for early in (lambda: approve(store, "A-T-3", "", now=NOW), lambda: reject(store, "A-T-3", "no", now=NOW)):
            with pytest.raises(InvalidDecision, match="own view first"):
                early()
        other = form_view(store, "A-T-3", "false_positive", "looks usual", now=NOW)
        assert isinstance(other, Proposal)
        assert (other.disposition, other.note, other.view) == ("confirmed_fraud", "a copied card", "false_positive")
        assert proposal_shown(store, "A-T-3") == other
        assert [details.get("note") for *_, details in told_of(store)] == ["a copied card", "looks usual"]
        decision = approve(store, "A-T-3", "convinced", now=NOW)
    assert (decision.actor, decision.approved_by, decision.disposition) == ("ana", "bo", "confirmed_fraud")
    assert (decision.reasons, decision.note) == (("CF-DENIED",), "a copied card\nbo: convinced")


def test_a_proposal_taken_back_tells_the_second_person_as_little(path: Path) -> None:
    proposed(path, note="a copied crad")
    with as_user(path, "ana") as store:
        reverse(store, "A-T-3", actor="ana", now=NOW)
    proposed(path)
    with as_user(path, "bo") as store:
        assert [(action, details) for _, action, details in told_of(store)] == [
            ("propose", {}), ("withdraw", {}), ("propose", {}),
        ]  # fmt: skip


def test_the_same_view_approves_at_once(path: Path) -> None:
    proposed(path)
    with as_user(path, "bo") as store:
        decision = answer(store, "A-T-3", "confirmed_fraud", "", (), now=NOW)
        assert isinstance(decision, Decision)
        assert store.reviews.latest("A-T-3") == decision
        assert store.proposals.count_waiting() == 0
        with pytest.raises(InvalidDecision, match="Nothing waits"):
            approve(store, "A-T-3", "", now=NOW)


def test_a_policy_that_is_not_blind_shows_and_approves_at_once(path: Path) -> None:
    with Store.open(path, PASSPHRASE) as store:
        set_policy(store, replace(TWO, blind=False))
    proposed(path)
    with as_user(path, "bo") as store:
        shown = proposal_shown(store, "A-T-3")
        assert shown is not None and shown.disposition == "confirmed_fraud"
        assert approve(store, "A-T-3", "", now=NOW).approved_by == "bo"


def test_nobody_is_the_second_person_to_themselves(path: Path) -> None:
    """Neither with one user in two roles, nor with two users of one person."""
    proposed(path)
    with as_user(path, "ana-2") as store:
        for attempt in (
            lambda: approve(store, "A-T-3", "", now=NOW),
            lambda: reject(store, "A-T-3", "no", now=NOW),
            lambda: form_view(store, "A-T-3", "confirmed_fraud", "", now=NOW),
        ):
            with pytest.raises(NotAllowed, match="the same person"):
                attempt()
    with Store.open(path, PASSPHRASE) as store:
        set_roles(store, "ana", ["analyst", "approver"], now=AT)
    with as_user(path, "ana") as store, pytest.raises(NotAllowed, match="the same person"):
        approve(store, "A-T-3", "", now=NOW)


@pytest.mark.parametrize(("user", "wanted"), [("audra", "decide"), ("bo", "decide"), ("audra", "contest")])
def test_rights_are_asked_in_the_use_case(path: Path, user: str, wanted: str) -> None:
    with as_user(path, user) as store:
        with pytest.raises(NotAllowed, match=f"{user}.*may not"):
            if wanted == "decide":
                decide(store, "A-T-0", "escalated", "", actor="ana", now=NOW)
            else:
                contest(store, "A-T-0", "the customer objects", now=NOW)
        with pytest.raises(NotAllowed):
            set_policy(store, DecisionPolicy())
        with pytest.raises(NotAllowed):
            next(score_transactions(store, None, actor="x", now=NOW))  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            next(train_classifier(store, None, actor="x"))  # type: ignore[arg-type]
        assert store.reviews.count() == 0


def test_an_analyst_does_not_approve(path: Path) -> None:
    proposed(path)
    with Store.open(path, PASSPHRASE) as store, pytest.raises(NotAllowed, match="Ask an approver"):
        approve(store, "A-T-3", "", now=NOW)


def test_a_rejected_proposal_leaves_the_alert_open_and_says_why(path: Path) -> None:
    proposed(path)
    with as_user(path, "bo") as store:
        form_view(store, "A-T-3", "inconclusive", "", now=NOW)
        with pytest.raises(InvalidDecision, match="needs a note"):
            reject(store, "A-T-3", " ", now=NOW)
        reject(store, "A-T-3", "call the customer first", now=NOW)
        assert (store.reviews.latest("A-T-3"), store.proposals.count_waiting()) == (None, 0)
    proposed(path, note="called")
    with as_user(path, "bo") as store:
        shown = proposal_shown(store, "A-T-3")
        assert shown is not None and shown.hidden, "a former view does not count for a new proposal"


def test_only_its_proposer_takes_a_proposal_back(path: Path) -> None:
    proposed(path)
    with Store.open(path, PASSPHRASE) as store, pytest.raises(NotAllowed, match="only ana"):
        reverse(store, "A-T-3", actor="x", now=NOW)
    with as_user(path, "ana") as store:
        reverse(store, "A-T-3", actor="ana", now=NOW)
        assert (store.reviews.history("A-T-3"), store.proposals.count_waiting()) == ((), 0)
        assert [entry.action for entry in store.audit.of("A-T-3")] == ["propose", "withdraw"]


def test_every_step_is_audited_with_who_before_after_reasons_and_what_was_seen(path: Path) -> None:
    with Store.open(path, PASSPHRASE) as store:
        store.narratives.put(f"T-3/{'b' * 64}", "{}")
    proposed(path)
    with as_user(path, "bo") as store:
        form_view(store, "A-T-3", "false_positive", "", now=NOW)
        approve(store, "A-T-3", "", now=NOW)
        told = [(entry.action, entry.actor, json.loads(entry.details)) for entry in store.audit.of("A-T-3")]
        assert [(action, actor, details["before"], details["after"]) for action, actor, details in told] == [
            ("propose", "ana", None, "confirmed_fraud"),
            ("view", "bo", None, "false_positive"),
            ("approve", "bo", None, "confirmed_fraud"),
        ]
        assert told[2][2]["proposed_by"] == "ana"
        assert all(details["bundle"] == "b" * 64 and "classifier" in details for _, _, details in told)
        assert told[0][2]["reasons"] == told[2][2]["reasons"] == "CF-DENIED"
        store.audit.verify()


def test_scoring_anew_keeps_an_alert_that_waits(path: Path) -> None:
    proposed(path)
    with as_user(path, "bo") as store:
        store.alerts.replace_alerts([])
        assert store.alerts.get("A-T-3").alert_id == "A-T-3"
        with pytest.raises(UnknownAlert):
            store.alerts.get("A-T-1")


def test_a_contested_case_is_open_again_with_its_ground_and_needs_two(path: Path) -> None:
    with as_user(path, "ana") as store:
        decide(store, "A-T-0", "confirmed_fraud", "", actor="ana", now=NOW)
        with pytest.raises(InvalidDecision, match="some ground"):
            contest(store, "A-T-0", "  ", now=NOW)
        contest(store, "A-T-0", "the customer shows the receipt", now=NOW)
        latest = store.reviews.latest("A-T-0")
        assert latest is not None
        assert (latest.disposition, latest.kind, latest.note) == (None, "contest", "the customer shows the receipt")
        with pytest.raises(InvalidDecision, match="no decision to contest"):
            contest(store, "A-T-0", "again", now=NOW)
        assert isinstance(decide(store, "A-T-0", "false_positive", "", actor="ana", now=NOW), Proposal), (
            "of 10 only, but contested"
        )
        assert [entry.action for entry in store.audit.of("A-T-0")] == ["decide", "contest", "propose"]


def test_what_two_persons_decided_one_of_them_does_not_take_back_alone(path: Path) -> None:
    """Else the first would decide anew, as something that asks no second person."""
    proposed(path)
    with as_user(path, "bo") as store:
        answer(store, "A-T-3", "confirmed_fraud", "", (), now=NOW)
    with as_user(path, "ana") as store:
        with pytest.raises(NotAllowed, match="together"):
            reverse(store, "A-T-3", actor="ana", now=NOW)
        contest(store, "A-T-3", "the customer shows the receipt", now=NOW)
        assert isinstance(decide(store, "A-T-3", "inconclusive", "", actor="ana", now=NOW), Proposal)


def test_undo_is_a_reversal_in_the_audit(alone: Store) -> None:
    me = alone.person.name
    decide(alone, "A-T-0", "escalated", "n", actor=me, now=NOW)
    reverse(alone, "A-T-0", actor=me, now=NOW)
    told = [(entry.action, json.loads(entry.details)["before"]) for entry in alone.audit.of("A-T-0")]
    assert told == [("decide", None), ("reverse", "escalated")]
    assert [decision.kind for decision in alone.reviews.history("A-T-0")] == ["decide", "reverse"]
    with pytest.raises(InvalidDecision, match="no decision to take back"):
        reverse(alone, "A-T-0", actor=me, now=NOW)


def test_notes_and_reasons_are_asked_for_where_the_policy_does(alone: Store) -> None:
    set_policy(alone, DecisionPolicy(note_for=("inconclusive",), shortest_note=5, reasons_for=("false_positive",)))
    me = alone.person.name
    for disposition, note, reasons, told in (
        ("inconclusive", "  no ", (), "needs a note"),
        ("false_positive", "", (), "needs a reason"),
        ("false_positive", "", ("CF-DENIED",), "CF-DENIED cannot stand beside false positive"),
        ("guilty", "", (), "no disposition"),
        ("escalated", "x" * 10_001, (), "10,001 characters"),
    ):
        with pytest.raises(InvalidDecision, match=told):
            decide(alone, "A-T-0", disposition, note, actor=me, now=NOW, reasons=reasons)  # type: ignore[arg-type]
    decide(alone, "A-T-0", "inconclusive", "unreached", actor=me, now=NOW)
    decide(alone, "A-T-0", "false_positive", "", actor=me, now=NOW, reasons=("FP-TRAVEL", "FP-HABIT"))
    assert [decision.reasons for decision in alone.reviews.history("A-T-0")] == [(), ("FP-TRAVEL", "FP-HABIT")]


def test_a_policy_survives_and_its_change_is_audited(path: Path) -> None:
    with Store.open(path, PASSPHRASE) as store:
        assert store.proposals.policy() == TWO
        set_policy(store, load_policy("strict"))
    with Store.open(path, PASSPHRASE) as store:
        assert store.proposals.policy() == load_policy("strict")
        assert [entry.action for entry in store.audit.of("decisions")] == ["policy", "policy"]


@pytest.mark.parametrize(
    "content",
    [
        {"four_eye": []},
        {"note_for": ["guilty"]},
        {"blind": 1},
        {"lock_minutes": -1},
        {"four_eyes": {"bands": []}},
        {"four_eyes": [{"amount": 5}]},
        {"four_eyes": [{"amount_from": float("nan")}]},
        {"four_eyes": [{"bands": ["huge"]}]},
    ],
)
def test_a_wrong_policy_is_refused_by_key(content: dict[str, object]) -> None:
    with pytest.raises(PolicyInvalid, match="mine"):
        policy_of(content, "mine")


def test_shipped_files_hold() -> None:
    assert not load_policy("standard").four_eyes
    strict = load_policy("strict")
    assert strict.asks_second("escalated", "low", 1.0, contested=False)
    assert strict.asks_second("false_positive", "high", 1.0, contested=False)
    assert not strict.asks_second("false_positive", "low", 999.0, contested=False)
    assert strict.asks_second("inconclusive", "low", 1.0, contested=True)
    assert set(reason_codes()) == set(DISPOSITIONS)
    codes = [code for by in reason_codes().values() for code in by]
    assert len(set(codes)) == len(codes)
    assert all(" " not in code for code in codes)


def test_the_queue_shows_what_waits_and_not_what_was_settled(path: Path) -> None:
    proposed(path)
    with as_user(path, "bo") as store:
        named = parse_filter("state:waiting")
        for query in (QueueQuery(state="waiting"), QueueQuery(state=None, terms=named), QueueQuery(terms=named)):
            snapshot = store.alerts.snapshot(query)
            [row] = store.alerts.page(snapshot, 0, 10)
            assert (row.alert_id, row.state) == ("A-T-3", "waiting")
        for query in (QueueQuery(), QueueQuery(state=None, terms=parse_filter("state:open"))):
            snapshot = store.alerts.snapshot(query)
            shown = [row.alert_id for row in store.alerts.page(snapshot, 0, 10)]
            assert shown and "A-T-3" not in shown, "it is open to nobody until it is settled"
        answer(store, "A-T-3", "confirmed_fraud", "", (), now=NOW)
        assert store.alerts.snapshot(QueueQuery(state="waiting")).count == 0
