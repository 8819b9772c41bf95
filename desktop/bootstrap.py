"""The composition root: the one place where adapters are chosen, for the window and the command line alike.

Imports of scikit-learn and the like stand inside functions, so that what is not needed is not loaded; torch is loaded
only in the narrator's child process.
"""

import getpass
import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Literal

import platformdirs

from desktop.health import Check, checks
from desktop.store_services import Parts, StoreServices
from domain.errors import ModelRefused
from domain.evaluation import ClassifierMetrics
from domain.evidence import Evidence
from domain.explainer import Explainer
from domain.narrative import NarrationRequest, Narrator, NarratorVersion, Style
from domain.pipeline import ensure_features, latest_scorer, whole_period
from domain.progress import Progress, Work
from domain.scoring import Scorer, Trainer
from domain.second_opinion import LocalSurrogate
from domain.store import Store
from domain.template import TemplateNarrator
from domain.typology import load_rules
from models.narrator.artifacts import NarratorFolders, is_built, narrator_version
from models.narrator.client import AbsentNarrator, LocalNarrator
from models.narrator.evaluation import NarratorMetrics, evaluate
from models.narrator.offline import go_offline

NarratorName = Literal["lora", "base", "template"]
# What an evaluation can compare: the narrators, the adapter on the base model in 16 bit, and ungrounded decoding
Compared = Literal["lora", "lora-16-bit", "lora-ungrounded", "base", "template"]
ADAPTER = "smollm2-135m-explain"
DEMO_PASSPHRASE = "whyflag-demo"


@dataclass(frozen=True, slots=True)
class Places:
    """Where this user's files stand; WHYFLAG_DATA overrides the system's choice."""

    data: Path

    @property
    def narrator(self) -> NarratorFolders:
        shipped = Path(str(files("resources") / "adapters" / ADAPTER))
        own = self.own_adapter
        return NarratorFolders(self.data / "models" / "base-nf4", own if is_built(own) else shipped)

    @property
    def sixteen_bit(self) -> NarratorFolders:
        """The same adapter on the base model as it was before quantizing; built only for evaluation."""
        return NarratorFolders(self.data / "models" / "base-bf16", self.narrator.adapter)

    @property
    def own_adapter(self) -> Path:
        """An adapter trained on this machine; used instead of the shipped one once it is whole."""
        return self.data / "adapters" / ADAPTER

    @property
    def demo_store(self) -> Path:
        return self.data / "demo.duckdb"

    @property
    def rules(self) -> Path:
        """This user's own detection rules, one TOML file each."""
        return self.data / "rules"

    @property
    def narrator_log(self) -> Path:
        return self.data / "narrator.log"


def places() -> Places:
    """Raises OSError where the data folder cannot be made."""
    data = Path(os.environ.get("WHYFLAG_DATA") or platformdirs.user_data_dir("whyflag"))
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Places(data)


def current_user() -> str:
    """Who acts, for the audit."""
    return getpass.getuser()


def installed_narrator(where: Places) -> NarratorVersion:
    """The base model and adapter that stand here, read and checked. Raises ModelRefused."""
    return narrator_version(where.narrator, with_adapter=True)


def build_base_model(source: Path, out: Path, bits: Literal[4, 16] = 4) -> Work[Path]:
    """Quantizes a base model; raises ModelRefused. torch is loaded in this process, which is the command's own."""
    go_offline()
    from models.narrator.base_model import build_base

    return build_base(source, out, bits)


def train_adapter(
    where: Places, out: Path, examples: int, seed: int, real: Sequence[tuple[Evidence, ...]], start: Path | None = None
) -> Work[Path]:
    """Trains an adapter on the base model of this machine, on drawn evidence and on `real`; goes on from `start`."""
    go_offline()
    from models.narrator.specialising import specialise

    return specialise(where.narrator.base, out, examples, seed, real, start)


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
    version = narrator_version(folders, with_adapter=name != "base")
    return LocalNarrator(worker_command(folders, name), version, where.narrator_log)


def worker_command(folders: NarratorFolders, name: Compared) -> tuple[str, ...]:
    """The child process's command line."""
    command = [sys.executable, "-m", "models.narrator.worker", "--base", str(folders.base)]
    if name != "base":
        command += ["--adapter", str(folders.adapter)]
    if name == "lora-ungrounded":
        command += ["--ungrounded"]
    return tuple(command)


def make_explainer(store: Store, narrator: Narrator, style: Style = "full") -> Explainer:
    """Raises NoClassifier."""
    return Explainer(store, make_scorer(store), narrator, load_rules(), actor=current_user(), style=style)


def health() -> tuple[Check, ...]:
    """Every check, made now."""
    go_offline()
    where = places()
    return checks(where.data, lambda: installed_narrator(where), _check_cipher)


def _check_cipher(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix="doctor-") as scratch:
        path = Path(scratch) / "check.duckdb"
        Store.create(path, "check").close()
        Store.open(path, "check").close()


def open_services(path: Path, passphrase: str, *, create: bool = False) -> StoreServices:
    """The window's use cases over the store at `path`. Raises the errors of Store.open and Store.create."""
    store = Store.create(path, passphrase) if create else Store.open(path, passphrase)
    where = places()
    parts = Parts(
        trainer=make_trainer,
        narrator=lambda: _narrator_or_reason(where),
        explainer=make_explainer,
        health=health,
        actor=current_user(),
    )
    services = StoreServices(store, parts)
    threading.Thread(target=services.warm, daemon=True, name="warm-up").start()
    return services


def _narrator_or_reason(where: Places) -> LocalNarrator | AbsentNarrator:
    """Without a usable model the window still shows evidence and the template's text, and says why."""
    try:
        return _local_narrator("lora", where)
    except ModelRefused as refused:
        return AbsentNarrator(str(refused))


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
