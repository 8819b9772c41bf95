-- Which alerts a report held: `entry` is the audit entry that says it was written. Older reports are not known.
CREATE TABLE exported_alerts (
    entry    BIGINT NOT NULL,
    alert_id VARCHAR NOT NULL
);
