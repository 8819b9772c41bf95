"""Features of transactions that never happened: by the same SQL, against the same history, without touching a table.

Each imagined transaction gets a world of its own: the rows that its features can depend on, with the ids of customer,
merchant and the like marked by the world's number, so that any number of them go through the SQL in one query.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from domain.scoring import FeatureMatrix
from domain.store.database import Database
from domain.store.features import SUBJECTS, Family, families
from domain.store.transactions import arrow_of
from domain.transactions import CONTRACT, Transaction

PEERS = 300  # newest payments in a category; an amount is compared with 200, some may share its moment
MARKED = ("customer_id", "terminal_id", "merchant_id", "device_id", "counterparty_id", "merchant_category")
OF_OTHERS = ("inflow",)  # families for which the needed columns may be those of other rows


def imagined_features(database: Database, imagined: Sequence[Transaction], names: Sequence[str]) -> FeatureMatrix:
    """The features `names` of each transaction, as if it had stood in the store instead of the one with its id.

    Rows are in the order given; n transactions of one customer cost little more than one.
    """
    order = tuple(column.name for column in CONTRACT)
    given = arrow_of(imagined).append_column("world", pa.array(range(len(imagined)), pa.int64()))
    wanted = _needed(names, imagined)
    near, bound = _near(imagined)
    with database.transaction(), database.visible("imagined_given", given):
        arrays = database.arrays(
            f"""WITH {_history(order, near)},
                {", ".join(f"{family.name} AS {_kept(family)} ({_query(family)})" for family in wanted)}
                SELECT moment.transaction_id, {", ".join(_feature(name, wanted) for name in names)}
                FROM moment JOIN imagined_given AS g ON moment.transaction_id = g.transaction_id
                    AND moment.customer_id = {_marked("g.customer_id", "g.world")}
                {" ".join(f"LEFT JOIN {family.name} USING (tick)" for family in wanted if family.gives)}
                ORDER BY g.world""",
            bound,
        )
    ids, *features = arrays.values()
    return FeatureMatrix(ids, tuple(names), np.column_stack(features).astype(np.float64))


def _near(imagined: Sequence[Transaction]) -> tuple[str, list[object]]:
    """A condition for the rows that share a customer, merchant or the like with one of them, and what to bind to it."""
    shared = [("customer_id", "customer_id"), ("counterparty_id", "customer_id")]
    shared += [(f"{subject}_id", f"{subject}_id") for subject in SUBJECTS]
    parts, bound = [], []
    for column, theirs in shared:
        values = sorted({value for row in imagined if (value := getattr(row, theirs)) is not None})
        if values:
            parts.append(f"{column} IN ({', '.join('?' * len(values))})")
            bound += values
    return " OR ".join(parts), bound


def _history(order: Sequence[str], near: str) -> str:
    """The view `imagined`: each world's rows before its transaction that features can depend on, and itself."""
    kept, given = (
        ", ".join(
            f"{_marked(f'{row}.{name}', 'g.world') if name in MARKED else f'{row}.{name}'} AS {name}" for name in order
        )
        for row in "hg"
    )
    subjects = " OR ".join(f"h.{subject}_id = g.{subject}_id" for subject in SUBJECTS)
    return f"""near AS MATERIALIZED (
            SELECT * FROM transactions WHERE occurred_at <= (SELECT max(occurred_at) FROM imagined_given) AND ({near})
        ), peers AS MATERIALIZED (
            SELECT h.* FROM (SELECT DISTINCT merchant_category, currency, occurred_at FROM imagined_given) AS c,
            LATERAL (
                SELECT * FROM transactions AS t
                WHERE t.merchant_category = c.merchant_category AND t.currency IS NOT DISTINCT FROM c.currency
                    AND t.occurred_at <= c.occurred_at
                ORDER BY t.occurred_at DESC, t.transaction_id DESC LIMIT {PEERS}
            ) AS h
        ), imagined AS MATERIALIZED (
            SELECT {kept}
            FROM imagined_given AS g JOIN (SELECT * FROM near UNION SELECT * FROM peers) AS h
            ON h.transaction_id <> g.transaction_id AND h.occurred_at <= g.occurred_at AND (
                h.customer_id = g.customer_id OR h.counterparty_id = g.customer_id
                OR {subjects} OR h.merchant_category = g.merchant_category
            )
            UNION ALL
            SELECT {given} FROM imagined_given AS g
        )"""


def _marked(column: str, world: str) -> str:
    return f"{column} || '#' || {world}"


def _needed(names: Sequence[str], imagined: Sequence[Transaction]) -> list[Family]:
    """The families that give any of `names`, and those that give nothing but are read by others.

    Left out are those of which none of the transactions has the columns: their features are absent then.
    """
    absent = {column.name for column in CONTRACT if all(getattr(row, column.name) is None for row in imagined)}
    return [
        family
        for family in families()
        if (not family.gives or set(names).intersection(family.gives))
        and (family.name in OF_OTHERS or not absent.difference(("label",)).intersection(family.needs))
    ]


def _kept(family: Family) -> str:
    """What others read is computed once."""
    return "" if family.gives else "MATERIALIZED"


def _query(family: Family) -> str:
    return family.query.replace("FROM transactions", "FROM imagined") if family.name == "moment" else family.query


def _feature(name: str, wanted: Sequence[Family]) -> str:
    home = next((family.name for family in wanted if name in family.gives), None)
    return f"CAST({f'{home}.{name}' if home else 'NULL'} AS DOUBLE) AS {name}"
