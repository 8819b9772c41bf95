"""A report's manifest: what was signed, so finely cut that a later change is found with its place.

    {"signed": {..., "files": [...], "parts": [...], "key": "<public key>"}, "signature": "<Ed25519 over it>"}

Signed is the canonical JSON of `signed`. A file's sha256 proves it whole; the short digests of its blocks and of the
report's parts only say where it differs.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain.reporting import Mask, Seal
from domain.signing import Signer, fingerprint, is_signed

FORMAT = "whyflag report manifest"
FORMAT_VERSION = 1
BLOCK = 4096  # bytes
DIGITS = 16  # of a digest that only locates
Part = tuple[str, str]  # name, digest


@dataclass(frozen=True, slots=True)
class FileSeal:
    """A file as it was signed: its size in bytes, its sha256, and a short digest of each block of 4,096 bytes."""

    name: str
    size: int
    sha256: str
    blocks: tuple[str, ...]

    def differs_at(self, content: bytes) -> int | None:
        """The first byte of the first block that is not as signed; None where all are."""
        found = _blocks(content)
        for number, (signed, now) in enumerate(zip(self.blocks, found, strict=False)):
            if signed != now:
                return number * BLOCK
        return None if len(found) == len(self.blocks) else min(len(found), len(self.blocks)) * BLOCK


@dataclass(frozen=True, slots=True)
class CaseSeal:
    """A case of the report as it was signed."""

    case: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the signature covers. `header` are the parts of the report that belong to no case.

    `document` is the sha256 of the report's whole content, with a signature of its own that the last page shows.
    """

    format: str
    format_version: int
    report: str
    created_at: str
    mask: Mask
    audit_head: str
    audit_entries: int
    document: str
    document_signature: str
    files: tuple[FileSeal, ...]
    header: tuple[Part, ...]
    cases: tuple[CaseSeal, ...]
    key: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key)


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest as it was read. `genuine`: the signature is that of the key it names, over all of it."""

    manifest: Manifest
    genuine: bool


def document_hash(document: Mapping[str, Any]) -> str:
    """The sha256 of a report's content, however its JSON is laid out."""
    return hashlib.sha256(_canonical(document)).hexdigest()


def seal_document(document: Mapping[str, Any], signer: Signer) -> Seal:
    """Signs a report's content, so that its pages can show a signature before there is a manifest."""
    content = document_hash(document)
    return Seal(content, signer.sign(_statement(content)), fingerprint(signer.public_key))


def manifest_json(document: Mapping[str, Any], contents: Mapping[str, bytes], stem: str, signer: Signer) -> bytes:
    """The manifest of a report's JSON `document` (whether or not it is among the files) and its files' contents."""
    seal = seal_document(document, signer)
    manifest = Manifest(
        format=FORMAT,
        format_version=FORMAT_VERSION,
        report=stem,
        created_at=document["created_at"],
        mask=document["mask"],
        audit_head=document["audit"]["head"],
        audit_entries=document["audit"]["entries"],
        document=seal.document,
        document_signature=seal.signature,
        files=tuple(_seal(name, content) for name, content in contents.items()),
        header=header_parts(document),
        cases=tuple(CaseSeal(case_id(case), case_parts(case)) for case in document["cases"]),
        key=signer.public_key,
    )
    signed = asdict(manifest)
    whole = {"signed": signed, "signature": signer.sign(_canonical(signed))}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def read_manifest(content: bytes) -> SignedManifest:
    """Raises ValueError saying what is wrong where the content is no manifest of this version."""
    try:
        whole = json.loads(content)
        manifest = _adapter().validate_json(json.dumps(whole["signed"]), strict=True)
        signature, key = str(whole["signature"]), manifest.key
    except ValidationError as invalid:
        first = invalid.errors()[0]
        raise ValueError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from invalid
    except (ValueError, KeyError, TypeError) as broken:
        raise ValueError(f"it is no manifest: {broken}") from broken
    if (manifest.format, manifest.format_version) != (FORMAT, FORMAT_VERSION):
        raise ValueError(f"it is a {manifest.format!r} of version {manifest.format_version}")
    if len(key) != 64 or not set(key) <= set("0123456789abcdef"):
        raise ValueError("its key is no public key")
    genuine = is_signed(_canonical(whole["signed"]), signature, key)
    return SignedManifest(
        manifest, genuine and is_signed(_statement(manifest.document), manifest.document_signature, key)
    )


def case_id(case: Mapping[str, Any]) -> str:
    """The alert's id, or the transaction's where it was not flagged."""
    explanation = case["explanation"]
    return str(explanation["alert_id"] or explanation["transaction_id"])


def header_parts(document: Mapping[str, Any]) -> tuple[Part, ...]:
    """The parts of a report's document that belong to no case."""
    return tuple((name, _digest(value)) for name, value in document.items() if name != "cases")


def case_parts(case: Mapping[str, Any]) -> tuple[Part, ...]:
    """The parts of a case's document, down to one piece of evidence, one sentence, one field of the transaction."""
    return tuple((name, _digest(value)) for name, value in _named(case))


def _named(case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in case.items():
        if name == "explanation":
            yield from _named_explanation(value)
        elif name == "transaction":
            yield from ((f"transaction's {field}", given) for field, given in value.items())
        else:
            yield name, value


def _named_explanation(explanation: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in explanation.items():
        if name == "evidence":
            yield from ((f"evidence {item['id']}", item) for item in value)
        elif name == "narrative":
            yield from ((f"sentence {number}", sentence) for number, sentence in enumerate(value["sentences"], 1))
            yield "draft", {key: part for key, part in value.items() if key != "sentences"}
        else:
            yield name, value


def _statement(document: str) -> bytes:
    return f"whyflag report {document}".encode()


def _seal(name: str, content: bytes) -> FileSeal:
    return FileSeal(name, len(content), hashlib.sha256(content).hexdigest(), _blocks(content))


def _blocks(content: bytes) -> tuple[str, ...]:
    blocks = (content[at : at + BLOCK] for at in range(0, len(content), BLOCK))
    return tuple(hashlib.sha256(block).hexdigest()[:DIGITS] for block in blocks)


def _digest(value: object) -> str:
    return hashlib.sha256(_canonical(value)).hexdigest()[:DIGITS]


def _canonical(value: object) -> bytes:
    """One form only: sorted keys, no spaces, ASCII (so that lone surrogates have one, too)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


@cache
def _adapter() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)
