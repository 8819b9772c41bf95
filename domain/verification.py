"""Checks each claim of a sentence against the evidence it cites. Deterministic; shares no code with what writes.

A sentence is verified when it cites existing evidence and every number (with unit and role), date, id, name,
direction, rank and typology in it is borne by that evidence, no true word stands in a false relation
(domain/misreadings.py), and no word or sign in it stands outside the plain vocabulary and the words of the cited
statements. Anything the checks do not understand fails: an unknown word may be an unborne claim.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.evidence import Evidence, Typology
from domain.misreadings import SUBJECTS, false_relations, is_of_another, lost_qualifiers
from domain.narrative import Claim
from domain.quantities import NUMBER_WORDS, TIME_UNITS, Quantity, quantities, without_quantities

CITATION = re.compile(r"\[(E\d+(?:\s*[,;]\s*E\d+)*)\]")
EVIDENCE_ID = re.compile(r"\bE\d+\b")
CODE = re.compile(r"\b[A-Z]{2}\b")
# A code is the home's where 'home' leads to it ('home is FR', 'home of the customer is FR') or follows it at once.
HOME_BEFORE = re.compile(r"\bhome\b(?!.*\b(?:made|paid|pays?|came|comes|from|payments?)\b)", re.DOTALL)
HOME_AFTER = re.compile(
    r"\s(?:is|was|as)\s(?:the\s)?(?:customer's\s)?home\b|,\s(?:the\s)?customer's home\s*(?:[,;.]|$)"
)
WORD = re.compile(r"[^\W\d_][\w'’-]*|\w+")
NAME_PLACE = r"\b(?:category|category is|by|channel|channel is) [\"'“(]?"
OTHER_NAME = re.compile(
    rf"\b(?:the (?:category|channel)(?: is\b)?+|made by(?! (?:the|this) customer\b)) [\"'“(]?({WORD.pattern})",
    re.IGNORECASE,
)

OBJECT = r"(?:(?:the|this) )?(?:(?:fraud |risk |alert's )?score|(?:fraud )?risk|suspicion)"
RAISES = re.compile(
    r"\b(?:rais(?:e|es|ed|ing)|increas(?:e|es|ed|ing)|(?:feed|deepen|boost|sharpen)(?:s|ing)"
    r"|lift(?:s|ed|ing)?|heighten(?:s|ed|ing)?|strengthen(?:s|ed|ing)?"
    r"|(?:push|driv)(?:e|s|es|ed|ing)?\b.{0,20}?\bup|(?:speak|stand|argu)(?:e?s|ing)? for (?:fraud|the suspicion)"
    r"|go(?:es|ing) for (?:fraud|the suspicion)|(?:point|tilt)(?:s|ing)? (?:to|towards) fraud"
    rf"|add(?:s|ing)? to {OBJECT}|support(?:s|ing)? {OBJECT}|mak(?:es?|ing) fraud (?:more likely|likelier))\b",
    re.IGNORECASE,
)
LOWERS = re.compile(
    r"\b(?:lower(?:s|ed|ing)?|(?:soften|lessen|dampen)(?:s|ing)|trim(?:s|ming)"
    r"|decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing)|weaken(?:s|ed|ing)?|eas(?:e|es|ed|ing)"
    r"|(?:pull|bring)(?:s|ing)?\b.{0,20}?\bdown"
    r"|(?:(?:speak|stand|argu)(?:e?s|ing)? |go(?:es|ing) )?against (?:fraud|the suspicion)"
    rf"|tak(?:es?|ing) from {OBJECT}|mak(?:es?|ing) fraud less likely|(?:point|tilt)(?:s|ing)? away from fraud)\b",
    re.IGNORECASE,
)
FRAUD_SCORE = re.compile(r"\bfraud (?=(?:score|risk)\b)", re.IGNORECASE)  # whose score: no fraud is claimed
ORDINALS = {
    word: rank
    for rank, words in enumerate(
        (
            "first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th",
            "sixth 6th", "seventh 7th", "eighth 8th", "ninth 9th", "tenth 10th",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
ORDINAL = re.compile(
    r"\b(?:(?:ranked|rank|placed|reason) )?(" + "|".join(ORDINALS) + r")(?: (?:by|in) weight| reason| place)?\b",
    re.IGNORECASE,
)
# 'the second payment', 'a third of': an ordinal of something else, which only the statement's own words can bear
ORDINAL_OF_ELSE = re.compile(
    r"\s(?:of\b(?! all)"
    r"|(?:earlier |declined |different )?(?:payments?|transactions?|outcomes?|times?|counterpart\w+)\b)"
)
FIRST_OF_ALL = re.compile(r"\s*(" + "|".join(ORDINALS) + r"),", re.IGNORECASE)
RANK_NUMBER = re.compile(
    r"\b(?:ranked|rank|reason)(?: number)? (\d+|" + "|".join(NUMBER_WORDS) + r")\b"
    r"|\bnumber (\d+|" + "|".join(NUMBER_WORDS) + r") reason\b",
    re.IGNORECASE,
)
TOP = re.compile(
    r"\b(?:strongest(?: reason)?|most of all(?: reasons)?|more than any other reason|main reason|leading reason)\b",
    re.IGNORECASE,
)

# Words that claim nothing by themselves. One that does (fraud, before, received, lost) has to stand in a statement.
PLAIN_WORDS = """
    a an the this that these it its is was were be been are has have had of in on at to by with from for and or while
    where which who whose so as also next there within over among during after into out through comes came come goes
    going went stands stand means customer customer's customers payment payments paid pays pay made make makes
    transaction amount score risk reason reasons ranked rank placed by weight one well records recorded place passed
    sum number away speed would need needs behind used way evidence flagged because lies lie what whereas then against
    besides beside further moreover addition here fact something too according observed noted review found account show
    shows seen being suspicion measured held set all much gap pause between earlier now until far but yet fall falls day
    clock stays adds add reaches reach total totals counts count counting gives give putting put puts traffic activity
    history back know known time share them getting once again dealt showed stood another still figure level versus
    across thus thereby sits inside although though appears sees amounts runs
    likewise separately furthermore equally compared alert's reached
"""
VOCABULARY = frozenset(PLAIN_WORDS.split())
PATTERN_WORDS = "together taken fits fit matches match makes meets pattern declared rule evidence"
TYPOLOGY_WORDS = frozenset(PATTERN_WORDS.split())
# Words that mean the same as a word of a statement, so they are borne where that word stands.
SYNONYMS = {
    "average": ("mean",), "usually": ("usual",), "typically": ("typical",), "spend": ("spent", "median"),
    "spending": ("spent",), "distance": ("km",), "compares": ("largest",), "before": ("previous", "largest"),
    "received": ("came",), "took": ("taken", *SUBJECTS), "take": ("taken", "km"), "lost": ("taken",),
    "loses": ("taken",), "new": ("first",), "normal": ("usual",),
    "gave": ("taken",), "takes": ("taken", "km", "time", *SUBJECTS), "holds": ("category", "time"),
}  # fmt: skip
ON_RECORD = re.compile(r"\b(?:on record|the record shows)\b", re.IGNORECASE)
SIGNS = re.compile(r"[^\w\s.,;:'’\"“”()%/+-]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was claimed; a claim no evidence bears has evidence ''. `verified` is whether all hold."""

    claims: tuple[Claim, ...]
    citations: tuple[str, ...]

    @property
    def verified(self) -> bool:
        return bool(self.citations) and all(claim.evidence for claim in self.claims)

    @property
    def failures(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if not claim.evidence)


def split_sentences(text: str) -> tuple[str, ...]:
    """Splits after . ! or ? where a capital follows: decimals, times and abbreviations in statements stay whole."""
    parts = re.split(r"(?<=[.!?])\s+(?=[A-Z0-9\"'“])", text.strip())
    return tuple(part for part in parts if part)


def cited(text: str) -> tuple[str, ...]:
    """The evidence ids cited in brackets, each once, in order."""
    ids = [part for group in CITATION.findall(text) for part in EVIDENCE_ID.findall(group)]
    return tuple(dict.fromkeys(ids))


def verify_sentence(text: str, evidence: Sequence[Evidence], typology: Typology | None = None) -> Verdict:
    """Checks one sentence against all of `evidence`, which its citations point into."""
    known = {item.id: item for item in evidence}
    citations = cited(text)
    claims = [Claim("citation", id_, id_ if id_ in known else "") for id_ in citations]
    body, brackets = CITATION.subn(" ", text)
    if brackets > 1:  # which part which one bears cannot be told
        claims.append(Claim("citation", f"{brackets} groups of citations", ""))
    sources = [known[id_] for id_ in citations if id_ in known]
    body, names = _data_names(body, sources)
    claims += names
    claims += [Claim("id", id_, "") for id_ in EVIDENCE_ID.findall(body)]
    body, patterns = _typology_claims(body, citations, typology)
    claims += patterns
    claims += [Claim("name", sign, "") for sign in SIGNS.findall(body)]
    claims += _direction_claims(body, sources)
    claims += [Claim("name", phrase, "") for phrase in false_relations(body)]
    body, ranks = _rank_claims(body, sources)
    claims += ranks
    claims += _number_claims(body, sources)
    claims += _word_claims(body, sources, is_pattern=bool(patterns))
    told = [item for item in sources if _is_told(item, body)]
    claims += [Claim("name", f"(without '{word}')", "") for word in lost_qualifiers(_undirected(body), told)]
    if all(claim.kind in ("citation", "id", "direction", "rank") for claim in claims):
        claims.append(Claim("citation", "nothing is said of what is cited", ""))
    if len(sources) > 1 and not patterns:
        claims += [
            Claim("citation", item.id, "") for item in sources if item not in told and not _is_named(item, names)
        ]
    return Verdict(tuple(claims), citations)


def _typology_claims(body: str, citations: Sequence[str], typology: Typology | None) -> tuple[str, list[Claim]]:
    """A pattern's name is borne by the evidence that the pattern rests on, as a pattern and without a direction."""
    if typology is None or typology.name not in body:
        return body, []
    borne = bool(citations) and set(citations) <= set(typology.evidence)
    return body.replace(typology.name, " "), [Claim("typology", typology.name, citations[0] if borne else "")]


def _data_names(body: str, sources: Sequence[Evidence]) -> tuple[str, list[Claim]]:
    """Names that came from data (a category, a channel) are one claim each, whatever words or digits they hold.

    One that could be read as a claim ('raises the score', '25') is a name only where a sentence puts names. What else
    stands there is another name, be it a part of this one or of words that a sentence may hold elsewhere.
    """
    claims = []
    for item in sources:
        name = item.value if isinstance(item.value, str) else ""
        if not name:
            continue
        place = "" if _is_innocent(name) else NAME_PLACE
        body, found = re.subn(rf"({place}){re.escape(name)}(?!\w)", r"\1 ", body)
        claims += [Claim("name", name, item.id)] * bool(found)
    if any(isinstance(item.value, str) for item in sources):
        claims += [Claim("name", word, "") for word in OTHER_NAME.findall(body)]
    return body, claims


def _is_innocent(name: str) -> bool:
    """Whether a name from data reads like nothing that a sentence could claim."""
    claiming = (RAISES, LOWERS, TOP, ORDINAL, EVIDENCE_ID, re.compile(r"\d"))
    words = {word.lower() for word in WORD.findall(name)}
    return not any(pattern.search(name) for pattern in claiming) and not words & (TYPOLOGY_WORDS | VOCABULARY)


def _number_claims(body: str, sources: Sequence[Evidence]) -> list[Claim]:
    return [
        Claim(
            "date" if quantity.unit in ("clock", "date") else "number",
            quantity.text,
            next((item.id for item in sources if _bears(quantities(item.unnamed), quantity)), ""),
        )
        for quantity in quantities(body)
    ]


def _bears(stated: Sequence[Quantity], claim: Quantity) -> bool:
    """Whether a statement's numbers hold the claimed one: same unit, equal or honestly rounded, in the same role.

    A number without a role among others without one may be said in any words, but no window of time as what is usual;
    all lengths of time are of one kind.
    """
    kin = [quantity for quantity in stated if _dimension(quantity.unit) == _dimension(claim.unit)]
    plain = all(quantity.role == "" for quantity in kin)
    return any(
        claim.unit == quantity.unit
        and claim.rounds(quantity)
        and (quantity.role == claim.role or (plain and not (claim.role and _dimension(claim.unit) == "time")))
        for quantity in kin
    )


def _dimension(unit: str) -> str:
    return "time" if unit in TIME_UNITS else unit


def _is_told(item: Evidence, body: str) -> bool:
    """Whether a sentence holds a number or a telling word of this statement."""
    stated = quantities(item.unnamed)
    if any(_bears(stated, quantity) for quantity in quantities(body)):
        return True
    words = {word.lower() for word in WORD.findall(without_quantities(_undirected(body)))} - VOCABULARY - TYPOLOGY_WORDS
    return bool(words & {word.lower() for word in WORD.findall(without_quantities(item.unnamed))})


def _is_named(item: Evidence, names: Sequence[Claim]) -> bool:
    return any(claim.evidence == item.id for claim in names)


def _undirected(body: str) -> str:
    return FRAUD_SCORE.sub(" ", LOWERS.sub(" ", RAISES.sub(" ", body)))


def _direction_claims(body: str, sources: Sequence[Evidence]) -> list[Claim]:
    claims = []
    for pattern, direction in ((RAISES, "raises"), (LOWERS, "lowers")):
        for match in pattern.finditer(body):
            borne = bool(sources) and all(item.direction == direction for item in sources)
            claims.append(Claim("direction", match[0], sources[0].id if borne else ""))
    return claims


def _rank_claims(body: str, sources: Sequence[Evidence]) -> tuple[str, list[Claim]]:
    """The claims, and the body without the words that made them (an ordinal of the statement itself is none)."""
    claims: list[Claim] = []

    def check(text: str, rank: int) -> str:
        borne = len(sources) == 1 and sources[0].rank == rank
        claims.append(Claim("rank", text, sources[0].id if borne else ""))
        return " "

    def ordinal(match: re.Match[str]) -> str:
        bare = match[0].lower() == match[1].lower()
        if bare and ORDINAL_OF_ELSE.match(match.string, match.end()):
            return match[0]
        stated = any(re.search(rf"\b{match[1]}\b", item.statement, re.IGNORECASE) for item in sources)
        leads = FIRST_OF_ALL.match(match.string) and not match.string[: match.start()].strip()
        if bare and stated and not leads:
            return match[0]
        return check(match[0], ORDINALS[match[1].lower()])

    def numbered(match: re.Match[str]) -> str:
        word = (match[1] or match[2]).lower()
        return check(match[0], int(word) if word.isdecimal() else int(NUMBER_WORDS[word]))

    body = TOP.sub(lambda match: check(match[0], 1), body)
    body = RANK_NUMBER.sub(numbered, body)
    body = ORDINAL.sub(ordinal, body)
    return body, claims


def _word_claims(body: str, sources: Sequence[Evidence], *, is_pattern: bool) -> list[Claim]:
    """Every word outside the vocabulary is a name, and must stand in a cited statement (codes in their own case)."""
    plain_words = VOCABULARY | TYPOLOGY_WORDS if is_pattern else VOCABULARY
    stated = {item.id: _stated_words(item.unnamed) for item in sources}
    places = _coded_places(" ".join(item.unnamed for item in sources))
    misplaced = _coded_places(body) - places if any(home for _, home in places) else frozenset()
    claims = [Claim("name", code, "") for code, _ in sorted(misplaced)]
    for word in WORD.findall(without_quantities(ON_RECORD.sub(" ", _undirected(body)))):
        plain = word.lower().replace("’", "'")
        is_code = word.isupper() and len(word) > 1
        if plain in plain_words and not is_code:
            if is_of_another(plain, sources):
                claims.append(Claim("name", word, ""))
            continue
        wanted = {word} if is_code else {plain, *SYNONYMS.get(plain, ())}
        bearer = next((id_ for id_, words in stated.items() if any(_stands(w, words) for w in wanted)), "")
        claims.append(Claim("name", word, bearer))
    return claims


def _coded_places(text: str) -> frozenset[tuple[str, bool]]:
    """Country codes of a text, each with whether it is said to be the customer's home."""
    found, end = set(), 0
    for match in CODE.finditer(text):
        home = HOME_BEFORE.search(text[end : match.start()]) or HOME_AFTER.match(text, match.end())
        found.add((match[0], bool(home)))
        end = match.end()
    return frozenset(found)


def _stated_words(statement: str) -> set[str]:
    """As they stand, in small letters, and what is left of them without numbers ('30d' of a bare feature's name)."""
    texts = (statement, statement.lower(), without_quantities(statement))
    return {word for text in texts for word in WORD.findall(text)}


def _stands(word: str, stated: set[str]) -> bool:
    """In the statement as it is, or in its other grammatical number."""
    singular = word.removesuffix("s")
    return word in stated or singular in stated or f"{word}s" in stated or word.replace("ies", "y") in stated
