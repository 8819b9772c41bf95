-- The contributions of an alert's meanings, in the order that domain.grouping gives for the classifier's features:
-- what similar cases are found by.
CREATE TABLE reasons (transaction_id VARCHAR NOT NULL, classifier_id VARCHAR NOT NULL, contributions FLOAT[] NOT NULL);

-- Detection rules that are live, as they were when they were enabled: a file that is edited since changes nothing here.
CREATE TABLE live_rules (
    name       VARCHAR PRIMARY KEY,
    definition VARCHAR NOT NULL,  -- DetectionRule as JSON
    enabled_at TIMESTAMP NOT NULL,
    enabled_by VARCHAR NOT NULL
);
