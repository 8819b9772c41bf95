"""Hand-made sentences about one case, right ones and wrong ones, that verifier and extractor must tell apart.

`right.toml` and `wrong.toml` hold them in groups, a kind of wording or of fault each; `facts.py` holds the case. A
group of wrong sentences says `seen_by`: "both" (the default) or "verifier", where the fault lies in words that the
extractor, which reads numbers, directions, ranks, names and citations, does not claim to judge. A group of right ones
says `extractor = "stricter"` where the extractor takes only the statement's own digits.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence, the group it stands in, and whether the extractor is expected to judge it as the verifier does."""

    text: str
    group: str
    extractor_agrees: bool


def right_sentences() -> list[Judged]:
    return _read("right.toml", lambda group: group.get("extractor", "agrees") == "agrees")


def wrong_sentences() -> list[Judged]:
    return _read("wrong.toml", lambda group: group.get("seen_by", "both") == "both")


def _read(name: str, agrees: Any) -> list[Judged]:
    groups = tomllib.loads((HERE / name).read_text(encoding="utf-8"))
    return [Judged(text, title, agrees(group)) for title, group in groups.items() for text in group["sentences"]]
