-- Every table of the first schema. Times are UTC but for a transaction's own, which is local to the account.

CREATE TABLE meta (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

-- No index on transaction_id: an import checks for duplicates set against set, which is faster than keeping an index
-- of millions of keys in memory, and one owner process leaves no other way in.
CREATE TABLE transactions (
    transaction_id        VARCHAR NOT NULL,
    occurred_at           TIMESTAMP NOT NULL,
    customer_id           VARCHAR NOT NULL,
    amount                DOUBLE NOT NULL CHECK (amount >= 0 AND isfinite(amount)),
    currency              VARCHAR,
    merchant_id           VARCHAR,
    terminal_id           VARCHAR,
    merchant_category     VARCHAR,
    channel               VARCHAR,
    country               VARCHAR,
    customer_home_country VARCHAR,
    latitude              DOUBLE,
    longitude             DOUBLE,
    device_id             VARCHAR,
    counterparty_id       VARCHAR,
    balance_before        DOUBLE,
    balance_after         DOUBLE,
    approved              BOOLEAN,
    memo                  VARCHAR,
    flagged               BOOLEAN,
    flag_reason           VARCHAR,
    label                 BOOLEAN,
    label_time            TIMESTAMP,
    label_scenario        VARCHAR,
    import_id             INTEGER NOT NULL
);

CREATE TABLE imports (
    import_id   INTEGER PRIMARY KEY,
    imported_at TIMESTAMP NOT NULL,
    actor       VARCHAR NOT NULL,
    mapping     VARCHAR NOT NULL,
    report      VARCHAR NOT NULL  -- the import report as JSON
);

CREATE TABLE import_rejects (
    import_id INTEGER NOT NULL,
    source    VARCHAR NOT NULL,
    row       BIGINT NOT NULL,    -- 1 is the first row of data
    reason    VARCHAR NOT NULL,
    sample    VARCHAR
);

-- The newest score of each transaction.
CREATE TABLE scores (transaction_id VARCHAR NOT NULL, classifier_id VARCHAR NOT NULL, score DOUBLE NOT NULL);

CREATE TABLE alerts (
    alert_id       VARCHAR NOT NULL,
    transaction_id VARCHAR NOT NULL,
    classifier_id  VARCHAR NOT NULL,
    score          DOUBLE NOT NULL,
    threshold      DOUBLE NOT NULL,
    band           VARCHAR NOT NULL CHECK (band IN ('critical', 'high', 'medium', 'low')),
    origin         VARCHAR NOT NULL CHECK (origin IN ('model', 'upstream')),
    created_at     TIMESTAMP NOT NULL,
    flag_reason    VARCHAR
);

-- Decisions are only ever added; the newest of an alert holds, and one without disposition reopens it.
CREATE TABLE decisions (
    sequence    BIGINT NOT NULL,
    alert_id    VARCHAR NOT NULL,
    disposition VARCHAR CHECK (disposition IN ('confirmed_fraud', 'false_positive', 'inconclusive', 'escalated')),
    note        VARCHAR NOT NULL,
    actor       VARCHAR NOT NULL,
    decided_at  TIMESTAMP NOT NULL
);

CREATE TABLE narratives (key VARCHAR PRIMARY KEY, document VARCHAR NOT NULL);

CREATE TABLE classifiers (
    classifier_id VARCHAR PRIMARY KEY,
    created_at    TIMESTAMP NOT NULL,
    version       VARCHAR NOT NULL,  -- ClassifierVersion as JSON
    artifact      BLOB NOT NULL
);

CREATE TABLE audit (
    sequence BIGINT NOT NULL,
    "at"     VARCHAR NOT NULL,  -- a keyword of DuckDB
    actor    VARCHAR NOT NULL,
    action   VARCHAR NOT NULL,
    subject  VARCHAR NOT NULL,
    details  VARCHAR NOT NULL,
    previous VARCHAR NOT NULL,
    hash     VARCHAR NOT NULL
);
