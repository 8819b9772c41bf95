"""What stands here: the classifier's versions and how their scores held, the language model, its card."""

from dataclasses import dataclass

from domain.curves import OutcomeCurves
from domain.narrative import NarratorVersion
from domain.scoring import ClassifierVersion


@dataclass(frozen=True, slots=True)
class NarratorFacts:
    """The language model of this machine: None where none can be used, and then why. `card` is Markdown."""

    version: NarratorVersion | None
    absent: str
    card: str


@dataclass(frozen=True, slots=True)
class ModelPage:
    """`versions` newest first; `curves` of the newest, None before anything was scored."""

    versions: tuple[ClassifierVersion, ...]
    curves: OutcomeCurves | None
    narrator: NarratorFacts
