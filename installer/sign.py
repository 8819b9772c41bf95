#!/usr/bin/env python3
"""Signs a release: puts SHA256SUMS.sig and SHA256SUMS.pem beside the SHA256SUMS of a folder that holds what it lists.

installer/sign FOLDER --key FILE

FILE is a key from `whyflag narrator key --out FILE`. It is never in this repository, and this refuses one that is.
`installer/verify` checks what this wrote.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a file, Python looks in installer/ alone

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: E402
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: E402

from domain.errors import ModelRefused  # noqa: E402
from domain.signing import Signer, fingerprint  # noqa: E402
from installer.verify import KEY, SIGNATURE, SUMS, differences, read_sums  # noqa: E402
from models.narrator.trust import read_key  # noqa: E402


def sign(folder: Path, signer: Signer) -> None:
    public_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer.public_key))
    (folder / KEY).write_bytes(public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / SIGNATURE).write_bytes(bytes.fromhex(signer.sign((folder / SUMS).read_bytes())))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", type=Path, required=True, help="the secret key's file")
    given = parser.parse_args()
    if ROOT in given.key.resolve().parents:
        parser.error(f"{given.key} is in the repository: keep keys outside of it.")
    try:
        signer = read_key(given.key)
    except ModelRefused as refused:
        parser.error(str(refused))
    listed = read_sums(given.folder)
    wrong = [f"{one.file} is {one.kind.lower()}" for one in differences(given.folder, listed)]
    if wrong or not listed:  # who signs vouches for what the list says
        print("\n".join(wrong or [f"{given.folder / SUMS} lists nothing"]), file=sys.stderr)
        print("Nothing was signed. Build the release again.", file=sys.stderr)
        return 1
    sign(given.folder, signer)
    print(f"{given.folder} is signed; fingerprint {fingerprint(signer.public_key)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
