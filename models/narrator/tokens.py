"""Text to token ids and back, by the tokenizer's own file: transformers is not needed to write."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

FILE = "tokenizer.json"


def sentence_start(ids: Sequence[int], stop: int) -> int:
    """Where the sentence under way begins: behind the last `stop`, or at the beginning."""
    return next((at + 1 for at in range(len(ids) - 1, -1, -1) if ids[at] == stop), 0)


class Tokens:
    """A model's vocabulary."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / FILE))
        self.count = self._tokenizer.get_vocab_size(with_added_tokens=True)
        added = self._tokenizer.get_added_tokens_decoder()
        self.special = frozenset(id_ for id_, token in added.items() if token.special)

    def ids(self, text: str) -> list[int]:
        """Nothing is added around the text; special tokens spelled in it are taken as such."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def text(self, ids: list[int]) -> str:
        """Special tokens are spelled out."""
        return str(self._tokenizer.decode(ids, skip_special_tokens=False))

    def id_of(self, token: str) -> int:
        """Raises KeyError where the vocabulary has no such token."""
        id_ = self._tokenizer.token_to_id(token)
        if id_ is None:
            raise KeyError(token)
        return int(id_)
