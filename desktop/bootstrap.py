"""The composition root: the one place where adapters are chosen, for the window and the command line alike.

Imports of scikit-learn and the like stand inside functions, so that what is not needed is not loaded; torch is loaded
only in the narrator's child process.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import platformdirs

from desktop.daily_backup import back_up_if_due, backup_check
from desktop.health import Check, checks, timed
from desktop.observing import Observed, Observer
from desktop.store_services import Parts, StoreServices
from desktop.support.collecting import leave_alone
from domain import child_process
from domain.errors import ModelRefused
from domain.evidence import Evidence
from domain.explainer import Explainer
from domain.model_page import NarratorFacts
from domain.narrative import NarrationRequest, Narrator, NarratorVersion, Style
from domain.pipeline import ensure_features, latest_scorer, whole_period
from domain.private_file import leave_nothing_to_others
from domain.progress import Progress, Work
from domain.scoring import Scorer, Trainer
from domain.signing import fingerprint
from domain.store import Store
from domain.template import TemplateNarrator
from domain.typology import load_rules
from models.narrator.artifacts import NarratorFolders, is_built, narrator_version, sign_model
from models.narrator.client import AbsentNarrator, LocalNarrator
from models.narrator.offline import go_offline
from models.narrator.trust import BANK, Trust, add_trusted, machine_key, new_key, read_key, trust_of

if TYPE_CHECKING:
    from domain.evaluation import ClassifierMetrics
    from domain.second_opinion import LocalSurrogate
    from models.narrator.evaluation import NarratorMetrics

NarratorName = Literal["lora", "base", "template"]
# What an evaluation can compare: the narrators, the adapter on the base model in 16 bit, and ungrounded decoding
Compared = Literal["lora", "lora-16-bit", "lora-ungrounded", "base", "template"]
_OBSERVER = Observer()
ADAPTER = "smollm2-135m-explain"
DEMO_PASSPHRASE = "whyflag-demo"
MODEL_PACK = Path("/usr/share/whyflag/models")  # of the machine, for all its users: installer/build


@dataclass(frozen=True, slots=True)
class Places:
    """Where this user's files stand; WHYFLAG_DATA overrides the system's choice.

    A model is the user's own, else the one that came with the program, else the machine's, from its model pack.
    """

    data: Path
    model_pack: Path = MODEL_PACK

    @property
    def narrator(self) -> NarratorFolders:
        bases = self.own_base, self.model_pack / self.own_base.name
        shipped = Path(str(files("resources") / "adapters" / ADAPTER))
        return NarratorFolders(_first_built(*bases), _first_built(self.own_adapter, shipped, self.model_pack / ADAPTER))

    @property
    def own_base(self) -> Path:
        """A base model quantized by this user."""
        return self.data / "models" / "base-nf4"

    @property
    def sixteen_bit(self) -> NarratorFolders:
        """The same adapter on the base model as it was before quantizing; built only for evaluation."""
        return NarratorFolders(self.data / "models" / "base-bf16", self.narrator.adapter)

    @property
    def own_adapter(self) -> Path:
        """An adapter trained on this machine; used instead of the shipped one once it is whole."""
        return self.data / "adapters" / ADAPTER

    @property
    def trust(self) -> Path:
        """Keys of those whose models may run here, and the machine's own."""
        return self.data / "trust"

    @property
    def demo_store(self) -> Path:
        return self.data / "demo.duckdb"

    @property
    def rules(self) -> Path:
        """This user's own detection rules, one TOML file each."""
        return self.data / "rules"

    @property
    def mappings(self) -> Path:
        """This user's own column mappings, one TOML file each."""
        return self.data / "mappings"

    @property
    def log(self) -> Path:
        return self.data / "logs" / "whyflag.log"

    @property
    def metrics(self) -> Path:
        """OpenMetrics text, added up over all runs."""
        return self.data / "metrics.txt"

    @property
    def narrator_log(self) -> Path:
        return self.data / "narrator.log"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The public half of a key that signs models, and what two people compare of it: both in hex."""

    public_key: str
    fingerprint: str


def _first_built(*folders: Path) -> Path:
    """The first folder with a whole model in it, else the first."""
    return next((folder for folder in folders if is_built(folder)), folders[0])


def places() -> Places:
    """Raises OSError where the data folder cannot be made."""
    data = Path(os.environ.get("WHYFLAG_DATA") or platformdirs.user_data_dir("whyflag"))
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Places(data, MODEL_PACK)


def observer() -> Observer:
    """One a process; it writes nothing before `start_observing`."""
    return _OBSERVER


def start_observing(role: Literal["window", "command"]) -> Observer:
    """From now on log and metrics are written, and whatever this process writes is its user's alone."""
    leave_nothing_to_others()
    with suppress(OSError):
        where = places()
        observer().start(role, where.log, where.metrics)
    return observer()


def installed_narrator(where: Places) -> NarratorVersion:
    """The base model and adapter that stand here, read and checked. Raises ModelRefused."""
    return narrator_version(where.narrator, with_adapter=True, trust=trusted(where))


def trusted(where: Places) -> Trust:
    """Whose models may run here. Raises ModelRefused where a list of keys is damaged."""
    return trust_of(where.trust, Path(str(files("resources") / "adapters" / "release.json")))


def build_base_model(source: Path, out: Path, bits: Literal[4, 16] = 4) -> Work[Path]:
    """Quantizes a base model; raises ModelRefused. torch is loaded in this process, which is the command's own."""
    go_offline()
    from models.narrator.base_model import build_base

    stood = is_built(out)
    folder = yield from build_base(source, out, bits)
    if not stood:
        sign_model(folder, machine_key(places().trust))
    return folder


def train_adapter(
    where: Places, out: Path, examples: int, seed: int, real: Sequence[tuple[Evidence, ...]], start: Path | None = None
) -> Work[Path]:
    """Trains an adapter on the base model of this machine, on drawn evidence and on `real`; goes on from `start`."""
    go_offline()
    from models.narrator.specialising import specialise

    folder = yield from specialise(where.narrator.base, out, examples, seed, real, start)
    sign_model(folder, machine_key(where.trust))
    return folder


def new_signing_key(file: Path) -> SigningKey:
    """Raises ModelRefused where something stands there."""
    made = new_key(file)
    return SigningKey(made.public_key, fingerprint(made.public_key))


def sign_adapter(folder: Path, key_file: Path) -> str:
    """The version it is signed as. Raises ModelRefused."""
    return sign_model(folder, read_key(key_file))


def trust_key(where: Places, name: str, public_key: str) -> str:
    """The fingerprint of the key whose models may run from now on. Raises ModelRefused."""
    return fingerprint(add_trusted(where.trust / BANK, name, public_key).public_key)


def evidence_of_alerts(store: Store, most: int) -> list[tuple[Evidence, ...]]:
    """The evidence of a store's highest alerts."""
    rows, _ = store.alerts.top(most)
    ids = [row.alert_id for row in rows]
    return [reasons.modelled for reasons in make_explainer(store, TemplateNarrator()).reasons(ids)]


def make_trainer() -> Trainer:
    from models.classifier.training import HistGradientBoostingTrainer

    return HistGradientBoostingTrainer()


def make_surrogate() -> LocalSurrogate:
    from models.classifier.second_opinion import Lime

    return Lime()


def make_scorer(store: Store) -> Scorer:
    """The newest classifier of the store. Raises NoClassifier, ClassifierRefused."""
    return latest_scorer(store, make_trainer())


def make_narrator(name: NarratorName, where: Places) -> Narrator:
    """Raises ModelRefused where the model is not set up, or is not the one of its manifest."""
    if name == "template":
        return TemplateNarrator()
    return _local_narrator(name, where)


def _local_narrator(name: Compared, where: Places) -> LocalNarrator:
    folders = where.sixteen_bit if name == "lora-16-bit" else where.narrator
    version = narrator_version(folders, with_adapter=name != "base", trust=trusted(where))
    return LocalNarrator(worker_command(folders, name, version), version, where.narrator_log)


def worker_command(folders: NarratorFolders, name: Compared, version: NarratorVersion | None = None) -> tuple[str, ...]:
    """The child process's command line; it loads only what has the hashes of `version`."""
    command = [*child_process.command("models.narrator.worker"), "--base", str(folders.base)]
    if name != "base":
        command += ["--adapter", str(folders.adapter)]
    if name == "lora-ungrounded":
        command += ["--ungrounded"]
    if version is not None:
        command += ["--sha256", version.base_model, *filter(None, [version.adapter])]
    return tuple(command)


def make_explainer(store: Store, narrator: Narrator, style: Style = "full") -> Explainer:
    """Raises NoClassifier."""
    return Explainer(
        store,
        make_scorer(store),
        narrator,
        load_rules(),
        actor=store.person.name,
        style=style,
        on_written=observer().explained,
    )


def health() -> Iterator[Check]:
    """Every check, each made when it is asked for."""
    go_offline()
    where = places()
    yield from timed(checks(where.data, lambda: installed_narrator(where), _check_cipher))


def tested_health() -> Iterator[Check]:
    """The same, and then the work itself done once on a small store."""
    from desktop.self_test import Adapters, self_test

    yield from health()
    where = places()
    adapters = Adapters(make_trainer, make_scorer, make_explainer, lambda: make_narrator("lora", where))
    yield from timed(self_test(where.data, adapters))


def _check_cipher(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix="doctor-") as scratch:
        path = Path(scratch) / "check.duckdb"
        Store.create(path, "check").close()
        Store.open(path, "check").close()


def services_over(store: Store) -> Observed:
    """The window's use cases, each timed, over an open store, which they close: `desktop.opening`."""
    where = places()
    parts = Parts(
        trainer=make_trainer,
        narrator=lambda: _narrator_or_reason(where),
        explainer=make_explainer,
        health=lambda: (*health(), backup_check(store.path)),
        mappings=where.mappings,
        narrator_facts=lambda: _narrator_facts(where),
        actor=store.person.name,
    )
    services = StoreServices(store, parts)

    def beside_the_opening() -> None:
        services.warm()
        leave_alone()
        back_up_if_due(store, observer(), datetime.now(UTC))

    threading.Thread(target=beside_the_opening, daemon=True, name="warm-up").start()
    return Observed(services, observer())


def _narrator_or_reason(where: Places) -> LocalNarrator | AbsentNarrator:
    """Without a usable model the window still shows evidence and the template's text, and says why."""
    try:
        return _local_narrator("lora", where)
    except ModelRefused as refused:
        return AbsentNarrator(str(refused))


def _narrator_facts(where: Places) -> NarratorFacts:
    """For the screen of models: the hashes are read from the files, not from what they claim."""
    card = where.narrator.adapter / "README.md"
    text = card.read_text(encoding="utf-8", errors="replace") if card.is_file() else ""
    try:
        return NarratorFacts(installed_narrator(where), "", text)
    except ModelRefused as refused:
        return NarratorFacts(None, str(refused), text)


def evaluate_classifier(
    store: Store, weeks: int, start: datetime | None, seeds: int, *, all_history: bool
) -> Work[ClassifierMetrics]:
    """Chooses, trains and tests anew on the store's transactions, prequentially. Raises NotEnoughLabels, StoreEmpty."""
    from models.classifier.evaluation import evaluate
    from models.classifier.prequential import protocol

    span = whole_period(store)
    plan = protocol(span, weeks, start)
    yield from ensure_features(store)
    history_from = span.start if all_history else None
    return (yield from evaluate(store.features, make_trainer(), plan, seeds=seeds, history_from=history_from))


def draw_classifier_plots(metrics: ClassifierMetrics, folder: Path) -> tuple[Path, ...]:
    """Reliability and precision-recall as PNG files in `folder`, which is made. Raises ReportFailed."""
    from models.classifier.plots import draw

    return draw(metrics, folder)


def evaluate_narrators(
    store: Store, where: Places, names: Sequence[Compared], sizes: Sequence[int], most: int, *, inversion: bool
) -> Work[tuple[NarratorMetrics, ...]]:
    """Measures each narrator at each k on `most` alerts of the store, spread over its queue."""
    go_offline()
    from models.narrator.evaluation import evaluate
    from models.narrator.fluency import perplexity

    cases = requests_of_alerts(store, most)
    fluency = partial(perplexity, where.narrator.base) if is_built(where.narrator.base) else None
    results = []
    for name in names:
        narrator = TemplateNarrator() if name == "template" else _local_narrator(name, where)
        try:
            for k in sizes:
                yield Progress(f"{name}, k = {k}", 0, len(cases))
                measured = evaluate(
                    narrator, cases, k, store=store.path.name, label=name, inversion=inversion, fluency=fluency
                )
                results.append(measured)
        finally:
            narrator.close()
    return tuple(results)


def requests_of_alerts(store: Store, most: int) -> list[NarrationRequest]:
    """What a narrator would be asked about `most` alerts, taken evenly from the whole queue."""
    rows, total = store.alerts.top(None)
    ids = [row.alert_id for row in rows[:: max(1, total // max(1, most))][:most]]
    found = make_explainer(store, TemplateNarrator()).reasons(ids)
    return [NarrationRequest(reasons.modelled, reasons.typology) for reasons in found]
