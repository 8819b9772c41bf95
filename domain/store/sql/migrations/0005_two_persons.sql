-- Why a decision was taken, and who took part in it besides its actor.
ALTER TABLE decisions ADD COLUMN kind VARCHAR DEFAULT 'decide';
ALTER TABLE decisions ADD COLUMN reasons VARCHAR DEFAULT '';      -- codes, separated by spaces
ALTER TABLE decisions ADD COLUMN approved_by VARCHAR DEFAULT '';
UPDATE decisions SET kind = 'reverse' WHERE disposition IS NULL;

-- The steps of dispositions that need a second person, only ever added.
CREATE TABLE proposals (
    sequence    BIGINT NOT NULL,
    alert_id    VARCHAR NOT NULL,
    step        VARCHAR NOT NULL CHECK (step IN ('propose', 'view', 'approve', 'reject', 'withdraw')),
    disposition VARCHAR,
    reasons     VARCHAR NOT NULL,
    note        VARCHAR NOT NULL,
    actor       VARCHAR NOT NULL,
    identity    VARCHAR NOT NULL,  -- the human being behind the user
    "at"        TIMESTAMP NOT NULL
);

-- The proposals that wait: each alert's newest, where nothing settled it.
CREATE VIEW waiting_proposals AS
SELECT alert_id, max(sequence) FILTER (step = 'propose') AS proposed
FROM proposals GROUP BY alert_id
HAVING max(sequence) FILTER (step = 'propose') > coalesce(max(sequence) FILTER (step NOT IN ('propose', 'view')), 0);
