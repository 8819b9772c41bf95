"""Reads claims out of a narrative for measuring it. Shares no code with what writes, verifies or repairs.

It works on strings: a number agrees when the same digits stand in the statement, with the same unit word behind them
and on the same side: a value given as what is usual, or the usual given as the value, is wrong. What it reads beside
numbers: citations, direction (with negation and doubt), rank, country codes, and the words that name a reference, a
subject or a day. It does not judge other words; the verifier does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.evidence import Evidence, Typology

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
WORDS = {word: str(number) for number, word in enumerate(SMALL.split())} | {
    "dozen": "12", "twice": "2 times", "double": "2 times", "half": "0.5", "quarter": "0.25",
    "dozens": "?", "hundreds": "?", "thousands": "?",
}  # fmt: skip
NUMBER = re.compile(
    r"(?P<minus>(?<![\w.])[-−])?(?P<digits>\d+(?:[.,:]\d+)*)"
    r"|\b(?P<word>" + "|".join(WORDS) + r")\b(?! (?:reason|of them))"
    r"|\bthe (?P<one>second|minute|hour|day) before\b",
    re.IGNORECASE,
)
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
UNIT_AFTER = re.compile(
    r"\s*(%|per ?cent\b|km/h|km|times|[A-Z]{3}\b|(?:second|minute|hour|day)s?\b)"
    r"|-(second|minute|hour|day)\b|-(times|fold)\b"
)
PRONOUN_ONE = re.compile(r"\b(?:this|that|the|each|which|usual|typical) one\b|\bone (?:that|of)\b", re.IGNORECASE)
TIMES = ("second", "minute", "hour", "day")

CITED = re.compile(r"\bE(\d+)\b")
BRACKETS = re.compile(r"\[(E\d+(?:[,;]? ?E\d+)*)\]")

UP = re.compile(
    r"\brais(?:e|es|ed|ing)\b|\blift(?:s|ed|ing)?\b|\bheighten|\bstrengthen|\bincreas|\b(?:push|driv)\w+ .{0,20}\bup\b"
    r"|\bfor fraud|\badd(?:s|ing)? to (?:th|suspicion)|\b(?:feed|deepen|boost|sharpen)(?:s|ing)\b"
    r"|\bsupport\w* th\w+ suspicion|\bmore likely|\blikelier"
    r"|\b(?:to|towards) fraud\b",
    re.IGNORECASE,
)
DOWN = re.compile(
    r"\blower(?:s|ed|ing)?\b|\beas(?:e|es|ed|ing)\b|\bweaken|\bdecreas|\breduc|\b(?:pull|bring)\w* .{0,20}\bdown\b"
    r"|\bagainst (?:fraud|th\w+ suspicion)|\b(?:take|takes|taking) from (?:th|suspicion)"
    r"|\b(?:soften|lessen|dampen|trim)(?:s|m?ing)\b|\bless likely|\baway from fraud",
    re.IGNORECASE,
)
DOUBT = re.compile(
    r"\b(?:not|never|cannot|no|nor|hardly|barely|scarcely|without|may|might|could|should|perhaps|possibly|probably"
    r"|maybe)\b(?! earlier)|n['’]t\b|\?",
    re.IGNORECASE,
)

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ORDINAL = "|".join(ORDINALS)
RANK = re.compile(
    rf"\b(?:ranked|placed|reason|in) ({ORDINAL})\b(?! payment)|\b({ORDINAL}) (?:reason|by weight|place)\b"
    rf"|^\s*({ORDINAL}),",
    re.IGNORECASE,
)
# "Placed 4.4 usual spreads above" and "placed 500 EUR below" give no rank.
NO_RANK = (
    r"(?![.,:]?\d| ?%|-\w| (?-i:[A-Z]{3})\b"
    r"| ?(?:usual|typical|times|fold|per|percent|km|seconds?|minutes?|hours?|days?|payments?)\b)"
)
RANK_NUMBER = re.compile(
    rf"\b(?:ranked|placed|reason)(?: number)? (\d+|one|two|three)\b{NO_RANK}|\bnumber (\d+|one|two|three) reason",
    re.IGNORECASE,
)
TOP = re.compile(r"\b(?:strongest|most of all|more than any other reason|(?:main|leading) reason)\b", re.IGNORECASE)

REFERENCE_WORDS = {
    "usual": "usual", "usually": "usual", "normal": "usual", "typical": "typical", "typically": "typical",
    "mean": "mean", "average": "mean", "median": "median", "largest": "largest", "limit": "limit",
}  # fmt: skip
REFERENCE = re.compile(r"\b(" + "|".join(REFERENCE_WORDS) + r")\b(?! (?:place|spreads))", re.IGNORECASE)
REFERENCE_BEHIND = re.compile(
    r"^(?: (?:is|was|are|as|would be|be|being|seen|paid|spent|on|the|a))*"
    r" (usual|usually|typical|typically|average|normal)\b(?! (?:place|spreads))",
    re.IGNORECASE,
)
CLAUSE_END = re.compile(r"[;:]|, ")
TELLING = re.compile(
    r"\b(usual|usually|normal|typical|typically|mean|average|median|largest|least|limit|balance|above|below|under"
    r"|terminal|merchant|device|counterparty|counterparties|category|abroad|declined|weekends|working"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
SUBJECT = re.compile(r"\b(?:the|this) (?:terminal|merchant|device|counterparty|category|country)\b")
TURNED = re.compile(
    r"\btimes (?:the|this) (?:payment|amount)\b(?! of the)"
    r"|\b(?:mean|median|average)\b(?: payment)?(?: of [\d.,]+(?: [A-Z]{3})?)? is [\d.,]+ times\b|\bover the limit",
    re.IGNORECASE,
)
CODE = re.compile(r"\b[A-Z]{2,3}\b")
HOME = re.compile(r"\bhome\b(?: (?:is|in|of|country|the|customer))* ([A-Z]{2})\b")
PLACE = re.compile(r"\b(?:made in|paid in|from|came from) ([A-Z]{2})\b")
PROPER = re.compile(r"(?<=[a-z,;%)] )[A-Z][a-z]+")
NAME_PLACE = r"(?P<before>\b(?:category|category is|by|channel) )"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, with its unit word in the singular ('25 %', '30 day'), and what it is given as."""

    text: str
    reference: str

    @property
    def kind(self) -> str:
        unit = self.text.partition(" ")[2]
        return "time" if unit in TIMES else unit


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sentence says.

    `direction` is "raises", "lowers", None where it gives none, or "unclear" where it gives both, denies or doubts one.
    """

    citations: tuple[str, ...]
    direction: str | None
    numbers: tuple[str, ...]
    rank: int | None
    is_pattern: bool


def sentences_of(text: str) -> list[str]:
    """Cuts behind each bracketed citation that ends a sentence; what is left over is one more."""
    pieces, start = [], 0
    for match in re.finditer(r"\]\s*\.", text):
        pieces.append(text[start : match.end()].strip())
        start = match.end()
    rest = text[start:].strip()
    return [*pieces, rest] if rest else pieces


def read(sentence: str) -> Reading:
    """Reads one sentence."""
    inside, outside = " ".join(BRACKETS.findall(sentence)), BRACKETS.sub(" ", sentence)
    up, down = UP.search(outside), DOWN.search(outside)
    direction = None if not (up or down) else "raises" if up else "lowers"
    if (up and down) or (direction and DOUBT.search(outside)):
        direction = "unclear"
    return Reading(
        citations=tuple(f"E{n}" for n in CITED.findall(inside)),
        direction=direction,
        numbers=tuple(number.text for number in numbers_of(outside)),
        rank=_rank(outside),
        is_pattern=bool(re.search(r"\bpattern\b", outside, re.IGNORECASE)),
    )


def _rank(text: str) -> int | None:
    if TOP.search(text):
        return 1
    if found := RANK.search(text):
        return ORDINALS.index(next(word for word in found.groups() if word).lower()) + 1
    if found := RANK_NUMBER.search(text):
        word = (found[1] or found[2]).lower()
        return int(WORDS.get(word, word))
    return None


def numbers_of(text: str) -> list[Number]:
    """'12508.50 EUR', '30 day', '03:12', in order: digits without thousands separators, and the unit behind them."""
    plain = RANK_NUMBER.sub(_blank, PRONOUN_ONE.sub(_blank, text))
    found, end_of_last = [], 0
    for match in NUMBER.finditer(plain):
        unit = UNIT_AFTER.match(plain, match.end())
        word = next(part for part in unit.groups() if part).removesuffix("s") if unit else ""
        word = "times" if word in ("time", "fold") else "%" if word.startswith("per") else word
        written = f"1 {match['one'].lower()}" if match["one"] else f"{_digits(match)} {word}".strip()
        end = unit.end() if unit else match.end()
        found.append(Number(written, _reference(plain, match.start(), end, end_of_last, is_time=word in TIMES)))
        if word not in TIMES:
            end_of_last = end
    return found


def _blank(match: re.Match[str]) -> str:
    return "#" * len(match[0])


def _digits(match: re.Match[str]) -> str:
    if match["word"]:
        return WORDS[match["word"].lower()]
    digits = match["digits"].replace(",", "") if GROUPED.fullmatch(match["digits"]) else match["digits"]
    return f"-{digits}" if match["minus"] else digits


def _reference(text: str, start: int, end: int, end_of_last: int, *, is_time: bool) -> str:
    """What the number is given as: 'usual', 'mean'..., or '' for the value itself."""
    behind = REFERENCE_BEHIND.match(text[end:])
    if behind:
        return REFERENCE_WORDS[behind[1].lower()] if not is_time or not text[end:].startswith((" av", "-")) else ""
    before = CLAUSE_END.split(text[end_of_last:start])[-1]
    words = [match[1].lower() for match in REFERENCE.finditer(before)]
    if not words:
        return ""
    # a window ('the mean in 7 days') is no reference unless the word leads straight to it ('usual is 2 days')
    if is_time and not re.search(
        r"\b(?:usual|typical|normal)(?: (?:is|was|a|the|of|gap|pause|one))* $", before, re.IGNORECASE
    ):
        return ""
    return REFERENCE_WORDS[words[-1]]


def values_agree(sentence: str, evidence: Evidence) -> tuple[int, int]:
    """(right, all) numbers of a sentence against one statement."""
    said, (stated,) = _said(sentence, [evidence])
    right = sum(_stands(number, stated) for number in said)
    turned = right > 0 and TURNED.search(BRACKETS.sub(" ", sentence)) is not None
    return right - turned, len(said)


def confirmed(text: str, evidence: Sequence[Evidence], typology: Typology | None = None) -> bool:
    """Whether every number, direction, rank, name and citation that the extractor finds in a sentence is right."""
    known = {item.id: item for item in evidence}
    citations = read(text).citations
    if len(BRACKETS.findall(text)) != 1 or any(id_ not in known for id_ in citations):
        return False
    cited = [known[id_] for id_ in citations]
    outside = BRACKETS.sub(" ", without_names(text, cited))
    if CITED.search(outside) or not re.search(r"\w{2}", outside):
        return False
    reading = read(without_names(text, cited))
    if reading.is_pattern:
        return _is_the_pattern(BRACKETS.sub(" ", text), citations, typology)
    said, stated = _said(text, cited)
    return (
        all(any(_stands(number, numbers) for numbers in stated) for number in said)
        and not TURNED.search(outside)
        and all(reading.direction in (item.direction, None) for item in cited)
        and (reading.rank is None or [reading.rank] == [item.rank for item in cited])
        and _names_agree(outside, cited)
        and (len(cited) == 1 or all(_is_told(outside, said, item) for item in cited))
    )


def _said(sentence: str, evidence: Sequence[Evidence]) -> tuple[list[Number], list[list[Number]]]:
    """The numbers of a sentence and those of each statement, names from data left out."""
    said = numbers_of(BRACKETS.sub(" ", without_names(sentence, evidence)))
    return said, [numbers_of(without_names(item.statement, [item])) for item in evidence]


def _stands(number: Number, stated: Sequence[Number]) -> bool:
    """The same digits and unit, given as the same thing where the statement has several numbers of the kind."""
    alike = [other for other in stated if other.kind == number.kind]
    several = len({other.reference for other in alike}) > 1
    return any(
        other.text == number.text and (number.reference == other.reference or not (several or number.reference))
        for other in alike
    )


def _is_the_pattern(outside: str, citations: Sequence[str], typology: Typology | None) -> bool:
    if typology is None or typology.name not in outside or not set(citations) <= set(typology.evidence):
        return False
    rest = read(outside.replace(typology.name, " "))
    return rest.direction is None and not rest.numbers and rest.rank is None


def _names_agree(outside: str, cited: Sequence[Evidence]) -> bool:
    """Codes, proper names, and the words for references, subjects and days stand in a statement, home at its place."""
    statements = " ".join(without_names(item.statement, [item]) for item in cited)
    lower = statements.lower()
    telling = [REFERENCE_WORDS.get(word.lower(), word.lower()) for word in TELLING.findall(outside)]
    if any(word.removesuffix("ies").removesuffix("y") not in lower for word in telling):
        return False
    if set(CODE.findall(outside)) - set(CODE.findall(statements)):
        return False
    for pattern in (HOME, PLACE):
        if set(pattern.findall(outside)) - set(pattern.findall(statements)):
            return False
    if any(name not in statements for name in PROPER.findall(outside)):
        return False
    of_another = SUBJECT.search(statements) and "customer" not in lower
    return not (of_another and re.search(r"\bcustomer(?:'s)?\b", outside))


def _is_told(outside: str, said: Sequence[Number], item: Evidence) -> bool:
    """Whether a sentence that cites several says anything of this one."""
    stated = numbers_of(item.statement)
    if any(_stands(number, stated) for number in said):
        return True
    words = {word.lower() for word in TELLING.findall(outside)}
    return bool(words & {word.lower() for word in TELLING.findall(item.statement)})


def without_names(text: str, evidence: Sequence[Evidence]) -> str:
    """Without names from data; one that itself reads like a claim is only left out where a sentence puts names."""
    for item in evidence:
        if isinstance(item.value, str) and item.value:
            claiming = (
                UP.search(item.value) or DOWN.search(item.value) or RANK.search(item.value) or TOP.search(item.value)
            )
            place = NAME_PLACE if claiming else "(?P<before>)"
            text = re.sub(place + re.escape(item.value), lambda match: match["before"], text, count=1)
    return text
