"""Where rows are found by an id without an index: in the order of a number that is drawn from it.

A table whose rows lie in the order of their `place` is asked for one id by looking into a single group of rows. An
index would answer as fast, but DuckDB holds one in memory for good once it was read: 75 MB for two million ids.
"""

import hashlib


def place_of(id_: str) -> int:
    """A number of 64 bits. That two ids of a store share one is all but impossible, unless somebody meant it."""
    return int.from_bytes(hashlib.md5(id_.encode(), usedforsecurity=False).digest()[:8], "little")


def place_sql(column: str) -> str:
    """The same in SQL, where it is compared as `?::UBIGINT`: with a cast column no group of rows is passed over."""
    return f"md5_number_upper({column})"
