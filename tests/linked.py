"""A made-up link graph: two other accounts at each expanded node, one of them with known fraud."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.links import Link, LinkGraph, Neighbourhood, Node, Standing, assemble, roots_of
from domain.transactions import Transaction


def a_link_graph(payment: Transaction, at: datetime, expanded: Sequence[Node]) -> LinkGraph:
    hoods = [_hood(node, at) for node in expanded]
    nodes = [*roots_of(payment), *(end for hood in hoods for link in hood.links for end in (link.source, link.target))]
    known = {node: Standing(node, 12, 3, int(node.id.endswith("-1")), at) for node in nodes}
    return assemble(payment, at, payment.occurred_at + timedelta(days=20), hoods, known)


def _hood(node: Node, at: datetime) -> Neighbourhood:
    others = [Node("account", f"{node.id}-{number}") for number in range(2)]
    links = tuple(Link(other, node, 2, 30.0, number, at) for number, other in enumerate(others))
    return Neighbourhood(node, links, 5)
