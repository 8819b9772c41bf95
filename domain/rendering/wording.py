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

STATUSES = {"verified": "Verified", "repaired": "Repaired", "template": "Template"}

METRICS = {
    "auc_roc": "Area under the ROC curve",
    "average_precision": "Average precision",
    "card_precision_100": "Card precision at 100 a day",
    "value_detection_rate": "Value detection rate",
    "alert_precision": "Alert precision",
    "calibration_error": "Calibration error",
}

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
        "Bundle",
        "The sha256 hashes of everything the explanation was made with: the same bundle explains the same way again.",
    ),
    (
        "Audit head",
        "The newest hash of the store's audit chain when this report was made. Each entry's hash covers the one "
        "before, so `whyflag audit verify` finds any later change of what was done up to here.",
    ),
)
