"""The wizard's words: what a column is made of, how sure a guess is, what is wrong. No widget, no display."""

from desktop.screens.imports.view_model import ColumnLine
from desktop.support.formats import Formats
from desktop.support.translation import mark, tr, trn
from domain.guessing import BOTH_FIT, BY_CONTENT, BY_NAME, BY_NAME_AND_VALUES, BY_VALUES
from domain.mapping import Rule, constant_of
from domain.sample import Sample, Trial

SURE, LIKELY = 0.9, 0.6
WHY_WORDS = {
    BY_NAME: mark("Guessed from its name."),
    BY_NAME_AND_VALUES: mark("Guessed from its name and values."),
    BY_VALUES: mark("Guessed from its values."),
    BOTH_FIT: mark("Guessed: day first and month first both fit, so look at the dates."),
    BY_CONTENT: mark("No column is unique, so an id is made of the row's content."),
}
READING_WORDS = {
    "as it stands": mark("as it stands"),
    "day first": mark("day first"),
    "month first": mark("month first"),
    "seconds since 1970": mark("seconds since 1970"),
    "milliseconds since 1970": mark("milliseconds since 1970"),
    "digits only": mark("digits only, year first"),
    "comma for decimals": mark("comma for decimals"),
    "comma for thousands": mark("comma for thousands"),
    "date and time joined": mark("date and time joined"),
}


def source_words(rule: Rule | None, reading: str = "") -> str:
    """'amt', 'booking date (day first)', 'the same for all: EUR'."""
    if rule is None:
        return tr("not in the file")
    constant = constant_of(rule)
    if constant is not None:
        return tr("the same for all: {text}", text=constant)
    if rule.sql is None:
        return rule.needs[0]
    if reading:
        return f"{' + '.join(rule.needs)} ({tr(READING_WORDS[reading])})"
    if len(rule.needs) > 3:
        return tr("made of {count} columns", count=len(rule.needs))
    return tr("computed from {columns}", columns=", ".join(rule.needs))


def confidence_words(line: ColumnLine, formats: Formats) -> str:
    """'95 %, sure'; '' where there is nothing to be sure of."""
    if line.guess.rule is None:
        return ""
    if line.confidence is None:
        return tr("chosen")
    words = tr("sure") if line.confidence >= SURE else tr("likely") if line.confidence >= LIKELY else tr("doubtful")
    return f"{formats.decimal(100 * line.confidence, 0)} %, {words}"


def meaning_words(line: ColumnLine) -> str:
    """'amount: in currency units, not negative (needed in every row). Guessed from its name.'"""
    needed = tr("needed in every row") if line.column.required else tr("used where present")
    why = tr(WHY_WORDS[line.guess.why]) if line.confidence is not None and line.guess.why in WHY_WORDS else ""
    return f"{line.column.name}: {tr(line.column.meaning)} ({needed}). {why}".strip()


def problem_words(line: ColumnLine, formats: Formats) -> str:
    """What an import would refuse, with the first rows and values; '' where nothing is wrong."""
    if line.missing:
        return tr("Every row must have this: choose what it is made of.")
    if line.fault is None:
        return ""
    fault = line.fault
    rows = ", ".join(formats.count(row) for row in fault.rows)
    found = ", ".join(f"‘{sample}’" for sample in fault.samples[:3] if sample)
    counted = trn(
        "{count} row would not be taken (row {rows})",
        "{count} rows would not be taken (rows {rows})",
        fault.count,
        count=formats.count(fault.count),
        rows=rows,
    )
    return f"{counted}: {found}" if found else counted


def sample_words(sample: Sample, known: str, formats: Formats) -> str:
    counted = trn("{count} column", "{count} columns", len(sample.columns))
    rows = tr(", {count} rows", count=formats.count(sample.total)) if sample.total else ""
    recognised = (
        tr("These columns are known: mapping {name}.", name=known)
        if known
        else tr("The mapping is guessed from names and values: check it.")
    )
    return f"{counted}{rows}. {recognised}"


def trial_words(trial: Trial | None, ready: bool, formats: Formats) -> str:
    if trial is None:
        return tr("Trying it on the first rows…")
    if not ready:
        return tr("Columns that every row must have are not filled yet.")
    tried = formats.count(trial.rows)
    if not trial.refused:
        return tr("The first {count} rows can be taken.", count=tried)
    return tr(
        "Of the first {count} rows, {refused} would not be taken.", count=tried, refused=formats.count(trial.refused)
    )
