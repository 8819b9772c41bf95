"""Explains transactions: score, evidence and typology, then a narrative of which nothing unverified is shown.

The same bundle (classifier, model, adapter, prompt, features, seed, style) explains the same way again, so a finished
explanation is kept under its bundle and read back instead of being written anew.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from domain.documents import explanation_from_json, explanation_json
from domain.errors import BundleUnknown, NarratorUnavailable, UnknownAlert
from domain.evidence import Evidence, Typology
from domain.explaining import evidence_of
from domain.narration import NarrationBuilder, template_narrative
from domain.narrative import (
    Bundle,
    Draft,
    Explanation,
    NarrationRequest,
    Narrative,
    Narrator,
    NarratorVersion,
    Sentence,
    Style,
    Timings,
)
from domain.rules import RULE_KIND, rule_evidence, rule_sentences
from domain.scoring import Alert, Scorer, band
from domain.store import Store
from domain.template import TemplateNarrator
from domain.transactions import Transaction, period_of
from domain.typology import Rules, recognise

EVIDENCE_SHOWN = 10
LOOKED_INTO = 256  # whose evidence is gathered at once: each time the transactions are read through
CHUNK = 64  # drafts written before the first of them is mended: the narrator does one thing at a time
EVIDENCE_TOLD: dict[Style, int] = {"full": 5, "brief": 3, "sar": 5}  # the strongest; the table shows the rest


@dataclass(frozen=True, slots=True)
class Reasons:
    """All about a transaction but its narrative. `alert` is None where it was not flagged; `took` in milliseconds."""

    transaction: Transaction
    alert: Alert | None
    score: float
    threshold: float
    evidence: tuple[Evidence, ...]
    typology: Typology | None
    took: float

    @property
    def modelled(self) -> tuple[Evidence, ...]:
        """What the classifier weighed, without the rules beside it: all that a narrator may tell."""
        return tuple(item for item in self.evidence if item.kind != RULE_KIND)


class Explainer:
    """Explains with one classifier and one narrator; both may be shared. Calls may come from any thread."""

    def __init__(
        self,
        store: Store,
        scorer: Scorer,
        narrator: Narrator,
        rules: Rules,
        *,
        actor: str,
        seed: int = 0,
        style: Style = "full",
        on_written: Callable[[Explanation], None] = lambda _: None,
    ) -> None:
        """`on_written` is told of each explanation that is newly written, once it is kept."""
        self._on_written = on_written
        self._store = store
        self._scorer = scorer
        self._narrator = narrator
        self._rules = rules
        self._actor = actor
        self._seed = seed
        self._style = style

    def reasons(self, ids: Sequence[str]) -> tuple[Reasons, ...]:
        """Of alerts or transactions, by id, flagged or not. Raises UnknownAlert."""
        if not ids:
            return ()
        started = time.monotonic()
        alerts = [self._alert(id_) for id_ in ids]
        names = [alert.transaction_id if alert else id_ for alert, id_ in zip(alerts, ids, strict=True)]
        transactions = self._store.transactions.get(names)
        features = self._store.features.matrix(period_of(transactions), ids=names)
        scores = self._scorer.score(features)
        modelled = evidence_of(self._store, self._scorer, transactions, features, EVIDENCE_SHOWN, self._rules)
        typologies = [recognise(self._rules, items) for items in modelled]
        met = self._store.rules.hits(self._store.rules.live(), names)
        evidence = [
            (*items, *rule_evidence(met.get(name, ()), name, len(items)))
            for name, items in zip(names, modelled, strict=True)
        ]
        threshold = 0.0
        if None in alerts:
            threshold = self._store.alerts.threshold(self._scorer.version.classifier_id)
        took = 1000 * (time.monotonic() - started) / max(1, len(names))
        return tuple(
            Reasons(
                transaction,
                alert,
                score=alert.score if alert else float(score),
                threshold=alert.threshold if alert else threshold,
                evidence=items,
                typology=typology,
                took=took,
            )
            for transaction, alert, score, items, typology in zip(
                transactions, alerts, scores, evidence, typologies, strict=True
            )
        )

    def explain(
        self,
        id_: str,
        on_sentence: Callable[[Sentence], None] = lambda _: None,
        on_draft: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Explanation:
        """Explains one; sentences come as they are verified. Raises UnknownAlert, NarratorUnavailable, Cancelled."""
        (reasons,) = self.reasons([id_])
        [kept] = self._kept_of([reasons])
        if kept is not None:
            for sentence in kept.narrative.sentences:
                on_sentence(sentence)
            return kept
        explanation = self._written(reasons, on_sentence, on_draft, cancelled)
        self._keep([explanation])
        return explanation

    def explain_anew(self, id_: str) -> Explanation:
        """Explains one as if it never had been, and keeps nothing of it. Raises UnknownAlert, NarratorUnavailable."""
        (reasons,) = self.reasons([id_])
        return self._written(reasons, lambda _: None, lambda _: None, lambda: False)

    def kept(self, id_: str, bundle_id: str) -> Explanation:
        """What was kept of an alert or transaction under a bundle. Raises UnknownAlert, BundleUnknown."""
        alert = self._alert(id_)
        transaction_id = alert.transaction_id if alert else id_
        text = self._store.narratives.find(transaction_id, bundle_id)
        if text is None:
            self._store.transactions.get([transaction_id])
            known = [bundle[: len(bundle_id) or None] for bundle in self._store.narratives.bundles(transaction_id)]
            hint = f"It was under {', '.join(known)}." if known else "It was not explained yet: `whyflag explain` does."
            raise BundleUnknown(f"{id_} was not explained under the bundle {bundle_id}.", hint)
        return explanation_from_json(text)

    def _written(
        self,
        reasons: Reasons,
        on_sentence: Callable[[Sentence], None],
        on_draft: Callable[[str], None],
        cancelled: Callable[[], bool],
    ) -> Explanation:
        request = self._request(reasons)
        builder = NarrationBuilder(request, on_sentence)

        def on_text(piece: str) -> None:
            on_draft(piece)
            builder.feed(piece)

        draft = self._narrator.narrate(request, on_text, cancelled)
        if self._narrator.version.name == "template":
            narrative = template_narrative(request)
        else:
            narrative = builder.finish(
                draft.text, lambda again: self._narrator.narrate(again, cancelled=cancelled).text
            )
        for sentence in rule_sentences(reasons.evidence):
            on_sentence(sentence)
        return self._explanation(reasons, narrative, draft, self._narrator.version)

    def explain_many(self, ids: Sequence[str]) -> Iterator[Explanation]:
        """Explains several in the order given, drafts written in batches; those kept already are not written again."""
        for at in range(0, len(ids), LOOKED_INTO):
            listed = self.reasons(ids[at : at + LOOKED_INTO])
            for start in range(0, len(listed), CHUNK):
                yield from self._explained(listed[start : start + CHUNK])

    def _explained(self, listed: Sequence[Reasons]) -> list[Explanation]:
        """In the order given; what was not kept yet is, once all of it is written."""
        requests = [self._request(reasons) for reasons in listed]
        kept = self._kept_of(listed)
        writer, drafts = self._drafts([request for request, done in zip(requests, kept, strict=True) if done is None])
        explained, new = [], []
        for reasons, request, done in zip(listed, requests, kept, strict=True):
            if done is None:
                draft = next(drafts)
                done = self._explanation(reasons, self._finished(writer, request, draft), draft, writer.version)
                new.append(done)
            explained.append(done)
        self._keep(new)
        return explained

    def _drafts(self, requests: Sequence[NarrationRequest]) -> tuple[Narrator, Iterator[Draft]]:
        """Who wrote, and what: the template stands in for a model that cannot be had, and its sentences say so."""
        try:
            return self._narrator, iter(list(self._narrator.narrate_many(requests)))
        except NarratorUnavailable:
            template = TemplateNarrator()
            return template, template.narrate_many(requests)

    def _finished(self, writer: Narrator, request: NarrationRequest, draft: Draft) -> Narrative:
        if writer.version.name == "template":
            return template_narrative(request)

        def rewrite(again: NarrationRequest) -> str:
            try:
                return writer.narrate(again).text
            except NarratorUnavailable:
                return ""  # no second try: the template's sentence is taken

        return NarrationBuilder(request).finish(draft.text, rewrite)

    def _alert(self, id_: str) -> Alert | None:
        try:
            return self._store.alerts.get(id_)
        except UnknownAlert:
            return self._store.alerts.find(id_)

    def _request(self, reasons: Reasons) -> NarrationRequest:
        told = tuple(sorted(reasons.modelled, key=lambda item: item.rank)[: EVIDENCE_TOLD[self._style]])
        typology = reasons.typology
        if typology:
            borne = tuple(id_ for id_ in typology.evidence if id_ in {item.id for item in told})
            typology = replace(typology, evidence=borne) if borne else None
        return NarrationRequest(told, typology, self._seed, self._style)

    def _bundle(self, version: NarratorVersion) -> Bundle:
        return Bundle(
            classifier=self._scorer.version.classifier_id,
            base_model=version.base_model,
            adapter=version.adapter,
            prompt=version.prompt,
            features=self._store.features.version(),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seed=self._seed,
            style=self._style,
        )

    def _explanation(
        self, reasons: Reasons, narrative: Narrative, draft: Draft, version: NarratorVersion
    ) -> Explanation:
        return Explanation(
            alert_id=reasons.alert.alert_id if reasons.alert else None,
            transaction_id=reasons.transaction.transaction_id,
            score=reasons.score,
            threshold=reasons.threshold,
            band=reasons.alert.band if reasons.alert else band(reasons.score, reasons.threshold),
            evidence=reasons.evidence,
            typology=reasons.typology,
            narrative=replace(narrative, sentences=(*narrative.sentences, *rule_sentences(reasons.evidence))),
            bundle=self._bundle(version),
            timings=Timings(reasons.took, draft.first_token_ms, draft.total_ms, draft.tokens),
        )

    def _key(self, transaction_id: str, bundle: Bundle) -> str:
        return f"{transaction_id}/{bundle.hash}"

    def _kept_of(self, listed: Sequence[Reasons]) -> list[Explanation | None]:
        """Of each the explanation of this bundle and this very evidence, if it was written before."""
        bundle = self._bundle(self._narrator.version)
        keys = [self._key(reasons.transaction.transaction_id, bundle) for reasons in listed]
        texts = self._store.narratives.get_many(keys)
        found = [explanation_from_json(texts[key]) if key in texts else None for key in keys]
        return [
            kept if kept and kept.evidence == reasons.evidence and kept.score == reasons.score else None
            for kept, reasons in zip(found, listed, strict=True)
        ]

    def _keep(self, explanations: Sequence[Explanation]) -> None:
        """With an audit entry each, all in one commit."""
        if not explanations:
            return
        documents = {self._key(one.transaction_id, one.bundle): explanation_json([one]) for one in explanations}
        with self._store.transaction():
            self._store.narratives.put_many(documents)
            for explanation in explanations:
                self._record(explanation)
        for explanation in explanations:
            self._on_written(explanation)

    def _record(self, explanation: Explanation) -> None:
        bundle, narrative = explanation.bundle, explanation.narrative
        statuses = [sentence.status for sentence in narrative.sentences]
        self._store.audit.append(
            self._actor,
            "explain",
            explanation.alert_id or explanation.transaction_id,
            {
                "classifier": bundle.classifier,
                "base_model": bundle.base_model,
                "adapter": bundle.adapter,
                "prompt": bundle.prompt,
                "features": bundle.features,
                "verified": statuses.count("verified"),
                "repaired": statuses.count("repaired"),
                "template": statuses.count("template"),
            },
        )
