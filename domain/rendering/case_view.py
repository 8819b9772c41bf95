"""A case as lines of text and a few numbers to draw: what PDF, HTML and spreadsheet show, in one wording.

All text is printable (see rendering.text), so a rendering only has to escape for its own format.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from domain.evidence import Evidence
from domain.narrative import Explanation
from domain.rendering import wording
from domain.rendering.text import cut, moment, printable, probability, short, shown
from domain.reporting import Case, SimilarAlert
from domain.review import Decision
from domain.statements import money
from domain.suspicion import suspicion_draft
from domain.transactions import Transaction

Pairs = tuple[tuple[str, str], ...]
ROWS_NAMED = 1


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One row of the evidence table. `share` is the contribution over the case's largest, in -1..1, for its bar."""

    id: str
    rank: int
    statement: str
    rows: str
    raises: bool
    contribution: str
    odds: str
    share: float


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One shown sentence and how it stands: verified, repaired or template."""

    text: str
    status: str
    label: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision as shown."""

    decided_at: str
    actor: str
    disposition: str
    note: str


@dataclass(frozen=True, slots=True)
class SimilarView:
    """One case that was flagged for like reasons."""

    alert: str
    similarity: str
    disposition: str


@dataclass(frozen=True, slots=True)
class Point:
    """One bar of the history: `x` is time over its span, `height` the root of amount over largest; both in 0..1."""

    x: float
    height: float
    this: bool


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The customer's payments up to this one; `description` says in words what the drawing shows."""

    points: tuple[Point, ...]
    first: str
    last: str
    scale: str
    description: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """One section of the report."""

    number: int
    heading: str
    transaction_id: str
    occurred_at: str
    customer: str
    amount: str
    score: str
    threshold: str
    band: str
    band_label: str
    facts: Pairs
    evidence: tuple[EvidenceView, ...]
    why: str
    typology: str
    typology_reason: str
    drafted_by: str
    sentences: tuple[SentenceView, ...]
    disposition: str
    decisions: tuple[DecisionView, ...]
    history: HistoryView | None
    bundle: Pairs
    similar: tuple[SimilarView, ...]
    suspicion: Pairs


def case_view(number: int, case: Case) -> CaseView:
    explanation, transaction = case.explanation, case.transaction
    typology = explanation.typology
    return CaseView(
        number=number,
        heading=short(explanation.alert_id or f"Transaction {explanation.transaction_id}"),
        transaction_id=short(transaction.transaction_id),
        occurred_at=moment(transaction.occurred_at),
        customer=short(transaction.customer_id),
        amount=short(money(transaction.amount, transaction.currency)),
        score=probability(explanation.score),
        threshold=probability(explanation.threshold),
        band=explanation.band,
        band_label=wording.BANDS.get(explanation.band, explanation.band),
        facts=_facts(case),
        evidence=tuple(_evidence(item, explanation) for item in explanation.evidence),
        why="Why it was flagged" if explanation.alert_id else "Why it scored so",
        typology=shown(typology.name) if typology else "None recognised",
        typology_reason=shown(f"{typology.rule} ({', '.join(typology.evidence)})") if typology else "",
        drafted_by=_drafted_by(explanation),
        sentences=tuple(
            SentenceView(shown(sentence.text), sentence.status, wording.STATUSES[sentence.status])
            for sentence in explanation.narrative.sentences
        ),
        disposition=wording.DISPOSITIONS[case.disposition],
        decisions=tuple(_decision(decision) for decision in case.decisions),
        history=_history(case.history, transaction),
        bundle=_bundle(explanation),
        similar=tuple(map(_similar, case.similar)),
        suspicion=_suspicion(case),
    )


def _facts(case: Case) -> Pairs:
    transaction, alert = case.transaction, case.alert
    place = " ".join(part for part in (transaction.country, _coordinates(transaction)) if part)
    balance = (
        f"{money(transaction.balance_before, transaction.currency)} before"
        if transaction.balance_before is not None
        else ""
    )
    given = (
        ("Transaction", transaction.transaction_id),
        ("Time", moment(transaction.occurred_at)),
        ("Amount", money(transaction.amount, transaction.currency)),
        ("Customer", transaction.customer_id),
        ("Home country", transaction.customer_home_country),
        ("Merchant", transaction.merchant_id),
        ("Category", transaction.merchant_category),
        ("Terminal", transaction.terminal_id),
        ("Channel", transaction.channel),
        ("Place", place),
        ("Device", transaction.device_id),
        ("Counterparty", transaction.counterparty_id),
        ("Balance", balance),
        ("Approved", {True: "yes", False: "declined", None: None}[transaction.approved]),
        ("Raised by", wording.ORIGINS[alert.origin] if alert else wording.ORIGINS["asked for"]),
        ("Other system's reason", (alert.flag_reason if alert else None) or transaction.flag_reason),
        ("Memo", transaction.memo),
    )
    return tuple((label, shown(value)) for label, value in given if value)


def _coordinates(transaction: Transaction) -> str:
    if transaction.latitude is None or transaction.longitude is None:
        return ""
    return f"({transaction.latitude:.4f}, {transaction.longitude:.4f})"


def _evidence(item: Evidence, explanation: Explanation) -> EvidenceView:
    largest = max((abs(other.contribution) for other in explanation.evidence), default=0.0)
    return EvidenceView(
        id=printable(item.id),
        rank=item.rank,
        statement=shown(item.statement),
        rows=_rows(item.rows),
        raises=item.direction == "raises",
        contribution=f"{item.contribution:+.2f}",
        odds=f"odds × {_factor(item.contribution)}",
        share=item.contribution / largest if largest else 0.0,
    )


def _factor(log_odds: float) -> str:
    factor = math.exp(min(log_odds, 50.0))
    return f"{factor:,.0f}" if factor >= 100 else f"{factor:.1f}" if factor >= 10 else f"{factor:.2f}"


def _rows(rows: Sequence[str]) -> str:
    """Names the first few; the JSON report names all."""
    if not rows:
        return ""
    more = len(rows) - ROWS_NAMED
    names = ", ".join(cut(printable(row), 40) for row in rows[:ROWS_NAMED])
    return f"from {names} and {more:,} more" if more > 0 else f"from {names}"


def _drafted_by(explanation: Explanation) -> str:
    if explanation.narrative.origin == "template":
        return "Written by fixed sentences from the evidence, without the language model"
    verdict = (
        "passed the check as first written"
        if explanation.narrative.draft_verified
        else "did not pass as first written; what failed was mended or replaced"
    )
    return f"Machine-drafted, checked by program; this draft {verdict}"


def _decision(decision: Decision) -> DecisionView:
    """Who approved stands beside who decided, the codes of the reasons before the note."""
    label = wording.DISPOSITIONS[decision.disposition] if decision.disposition else wording.REOPENED
    people = f"{decision.actor}, approved by {decision.approved_by}" if decision.approved_by else decision.actor
    note = ": ".join(part for part in (", ".join(decision.reasons), decision.note) if part)
    return DecisionView(moment(decision.decided_at), shown(people), label, shown(note))


def _history(history: Sequence[Transaction], transaction: Transaction) -> HistoryView | None:
    if len(history) < 2:
        return None
    ordered = sorted(history, key=lambda other: other.occurred_at)
    start, end = ordered[0].occurred_at, ordered[-1].occurred_at
    span = max((end - start).total_seconds(), 1.0)
    largest = max(other.amount for other in ordered)
    points = tuple(
        Point(
            x=(other.occurred_at - start).total_seconds() / span,
            height=math.sqrt(max(other.amount, 0.0) / largest) if largest > 0 else 0.0,
            this=other.transaction_id == transaction.transaction_id,
        )
        for other in ordered
    )
    largest_shown = short(money(largest, transaction.currency))
    return HistoryView(
        points=points,
        first=f"{start:%Y-%m-%d}",
        last=f"{end:%Y-%m-%d}",
        scale=f"height by the square root of the amount, top line {largest_shown}",
        description=(
            f"The customer's last {len(ordered):,} payments by time, from {start:%Y-%m-%d} to {end:%Y-%m-%d}; "
            f"height by the square root of the amount, the largest is {largest_shown}; this payment is marked."
        ),
    )


def _bundle(explanation: Explanation) -> Pairs:
    bundle = explanation.bundle
    hashes = (
        ("Classifier", bundle.classifier),
        ("Features", bundle.features),
        ("Base model", bundle.base_model or "none"),
        ("Adapter", bundle.adapter or "none"),
        ("Prompt", bundle.prompt or "none"),
        ("Made", f"{bundle.created_at}, seed {bundle.seed}"),
    )
    return tuple((label, shown(value)) for label, value in hashes)


def _similar(other: SimilarAlert) -> SimilarView:
    disposition = wording.DISPOSITIONS[other.disposition or "open"]
    return SimilarView(short(other.alert_id), f"{other.similarity:.2f}", disposition)


def _suspicion(case: Case) -> Pairs:
    draft = suspicion_draft(case)
    return tuple((heading, printable(text)) for heading, text in draft.paragraphs) if draft else ()
