"""Checks a report's folder as a receiver would: with no store and no passphrase, only what lies in it.

The signature proves the manifest, the manifest proves the files, and each sentence is verified anew against the
evidence beside it. Whoever wants to know that the report is from *their* bank pins the key's fingerprint: anyone can
sign with a key of their own.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.documents import explanation_from_document
from domain.errors import ReportUnreadable, WhyflagError
from domain.manifest import BLOCK, Manifest, case_id, case_parts, document_hash, header_parts, read_manifest
from domain.narrative import Explanation
from domain.report_files import MANIFEST_SUFFIX
from domain.verification import verify_sentence

SHORTEST_PIN = 16  # hex digits of a fingerprint


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was signed, or that does not hold: in which file, where, and what."""

    file: str
    place: str
    problem: str


@dataclass(frozen=True, slots=True)
class CheckedReport:
    """One report of the folder. `rechecked`: its JSON was there, so its sentences were verified anew."""

    report: str
    created_at: str
    mask: str
    fingerprint: str
    audit_head: str
    audit_entries: int
    files: int
    cases: int
    sentences: int
    claims: int
    rechecked: bool


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All reports of a folder; it holds where there is no finding."""

    reports: tuple[CheckedReport, ...]
    findings: tuple[Finding, ...]


@dataclass
class _Tally:
    sentences: int = 0
    claims: int = 0


def check_folder(folder: Path, key: str | None = None) -> CheckResult:
    """Checks every report in `folder`. `key`: the fingerprint (or its first 16 digits or more) they must be signed by.

    Raises ReportUnreadable where the folder has no manifest, cannot be read, or the fingerprint is none.
    """
    pinned = _pinned(key)
    try:
        names = sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError as failed:
        raise ReportUnreadable(
            f"{folder} cannot be read: {failed.strerror or failed}.", "Name a report's folder."
        ) from failed
    manifests = [name for name in names if name.endswith(MANIFEST_SUFFIX) and not name.startswith(".")]
    if not manifests:
        raise ReportUnreadable(
            f"{folder} holds no report with a manifest ({MANIFEST_SUFFIX}).",
            "Name the folder that `whyflag report` wrote into; an unfinished report has none.",
        )
    reports: list[CheckedReport] = []
    findings: list[Finding] = []
    for name in manifests:
        try:
            read = read_manifest((folder / name).read_bytes())
        except (ValueError, OSError) as unusable:
            findings.append(Finding(name, "", f"cannot be read: {unusable}"))
            continue
        manifest, tally = read.manifest, _Tally()
        if not read.genuine:
            findings.append(Finding(name, "signature", "the manifest was changed after it was signed"))
        if pinned and not manifest.fingerprint.startswith(pinned):
            findings.append(Finding(name, "key", f"signed by {manifest.fingerprint}, not by {pinned}"))
        if name != manifest.report + MANIFEST_SUFFIX:
            findings.append(Finding(name, "name", f"it is the manifest of {manifest.report}"))
        contents = _contents(folder, manifest)
        findings += _files(manifest, contents, names)
        document = contents.get(manifest.report + ".json")
        if document is not None:
            findings += _document(manifest, document, tally)
        reports.append(_checked(manifest, tally, document is not None))
    findings += _order(reports)
    return CheckResult(tuple(reports), tuple(findings))


def _pinned(key: str | None) -> str:
    plain = (key or "").lower().replace(":", "").replace(" ", "")
    if key is not None and (len(plain) < SHORTEST_PIN or not set(plain) <= set("0123456789abcdef")):
        raise ReportUnreadable(
            f"{key!r} is no fingerprint.", f"It has 64 hex digits; give at least the first {SHORTEST_PIN}."
        )
    return plain


def _contents(folder: Path, manifest: Manifest) -> dict[str, bytes]:
    """Of the files that are there; a manifest names no file outside its folder."""
    found = {}
    for seal in manifest.files:
        path = folder / seal.name
        if Path(seal.name).name == seal.name and path.is_file():
            found[seal.name] = path.read_bytes()
    return found


def _files(manifest: Manifest, contents: Mapping[str, bytes], present: Sequence[str]) -> Iterator[Finding]:
    for seal in manifest.files:
        content = contents.get(seal.name)
        if content is None:
            yield Finding(seal.name, "", "the file is missing")
        elif hashlib.sha256(content).hexdigest() != seal.sha256:
            yield Finding(seal.name, *_difference(seal.differs_at(content) or 0, content, seal.size))
    sealed = {seal.name for seal in manifest.files} | {manifest.report + MANIFEST_SUFFIX}
    for name in present:
        if name.startswith(manifest.report + ".") and name not in sealed:
            yield Finding(name, "", "the file is not part of the signed report")


def _difference(at: int, content: bytes, signed_size: int) -> tuple[str, str]:
    """Where a file first differs, to 4,096 bytes: by its lines where it is text."""
    block = content[at : at + BLOCK]
    place = f"bytes {at + 1:,} to {at + BLOCK:,}"
    if b"\0" not in content[:BLOCK] and not content.startswith((b"%PDF", b"PK")):
        first = content.count(b"\n", 0, at) + 1
        place = f"lines {first:,} to {first + block.count(bytes([10])):,}"
    size = "" if len(content) == signed_size else f" ({len(content):,} bytes, {signed_size:,} were signed)"
    return place, f"the file is not the one that was signed{size}"


def _document(manifest: Manifest, content: bytes, tally: _Tally) -> Iterator[Finding]:
    name = manifest.report + ".json"
    try:
        document = json.loads(content)
        cases = {case_id(case): case for case in document["cases"]}
        if len(cases) != len(document["cases"]):
            yield Finding(name, "cases", "a case stands twice")
        yield from _compared(name, "header", manifest.header, header_parts(document))
        if (document["audit"]["head"], document["audit"]["entries"]) != (manifest.audit_head, manifest.audit_entries):
            yield Finding(name, "audit", "its audit head is not the manifest's")
        if document_hash(document) != manifest.document:
            yield Finding(name, "content", "it is not the content that the last page's signature is for")
        if document["counts"]["cases"] != len(document["cases"]):
            counted = document["counts"]["cases"]
            yield Finding(name, "counts", f"it counts {counted} cases and holds {len(document['cases'])}")
        sealed = {seal.case: seal.parts for seal in manifest.cases}
        for missing in sealed.keys() - cases.keys():
            yield Finding(name, f"case {missing}", "the case is missing")
        for id_, case in cases.items():
            place = f"case {id_}"
            if id_ not in sealed:
                yield Finding(name, place, "the case is not part of the signed report")
            else:
                yield from _compared(name, place, sealed[id_], case_parts(case))
            yield from _sentences(name, place, case, tally)
        if not (sealed.keys() ^ cases.keys()) and list(sealed) != list(cases):
            yield Finding(name, "cases", "the cases stand in another order")
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        yield Finding(name, "", f"it cannot be read as a report: {type(broken).__name__}: {broken}")


def _compared(
    file: str, place: str, signed: Sequence[tuple[str, str]], now: Sequence[tuple[str, str]]
) -> Iterator[Finding]:
    before, after = dict(signed), dict(now)
    for part in dict.fromkeys([*before, *after]):
        if part not in after:
            yield Finding(file, f"{place}, {part}", "it is missing")
        elif part not in before:
            yield Finding(file, f"{place}, {part}", "it was not there when the report was signed")
        elif before[part] != after[part]:
            yield Finding(file, f"{place}, {part}", "it is not what was signed")


def _sentences(file: str, place: str, case: Mapping[str, Any], tally: _Tally) -> Iterator[Finding]:
    try:
        explanation = explanation_from_document(case["explanation"])
    except WhyflagError as unreadable:
        yield Finding(file, place, unreadable.message)
        return
    for number, sentence in enumerate(explanation.narrative.sentences, 1):
        where = f"{place}, sentence {number}"
        verdict = verify_sentence(sentence.text, explanation.evidence, explanation.typology)
        tally.sentences += 1
        tally.claims += len(verdict.claims)
        for claim in verdict.failures:
            cited = ", ".join(verdict.citations) or "no evidence"
            yield Finding(file, where, f"the {claim.kind} {claim.text!r} is not borne by {cited}")
        if not verdict.citations:
            yield Finding(file, where, "it cites no evidence")
        elif verdict.citations != sentence.citations:
            yield Finding(file, where, "it cites other evidence than is noted beside it")
    yield from _evidence(file, place, explanation)


def _evidence(file: str, place: str, explanation: Explanation) -> Iterator[Finding]:
    """Each piece agrees with itself: its direction is its contribution's sign, its rank that of its size."""
    by_size = sorted(explanation.evidence, key=lambda item: -abs(item.contribution))
    by_rank = sorted(explanation.evidence, key=lambda item: item.rank)
    for item in explanation.evidence:
        if (item.contribution < 0) is (item.direction == "raises") and item.contribution != 0:
            yield Finding(file, f"{place}, evidence {item.id}", "its direction is not its contribution's sign")
    if [abs(item.contribution) for item in by_rank] != [abs(item.contribution) for item in by_size]:
        yield Finding(file, f"{place}, evidence", "its ranks are not those of its contributions")


def _order(reports: Sequence[CheckedReport]) -> Iterator[Finding]:
    """Of two reports with one key, that with the longer audit chain has another head; equal length, the same."""
    heads: dict[tuple[str, int], str] = {}
    for report in reports:
        known = heads.setdefault((report.fingerprint, report.audit_entries), report.audit_head)
        if known != report.audit_head:
            problem = f"two reports name different heads of the audit chain at entry {report.audit_entries:,}"
            yield Finding(report.report + MANIFEST_SUFFIX, "audit", problem)


def _checked(manifest: Manifest, tally: _Tally, rechecked: bool) -> CheckedReport:
    return CheckedReport(
        report=manifest.report,
        created_at=manifest.created_at,
        mask=manifest.mask,
        fingerprint=manifest.fingerprint,
        audit_head=manifest.audit_head,
        audit_entries=manifest.audit_entries,
        files=len(manifest.files),
        cases=len(manifest.cases),
        sentences=tally.sentences,
        claims=tally.claims,
        rechecked=rechecked,
    )
