-- Who works on an alert, and until when it sleeps; an alert without a row here is nobody's and awake.
CREATE TABLE handling (
    alert_id      VARCHAR PRIMARY KEY,
    claimed_by    VARCHAR,
    claimed_at    TIMESTAMP,
    snoozed_until TIMESTAMP,
    snoozed_by    VARCHAR
);

CREATE TABLE saved_views (
    name       VARCHAR PRIMARY KEY,
    definition VARCHAR NOT NULL,  -- SavedView as JSON
    saved_by   VARCHAR NOT NULL
);
