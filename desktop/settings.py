"""What a person chooses for their own window, kept in settings.json. No case, no passphrase, no policy of the store."""

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from desktop.support.kept import KeptFile

ThemeChoice = Literal["system", "light", "dark", "contrast"]
LanguageChoice = Literal["system", "en", "de"]
TEXT_PERCENTS: Final = (100, 125, 150, 175, 200)
TEXT_STEP: Final = 25


@dataclass(frozen=True, slots=True)
class Settings:
    """`keys` holds the keys of actions, by id, where they are not the default ones."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    theme: ThemeChoice = "system"
    text_percent: Annotated[int, Field(ge=100, le=200)] = 100
    language: LanguageChoice = "system"
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)


class SettingsFile(KeptFile[Settings]):
    """`current` are the settings; `change(theme="dark")` writes them."""
