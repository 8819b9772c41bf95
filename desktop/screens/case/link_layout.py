"""Where the nodes of a link graph stand: the payment in the middle, each node outwards from whom it was reached by.

A node's share of the circle follows the number of nodes behind it, so branches never cross; but those that stand
around the payment each get room for themselves. No widget, no display.
"""

import math

from domain.links import LinkGraph, Node

RING = 1.0
CROWD, ASIDE = 14, 1.22  # where more stand in the outer rings, every other one stands further out


def positions(graph: LinkGraph) -> dict[Node, tuple[float, float]]:
    """(x, y) in rings around the payment at (0, 0), which is no node itself."""
    children: dict[Node, list[Node]] = {}
    for child, parent in graph.parents:
        children.setdefault(parent, []).append(child)
    placed: dict[Node, tuple[float, float]] = {}

    crowded = len(graph.parents) > CROWD

    def leaves(node: Node) -> float:
        return sum(map(leaves, children.get(node, ()))) or 1.0

    def place(nodes: tuple[Node, ...] | list[Node], start: float, span: float, depth: int) -> None:
        weights = [leaves(node) for node in nodes]
        if depth == 1:
            weights = [max(weight, sum(weights) / (len(nodes) + 1)) for weight in weights]
        at = start
        for number, node in enumerate(nodes):
            share = span * weights[number] / sum(weights)
            angle = at + share / 2
            radius = RING * depth * (ASIDE if crowded and depth > 1 and number % 2 else 1.0)
            placed[node] = (radius * math.cos(angle), radius * math.sin(angle))
            place(children.get(node, []), at, share, depth + 1)
            at += share

    place(graph.roots, -math.pi / 2, 2 * math.pi, 1)
    return placed
