"""Checks each claim of a sentence against the evidence it cites. Deterministic; shares no code with what writes.

A sentence is verified when it cites existing evidence and every number (with unit and role), date, id, name,
direction, rank and typology in it is borne by that evidence, and no word in it stands outside the plain vocabulary and
the words of the cited statements. Anything the checks do not understand fails: an unknown word may be an unborne claim.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.evidence import Evidence, Typology
from domain.narrative import Claim
from domain.quantities import Quantity, quantities, without_quantities

CITATION = re.compile(r"\[(E\d+(?:\s*[,;]\s*E\d+)*)\]")
EVIDENCE_ID = re.compile(r"\bE\d+\b")
CODE = re.compile(r"\b[A-Z]{2}\b")
HOME_CODE = re.compile(r"\bhome(?:\s+(?:is|in|of|country))*\s+([A-Z]{2})\b")
WORD = re.compile(r"[^\W\d_][\w'’-]*|\w+")

RAISES = re.compile(
    r"\b(?:rais(?:e|es|ed|ing)|increas(?:e|es|ed|ing)|push(?:es|ed)?\b.{0,20}?\bup"
    r"|speaks? for fraud|adds? to the risk)\b"
)
LOWERS = re.compile(
    r"\b(?:lower(?:s|ed|ing)?|decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing)|pull(?:s|ed)?\b.{0,20}?\bdown"
    r"|speaks? against fraud|takes? from the risk)\b"
)
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
ORDINAL = re.compile(r"\b(?:(?:ranked|rank|reason) )?(" + "|".join(ORDINALS) + r")(?: by weight)?\b", re.IGNORECASE)
TOP = re.compile(
    r"\b(?:strongest(?: reason)?|most of all(?: reasons)?|more than any other reason|main reason|leading reason)\b",
    re.IGNORECASE,
)

PLAIN_WORDS = """
    a an the this that these it its is was were be been are has have had of in on at to by with from for and or while
    where which who whose so as also next there within over against among during after into out through comes came
    goes stands means customer customer's customers payment payments paid pays pay made make makes transaction amount
    score risk fraud reason reasons ranked rank by weight one well record place passed received spending sum number
    away speed would need behind used way together fits pattern matches declared rule evidence flagged
    because speaks speak stand before took takes
"""
VOCABULARY = frozenset(PLAIN_WORDS.split())
# Words that mean the same as a word of a statement, so they are borne where that word stands.
SYNONYMS = {
    "average": "mean", "usually": "usual", "typically": "typical", "spend": "spent", "distance": "km",
    "compares": "largest",
}  # fmt: skip


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
    body = CITATION.sub(" ", text)
    claims += [Claim("id", id_, "") for id_ in EVIDENCE_ID.findall(body)]
    sources = [known[id_] for id_ in citations if id_ in known]
    if typology and typology.name in body:
        borne = bool(citations) and set(citations) <= set(typology.evidence)
        claims.append(Claim("typology", typology.name, citations[0] if borne else ""))
        body = body.replace(typology.name, " ")
    body, names = _data_names(body, sources)
    claims += names
    claims += _number_claims(body, sources)
    claims += _direction_claims(body, sources)
    body, ranks = _rank_claims(body, sources)
    claims += ranks
    claims += _word_claims(body, sources)
    return Verdict(tuple(claims), citations)


def _data_names(body: str, sources: Sequence[Evidence]) -> tuple[str, list[Claim]]:
    """Names that came from data (a category, a channel) are one claim each, whatever words or digits they hold."""
    claims = []
    for item in sources:
        if isinstance(item.value, str) and item.value and item.value in body:
            claims.append(Claim("name", item.value, item.id))
            body = body.replace(item.value, " ")
    return body, claims


def _stated(item: Evidence) -> str:
    """The statement without a name from data, whose digits are no numbers."""
    return item.statement.replace(item.value, " ") if isinstance(item.value, str) else item.statement


def _number_claims(body: str, sources: Sequence[Evidence]) -> list[Claim]:
    return [
        Claim(
            "date" if quantity.unit in ("clock", "date") else "number",
            quantity.text,
            next((item.id for item in sources if _bears(quantities(_stated(item)), quantity)), ""),
        )
        for quantity in quantities(body)
    ]


def _bears(stated: Sequence[Quantity], claim: Quantity) -> bool:
    """Whether a statement's numbers hold the claimed one: same unit, equal or honestly rounded, in the same role.

    The role (mean, usual, typical...) decides only between numbers of one unit; a single one cannot be swapped.
    """
    same_unit = [quantity for quantity in stated if quantity.unit == claim.unit]
    roles = {quantity.role for quantity in same_unit}
    return any(claim.rounds(quantity) and (len(roles) == 1 or quantity.role == claim.role) for quantity in same_unit)


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
        stated = any(re.search(rf"\b{match[1]}\b", item.statement, re.IGNORECASE) for item in sources)
        if stated and match[0].lower() == match[1].lower():
            return match[0]
        return check(match[0], ORDINALS[match[1].lower()])

    body = TOP.sub(lambda match: check(match[0], 1), body)
    body = ORDINAL.sub(ordinal, body)
    return body, claims


def _word_claims(body: str, sources: Sequence[Evidence]) -> list[Claim]:
    """Every word outside the vocabulary is a name, and must stand in a cited statement (codes in their own case)."""
    body = LOWERS.sub(" ", RAISES.sub(" ", without_quantities(body)))
    stated = {item.id: {*WORD.findall(_stated(item)), *WORD.findall(_stated(item).lower())} for item in sources}
    homes = {code for item in sources for code in HOME_CODE.findall(item.statement)}
    places = {code for item in sources for code in CODE.findall(HOME_CODE.sub(" ", item.statement))}
    claims = []
    for word in WORD.findall(body):
        plain = word.lower().replace("’", "'")
        if plain in VOCABULARY and not (word.isupper() and len(word) > 1):
            continue
        is_code = word.isupper() and len(word) > 1
        wanted = {word} if is_code else {plain, SYNONYMS.get(plain, plain)}
        if is_code and homes and word not in (homes if word in HOME_CODE.findall(body) else places):
            wanted = set()  # a code in the other's place: where it was made taken for the home
        bearer = next((id_ for id_, words in stated.items() if any(_stands(w, words) for w in wanted)), "")
        claims.append(Claim("name", word, bearer))
    return claims


def _stands(word: str, stated: set[str]) -> bool:
    """In the statement as it is, or in its other grammatical number."""
    singular = word.removesuffix("s")
    return word in stated or singular in stated or f"{word}s" in stated or word.replace("ies", "y") in stated
