"""Masks a report for those who may not see whom it is about.

`internal`, for colleagues: customers, counterparties and devices are pseudonyms; what looks like an account, card,
phone number or mail address in free text is blanked. `external`, for outsiders: merchants, terminals, transactions and
staff are pseudonyms, too, and free text, place, store and search text are withheld.

A pseudonym is a keyed hash, the same for the same value throughout one report and different in the next. Statements,
sentences and evidence go through one function alike, so that each sentence still stands on its evidence.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from domain.evidence import Evidence
from domain.narrative import Explanation, Sentence
from domain.reporting import Case, Mask, Report, SimilarAlert
from domain.review import Decision
from domain.scoring import Alert, alert_id_of, transaction_of
from domain.transactions import Transaction
from domain.verification import LOWERS, RAISES, VOCABULARY, verify_sentence

WITHHELD = "[withheld]"
PSEUDONYM_LETTERS = 10  # 26 ** 10: no two of a million values share one, but for one chance in 280
INTERNAL_FIELDS = {"customer_id": "CUSTOMER", "counterparty_id": "COUNTERPARTY", "device_id": "DEVICE"}
EXTERNAL_FIELDS = {
    **INTERNAL_FIELDS,
    "merchant_id": "MERCHANT",
    "terminal_id": "TERMINAL",
    "transaction_id": "TRANS",
}
FREE_TEXT = ("memo", "flag_reason", "label_scenario")
SHORTEST = 4  # characters of a value that is looked for in other texts; of digits alone:
SHORTEST_NUMBER = 6  # whatever whyflag writes itself has a comma by then
NUMBER = re.compile(
    r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){10,30}\b"  # IBAN
    r"|(?<![\w.,])(?!\d{4}-\d{2}-\d{2}(?!\d))\+?\d(?:[ ./-]?\d){7,}(?![\w])"  # card, account, phone; no date
    r"|[^\s@<>]+@[^\s@<>]+\.\w+"  # mail
)


def masked(report: Report, mask: Mask, key: bytes) -> Report:
    """The report under a masking profile; `key` makes its pseudonyms. Counts, scores, times and amounts stay."""
    if mask == "none":
        return report
    masker = _Masker(mask, key)
    outside = mask == "external"
    filters = tuple((name, WITHHELD if outside and name == "query" else value) for name, value in report.scope.filters)
    return replace(
        report,
        store=WITHHELD if outside else re.split(r"[/\\]", report.store)[-1],
        scope=replace(report.scope, filters=filters),
        cases=tuple(masker.case(case) for case in report.cases),
        mask=mask,
    )


@dataclass(frozen=True, slots=True)
class _Masker:
    mask: Mask
    key: bytes

    @property
    def _outside(self) -> bool:
        return self.mask == "external"

    @property
    def _fields(self) -> dict[str, str]:
        return EXTERNAL_FIELDS if self._outside else INTERNAL_FIELDS

    def case(self, case: Case) -> Case:
        scrub = self._scrubber(case)
        return Case(
            transaction=self._transaction(case.transaction, scrub),
            alert=self._alert(case.alert, scrub) if case.alert else None,
            explanation=self._explanation(case.explanation, scrub),
            history=tuple(self._transaction(earlier, scrub) for earlier in case.history),
            decisions=tuple(self._decision(decision, scrub) for decision in case.decisions),
            similar=tuple(self._similar(other) for other in case.similar),
        )

    def pseudonym(self, kind: str, value: str) -> str:
        """'CUSTOMER-KQXZPLMWTR': letters only, so that nothing reads a number in it."""
        number = int.from_bytes(hmac.digest(self.key, f"{kind}:{value}".encode("utf-8", "surrogatepass"), "sha256"))
        letters = ""
        for _ in range(PSEUDONYM_LETTERS):
            number, letter = divmod(number, 26)
            letters += chr(ord("A") + letter)
        return f"{kind}-{letters}"

    def _scrubber(self, case: Case) -> Callable[[str], str]:
        """Replaces the case's own ids, and what looks like a number of a person, in any text."""
        known: dict[str, str] = {}
        for transaction in (*case.history, case.transaction):
            for field, kind in self._fields.items():
                value = getattr(transaction, field)
                if value and _is_telling(value):
                    known[value] = self.pseudonym(kind, value)
        if self._outside:
            people = {name for made in case.decisions for name in (made.actor, made.approved_by) if name}
            known |= {name: self.pseudonym("PERSON", name) for name in people}
        longest_first = sorted(filter(_is_telling, known), key=len, reverse=True)
        pattern = "|".join([rf"(?<!\w){re.escape(value)}(?!\w)" for value in longest_first])
        found = re.compile(f"(?P<known>{pattern})|{NUMBER.pattern}" if pattern else NUMBER.pattern)
        return lambda text: found.sub(lambda match: known.get(match[0]) or self.pseudonym("NUMBER", match[0]), text)

    def _transaction(self, transaction: Transaction, scrub: Callable[[str], str]) -> Transaction:
        changed: dict[str, object] = {}
        for field, kind in self._fields.items():
            if value := getattr(transaction, field):
                changed[field] = self.pseudonym(kind, value)
        for field in FREE_TEXT:
            if value := getattr(transaction, field):
                changed[field] = self._free_text(value, scrub)
        for field in ("merchant_category", "channel", "currency", "country", "customer_home_country"):
            if value := getattr(transaction, field):
                changed[field] = scrub(value)
        if not self._outside:
            for field in ("merchant_id", "terminal_id"):
                if value := getattr(transaction, field):
                    changed[field] = scrub(value)
        else:
            changed |= {"latitude": None, "longitude": None}
        return replace(transaction, **changed)  # type: ignore[arg-type]

    def _alert(self, alert: Alert, scrub: Callable[[str], str]) -> Alert:
        return replace(
            alert,
            alert_id=self._alert_id(alert.alert_id, alert.transaction_id),
            transaction_id=self._row(alert.transaction_id),
            flag_reason=self._free_text(alert.flag_reason, scrub) if alert.flag_reason else alert.flag_reason,
        )

    def _explanation(self, explanation: Explanation, scrub: Callable[[str], str]) -> Explanation:
        narrative, typology = explanation.narrative, explanation.typology
        evidence = tuple(self._evidence(item, scrub) for item in explanation.evidence)
        if typology:
            typology = replace(typology, name=scrub(typology.name), rule=scrub(typology.rule))

        def sentence(told: Sentence) -> Sentence:
            text = scrub(told.text)
            return (
                told
                if text == told.text
                else replace(told, text=text, claims=verify_sentence(text, evidence, typology).claims)
            )

        return replace(
            explanation,
            alert_id=self._alert_id(explanation.alert_id, explanation.transaction_id) if explanation.alert_id else None,
            transaction_id=self._row(explanation.transaction_id),
            evidence=evidence,
            typology=typology,
            narrative=replace(
                narrative,
                draft=scrub(narrative.draft),
                sentences=tuple(map(sentence, narrative.sentences)),
            ),
        )

    def _evidence(self, item: Evidence, scrub: Callable[[str], str]) -> Evidence:
        return replace(
            item,
            statement=scrub(item.statement),
            value=scrub(item.value) if isinstance(item.value, str) else item.value,
            rows=tuple(map(self._row, item.rows)),
        )

    def _decision(self, decision: Decision, scrub: Callable[[str], str]) -> Decision:
        return replace(
            decision,
            alert_id=self._alert_id(decision.alert_id, transaction_of(decision.alert_id)),
            note=self._free_text(decision.note, scrub) if decision.note else "",
            actor=self._person(decision.actor),
            approved_by=self._person(decision.approved_by),
        )

    def _person(self, name: str) -> str:
        return self.pseudonym("PERSON", name) if name and self._outside else name

    def _similar(self, other: SimilarAlert) -> SimilarAlert:
        return replace(
            other,
            alert_id=self._alert_id(other.alert_id, other.transaction_id),
            transaction_id=self._row(other.transaction_id),
        )

    def _row(self, transaction_id: str) -> str:
        return self.pseudonym("TRANS", transaction_id) if self._outside else transaction_id

    def _alert_id(self, alert_id: str, transaction_id: str) -> str:
        return alert_id_of(self._row(transaction_id)) if self._outside else alert_id

    def _free_text(self, text: str, scrub: Callable[[str], str]) -> str:
        return WITHHELD if self._outside else scrub(text)


def _is_telling(value: str) -> bool:
    """Whether a value tells anything where it stands in another text: short ones and words of our own do not."""
    digits = re.sub(r"[.,:]", "", value)
    if len(digits) < (SHORTEST_NUMBER if digits.isdigit() else SHORTEST):
        return False
    return value.lower() not in VOCABULARY and not RAISES.fullmatch(value) and not LOWERS.fullmatch(value)
