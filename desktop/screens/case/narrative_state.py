"""What of an explanation may be shown as verified, and what is still only a draft."""

from domain.narrative import Narrative, Sentence


class NarrativeState:
    """Sentences pass only through `add`; the draft is kept apart, less what has been shown of it."""

    def __init__(self) -> None:
        self._sentences: list[Sentence] = []
        self._draft = ""
        self._finished = False

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(self._sentences)

    @property
    def pending(self) -> str:
        """The text that is written but not checked yet; empty once the explanation is whole."""
        return "" if self._finished else self._draft.strip()

    @property
    def finished(self) -> bool:
        return self._finished

    def feed(self, piece: str) -> None:
        self._draft += piece

    def add(self, sentence: Sentence) -> None:
        self._sentences.append(sentence)
        at = self._draft.find(sentence.text)
        if at >= 0:
            self._draft = self._draft[at + len(sentence.text) :]

    def finish(self, narrative: Narrative) -> None:
        """The whole explanation: it holds even where a sentence was told twice or not at all."""
        self._sentences = list(narrative.sentences)
        self._finished = True

    def copied(self) -> str:
        """The text with its citations, for the clipboard."""
        return " ".join(sentence.text for sentence in self._sentences)
