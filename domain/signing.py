"""Signs a report's manifest with Ed25519 (RFC 8032): the same content and key give the same signature."""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Signer:
    """`seed` is 32 secret bytes that only the store holds."""

    seed: bytes

    @property
    def public_key(self) -> str:
        """64 hex digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, content: bytes) -> str:
        """128 hex digits."""
        return self._key.sign(content).hex()

    def mask_key(self, report: str) -> bytes:
        """The key of a report's pseudonyms: another for each report, and not to be had from the public key."""
        return hmac.digest(self.seed, f"pseudonyms of {report}".encode(), "sha256")

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def is_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Whether the holder of `public_key` signed exactly this content."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), content)
    except (ValueError, InvalidSignature):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """The sha256 of the key's 32 bytes, in hex: what a receiver notes down and compares."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()
