"""From a draft to what is shown: each sentence verified, a failed one written anew once, else replaced and marked."""

from collections.abc import Callable
from dataclasses import replace

from domain.evidence import Evidence
from domain.narrative import NarrationRequest, Narrative, Sentence, SentenceStatus
from domain.template import evidence_sentence, typology_sentence
from domain.verification import Verdict, cited, split_sentences, verify_sentence


class NarrationBuilder:
    """Takes a draft piece by piece and shows each sentence as soon as it is verified.

    The first sentence that fails holds back those behind it until the draft is whole: then `finish` mends it.
    `on_sentence` is called once for each shown sentence, in order. Nothing but verified text passes through it.
    """

    def __init__(self, request: NarrationRequest, on_sentence: Callable[[Sentence], None] = lambda _: None) -> None:
        self._request = request
        self._on_sentence = on_sentence
        self._draft = ""
        self._shown: list[Sentence] = []
        self._covered: set[str] = set()
        self._taken = 0  # sentences of the draft that were shown or skipped
        self._held = False
        self._failed = False

    def feed(self, piece: str) -> None:
        """Adds a piece of the draft; complete sentences (all but the last) are checked at once."""
        self._draft += piece
        for text in split_sentences(self._draft)[self._taken : -1]:
            if self._held or not self._take(text):
                self._held = True
                return

    def finish(self, draft: str, rewrite: Callable[[NarrationRequest], str]) -> Narrative:
        """The narrative for the whole `draft`. `rewrite` asks the narrator once more about one piece of evidence."""
        for text in split_sentences(draft)[self._taken :]:
            if not self._take(text):
                self._failed = True
                self._taken += 1
                self._mend(text, rewrite)
        for item in sorted(self._request.evidence, key=lambda item: item.rank):
            if item.id not in self._covered:
                self._failed = True
                self._show(evidence_sentence(item), "template")
        typology = self._request.typology
        if typology and not any(claim.kind == "typology" for shown in self._shown for claim in shown.claims):
            self._failed = True
            self._show(typology_sentence(typology), "template")
        return Narrative("narrator", draft, not self._failed, tuple(self._shown))

    def _take(self, text: str) -> bool:
        """Shows a verified sentence; one that only repeats covered evidence is passed over. False where it fails."""
        verdict = self._verdict(text)
        if not verdict.verified:
            return False
        self._taken += 1
        is_typology = any(claim.kind == "typology" for claim in verdict.claims)
        if is_typology or not set(verdict.citations) <= self._covered:
            self._show(text, "verified", verdict)
        return True

    def _mend(self, text: str, rewrite: Callable[[NarrationRequest], str]) -> None:
        item = self._subject(text)
        if item is None:
            return  # nothing to hold it to: what it should have covered is added from the template at the end
        second = split_sentences(rewrite(replace(self._request, evidence=(item,), typology=None)))
        for attempt in second[:1]:
            verdict = self._verdict(attempt)
            if verdict.verified and verdict.citations == (item.id,):
                self._show(attempt, "repaired", verdict)
                return
        self._show(evidence_sentence(item), "template")

    def _subject(self, text: str) -> Evidence | None:
        """The one piece of evidence a failed sentence was about: cited and not yet covered."""
        known = {item.id: item for item in self._request.evidence}
        open_ids = [id_ for id_ in cited(text) if id_ in known and id_ not in self._covered]
        return known[open_ids[0]] if len(open_ids) == 1 else None

    def _verdict(self, text: str) -> Verdict:
        return verify_sentence(text, self._request.evidence, self._request.typology)

    def _show(self, text: str, status: SentenceStatus, verdict: Verdict | None = None) -> None:
        verdict = verdict or self._verdict(text)
        sentence = Sentence(text, verdict.citations, status, verdict.claims)
        if not any(claim.kind == "typology" for claim in verdict.claims):
            self._covered.update(verdict.citations)
        self._shown.append(sentence)
        self._on_sentence(sentence)


def template_narrative(request: NarrationRequest) -> Narrative:
    """The explanation without a model: every sentence is the template's, and says so."""
    builder = NarrationBuilder(request)
    return replace(builder.finish("", lambda _: ""), origin="template", draft_verified=True)
