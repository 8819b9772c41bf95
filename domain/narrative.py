"""What a narrator is asked, what it drafts, and what is shown after verification."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Literal, Protocol

from domain.evidence import Evidence, Typology

SentenceStatus = Literal["verified", "repaired", "template"]
Style = Literal["full", "brief", "sar"]
ClaimKind = Literal["number", "date", "id", "name", "direction", "rank", "citation", "typology"]


@dataclass(frozen=True, slots=True)
class NarrationRequest:
    """All a narrator may know of a case: its evidence and the typology a rule found.

    `style`: full names ranks, brief is short, sar is the sober register of a suspicious activity report.
    """

    evidence: tuple[Evidence, ...]
    typology: Typology | None = None
    seed: int = 0
    style: Style = "full"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the narrator wrote, untouched."""

    text: str
    tokens: int
    first_token_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class NarratorVersion:
    """Which narrator wrote: names and sha256 of the base model, adapter and prompt ('' where there is none)."""

    name: Literal["lora", "base", "template"]
    base_model: str = ""
    adapter: str = ""
    prompt: str = ""


class Narrator(Protocol):
    """Writes drafts. Never scores, decides, or reads anything beyond the request."""

    @property
    def version(self) -> NarratorVersion: ...

    def narrate(
        self,
        request: NarrationRequest,
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Draft:
        """Streams pieces of text to `on_text`; stops within one token once `cancelled()`.

        Raises NarratorUnavailable, Cancelled.
        """
        ...

    def narrate_many(self, requests: Sequence[NarrationRequest]) -> Iterator[Draft]:
        """Drafts in the order of the requests, in batches where that is faster."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable part of a sentence, and the evidence that bears it ('' where none does)."""

    kind: ClaimKind
    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One shown sentence.

    Status `verified`: the model wrote it and every claim is borne; `repaired`: so is its second try;
    `template`: replaced.
    """

    text: str
    citations: tuple[str, ...]
    status: SentenceStatus
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Narrative:
    """The shown explanation; `draft` is what the model wrote before any repair."""

    origin: Literal["narrator", "template"]
    draft: str
    draft_verified: bool
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The hashes that freeze what an alert was explained with."""

    classifier: str
    base_model: str
    adapter: str
    prompt: str
    features: str
    created_at: str
    seed: int
    style: Style = "full"

    @property
    def hash(self) -> str:
        """sha256 of all parts but the time of writing: explanations of one hash are written the same way."""
        return hashlib.sha256(repr(astuple(replace(self, created_at=""))).encode()).hexdigest()

    @property
    def id(self) -> str:
        """The hash's first 12 digits, for people."""
        return self.hash[:12]


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds, and tokens written."""

    evidence: float
    first_token: float
    total: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """One explained alert or transaction, as `whyflag explain --json` prints it; `alert_id` is None if not flagged."""

    alert_id: str | None
    transaction_id: str
    score: float
    threshold: float
    band: str
    evidence: tuple[Evidence, ...]
    typology: Typology | None
    narrative: Narrative
    bundle: Bundle
    timings: Timings
