"""How hostile files and rows are made, as hypothesis strategies."""

import csv
import gzip
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

Row = tuple[str | None, ...]
COLUMNS = ("transaction_id", "occurred_at", "customer_id", "amount", "latitude", "label", "memo")
GOOD_EVERY = 3  # every third row is a good one, which must come through whatever stands around it

ABSURD_TIMES = (
    "0000-00-00", "2026-02-30", "2026-13-01", "9999-12-31 23:59:59", "-0044-03-15", "290000-01-01", "1969-12-31",
    "infinity", "-infinity", "epoch", "31.12.2026", "12/31/26", "2026-01-01T24:00:00", "2026-01-01 12:00:60",
    "2026-03-01T08:00:00+99:99", "1767225600", "1e10", "yesterday", "'2026-01-01'", "٢٠٢٦-٠١-٠١", "",
)  # fmt: skip
ABSURD_NUMBERS = (
    "1.234,56", "1,234.56", "1 234,56", "1'234.56", "1_000", "1e308", "1e309", "-1e-320", "-0", "0x1F", "1,5", "inf",
    "-inf", "nan", "NULL", "٣٫٥", "½", "1" * 400, "0." + "0" * 400 + "1", "--1", "+5", "5-", "(5)", "€5", "5%", "",
)  # fmt: skip
ODD_TEXTS = (
    "", " ", "\t", "null", "'; DROP TABLE transactions; --", "=cmd|' /C calc'!A0", "\u202e\u2066", "\ufeff",
    "a" * 10_001, "\r\n", '"', '""', "\\", "\x1b[31m", "🏴‍☠️" * 50, "é" * 5_000, "\x7f", "T-1", "../../etc/passwd",
    "%s%n", "<|im_end|>",
)  # fmt: skip

_text = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
)
_times = st.one_of(st.sampled_from(ABSURD_TIMES), st.datetimes().map(str), _text)
_numbers = st.one_of(st.sampled_from(ABSURD_NUMBERS), st.floats().map(repr), st.integers().map(str), _text)
_any = st.one_of(st.none(), _text, _numbers, _times)
_row = st.one_of(
    st.tuples(_text, _times, _text, _numbers, _numbers, _any, _text),
    st.tuples(*[_any] * len(COLUMNS)),
)


@dataclass(frozen=True)
class HostileRows:
    """Rows among good ones. `rows` holds both, in order; `good` are the ids of the good ones."""

    rows: tuple[Row, ...]
    good: tuple[str, ...]
    kind: Literal["csv", "parquet"]
    delimiter: str

    def write(self, folder: Path) -> Path:
        path = folder / f"rows.{self.kind}"
        if self.kind == "parquet":
            columns = {name: pa.array([row[at] for row in self.rows], pa.string()) for at, name in enumerate(COLUMNS)}
            pq.write_table(pa.table(columns), path, row_group_size=7)
            return path
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=self.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerows([COLUMNS, *self.rows])
        return path


def _with_good(rows: Sequence[Row], kind: Literal["csv", "parquet"], delimiter: str) -> HostileRows:
    mixed: list[Row] = []
    good: list[str] = []
    for row in rows:
        if len(mixed) % GOOD_EVERY == 0:
            good.append(f"GOOD-{len(mixed)}")
            mixed.append((good[-1], "2026-03-01 08:00:00", "C-1", "12.50", "48.1", "0", "fine"))
        mixed.append(row)
    return HostileRows(tuple(mixed), tuple(good), kind, delimiter)


def hostile_rows(most: int) -> st.SearchStrategy[HostileRows]:
    return st.builds(
        _with_good,
        st.lists(_row, min_size=most // 2, max_size=most),
        st.sampled_from(("csv", "parquet")),
        st.sampled_from(",;|\t"),
    )


@cache
def seeds() -> dict[str, bytes]:
    """A small whole file of each kind, by its ending."""
    rows = [(f"T-{n}", f"2026-03-01 08:00:0{n}", "C-1", str(n), "1", "0", "memo") for n in range(5)]
    plain = io.StringIO()
    csv.writer(plain).writerows([COLUMNS, *rows])
    text = plain.getvalue().encode()
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows.csv", text)
    with TemporaryDirectory() as folder:
        parquet, database = Path(folder) / "a.parquet", Path(folder) / "a.duckdb"
        pq.write_table(pa.table({name: [row[at] for row in rows] for at, name in enumerate(COLUMNS)}), parquet)
        with duckdb.connect(str(database)) as connection:
            connection.execute(f"CREATE TABLE payments AS SELECT * FROM '{parquet}'")
        return {
            "csv": text,
            "parquet": parquet.read_bytes(),
            "duckdb": database.read_bytes(),
            "gz": gzip.compress(text, mtime=0),
            "zip": zipped.getvalue(),
        }


@dataclass(frozen=True)
class Cut:
    """One change of a file's bytes at `place` (0..1 of its length)."""

    how: Literal["flip", "cut", "insert", "repeat", "zero"]
    place: float
    piece: bytes

    def on(self, content: bytes) -> bytes:
        at = int(self.place * len(content))
        end = at + len(self.piece)
        return {
            "flip": content[:at]
            + bytes(a ^ b for a, b in zip(content[at:end], self.piece, strict=False))
            + content[end:],
            "cut": content[:at],
            "insert": content[:at] + self.piece + content[at:],
            "repeat": content[:end] + content[at:],
            "zero": content[:at] + b"\0" * len(content[at:end]) + content[end:],
        }[self.how]


@dataclass(frozen=True)
class HostileFile:
    """A whole file with changed bytes, or bytes from nowhere."""

    kind: str
    content: bytes

    def write(self, folder: Path) -> Path:
        path = folder / f"file.{self.kind}"
        path.write_bytes(self.content)
        return path


_cuts = st.builds(
    Cut,
    st.sampled_from(("flip", "flip", "cut", "insert", "repeat", "zero")),
    st.floats(0, 1, exclude_max=True),
    st.binary(min_size=1, max_size=64),
)


def _changed(kind: str, cuts: Sequence[Cut]) -> HostileFile:
    content = seeds()[kind]
    for cut in cuts:
        content = cut.on(content)
    return HostileFile(kind, content)


def hostile_files() -> st.SearchStrategy[HostileFile]:
    return st.one_of(
        st.builds(
            _changed,
            st.sampled_from(("csv", "parquet", "duckdb", "gz", "zip")),
            st.lists(_cuts, min_size=1, max_size=4),
        ),
        st.builds(HostileFile, st.sampled_from(("csv", "parquet")), st.binary(max_size=300)),
    )
