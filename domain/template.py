"""The plain sentence for each piece of evidence: the template narrator, and what replaces a sentence that fails."""

from collections.abc import Callable, Iterator, Sequence

from domain.evidence import Evidence, Typology
from domain.narrative import Draft, NarrationRequest, NarratorVersion

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def evidence_sentence(item: Evidence) -> str:
    """'Ranked first, this raises the score: 508.50 EUR; the customer's 30-day mean is 20.34 EUR; 25 times [E1].'"""
    rank = f"Ranked {ORDINALS[item.rank - 1]}, this" if item.rank <= len(ORDINALS) else "This"
    return f"{rank} {item.direction} the score: {item.statement} [{item.id}]."


def typology_sentence(typology: Typology) -> str:
    """'By declared rule the pattern is card testing [E1, E3].'"""
    return f"By declared rule the pattern is {typology.name} [{', '.join(typology.evidence)}]."


def template_text(request: NarrationRequest) -> str:
    """The whole explanation, by rank."""
    parts = [evidence_sentence(item) for item in sorted(request.evidence, key=lambda item: item.rank)]
    if request.typology:
        parts.append(typology_sentence(request.typology))
    return " ".join(parts)


class TemplateNarrator:
    """A Narrator without a model: instant, always available, always borne by the evidence."""

    version = NarratorVersion(name="template")

    def narrate(
        self,
        request: NarrationRequest,
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Draft:
        text = template_text(request)
        on_text(text)
        return Draft(text=text, tokens=0, first_token_ms=0.0, total_ms=0.0)

    def narrate_many(self, requests: Sequence[NarrationRequest]) -> Iterator[Draft]:
        return (self.narrate(request) for request in requests)

    def close(self) -> None:
        return None
