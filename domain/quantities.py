"""Reads numbers with their units and roles out of plain sentences: '20.34 EUR' as the mean, '25 times', '03:12'."""

import math
import re
from dataclasses import dataclass

COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty"""
ROUND_WORDS = {
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "dozen": 12.0,
}
NUMBER_WORDS = {word: float(value) for value, word in enumerate(COUNTED.split())} | ROUND_WORDS
FACTOR_WORDS = {"once": 1.0, "twice": 2.0, "double": 2.0, "triple": 3.0, "thrice": 3.0, "half": 0.5}

TIME_UNITS = {"second": "second", "minute": "minute", "hour": "hour", "day": "day", "week": "week", "month": "month"}
TOKEN = re.compile(
    r"(?P<date>\b\d{4}-\d{2}-\d{2}\b)"
    r"|(?P<clock>\b\d{1,2}:\d{2}(?::\d{2})?\b)"
    r"|(?P<number>(?<![\w.])[-−]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?)"
    r"(?P<unit>\s?%|\spercent\b|\s?km/h\b|\s?km\b|\stimes\b|-fold\b|x\b"
    r"|[\s-](?:second|minute|hour|day|week|month)s?\b|\s(?:[A-Z]{3})\b)?"
    r"|(?P<word>\b(?:" + "|".join([*NUMBER_WORDS, *FACTOR_WORDS]) + r")\b)(?P<word_unit>[\s-](?:times|percent|km/h|km"
    r"|(?:second|minute|hour|day|week|month)s?)\b)?"
    r"|(?P<implied>\bthe (?:hour|minute|day) before\b)",
    re.IGNORECASE,
)
CODE = re.compile(r"\b[A-Z]{3}\b")
# A number's role is the nearest of these words before it in its clause, or right after it.
ROLE_WORDS = {
    "mean": "mean", "average": "mean", "median": "median", "usual": "usual", "usually": "usual", "typical": "typical",
    "normal": "usual", "typically": "typical", "largest": "largest", "limit": "limit", "balance": "balance",
    "most": "most",
}  # fmt: skip
ROLE_BEFORE = re.compile(r"\b(" + "|".join(ROLE_WORDS) + r")\b(?! place)", re.IGNORECASE)
ROLE_AFTER = re.compile(
    r"^\s*(?:(?:is|was|are|were)\s)?(?:paid |spent |made )?(?:on |as |under the |below the |the )?"
    r"(average|usual|usually|typical|typically|normal|limit)\b(?! place)",
    re.IGNORECASE,
)
# A length of time mostly names the window of another number ('the mean in 7 days is'): only words beside it count.
ROLE_OF_TIME_BEFORE = re.compile(
    r"\b(usual|usually|typical|typically|normal)(?:\s(?:is|was|of|a|the|about))*\s*$", re.IGNORECASE
)
ROLE_OF_TIME_AFTER = re.compile(
    r"^\s*(?:is|was|are|were|as)\s(?:the\s)?(usual|usually|typical|typically|normal)\b", re.IGNORECASE
)
LEADING_ZEROS = re.compile(r"-?0\d")
CLAUSE_END = re.compile(r"[;:]|,(?!\d)")
PRONOUN_ONE = re.compile(r"\b(?:this|that|the|each|which) one\b|\bone of\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands in a text. `unit` is '' for counts; `decimals` is how many it was written with."""

    text: str
    value: float
    unit: str
    role: str
    decimals: int

    def rounds(self, exact: "Quantity") -> bool:
        """Whether this is `exact` itself, or `exact` honestly rounded (fewer decimals, off by 2.5 % at most)."""
        if abs(self.value - exact.value) < 1e-9:
            return True
        half = 0.5 * 10.0**-self.decimals
        near = abs(self.value - exact.value) <= half + 1e-9
        return self.decimals < exact.decimals and near and abs(self.value - exact.value) <= 0.025 * abs(exact.value)


def quantities(text: str) -> tuple[Quantity, ...]:
    """All numbers of `text`, in order, number words included ('this one' is no number)."""
    found: list[Quantity] = []
    end_of_last = 0
    plain = PRONOUN_ONE.sub(lambda match: "#" * len(match[0]), text)
    for match in TOKEN.finditer(plain):
        unit = _unit(match, text)
        value, decimals = _value(match)
        role = _role_of_time(plain, match) if unit in TIME_UNITS else _role(plain, match, end_of_last)
        found.append(Quantity(match[0].strip(), value, unit, role, decimals))
        if unit not in TIME_UNITS:  # a window ('in 7 days') stands between a role word and its number
            end_of_last = match.end()
    return tuple(found)


def without_quantities(text: str) -> str:
    """`text` with every number and its unit blanked out."""
    return TOKEN.sub(" ", PRONOUN_ONE.sub(" ", text))


def _value(match: re.Match[str]) -> tuple[float, int]:
    if match["date"]:
        return float(match["date"].replace("-", "")), 0
    if match["clock"]:
        return float(match["clock"].replace(":", "")), 0
    if match["implied"]:
        return 1.0, 0
    if match["word"]:
        word = match["word"].lower()
        return NUMBER_WORDS.get(word, FACTOR_WORDS.get(word, 0.0)), 0
    digits = match["number"].replace(",", "").replace("−", "-")
    if LEADING_ZEROS.match(digits):
        return math.nan, 0  # '007' is a code, which equals no number
    return float(digits), len(digits.partition(".")[2])


def _unit(match: re.Match[str], text: str) -> str:
    if match["date"]:
        return "date"
    if match["clock"]:
        return "clock"
    if match["implied"]:
        return match["implied"].split()[1].lower()
    if match["word"] and match["word"].lower() in FACTOR_WORDS:
        return "times"
    raw = (match["unit"] or match["word_unit"] or "").strip(" -\n\t")
    if CODE.fullmatch(raw):
        return raw
    lower = raw.lower()
    if lower in ("%", "percent"):
        return "%"
    if lower in ("times", "fold", "x"):
        return "times"
    if lower.isalpha() and lower.removesuffix("s") in TIME_UNITS:
        return lower.removesuffix("s")
    if len(lower) == 3 and lower.isalpha():
        return ""  # three letters that are no code: an ordinary word after a count
    return lower


def _role_of_time(text: str, match: re.Match[str]) -> str:
    beside = ROLE_OF_TIME_AFTER.match(text[match.end() :]) or ROLE_OF_TIME_BEFORE.search(text[: match.start()])
    return ROLE_WORDS[beside[1].lower()] if beside else ""


def _role(text: str, match: re.Match[str], end_of_last: int) -> str:
    after = ROLE_AFTER.match(text[match.end() :])
    if after:
        word = after[1].lower()
        return "under" if word == "limit" else ROLE_WORDS[word]
    before = text[end_of_last : match.start()]
    clause = CLAUSE_END.split(before)[-1]
    nearest = ROLE_BEFORE.findall(clause)
    return ROLE_WORDS[nearest[-1].lower()] if nearest else ""
