"""What `whyflag explain` can say beside an explanation: similar cases, and a second opinion on the reasons."""

import json
import textwrap
from dataclasses import asdict, dataclass
from typing import Any

from desktop.bootstrap import make_scorer, make_surrogate
from desktop.commands.shared import plain_json
from domain.second_opinion import Opinion, SecondOpinion, second_opinion
from domain.similar import SimilarCase, similar_cases
from domain.statements import money
from domain.store import Store

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Aside:
    """None where it was not asked for."""

    similar: tuple[SimilarCase, ...] | None
    opinion: SecondOpinion | None

    def document(self) -> dict[str, Any]:
        """The fields `similar` and `second_opinion`, where they were asked for."""
        found: dict[str, Any] = {}
        if self.similar is not None:
            found["similar"] = [asdict(case) for case in self.similar]
        if self.opinion is not None:
            found["second_opinion"] = asdict(self.opinion)
        plain: dict[str, Any] = json.loads(plain_json(found))
        return plain

    def lines(self) -> list[str]:
        lines: list[str] = []
        if self.similar is not None:
            lines += ["Similar cases", *(line for case in self.similar for line in _case_lines(case))]
            lines += ["" if self.similar else "  none with reasons alike\n"]
        if self.opinion is not None:
            lines += [*_opinion_lines(self.opinion), ""]
        return lines


def aside(store: Store, transaction_id: str, similar: bool, second: bool) -> Aside:
    """Raises NoClassifier."""
    if not similar and not second:
        return Aside(None, None)
    scorer = make_scorer(store)
    return Aside(
        similar_cases(store, scorer, transaction_id) if similar else None,
        second_opinion(store, scorer, make_surrogate(), transaction_id) if second else None,
    )


def _case_lines(case: SimilarCase) -> list[str]:
    decided = (case.disposition or "open").replace("_", " ")
    lines = [
        f"  {case.similarity:4.0%}  {case.alert_id:<22} {decided:<15} {case.occurred_at:%Y-%m-%d %H:%M}"
        f" {money(case.amount, case.currency):>16}"
    ]
    if case.differs:
        first = case.differs[0]
        there, here = (text or "no such reason" for text in (first.statement_there, first.statement_here))
        lines += _wrapped(f"differs most: {there} (here: {here})", "        ")
    return lines


def _opinion_lines(opinion: SecondOpinion) -> list[str]:
    top = len(opinion.ours)
    lines = [
        f"Second opinion: {opinion.method} agrees in {opinion.agreement} of the strongest {top} reasons"
        f" (its own fit here: R2 {opinion.fidelity:.2f})",
        f"  ours keep {opinion.stability:.0%} of the strongest {top} when every value is about 5% off",
    ]
    for title, opinions in (("ours", opinion.ours), (opinion.method, opinion.theirs)):
        lines += [line for each in opinions for line in _reason_lines(title, each)]
    return lines


def _reason_lines(title: str, opinion: Opinion) -> list[str]:
    sign = "▲" if opinion.weight > 0 else "▼"
    told = opinion.statement or opinion.feature.replace("_", " ")
    return _wrapped(f"{title:<5} {sign} {opinion.weight:+.2f}  {told}", "  ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
