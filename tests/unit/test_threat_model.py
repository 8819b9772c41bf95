"""The threat model names tests that exist, and every defence of the mutations' list is one of its promises."""

import re
from pathlib import Path

import pytest

from tests.mutations import ROOT, Mutation, mutations

PAGE = (ROOT / "resources" / "manual" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/\S+?)::(\w+)`", PAGE)


def test_every_promise_names_a_test_that_exists() -> None:
    rows = [line for line in PAGE.split("## What is promised")[1].split("##")[0].splitlines() if line.startswith("| ")]
    assert len(rows) - 1 == len(NAMED) > 40, "a row without its test"
    for file, name in NAMED:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"


@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: mutation.defence)
def test_every_listed_defence_stands_and_is_proven_by_a_test(mutation: Mutation) -> None:
    code = (ROOT / mutation.file).read_text(encoding="utf-8")
    assert code.count(mutation.text) == 1, "the list has to follow the code"
    assert mutation.by != mutation.text
    file, name = mutation.test.split("::")
    assert f"def {name}(" in Path(ROOT / file).read_text(encoding="utf-8")
