"""True words in a false relation: what a sentence says though each of its words and numbers stands in the evidence.

Each finding is a phrase of the sentence that no evidence can bear ('the mean is 25 times the payment'), or that leaves
out the word on which the statement turns ('3 payments' of 3 declined ones).
"""

import re
from collections.abc import Sequence

from domain.evidence import Evidence
from domain.quantities import COUNTED, FACTOR_WORDS

AMOUNT = r"[\d.,]*\d(?: [A-Z]{3})?"
ANY_NUMBER = rf"(?:\d|(?:{'|'.join([*COUNTED.split(), *FACTOR_WORDS])})\b)"
MEASURES = (
    "mean|average|median|balance|limit|amount|payments?|number|sum|spending|distance|speed|share|outcomes?|terminal"
)
FALSE_RELATIONS = (
    # the score's size is no evidence's number
    re.compile(
        rf"\b(?:score|risk|suspicion)(?:\s(?:up|down|is|was|stands|comes|goes|by|to|of))*(?:\sat)?\s(?={ANY_NUMBER})",
        re.IGNORECASE,
    ),
    # what is raised or lowered is the score, never a number of the statement
    re.compile(
        r"\b(?:rais|lower|increas|decreas|reduc|lift|heighten|eas|weaken|strengthen)\w*\s(?:the|its|this|that)\s(?:customer's\s)?(?:[\w.-]+\s)?"
        rf"(?:{MEASURES})\b",
        re.IGNORECASE,
    ),
    # evidence speaks for fraud; that there was one is the analyst's to say
    re.compile(
        r"\b(?:it|this|that|(?:this|the) (?:payment|transaction|amount|customer)"
        rf"(?: of {AMOUNT})?) (?:is|was|are|were|has been) fraud\b",
        re.IGNORECASE,
    ),
    # the payment is so many times the mean, not the mean so many times the payment
    re.compile(r"\btimes (?:(?:the|this|that) )?(?:payment|amount|transaction)\b(?! of the)", re.IGNORECASE),
    re.compile(
        r"\b(?:mean|median|average)(?: payment)?(?: in this category| over \d+ days| in \d+ \w+)?"
        rf"(?: of {AMOUNT})? (?:is|was|stands at|comes to) {AMOUNT} times",
        re.IGNORECASE,
    ),
    # a share of what came in goes out, not the sum
    re.compile(rf"(?<!%)\b{AMOUNT} (?:of it )?(?:goes|went|go) out\b"),
)
# A statement's number means nothing, or something else, without this word of it.
QUALIFIERS = {"declined": re.compile(r"\bdeclined?\b", re.IGNORECASE), "fraud": re.compile(r"\bfraud\b", re.IGNORECASE)}
SUBJECTS = ("terminal", "merchant", "device", "counterparty", "category", "country")


def false_relations(body: str) -> tuple[str, ...]:
    """The phrases of a sentence (citations removed) that set true words in a false relation."""
    return tuple(match[0].strip() for pattern in FALSE_RELATIONS for match in pattern.finditer(body))


def lost_qualifiers(body: str, told: Sequence[Evidence]) -> tuple[str, ...]:
    """Words that the statements of `told`, of which the sentence gives a number, hold and the sentence left out."""
    return tuple(
        word
        for word, said in QUALIFIERS.items()
        if any(said.search(item.unnamed) for item in told) and not said.search(body)
    )


def is_of_another(subject_word: str, sources: Sequence[Evidence]) -> bool:
    """Whether 'customer' is said where every statement cited is about a terminal, merchant or the like."""
    return subject_word in ("customer", "customer's") and all(
        "customer" not in item.statement and set(SUBJECTS) & set(re.findall(r"\w+", item.statement)) for item in sources
    )
