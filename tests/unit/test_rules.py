"""Detection rules are read strictly, refused by file and key, and tell themselves plainly."""

from pathlib import Path

import pytest

from domain.errors import RulesInvalid, UnknownRule
from domain.rules import find_rule, load_detection_rules, read_detection_rule, rule_evidence, rule_sentences

FEATURES = ("night", "declines_1d")
GOOD = 'name = "late and large"\ndescription = "b"\n[[all]]\ncolumn = "amount"\noperator = ">="\nvalue = 10\n'


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name =", "no TOML"),
        (GOOD.replace("description", "descripton"), "unknown key 'descripton'"),
        (GOOD.replace('description = "b"', ""), "lacks `description`"),
        (GOOD.replace("late and large", "late [E1]"), "`name` is 'late \\[E1\\]'"),
        (GOOD.replace('"amount"', '"label"'), "condition 1 of all names label, which is known only afterwards"),
        (GOOD.replace('"amount"', '"amount; DROP TABLE audit"'), "no transaction has"),
        (GOOD.replace('">="', '"~"'), "operator '~'"),
        (GOOD.replace('"amount"', '"channel"'), "operator '>='"),  # texts have no order
        (GOOD.replace("value = 10", 'value = "10"'), "`value` is '10'"),
        (GOOD.replace("value = 10", "value = true"), "`value` is True"),
        (GOOD.replace('">="', '"in"'), "no list"),
        (GOOD.replace('">="', '"in"').replace("10", "[]"), "no list"),
        (GOOD.replace("value = 10", "value = 10\nunit = 1"), "unknown key 'unit'"),
        (GOOD.replace("[[all]]", "[all]"), "`all` is no list"),
        ('name = "a"\ndescription = "b"\n', "no condition"),
    ],
)
def test_a_bad_rule_is_refused_naming_the_file(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(RulesInvalid, match=complaint) as refused:
        read_detection_rule(write(tmp_path, text), FEATURES)
    assert "mine.toml" in str(refused.value)


def test_values_of_every_type_are_taken(tmp_path: Path) -> None:
    conditions = (
        '[[any]]\ncolumn = "night"\noperator = "=="\nvalue = 1\n'
        '[[any]]\ncolumn = "approved"\noperator = "=="\nvalue = false\n'
        '[[any]]\ncolumn = "channel"\noperator = "in"\nvalue = ["pos", "atm"]\n'
        '[[any]]\ncolumn = "occurred_at"\noperator = ">"\nvalue = 2026-03-01\n'
    )
    rule = read_detection_rule(write(tmp_path, GOOD + conditions), FEATURES)
    assert [condition.value for condition in rule.any_of] == [1.0, False, ("pos", "atm"), "2026-03-01T00:00:00"]
    assert [condition.value for condition in rule.all_of] == [10.0]


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD, "other.toml")
    with pytest.raises(RulesInvalid, match=r"other\.toml and .*mine\.toml"):
        load_detection_rules(FEATURES, [tmp_path])


def test_a_rule_is_found_by_name_and_an_unknown_one_is_named(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    rules = load_detection_rules(FEATURES, [tmp_path, tmp_path / "absent"])
    assert find_rule(rules, "late and large").description == "b"
    with pytest.raises(UnknownRule, match="late and large"):
        find_rule(rules, "early")


def test_a_hit_is_evidence_behind_the_models_and_has_its_own_sentence(tmp_path: Path) -> None:
    rule = read_detection_rule(write(tmp_path, GOOD), FEATURES)
    [item] = rule_evidence([rule], "T-1", after=10)
    assert (item.id, item.rank, item.kind, item.value, item.contribution, item.direction, item.rows) == (
        "E11", 11, "rule", "late and large", 0.0, "raises", ("T-1",),
    )  # fmt: skip
    [sentence] = rule_sentences([item])
    assert sentence.text == "Declared rule late and large is met [E11]."
    assert (sentence.status, sentence.citations) == ("template", ("E11",))
