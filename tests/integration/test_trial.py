"""A look into a file before its import: the reading process tells the first rows and what a mapping makes of them."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from domain.errors import MappingInvalid, SourceUnreadable
from domain.guessing import MappingGuess, guess_mapping
from domain.mapping import Mapping, load_mapping, mapping_text, parse_mapping
from domain.mapping_files import known_mappings, save_mapping
from domain.store import Store
from domain.trial import read_sample, try_mapping
from tests.integration.importing import HEADER, csv, take

GERMAN = ("Buchungsdatum;Kunde;Betrag;Referenz", "13.01.2026 09:12;K-1;1.234,56;A1", "01.02.2026 17:40;K-2;8,90;A2")


def made(guess: MappingGuess) -> Mapping:
    columns = tuple((one.column, (one.rule,)) for one in guess.columns if one.rule is not None)
    return Mapping("made", "", columns, guess.label_delay_days)


def test_the_first_rows_are_text_with_their_columns_names_and_types(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pa.parquet.write_table(pa.table({"when": pa.array([1, 2, 3]), "it's": ["a", None, "c"]}), path)
    found = read_sample(path, most=2)
    assert found.names == ("when", "it's") and found.total == 3 and found.rows == 2
    assert found.columns[0].type == "BIGINT" and found.columns[1].values == ("a", None)


def test_what_would_be_refused_is_told_by_column_and_row(tmp_path: Path) -> None:
    path = csv(tmp_path, [HEADER, "T1,2026-01-01,C1,5", "T2,yesterday,C1,5", "T3,2026-01-01,C1,five", "T4,soon,C1,1"])
    trial = try_mapping(path, load_mapping("whyflag"))
    told = {(fault.column, fault.reason, fault.rows, fault.samples) for fault in trial.faults}
    assert told == {
        ("occurred_at", "occurred_at cannot be read as a time", (2, 4), ("yesterday", "soon")),
        ("amount", "amount cannot be read as a number", (3,), ("five",)),
    }
    assert (trial.rows, trial.refused) == (4, 3)
    assert dict(zip(trial.columns, trial.values[0], strict=True))["amount"] == "5.0"


def test_a_guess_saved_as_a_file_imports_what_the_trial_showed(tmp_path: Path) -> None:
    path = csv(tmp_path, GERMAN)
    mapping = made(guess_mapping(read_sample(path)))
    trial = try_mapping(path, mapping)
    assert trial.refused == 0 and trial.values[0][1] == "2026-01-13 09:12:00"
    saved = tmp_path / "bank.toml"
    saved.write_text(mapping_text(mapping), encoding="utf-8")
    assert parse_mapping(saved.read_text(encoding="utf-8"), "bank") == mapping
    with Store.create(tmp_path / "s.duckdb", "secret") as store:
        assert take(store, path, mapping=str(saved)).accepted == 2
        assert [row.amount for row in store.transactions.get(["A1", "A2"])] == [1234.56, 8.9]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("31/12/2025 23:59", "2025-12-31 23:59:00"),
        ("12/31/2025 11:59 PM", "2025-12-31 23:59:00"),
        ("1767225599", "2025-12-31 23:59:59"),
        ("1767225599000", "2025-12-31 23:59:59"),
        ("20251231 235959", "2025-12-31 23:59:59"),
        ("2025-12-31T23:59:59", "2025-12-31 23:59:59"),
    ],
)
def test_a_reading_that_is_guessed_is_carried_out_by_the_database(tmp_path: Path, when: str, expected: str) -> None:
    path = csv(tmp_path, [HEADER, f'T1,{when},C1,"1,234.50"'])
    trial = try_mapping(path, made(guess_mapping(read_sample(path))))
    shown = dict(zip(trial.columns, trial.values[0], strict=True))
    assert (shown["occurred_at"], shown["amount"]) == (expected, "1234.5")


def test_a_time_that_a_reading_cannot_read_is_named_with_its_row(tmp_path: Path) -> None:
    path = csv(tmp_path, [*GERMAN, "morgen;K-3;1,00;A3"])
    [fault] = try_mapping(path, made(guess_mapping(read_sample(path)))).faults
    assert (fault.reason, fault.rows) == ("occurred_at cannot be read as a time", (3,))
    assert fault.samples == ("morgen",)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("banksim", "3,'C1','4','M','28007','M3','28007','es_food',4.55,1"),
        ("ieee-cis", "2987000,1,86400,68.5,W,13926,,150.0,discover,142.0,credit,315.0,87.0"),
    ],
)
def test_shipped_mappings_read_their_files(tmp_path: Path, name: str, line: str) -> None:
    header = {
        "banksim": "step,customer,age,gender,zipcodeOri,merchant,zipMerchant,category,amount,fraud",
        "ieee-cis": "TransactionID,isFraud,TransactionDT,TransactionAmt,ProductCD,card1,card2,card3,card4,card5,card6"
        ",addr1,addr2",
    }[name]
    trial = try_mapping(csv(tmp_path, [header, line]), load_mapping(name))
    shown = dict(zip(trial.columns, trial.values[0], strict=True))
    assert trial.refused == 0 and shown["label"] == "True"
    wanted = {"banksim": ("C1", "2026-01-04 00:00:00"), "ieee-cis": ("13926-150.0-142.0-315.0", "2017-12-02 00:00:00")}
    assert (shown["customer_id"], shown["occurred_at"]) == wanted[name]


def test_a_saved_mapping_is_recognised_next_time_and_a_broken_one_is_told(tmp_path: Path) -> None:
    sample = read_sample(csv(tmp_path, GERMAN))
    folder = tmp_path / "own"
    path = save_mapping(folder, replace(made(guess_mapping(sample)), name="my bank"))
    assert path.name == "my-bank.toml"
    (folder / "broken.toml").write_text("[columns")
    known, problems = known_mappings(folder)
    guess = guess_mapping(sample, known)
    assert guess.known == "my bank" and {one.confidence for one in guess.columns if one.rule} == {1.0}
    assert len(problems) == 1 and "broken.toml" in problems[0]


@pytest.mark.parametrize("name", ["handbook", "  ", "../..", "x" * 61])
def test_a_mapping_needs_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    with pytest.raises(MappingInvalid):
        save_mapping(tmp_path, replace(load_mapping("whyflag"), name=name))
    assert list(tmp_path.iterdir()) == []


def test_an_expression_that_does_not_work_is_an_error_in_words(tmp_path: Path) -> None:
    path = csv(tmp_path, [HEADER, "T1,2026-01-01,C1,5"])
    wrong = parse_mapping(
        mapping_text(load_mapping("whyflag")).replace(
            'amount = "amount"', 'amount = { sql = "nothing(amount)", needs = ["amount"] }'
        ),
        "wrong",
    )
    with pytest.raises(MappingInvalid, match="nothing"):
        try_mapping(path, wrong)
    with pytest.raises(SourceUnreadable):
        read_sample(tmp_path / "absent.csv")
