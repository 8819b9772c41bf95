"""How text is chosen from what the model finds likely. Part of the bundle: other settings write other words."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Decoding:
    """`temperature` 0 takes the likeliest token; one below `least` times the likeliest one's probability never comes.

    Both hold until a sentence has told the numbers of its line. For the words behind them the free ones do: no number
    can go wrong there any more. `grounded` allows only numbers, ids and codes of the evidence; `guesses` is how many
    tokens a stream looks ahead, which changes its speed and not its text.
    """

    temperature: float = 1.0
    least: float = 0.12
    free_temperature: float = 1.5
    free_least: float = 0.04
    grounded: bool = True
    guesses: int = 7

    @property
    def freed(self) -> "Decoding":
        return replace(self, temperature=self.free_temperature, least=self.free_least)


USUAL = Decoding()
