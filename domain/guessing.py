"""Guesses how a file's columns become the contract's: from their names and from the values of its first rows.

A known mapping whose columns are all there is taken whole. Otherwise each pair of a contract column and a source
column gets a score, name times values, and the best pairs are taken one after the other. A guess is a proposal: a
person sees its confidence, changes it, and the import's own checks decide about the rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.guess_words import NOISE, WORDS
from domain.mapping import REQUIRED, Mapping, Rule
from domain.readings import Reading, best_reading, identifier
from domain.sample import Sample, SampleColumn
from domain.transactions import CONTRACT, Column

LEAST = 0.35  # below that, no guess is better than a wrong one
BY_VALUES_ALONE = 0.4
DOUBTFUL = 0.6  # of a time that fits day first and month first alike
DELAY_DAYS = 7.0
# What a guess rests on
BY_NAME, BY_VALUES, BY_NAME_AND_VALUES = "name", "values", "name and values"
BOTH_FIT, BY_CONTENT = "day first and month first both fit", "the row's content"
ROW_ID = "'R-' || left(md5(concat_ws('|', {columns})), 20)"
UNIQUE_ENOUGH = 0.999
DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME_ONLY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """`rule` is None where the file seems to have nothing for the column; confidence is from 0 to 1.

    `reading` names how the source's text is read; `why` says what the guess rests on.
    """

    column: str
    rule: Rule | None
    confidence: float
    reading: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class MappingGuess:
    """One guess for each column of the contract, in its order; `known` names the mapping it was taken from, or ''."""

    name: str
    columns: tuple[ColumnGuess, ...]
    label_delay_days: float | None
    known: str = ""

    @property
    def unfilled(self) -> tuple[str, ...]:
        return tuple(guess.column for guess in self.columns if guess.rule is None and guess.column in REQUIRED)


def guess_mapping(sample: Sample, known: Sequence[Mapping] = ()) -> MappingGuess:
    """The best known mapping for these columns, or one guessed column by column."""
    fitting = [(_filled(mapping, sample), mapping) for mapping in known if not mapping.unfilled(sample.names)]
    if fitting:
        _, best = max(fitting, key=lambda pair: pair[0])
        return guess_from(best, sample)
    return MappingGuess("", _by_column(sample), DELAY_DAYS)


def guess_from(mapping: Mapping, sample: Sample) -> MappingGuess:
    """A known mapping as a guess about this file: certain of what the file has, silent about the rest."""
    chosen = dict(mapping.chosen(sample.names))
    why = f"mapping {mapping.name}"
    columns = tuple(
        ColumnGuess(column.name, chosen[column.name], 1.0, "", why)
        if column.name in chosen
        else ColumnGuess(column.name, None, 0.0)
        for column in CONTRACT
    )
    return MappingGuess(mapping.name, columns, mapping.label_delay_days, mapping.name)


def row_id_rule(columns: Sequence[str]) -> Rule:
    """An id made of a row's content, for files without one: rows alike in every column count as duplicates."""
    texts = ", ".join(f"CAST({identifier(column)} AS VARCHAR)" for column in columns)
    return Rule(tuple(columns), ROW_ID.format(columns=texts))


def _filled(mapping: Mapping, sample: Sample) -> int:
    return sum(1 for _, rule in mapping.chosen(sample.names) if rule.needs)


def _by_column(sample: Sample) -> tuple[ColumnGuess, ...]:
    pairs = [
        (score, -order, guess, source.name)
        for order, column in enumerate(CONTRACT)
        for source in sample.columns
        for score, guess in [_pair(column, source)]
        if score >= LEAST
    ]
    found: dict[str, ColumnGuess] = {}
    taken: set[str] = set()
    for _score, _order, guess, source_name in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if guess.column not in found and source_name not in taken:
            found[guess.column] = guess
            taken.add(source_name)
    _join_date_and_time(sample, found)
    if "transaction_id" not in found and sample.columns:
        found["transaction_id"] = ColumnGuess("transaction_id", row_id_rule(sample.names), 0.5, "", BY_CONTENT)
    return tuple(found.get(column.name, ColumnGuess(column.name, None, 0.0)) for column in CONTRACT)


def _pair(column: Column, source: SampleColumn) -> tuple[float, ColumnGuess]:
    """How well a source column would serve as `column`."""
    named = _name_score(column.name, source.name)
    values = source.present
    reading, share, doubtful = best_reading(column.type, values)
    if not named and not (column.name == "occurred_at" and share == 1.0 and reading.name != "digits only"):
        return 0.0, ColumnGuess(column.name, None, 0.0)
    if column.type == "flag" and len({value.strip().lower() for value in values}) > 2:
        share = 0.0
    score = (named or BY_VALUES_ALONE) * _fitness(column, source, share if values else DOUBTFUL)
    why = BY_NAME if named and column.type == "text" else BY_NAME_AND_VALUES if named else BY_VALUES
    if doubtful:
        score *= DOUBTFUL
        why = BOTH_FIT
    return score, ColumnGuess(column.name, reading.rule(source.name), score, _told(reading), why)


def _fitness(column: Column, source: SampleColumn, share: float) -> float:
    """What the values say: whether they can be read, and for ids whether they repeat as such ids do."""
    values = source.present
    if column.name == "transaction_id" and values:
        return 1.0 if len(values) == len(source.values) and len(set(values)) >= UNIQUE_ENOUGH * len(values) else 0.2
    return share


def _name_score(column: str, name: str) -> float:
    tokens = _tokens(name)
    whole = "".join(tokens)
    if whole == column.replace("_", ""):
        return 1.0
    bare = "".join(token for token in tokens if token not in NOISE)
    for rank, word in enumerate((column.replace("_", ""), *WORDS[column])):
        if word in (whole, bare):
            return 0.95 - 0.01 * rank
    words = set(tokens)
    return max((0.6 for word in WORDS[column] if word in words), default=0.0)


def _tokens(name: str) -> list[str]:
    """'TX_DATETIME', 'nameOrig', 'Booking date' as lower-case words."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ]+|\d+", name)]


def _join_date_and_time(sample: Sample, found: dict[str, ColumnGuess]) -> None:
    """A column of dates beside one of times of day: together they say when."""
    dates = [column.name for column in sample.columns if _all(DATE_ONLY, column)]
    times = [column.name for column in sample.columns if _all(TIME_ONLY, column)]
    current = found.get("occurred_at")
    if len(times) != 1 or not dates or (current and current.rule and current.rule.needs[0] not in dates):
        return
    date = current.rule.needs[0] if current and current.rule else dates[0]
    sql = f"CAST({identifier(date)} AS VARCHAR) || ' ' || CAST({identifier(times[0])} AS VARCHAR)"
    found["occurred_at"] = ColumnGuess(
        "occurred_at", Rule((date, times[0]), sql), 0.9, "date and time joined", BY_VALUES
    )


def _all(pattern: re.Pattern[str], column: SampleColumn) -> bool:
    return bool(column.present) and all(pattern.fullmatch(value.strip()) for value in column.present)


def _told(reading: Reading) -> str:
    return reading.name if reading.sql else ""
