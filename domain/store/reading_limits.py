"""How much of this machine a file may take while it is read, however it is made."""

from dataclasses import dataclass

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Far beyond what a bank's own files need; a file that goes beyond is a mistake or an attack.

    `memory_mib` is what DuckDB may take, `address_mib` what the whole reading process may map. `silence` is how many
    seconds may pass without rows, `bytes_a_second` how slowly a file may be read on top of that.
    """

    file_bytes: int = 256 * GIB
    rows: int = 500_000_000
    columns: int = 2_000
    memory_mib: int = 768
    address_mib: int = 3_072
    silence: float = 60.0
    bytes_a_second: float = 5e6

    def seconds(self, file_bytes: int) -> float:
        """The longest time between two answers of the reading process."""
        return self.silence + file_bytes / self.bytes_a_second


USUAL = ReadingLimits()
