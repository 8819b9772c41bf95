"""How text is chosen from what the model finds likely. Part of the bundle: other settings write other words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoding:
    """`temperature` 0 takes the likeliest token; one below `least` times the likeliest one's probability never comes.

    `grounded` allows only numbers, ids and codes of the evidence; `guesses` is how many tokens a stream looks ahead,
    which changes its speed and not its text.
    """

    temperature: float = 1.0
    least: float = 0.2
    grounded: bool = True
    guesses: int = 7


USUAL = Decoding()
