"""The sentences around clauses: rank, direction and citation, for each style. They are independent of the kind.

A model trained on them cannot guess a direction from what the evidence is about.
"""

import random

from domain.evidence import Direction, Evidence, Typology
from domain.narrative import Style
from models.narrator.grammar import write
from models.narrator.wordings import clause

# Each verb as `raises the score` and, for {g}, as `raising the score`; {x} is what is raised or lowered.
OBJECT = "((the|this) (score|risk|fraud score|risk score|suspicion)|the (fraud risk|alert's score)|suspicion)"
VERBS = {
    "raises": (
        ("raises {x}", "raising {x}"), ("lifts {x}", "lifting {x}"), ("increases {x}", "increasing {x}"),
        ("heightens {x}", "heightening {x}"), ("adds to {x}", "adding to {x}"), ("pushes {x} up", "pushing {x} up"),
        ("drives {x} up", "driving {x} up"), ("strengthens {x}", "strengthening {x}"),
        ("speaks for fraud", "speaking for fraud"), ("argues for fraud", "arguing for fraud"),
        ("points (to|towards) fraud", "pointing (to|towards) fraud"), ("tilts towards fraud", "tilting towards fraud"),
        ("makes fraud (more likely|likelier)", "making fraud (more likely|likelier)"), ("feeds {x}", "feeding {x}"),
        ("deepens {x}", "deepening {x}"), ("boosts {x}", "boosting {x}"), ("sharpens {x}", "sharpening {x}"),
    ),
    "lowers": (
        ("lowers {x}", "lowering {x}"), ("eases {x}", "easing {x}"), ("decreases {x}", "decreasing {x}"),
        ("reduces {x}", "reducing {x}"), ("takes from {x}", "taking from {x}"), ("pulls {x} down", "pulling {x} down"),
        ("brings {x} down", "bringing {x} down"), ("weakens {x}", "weakening {x}"),
        ("speaks against fraud", "speaking against fraud"), ("argues against fraud", "arguing against fraud"),
        ("points away from fraud", "pointing away from fraud"), ("tilts away from fraud", "tilting away from fraud"),
        ("makes fraud less likely", "making fraud less likely"), ("softens {x}", "softening {x}"),
        ("lessens {x}", "lessening {x}"), ("dampens {x}", "dampening {x}"), ("trims {x}", "trimming {x}"),
    ),
}  # fmt: skip
SOBER_VERBS = {
    "raises": (
        ("(strengthens|adds to|raises) the suspicion", "(strengthening|adding to|raising) the suspicion"),
        ("supports the suspicion", "supporting the suspicion"),
    ),
    "lowers": (
        ("(weakens|eases|takes from|lowers) the suspicion", "(weakening|easing|taking from|lowering) the suspicion"),
        ("speaks against the suspicion", "speaking against the suspicion"),
    ),
}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

# {c} clause, {v} 'raises the score', {g} 'raising the score', {o} ordinal; the first letter becomes a capital.
RANKED = (
    "ranked {o} (by weight|), {c}, (which {v}|and this {v}|and that {v}|{g}|thereby {g})",
    "{c}; (ranked|placed) {o}, (this|it|that) {v}",
    "(the reason ranked {o}|the {o} reason|reason {o} in weight) {v}: {c}",
    "in {o} place, {c}; (this|it|that) {v}",
    "{o} by weight, {c}, (which {v}|{g}|thus {g})",
    "as the {o} reason, {c}, {g}",
    "{c}, the {o} reason, {g}",
    "{g} in {o} place: {c}",
)
STRONGEST = (
    "the (strongest|main|leading) reason {v}: {c}",
    "{c}, and this {v} more than any other reason",
    "most of all, {c}, (which {v}|{g})",
    "{g} as the (strongest|main|leading) reason, {c}",
)
PLAIN = (
    "{c}, (which|and this|and that|a fact that|something that) {v}",
    "{c}, (thereby|thus|so|) {g}",
    "(next|also|then|besides|further|moreover|in addition|likewise|separately|furthermore), {c}; (it|this|that) {v}",
    "(also|besides|likewise|moreover|separately|equally), {c}, (which {v}|{g})",
    "it {v} (as well|also|too|) that {c}",
    "(that|the fact that) {c} {v}",
    "here {c}, (which {v}|{g})",
    "(also|further|besides|) {g}, {c}",
    "what (also|further|) {v}: {c}",
)
BRIEF = ("{c}: {v}", "{c}, {g}", "{c}; {v}")
FORMAL = (
    "(the records show|the account shows|it was observed|it is noted|the review found) that {c}, (which {v}|{g})",
    "(according to the records|on record|as recorded), {c}, (which {v}|and this {v}|{g})",
    "{c}, as the records show, (which {v}|and this {v}|{g})",
    "ranked {o} (among the reasons|by weight), it was observed that {c}, {g}",
)
TYPOLOGY = (
    "(together|taken together|in all) this (fits|matches|makes) the pattern {t} {e}.",
    "the pattern (here|) is {t} {e}.",
    "this (matches|fits|meets) the declared pattern {t} {e}.",
    "by (declared|a declared) rule the pattern is {t} {e}.",
)


def wordings(style: Style, direction: Direction | None) -> tuple[str, ...]:
    """All that a style's sentences of a direction are made of, but for clauses and ordinals; None is a pattern's."""
    if direction is None:
        return TYPOLOGY
    verbs = (SOBER_VERBS if style == "sar" else VERBS)[direction]
    around = {"brief": BRIEF, "sar": FORMAL, "full": (*PLAIN, *RANKED, *STRONGEST)}[style]
    return (*around, OBJECT, *(form for forms in verbs for form in forms))


def sentence(evidence: Evidence, rng: random.Random, style: Style = "full") -> str:
    """One sentence on one piece of evidence, cited."""
    verb, participle = rng.choice((SOBER_VERBS if style == "sar" else VERBS)[evidence.direction])
    of = {"x": write(OBJECT, rng)}
    slots = {
        "c": clause(evidence, rng),
        "v": write(verb, rng, of),
        "g": write(participle, rng, of),
        "o": ORDINALS[min(evidence.rank, len(ORDINALS)) - 1],
    }
    return f"{capital(write(rng.choice(_frames(evidence.rank, rng, style)), rng, slots))} [{evidence.id}]."


def _frames(rank: int, rng: random.Random, style: Style) -> tuple[str, ...]:
    if style == "brief":
        return BRIEF
    if style == "sar":
        return FORMAL if rank <= len(ORDINALS) else FORMAL[:-1]
    if rank > len(ORDINALS) or rng.random() < 0.6:
        return PLAIN
    return STRONGEST if rank == 1 and rng.random() < 0.6 else RANKED


def answer(evidence: tuple[Evidence, ...], typology: Typology | None, rng: random.Random, style: Style = "full") -> str:
    """The answer to one prompt: a sentence for each piece of evidence in the order of rank, then the typology."""
    parts = [sentence(item, rng, style) for item in sorted(evidence, key=lambda item: item.rank)]
    if typology:
        cited = "[" + ", ".join(typology.evidence) + "]"
        parts.append(capital(write(rng.choice(TYPOLOGY), rng, {"t": typology.name, "e": cited})))
    return " ".join(parts)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
