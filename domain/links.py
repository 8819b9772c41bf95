"""Who and what a payment is tied to: accounts, devices, merchants and terminals, and the payments between them.

Pure records and their assembling; `domain.store.links` reads them, `desktop.screens.case` draws them. Everything is as
it was known at one moment: payments made until then, frauds reported until then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from domain.transactions import Transaction

NodeKind = Literal["account", "device", "merchant", "terminal"]
KINDS: tuple[NodeKind, ...] = ("account", "device", "merchant", "terminal")
STEPS = 40  # moments before the payment that a person can go back to


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """Something that payments have in common. An account is a customer, or whoever a customer paid."""

    kind: NodeKind
    id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What was known of a node: payments it took part in, accounts that made them, frauds among them.

    `last` is its latest payment; None where it had none yet.
    """

    node: Node
    payments: int
    accounts: int
    frauds: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """The payments that `source` and `target` have in common; `amount` is their sum, `frauds` those known as fraud."""

    source: Node
    target: Node
    payments: int
    amount: float
    frauds: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The links of one node, the most telling first, and how many more it has than are listed."""

    node: Node
    links: tuple[Link, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class LinkGraph:
    """Nodes by how they were reached: `roots` are the payment's own, `parents` names whom each other one came from.

    `left_out` holds for each expanded node how many of its links are not shown; `newest` is when the store's latest
    payment was made.
    """

    at: datetime
    newest: datetime
    roots: tuple[Node, ...]
    standings: tuple[Standing, ...]
    links: tuple[Link, ...]
    parents: tuple[tuple[Node, Node], ...]
    expanded: tuple[Node, ...]
    left_out: tuple[tuple[Node, int], ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(standing.node for standing in self.standings)


def roots_of(payment: Transaction) -> tuple[Node, ...]:
    """The payment's own nodes, the account that made it first."""
    named: tuple[tuple[NodeKind, str | None], ...] = (
        ("account", payment.customer_id),
        ("device", payment.device_id),
        ("merchant", payment.merchant_id),
        ("terminal", payment.terminal_id),
        ("account", payment.counterparty_id),
    )
    return tuple(dict.fromkeys(Node(kind, id_) for kind, id_ in named if id_))


def assemble(
    payment: Transaction,
    at: datetime,
    newest: datetime,
    neighbourhoods: Sequence[Neighbourhood],
    standings: Mapping[Node, Standing],
) -> LinkGraph:
    """The graph of the payment's nodes and of the expanded ones' neighbours, each node once.

    A neighbourhood whose node was not reached (any more) is passed over. `standings` has every node that is shown.
    """
    roots = roots_of(payment)
    reached = dict.fromkeys(roots)
    parents: dict[Node, Node] = {}
    links: dict[frozenset[Node], Link] = {}
    shown = [hood for hood in neighbourhoods if hood.node in reached or _leads_to(hood.node, neighbourhoods)]
    for hood in shown:
        for link in hood.links:
            other = link.target if link.source == hood.node else link.source
            if other not in reached:
                reached[other] = None
                parents[other] = hood.node
            links.setdefault(frozenset((link.source, link.target)), link)
    return LinkGraph(
        at,
        newest,
        roots,
        tuple(standings[node] for node in reached),
        tuple(links.values()),
        tuple(parents.items()),
        tuple(hood.node for hood in shown),
        tuple((hood.node, hood.left_out) for hood in shown if hood.left_out),
    )


def _leads_to(node: Node, neighbourhoods: Iterable[Neighbourhood]) -> bool:
    return any(
        node in (link.source, link.target) for hood in neighbourhoods if hood.node != node for link in hood.links
    )


def moments(first: datetime, payment: datetime, newest: datetime) -> tuple[datetime, ...]:
    """The moments a person can look at: evenly from the first payment to this one, then at most 8 up to the newest.

    The payment's own moment is one of them, whatever the others are.
    """
    before = _between(first, payment, STEPS)
    after = _between(payment, newest, STEPS // 5) if newest > payment else ()
    return tuple(sorted({*before, payment, *after}))


def _between(start: datetime, end: datetime, steps: int) -> tuple[datetime, ...]:
    span = max(end - start, timedelta(0))
    return tuple(start + span * step / steps for step in range(steps + 1))
