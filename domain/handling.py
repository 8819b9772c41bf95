"""Who works on which alerts, when, and many of them at once. Each change and its audit entry are one transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from domain.access.roles import require
from domain.ageing import Deadlines
from domain.deciding import decide, reverse
from domain.errors import AlertClaimed, InvalidDecision, InvalidSnooze, InvalidView
from domain.progress import Progress, Work
from domain.queue_query import SavedView, parse_filter
from domain.review import BulkDecision, Disposition, Proposal
from domain.store import Store

MOST_AT_ONCE = 1000
LONGEST_NAME = 60
STEP = 20  # decisions between two signs of life


def claim(store: Store, alert_ids: Sequence[str], *, actor: str, now: datetime) -> tuple[str, ...]:
    """Takes alerts for `actor`, all or none; returns those that were not theirs already. Raises AlertClaimed."""
    require(store.person, "decide")
    _check_number(alert_ids)
    with store.transaction():
        held = store.handling.claims(alert_ids)
        for alert_id, holder in held.items():
            if holder != actor:
                raise AlertClaimed(f"{alert_id} is claimed by {holder}.", f"Ask {holder} to release it.")
        taken = tuple(alert_id for alert_id in alert_ids if alert_id not in held)
        for alert_id in taken:
            store.alerts.get(alert_id)
            store.handling.claim(alert_id, actor, now)
            store.audit.append(actor, "claim", alert_id, {})
    return taken


def release(store: Store, alert_ids: Sequence[str], *, actor: str) -> tuple[str, ...]:
    """Gives alerts back to everybody. Somebody else's too, for people fall ill: the audit names both."""
    require(store.person, "decide")
    _check_number(alert_ids)
    with store.transaction():
        held = store.handling.claims(alert_ids)
        for alert_id, holder in held.items():
            store.handling.release(alert_id)
            store.audit.append(actor, "release", alert_id, {"claimed_by": holder})
    return tuple(held)


def snooze(store: Store, alert_ids: Sequence[str], until: datetime | None, *, actor: str, now: datetime) -> None:
    """Takes alerts out of the open queue until then; None brings them back now. Raises InvalidSnooze, UnknownAlert."""
    require(store.person, "decide")
    _check_number(alert_ids)
    if until is not None and until <= now:
        raise InvalidSnooze(f"{until:%Y-%m-%d %H:%M} is past.", "Choose a time to come.")
    with store.transaction():
        for alert_id in alert_ids:
            store.alerts.get(alert_id)
            store.handling.snooze(alert_id, until, actor)
            details = {"until": until.isoformat()} if until else {"until": None}
            store.audit.append(actor, "snooze", alert_id, details)


def decide_many(
    store: Store,
    alert_ids: Sequence[str],
    disposition: Disposition,
    note: str,
    *,
    actor: str,
    now: datetime,
    reasons: tuple[str, ...] = (),
) -> Work[BulkDecision]:
    """One disposition for many open alerts, all or none, each with its own audit entry.

    Those decided already, those that wait for a second person and those that someone else has claimed are passed over.
    """
    _check_number(alert_ids)
    proposed = 0
    with store.transaction():
        held = store.handling.claims(alert_ids)
        settled = store.reviews.decided(alert_ids) | store.proposals.waiting_among(alert_ids)
        passed = tuple(id_ for id_ in alert_ids if id_ in settled or held.get(id_, actor) != actor)
        wanted = tuple(id_ for id_ in alert_ids if id_ not in set(passed))
        for number, alert_id in enumerate(wanted):
            if number % STEP == 0:
                yield Progress("deciding", number, len(wanted))
            outcome = decide(store, alert_id, disposition, note, actor=actor, now=now, reasons=reasons)
            proposed += isinstance(outcome, Proposal)
    return BulkDecision(disposition, wanted, passed, proposed)


def reverse_many(store: Store, alert_ids: Sequence[str], *, actor: str, now: datetime) -> Work[BulkDecision]:
    """Takes the newest decisions and own proposals back in one go; those open again meanwhile are passed over."""
    _check_number(alert_ids)
    with store.transaction():
        settled = store.reviews.decided(alert_ids) | store.proposals.waiting_among(alert_ids)
        wanted = tuple(id_ for id_ in alert_ids if id_ in settled)
        for number, alert_id in enumerate(wanted):
            if number % STEP == 0:
                yield Progress("taking back", number, len(wanted))
            reverse(store, alert_id, actor=actor, now=now)
    return BulkDecision(None, wanted, tuple(id_ for id_ in alert_ids if id_ not in settled))


def save_view(store: Store, view: SavedView, *, actor: str) -> None:
    """In the place of one of the same name. Raises InvalidView, InvalidFilter."""
    if not view.name.strip() or len(view.name) > LONGEST_NAME:
        raise InvalidView("A view needs a name.", f"Use 1 to {LONGEST_NAME} characters.")
    parse_filter(view.filter)
    store.handling.save_view(view, actor)


def set_deadlines(store: Store, deadlines: Deadlines, *, actor: str) -> None:
    require(store.person, "administer")
    with store.transaction():
        before = store.handling.deadlines()
        store.handling.set_deadlines(deadlines)
        changes = {f"{name}_before": hours for name, hours in asdict(before).items()}
        store.audit.append(actor, "deadlines", "queue", {**asdict(deadlines), **changes})


def _check_number(alert_ids: Sequence[str]) -> None:
    if len(alert_ids) > MOST_AT_ONCE:
        raise InvalidDecision(
            f"{len(alert_ids):,} alerts are chosen.", f"Choose at most {MOST_AT_ONCE:,}: each gets its own audit entry."
        )
