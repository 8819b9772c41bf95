-- An alert is found by its place (domain/store/places.py), no longer by indexes: these took 150 MB of memory of two
-- million alerts, and 2 s of scoring a million. The rows of each scoring lie in the order of their places.
CREATE TABLE placed_alerts (
    alert_id       VARCHAR NOT NULL,  -- A- and the transaction's id
    transaction_id VARCHAR NOT NULL,
    classifier_id  VARCHAR NOT NULL,
    score          DOUBLE NOT NULL,
    threshold      DOUBLE NOT NULL,
    band           VARCHAR NOT NULL CHECK (band IN ('critical', 'high', 'medium', 'low')),
    origin         VARCHAR NOT NULL CHECK (origin IN ('model', 'upstream')),
    created_at     TIMESTAMP NOT NULL,
    flag_reason    VARCHAR,
    place          UBIGINT NOT NULL   -- of the transaction's id
);
INSERT INTO placed_alerts
SELECT alert_id, transaction_id, classifier_id, score, threshold, band, origin, created_at, flag_reason,
       md5_number_upper(transaction_id) AS place
FROM alerts ORDER BY place;
DROP TABLE alerts;
ALTER TABLE placed_alerts RENAME TO alerts;
