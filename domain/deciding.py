"""Decides alerts: alone, or by two persons where the store's policy asks for a second one.

A person's rights and identity come from the passphrase that opened the store (`store.person`), never from an argument.
Two users with the same identity are one person; that two identities are two human beings is the administrator's word,
and the audit names who gave it. Every step is an audit entry in the transaction of the change.
"""

from dataclasses import replace
from datetime import datetime

from domain.access.roles import Person, require
from domain.decision_policy import DecisionPolicy, check_note
from domain.errors import InvalidDecision, NotAllowed
from domain.review import AuditAction, Decision, Disposition, Proposal
from domain.store import Store

Outcome = Decision | Proposal


def decide(
    store: Store,
    alert_id: str,
    disposition: Disposition,
    note: str,
    *,
    actor: str,
    now: datetime,
    reasons: tuple[str, ...] = (),
) -> Outcome:
    """A disposition that holds, or a Proposal where the policy asks for a second person; durable once this returns.

    Raises NotAllowed, UnknownAlert, InvalidDecision.
    """
    require(store.person, "decide")
    policy = store.proposals.policy()
    policy.check(alert_id, disposition, note, reasons)
    with store.transaction():
        alert = store.alerts.get(alert_id)
        store.unsaved.drop(alert_id, actor, "decision")
        waiting = store.proposals.waiting(alert_id)
        if waiting is not None:
            raise InvalidDecision(
                f"{alert_id} waits for a second person since {waiting.actor} proposed a disposition.",
                f"An approver settles it, or {waiting.actor} takes it back.",
            )
        latest = store.reviews.latest(alert_id)
        (transaction,) = store.transactions.get([alert.transaction_id])
        contested = latest is not None and latest.kind == "contest"
        if policy.asks_second(disposition, alert.band, transaction.amount, contested=contested):
            store.proposals.add("propose", alert_id, store.person, now, disposition, reasons, note)
            _audit(store, actor, "propose", alert_id, disposition, note, reasons)
            proposed = store.proposals.waiting(alert_id)
            assert proposed is not None
            return proposed
        return _record(store, Decision(alert_id, disposition, note, actor, now, "decide", reasons), "decide")


def reverse(store: Store, alert_id: str, *, actor: str, now: datetime) -> Decision:
    """Takes one's proposal or the newest decision back: the alert is open, the history keeps both.

    Raises InvalidDecision, NotAllowed.
    """
    require(store.person, "decide")
    with store.transaction():
        waiting = store.proposals.waiting(alert_id)
        if waiting is not None:
            if not _is_same(waiting, store.person):
                raise NotAllowed(f"{waiting.actor} proposed this, so only {waiting.actor} takes it back.")
            store.proposals.add("withdraw", alert_id, store.person, now, waiting.disposition)
            _audit(store, actor, "withdraw", alert_id, None, "", (), before=waiting.disposition)
            return Decision(alert_id, None, f"takes back the proposal {waiting.disposition}", actor, now, "reverse")
        latest = store.reviews.latest(alert_id)
        if latest is None or latest.disposition is None:
            raise InvalidDecision(f"{alert_id} is open: there is no decision to take back.")
        if latest.approved_by:
            raise NotAllowed(
                f"{latest.actor} and {latest.approved_by} decided {alert_id} together: nobody takes that back alone.",
                "Contest it with its ground: the case is open again, and two persons decide.",
            )
        note = f"takes back {latest.disposition}"
        return _record(store, Decision(alert_id, None, note, actor, now, "reverse"), "reverse")


def answer(
    store: Store, alert_id: str, disposition: Disposition, note: str, reasons: tuple[str, ...], *, now: datetime
) -> Outcome:
    """What a disposition given in the window means: a decision, or a second person's view where one is waited for."""
    waiting = store.proposals.waiting(alert_id)
    if waiting is not None and store.person.may("approve"):
        return form_view(store, alert_id, disposition, note, now=now)
    return decide(store, alert_id, disposition, note, actor=store.person.name, now=now, reasons=reasons)


def contest(store: Store, alert_id: str, ground: str, *, now: datetime) -> Decision:
    """Reopens a decided case that somebody objects to, with the ground. Raises NotAllowed, InvalidDecision."""
    require(store.person, "contest")
    check_note(alert_id, ground)
    if not ground.strip():
        raise InvalidDecision("A case is contested on some ground.", "Write who objects, and why.")
    with store.transaction():
        latest = store.reviews.latest(alert_id)
        if latest is None or latest.disposition is None:
            raise InvalidDecision(f"{alert_id} is open: there is no decision to contest.")
        store.unsaved.drop(alert_id, store.person.name, "contest")
        contested = Decision(alert_id, None, ground, store.person.name, now, "contest")
        return _record(store, contested, "contest")


def proposal_shown(store: Store, alert_id: str) -> Proposal | None:
    """What waits on the alert, as far as this person may see it yet."""
    waiting = store.proposals.waiting(alert_id)
    if waiting is None:
        return None
    view = store.proposals.view_of(waiting, store.person)
    waiting = replace(waiting, view=view)
    hidden = store.proposals.policy().blind and store.person.may("approve") and view is None
    if hidden and not _is_same(waiting, store.person):
        return replace(waiting, disposition=None, reasons=(), note="")
    return waiting


def form_view(store: Store, alert_id: str, disposition: Disposition, note: str, *, now: datetime) -> Outcome:
    """What the second person would do. The same as proposed: it is approved. Another: the proposal, now shown whole.

    Raises NotAllowed, InvalidDecision.
    """
    with store.transaction():
        waiting = _waiting_for_me(store, alert_id)
        DecisionPolicy().check(alert_id, disposition, note, ())
        store.unsaved.drop(alert_id, store.person.name, "decision")
        store.proposals.add("view", alert_id, store.person, now, disposition, (), note)
        _audit(store, store.person.name, "view", alert_id, disposition, note, ())
        if disposition == waiting.disposition:
            return _approved(store, waiting, note, now)
        return replace(waiting, view=disposition)


def approve(store: Store, alert_id: str, note: str, *, now: datetime) -> Decision:
    """Raises NotAllowed, InvalidDecision, which it also does before an own view where the policy is blind."""
    check_note(alert_id, note)
    with store.transaction():
        waiting = _waiting_for_me(store, alert_id)
        _check_viewed(store, waiting)
        store.unsaved.drop(alert_id, store.person.name, "decision")
        return _approved(store, waiting, note, now)


def reject(store: Store, alert_id: str, note: str, *, now: datetime) -> Proposal:
    """The alert is open again; the note tells the first person why. Raises as `approve`."""
    check_note(alert_id, note)
    if not note.strip():
        raise InvalidDecision("A rejection needs a note.", "Write what speaks against the proposal.")
    with store.transaction():
        waiting = _waiting_for_me(store, alert_id)
        _check_viewed(store, waiting)
        store.unsaved.drop(alert_id, store.person.name, "decision")
        store.proposals.add("reject", alert_id, store.person, now, waiting.disposition, (), note)
        _audit(store, store.person.name, "reject", alert_id, None, note, (), before=waiting.disposition)
        return waiting


def set_policy(store: Store, policy: DecisionPolicy) -> None:
    """What decisions need from now on; proposals that wait go on waiting. Raises NotAllowed."""
    require(store.person, "administer")
    with store.transaction():
        before = store.proposals.policy()
        store.proposals.set_policy(policy)
        store.audit.append(store.person.name, "policy", "decisions", {"before": repr(before), "after": repr(policy)})


def _waiting_for_me(store: Store, alert_id: str) -> Proposal:
    require(store.person, "approve")
    waiting = store.proposals.waiting(alert_id)
    if waiting is None:
        raise InvalidDecision(f"Nothing waits on {alert_id}.", "Somebody settled it, or took it back.")
    if _is_same(waiting, store.person):
        raise NotAllowed(
            f"{waiting.actor} proposed this, and {store.person.name} is the same person.",
            "Another approver settles it.",
        )
    return waiting


def _is_same(proposal: Proposal, person: Person) -> bool:
    return person.is_same_human(Person(proposal.actor, (), proposal.identity))


def _check_viewed(store: Store, waiting: Proposal) -> None:
    if store.proposals.policy().blind and store.proposals.view_of(waiting, store.person) is None:
        raise InvalidDecision(
            f"{waiting.alert_id} waits for your own view first.", "Say what you would do; then the proposal is shown."
        )


def _approved(store: Store, waiting: Proposal, note: str, now: datetime) -> Decision:
    """`waiting` is whole: its disposition is there."""
    me = store.person
    store.proposals.add("approve", waiting.alert_id, me, now, waiting.disposition, (), note)
    both = "\n".join(part for part in (waiting.note, f"{me.name}: {note}" if note else "") if part)
    decision = Decision(
        waiting.alert_id, waiting.disposition, both, waiting.actor, now, "decide", waiting.reasons, me.name
    )
    return _record(store, decision, "approve")


def _record(store: Store, decision: Decision, action: AuditAction) -> Decision:
    with store.transaction():
        before = store.reviews.latest(decision.alert_id)
        store.reviews.add(decision)
        who = decision.approved_by or decision.actor
        was = before.disposition if before else None
        _audit(
            store, who, action, decision.alert_id, decision.disposition, decision.note, decision.reasons,
            before=was, proposed_by=decision.actor if decision.approved_by else None,
        )  # fmt: skip
    return decision


def _audit(
    store: Store,
    actor: str,
    action: AuditAction,
    alert_id: str,
    after: Disposition | None,
    note: str,
    reasons: tuple[str, ...],
    *,
    before: Disposition | None = None,
    proposed_by: str | None = None,
) -> None:
    """With the score that was decided on, and the bundle of the newest explanation: what the person had before them."""
    alert = store.alerts.get(alert_id)
    bundles = store.narratives.bundles(alert.transaction_id)
    details = {
        "before": before,
        "after": after,
        "note": note,
        "reasons": " ".join(reasons),
        "classifier": alert.classifier_id,
        "score": alert.score,
        "bundle": bundles[0] if bundles else None,
    }
    if proposed_by is not None:
        details["proposed_by"] = proposed_by
    store.audit.append(actor, action, alert_id, details)
