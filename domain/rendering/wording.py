"""What a report says in its own words: labels, the method, and each term's definition. Shared by all renderings."""

CONFIDENTIAL = "Confidential: personal and bank data, for fraud review only. Do not tell the customer."

MACHINE_DRAFTED = (
    "The explanations are drafted by a language model on the analyst's machine. Each number, date, name, "
    "direction, rank and citation in them was checked by program against the numbered evidence; a sentence that "
    "failed was replaced. Decisions are taken by the persons named, never by the model."
)

NOT_DRAFTED = (
    "The explanations are fixed sentences made from the numbered evidence; no language model wrote any of them. "
    "Decisions are taken by the persons named."
)

BANDS = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Below threshold"}

DISPOSITIONS = {
    "confirmed_fraud": "Confirmed fraud",
    "false_positive": "False positive",
    "inconclusive": "Inconclusive",
    "escalated": "Escalated",
    "open": "Open",
}

REOPENED = "Reopened"

ORIGINS = {"model": "Own score", "upstream": "Other system", "asked for": "Not flagged, asked for"}

MASKS = {
    "none": "none",
    "internal": "internal: customers, counterparties and devices are pseudonyms",
    "external": "external: all ids and persons are pseudonyms, free text is withheld",
}

LIMITS = (
    "The score ranks transactions for review. It is no proof of fraud and decides nothing; a person decides each case.",
    "The classifier knows only what the store held when it was trained. New kinds of fraud, new products and changed "
    "habits can lower its quality; retrain and validate it anew where drift is moderate or large.",
    "Labels come late: the newest frauds are unknown at training and look genuine.",
    "Contributions describe how the model came to its score. They are no causes.",
    "Alerts by another system are as good as that system's rules; their share is stated with the counts.",
    "Frauds that raised no alert are not in this report, so that it cannot tell the share of fraud that was caught.",
)

STATUSES = {"verified": "Verified", "repaired": "Repaired", "template": "Template"}

METRICS = {
    "held_out_rows": "Held-out transactions",
    "held_out_frauds": "Held-out frauds",
    "auc_roc": "Area under the ROC curve",
    "average_precision": "Average precision",
    "card_precision_100": "Card precision at 100 a day",
    "value_detection_rate": "Value detection rate",
    "alert_precision": "Alert precision",
    "mean_probability": "Mean score",
    "fraud_rate": "Share of fraud",
    "calibration_error": "Calibration error",
    "calibration_slope": "Slope of the calibration",
    "calibration_offset": "Offset of the calibration",
}
COUNTED_METRICS = frozenset(("held_out_rows", "held_out_frauds"))

DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "Score",
        "The classifier's calibrated probability that the transaction is fraud, from 0 to 1, computed only from "
        "what was known before the transaction's own moment.",
    ),
    (
        "Threshold",
        "The lowest score that raises an alert. It follows from the alert budget: as many alerts a day as "
        "reviewers can take.",
    ),
    (
        "Band",
        "How far the score stands above the threshold, in odds: medium from 1 time, high from 4 times, critical "
        "from 16 times.",
    ),
    (
        "Evidence",
        "What was observed, the baseline it is held against, and the transactions it was computed from. E1, E2 "
        "and so on name it within its case.",
    ),
    (
        "Contribution",
        "How much a piece of evidence moves the score, as the exact Shapley value of the tree model in log-odds. "
        "All contributions and the model's base value add up to the score. Odds x 2.0 means that it doubles the "
        "odds of fraud. It describes the model, and is no proof of a cause.",
    ),
    (
        "Verified",
        "The language model wrote the sentence, and every claim in it stands in the evidence it cites.",
    ),
    (
        "Repaired",
        "The model's first sentence failed the check; its second one passed it.",
    ),
    (
        "Template",
        "The model's sentences failed the check; a fixed sentence made from the evidence stands in their place.",
    ),
    (
        "Typology",
        "A known fraud pattern, recognised by a declared rule from the evidence, never by the language model.",
    ),
    (
        "Decision",
        "What a named person decided. The newest holds; earlier ones stay in the record.",
    ),
    (
        "Alert precision",
        "Confirmed frauds over alerts decided as fraud or genuine. Open, inconclusive and escalated alerts do not "
        "count yet. The interval is Wilson's.",
    ),
    (
        "False positive ratio",
        "False positives for each confirmed fraud: 4.0 means that four alerts on genuine payments were reviewed for "
        "each fraud found.",
    ),
    (
        "Value at risk",
        "The sum of the alerted amounts, by currency: all, those not decided yet, confirmed frauds, and found genuine.",
    ),
    (
        "Fallback rate",
        "The share of sentences, in explanations the language model drafted, that were replaced by a fixed sentence.",
    ),
    (
        "Population stability index",
        "How far the scores since training differ from those in the training period, over ten classes of equal "
        "frequency. Below 0.1 is stable, from 0.25 large.",
    ),
    (
        "Similar cases",
        "Alerts whose contributions point the same way (cosine of the vectors); 1.00 is the same.",
    ),
    (
        "Bundle",
        "The sha256 hashes of everything the explanation was made with: the same bundle explains the same way again.",
    ),
    (
        "Audit head",
        "The newest hash of the store's audit chain when this report was made. Each entry's hash covers the one "
        "before, so `whyflag audit verify` finds any later change of what was done up to here.",
    ),
    (
        "Signature",
        "Ed25519 over the sha256 of the report's content, by a key that only the store holds. `whyflag report verify` "
        "checks it, each file and each sentence, without the store; note the key's fingerprint and compare it.",
    ),
)
