"""Reads what nodes have in common, as it was known at a moment; bounded, whatever a node's number of neighbours.

Each question scans the transactions once: of an account those it made or was paid by, of anything else those with its
name.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.links import KINDS, Link, LinkGraph, Neighbourhood, Node, NodeKind, Standing, assemble, roots_of
from domain.store.database import Database
from domain.transactions import Transaction

NEIGHBOURS = 8  # of one node; what is left out is counted
COLUMN: dict[NodeKind, str] = {
    "account": "customer_id", "device": "device_id", "merchant": "merchant_id", "terminal": "terminal_id",
}  # fmt: skip
KNOWN_FRAUD = "label AND greatest(coalesce(label_time, occurred_at + INTERVAL 7 DAY), occurred_at) <= $at"
FIGURES = f"count(*) AS payments, sum(amount) AS amount, count(*) FILTER ({KNOWN_FRAUD}) AS frauds, max(occurred_at)"


class LinkTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def graph(self, payment: Transaction, at: datetime, expanded: Sequence[Node]) -> LinkGraph:
        """The payment's nodes and the neighbours of those `expanded`, as known at `at`."""
        hoods = [self.neighbourhood(node, at) for node in expanded]
        met = [node for hood in hoods for link in hood.links for node in (link.source, link.target)]
        newest = self._newest() or payment.occurred_at
        return assemble(payment, at, newest, hoods, self.standings([*roots_of(payment), *expanded, *met], at))

    def neighbourhood(self, node: Node, at: datetime, most: int = NEIGHBOURS) -> Neighbourhood:
        """Its links: those with known fraud first, then those shared by most payments, the newest first."""
        parts = []
        if node.kind == "account":
            mine = "FROM transactions WHERE customer_id = $id AND occurred_at <= $at"
            others = [("device", "device_id"), ("merchant", "merchant_id"), ("terminal", "terminal_id")]
            for kind, column in [*others, ("account", "counterparty_id")]:
                parts.append(
                    f"SELECT '{kind}' AS kind, {column} AS id, true AS pays, {FIGURES} AS last {mine}"
                    f" AND {column} IS NOT NULL AND {column} <> $id GROUP BY {column}"
                )
            where = "counterparty_id = $id AND customer_id <> $id"
        else:
            where = f"{COLUMN[node.kind]} = $id"
        parts.append(
            f"SELECT 'account' AS kind, customer_id AS id, false AS pays, {FIGURES} AS last"
            f" FROM transactions WHERE {where} AND occurred_at <= $at GROUP BY customer_id"
        )
        rows = self._database.query(
            f"""WITH found AS ({" UNION ALL ".join(parts)})
                SELECT kind, id, pays, payments, amount, frauds, last, count(*) OVER () FROM found
                ORDER BY frauds DESC, payments DESC, last DESC, kind, id LIMIT $most""",
            {"id": node.id, "at": at, "most": most},
        )
        links = []
        for kind, id_, pays, payments, amount, frauds, last, _ in rows:
            other = Node(kind, id_)
            ends = (node, other) if pays else (other, node)
            links.append(Link(*ends, payments, amount, frauds, last))
        return Neighbourhood(node, tuple(links), (rows[0][-1] if rows else 0) - len(rows))

    def standings(self, nodes: Sequence[Node], at: datetime) -> dict[Node, Standing]:
        """Of each node; an account's payments are those it made and those it was paid by."""
        found = {node: Standing(node, 0, 0, 0, None) for node in nodes}
        for kind in KINDS:
            ids = sorted({node.id for node in nodes if node.kind == kind})
            if not ids:
                continue
            columns = ("customer_id", "counterparty_id") if kind == "account" else (COLUMN[kind],)
            sides = " UNION ALL ".join(
                f"""SELECT {column} AS id, customer_id, occurred_at, label, label_time FROM transactions
                    WHERE {column} IN (SELECT unnest($ids::VARCHAR[])) AND occurred_at <= $at"""
                for column in columns
            )
            rows = self._database.query(
                f"""SELECT id, count(*), count(DISTINCT customer_id), count(*) FILTER ({KNOWN_FRAUD}), max(occurred_at)
                    FROM ({sides}) GROUP BY id""",
                {"ids": ids, "at": at},
            )
            for id_, payments, accounts, frauds, last in rows:
                node = Node(kind, id_)
                found[node] = Standing(node, payments, accounts, frauds, last)
        return found

    def _newest(self) -> datetime | None:
        """When the latest payment of the store was made; None where there is none."""
        row = self._database.first("SELECT max(occurred_at) FROM transactions")
        return row[0] if row else None
