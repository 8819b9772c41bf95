"""Files made to harm: each is refused in words or its bad rows are explained, within limits, and nothing else is lost.

A small sample of `python -m tests.fuzz` runs here; `tests/fuzz/corpus` is gone through whole.
"""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from domain.errors import SourceTooLarge, SourceUnreadable
from domain.intake import import_files
from domain.mapping import load_mapping
from domain.progress import finish
from domain.store import Store
from domain.store.reading import READER_COMMAND, SourceReader
from domain.store.reading_limits import USUAL
from domain.store.rows_sql import LONGEST
from domain.store.source_files import LONGEST_LINE
from tests.fuzz.files import HostileFile, HostileRows, hostile_files, hostile_rows
from tests.fuzz.holding import Holding
from tests.integration.importing import HEADER, csv, take, whole
from tests.stores import new_store

FUZZ = Path(__file__).parents[1] / "fuzz"
CORPUS: dict[str, dict[str, Any]] = tomllib.loads((FUZZ / "corpus.toml").read_text(encoding="utf-8"))
FEW = settings(
    max_examples=5, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        yield opened


def bounded(store: Store, path: Path, **limits: float) -> None:
    finish(import_files(store, [path], load_mapping("whyflag"), "ann", limits=replace(USUAL, **limits)))  # type: ignore[arg-type]


# The corpus and a sample of the generated


def test_every_file_of_the_corpus_has_its_answer() -> None:
    assert {path.name for path in (FUZZ / "corpus").iterdir()} == set(CORPUS)


@pytest.mark.parametrize("name", CORPUS)
def test_corpus(store: Store, name: str) -> None:
    path, expected = FUZZ / "corpus" / name, CORPUS[name]
    if "refused" in expected:
        with pytest.raises(SourceUnreadable, match=expected["refused"]) as refused:
            take(store, path)
        assert name in refused.value.message and "/proc/" not in str(refused.value)
        assert (store.transactions.count(), store.imports.list()) == (0, ())
        return
    report = take(store, path)
    assert (report.accepted, {reject.reason for reject in report.rejects}) == (
        expected["accepted"],
        set(expected["rejected"]),
    )
    assert report.accepted + report.rejected + report.duplicates == report.rows
    assert [(row.transaction_id, row.amount) for row in whole(store)] == [("GOOD", 12.5)] * report.accepted


@FEW
@given(hostile_rows(60))
def test_hostile_rows_are_taken_or_explained_and_good_ones_come_through(
    tmp_path_factory: pytest.TempPathFactory, case: HostileRows
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    with new_store(folder) as store:
        Holding(store).after_rows(case, folder)


@FEW
@given(hostile_files())
def test_broken_files_are_taken_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, case: HostileFile
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    with new_store(folder) as store:
        Holding(store).after_file(case, folder)


# Limits


def test_size_rows_and_columns_are_limited(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, [HEADER, *(f"T-{n},2026-03-01,C,1" for n in range(50))])
    for limits, says in (({"file_bytes": 100}, "100 bytes"), ({"rows": 49}, "49 rows"), ({"columns": 3}, "3 columns")):
        with pytest.raises(SourceTooLarge, match=f"holds more than {says}"):
            bounded(store, path, **limits)
    assert store.transactions.count() == 0
    bounded(store, path, rows=50, columns=4)
    assert store.transactions.count() == 50


def test_a_parquet_of_few_bytes_and_many_rows_is_refused_before_it_is_read(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    duckdb.sql(
        "SELECT 'T' AS transaction_id, '2026-01-01' AS occurred_at, 'C' AS customer_id, 1 AS amount FROM range(3000000)"
    ).write_parquet(str(path), row_group_size=3_000_000)
    assert path.stat().st_size < 50_000
    with pytest.raises(SourceTooLarge, match="1,000,000 rows"):
        bounded(store, path, rows=1_000_000)


def test_a_parquet_that_unpacks_to_more_than_memory_costs_the_reader_only(store: Store, tmp_path: Path) -> None:
    size, count = 20_000_000, 400  # a text of 20 MB, said 400 times in a dictionary: 8 GB, in a few kilobytes
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array(["a" * size]))
    table = pa.table(
        {
            "transaction_id": [f"T-{n}" for n in range(count)],
            "occurred_at": ["2026-01-01"] * count,
            "customer_id": ["C"] * count,
            "amount": ["1"] * count,
            "memo": texts,
        }
    )
    path = tmp_path / "bomb.parquet"
    pq.write_table(table, path, compression="zstd")
    del table, texts
    assert path.stat().st_size < 100_000
    before = psutil.Process().memory_info().rss
    try:
        report = take(store, path)
    except SourceUnreadable as refused:
        assert "bomb.parquet" in refused.message or "memory" in refused.message
    else:
        assert report.rejected == count, "every row is explained as too long"
    assert psutil.Process().memory_info().rss - before < 200 << 20
    assert not psutil.Process().children()


def test_long_lines_texts_and_headers(store: Store, tmp_path: Path) -> None:
    lines = [
        f"{HEADER},memo",
        f"A,2026-03-01,C,1,{'x' * (LONGEST_LINE + 10)}",
        f"B,2026-03-01,C,1,{'x' * (LONGEST + 1)}",
        f"C,2026-03-01,C,1,{'x' * LONGEST}",
    ]
    report = take(store, csv(tmp_path, lines))
    assert {reject.reason: reject.rows for reject in report.rejects} == {
        "the row is too long": (1,),
        f"memo is longer than {LONGEST:,} characters": (2,),
    }
    assert [row.transaction_id for row in whole(store)] == ["C"]
    with pytest.raises(SourceTooLarge, match="first line"):
        take(store, csv(tmp_path, [",".join(f"column-{n}" for n in range(20_000)), "1"], "wide.csv"))


def test_a_reader_that_is_silent_is_ended(store: Store, tmp_path: Path) -> None:
    work = import_files(
        store, [csv(tmp_path, [HEADER])], load_mapping("whyflag"), "ann",
        reader_command=["tail", "-f", "/dev/null"], limits=replace(USUAL, silence=0.1),
    )  # fmt: skip
    with pytest.raises(SourceTooLarge, match="brought nothing"):
        finish(work)
    assert not psutil.Process().children()


def test_a_reader_without_enough_memory_says_so_and_its_owner_lives_on(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, [HEADER, *(f"T-{n},2026-03-01,C,1" for n in range(20_000))])
    with pytest.raises(SourceUnreadable, match="memory"):
        bounded(store, path, address_mib=64)
    with pytest.raises(SourceUnreadable):
        bounded(store, path, memory_mib=1)
    assert take(store, path).accepted == 20_000


# What the child has of its owner


def test_the_reader_gets_neither_key_nor_environment_nor_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    monkeypatch.setenv("WHYFLAG_SECRET", "passphrase")
    with SourceReader(csv(tmp_path, [HEADER]), None, None, READER_COMMAND):
        [child] = psutil.Process().children()
        assert "WHYFLAG_SECRET" not in child.environ()
        held = {os.readlink(handle) for handle in Path(f"/proc/{child.pid}/fd").iterdir()}  # noqa: PTH115
        assert not [name for name in held if str(store.path) in name]
        assert not [name for name in held if name.startswith("socket:")]


@pytest.mark.parametrize(
    "payload", [b"", b"nonsense", b"B" + b"\xff" * 8, b"B" + (8).to_bytes(8, "little") + b"no arrow"], ids=repr
)
def test_a_reader_that_was_taken_over_can_only_be_disbelieved(store: Store, tmp_path: Path, payload: bytes) -> None:
    answer = tmp_path / "answer"
    columns = b'{"columns": [["transaction_id", "VARCHAR"]], "total": 0, "sha256": ""}'
    answer.write_bytes(b"C" + len(columns).to_bytes(8, "little") + columns + payload)
    taken_over = ["sh", "-c", 'read -r asked; cat "$0"; read -r asked', str(answer)]
    with SourceReader(csv(tmp_path, [HEADER]), None, None, taken_over) as reader, pytest.raises(SourceUnreadable):
        list(reader.rows("SELECT 1"))
