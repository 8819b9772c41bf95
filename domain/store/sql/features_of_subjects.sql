-- Features of a payment's terminal, merchant, device or counterparty: `subject` stands for each of them in turn.
-- See features.sql, whose `moment` these are made from, for how time, windows and headers are to be read.

-- family: subject
-- needs: subject_id
-- gives: subject_count_{1d,7d,30d} [payments] at the subject in the window, this one included; why: rushes of payments
-- gives: subject_earlier [payments] of the customer with it before; why: the first time is when trust is abused
SELECT
    tick,
    COUNT(*) OVER last_1d AS subject_count_1d,
    COUNT(*) OVER last_7d AS subject_count_7d,
    COUNT(*) OVER last_30d AS subject_count_30d,
    ROW_NUMBER() OVER (PARTITION BY customer_id, subject_id ORDER BY tick) - 1 AS subject_earlier
FROM moment
WHERE subject_id IS NOT NULL
WINDOW
    last_1d AS (PARTITION BY subject_id ORDER BY tick RANGE BETWEEN 86399999500000 PRECEDING AND CURRENT ROW),
    last_7d AS (PARTITION BY subject_id ORDER BY tick RANGE BETWEEN 604799999500000 PRECEDING AND CURRENT ROW),
    last_30d AS (PARTITION BY subject_id ORDER BY tick RANGE BETWEEN 2591999999500000 PRECEDING AND CURRENT ROW);

-- family: subject_changes
-- needs: subject_id, label
-- What each report of fraud changes in the counts of outcomes learned in the last days, and when (`tick`): it comes in at
-- its moment and goes out a window later. The same payment's outcome by silence, 7 days after it, is taken out from the
-- later of the two moments on, for as long as that would have stayed in the window.
SELECT
    subject_id,
    CASE change
        WHEN 1 THEN GREATEST(reported_ms * 1000000, paid_tick + 1)
        WHEN 2 THEN (reported_ms + 86400000) * 1000000
        WHEN 3 THEN (reported_ms + 604800000) * 1000000
        WHEN 4 THEN (reported_ms + 2592000000) * 1000000
        WHEN 5 THEN GREATEST(reported_ms, settled_ms) * 1000000
        WHEN 6 THEN GREATEST(reported_ms, settled_ms + 86400000) * 1000000
        WHEN 7 THEN GREATEST(reported_ms, settled_ms + 604800000) * 1000000
        ELSE GREATEST(reported_ms, settled_ms + 2592000000) * 1000000
    END AS tick,
    fraud_1d,
    fraud_7d,
    fraud_30d,
    outcome_1d,
    outcome_7d,
    outcome_30d
FROM (
    SELECT subject_id, reported_ms, tick AS paid_tick, ms + 604800000 AS settled_ms
    FROM moment
    WHERE subject_id IS NOT NULL AND reported_ms IS NOT NULL
) AS reports
CROSS JOIN (
    VALUES
        (1, 1, 1, 1, 1, 1, 1),
        (2, -1, 0, 0, -1, 0, 0),
        (3, 0, -1, 0, 0, -1, 0),
        (4, 0, 0, -1, 0, 0, -1),
        (5, 0, 0, 0, -1, -1, -1),
        (6, 0, 0, 0, 1, 0, 0),
        (7, 0, 0, 0, 0, 1, 0),
        (8, 0, 0, 0, 0, 0, 1)
) AS effects (change, fraud_1d, fraud_7d, fraud_30d, outcome_1d, outcome_7d, outcome_30d);

-- family: subject_outcomes
-- needs: subject_id, label
-- Silence is counted as payments that turn 7 days old (`settled`). Reports are few, so they are made into changes: the
-- levels of the counts after each change are kept by number, and a payment is joined to the last change before it.
-- gives: subject_outcomes_{1d,7d,30d} [payments] at the subject whose outcome was learned in the window, by report or by
--   silence; why: how much the share below rests on
-- gives: subject_fraud_{1d,7d,30d} [share] of these that are fraud; why: a compromised place is so for others too
SELECT
    payments.tick,
    settled_1d + COALESCE(outcomes_1d, 0) AS subject_outcomes_1d,
    settled_7d + COALESCE(outcomes_7d, 0) AS subject_outcomes_7d,
    settled_30d + COALESCE(outcomes_30d, 0) AS subject_outcomes_30d,
    COALESCE(frauds_1d, 0) / NULLIF(CAST(settled_1d + COALESCE(outcomes_1d, 0) AS DOUBLE), 0) AS subject_fraud_1d,
    COALESCE(frauds_7d, 0) / NULLIF(CAST(settled_7d + COALESCE(outcomes_7d, 0) AS DOUBLE), 0) AS subject_fraud_7d,
    COALESCE(frauds_30d, 0) / NULLIF(CAST(settled_30d + COALESCE(outcomes_30d, 0) AS DOUBLE), 0) AS subject_fraud_30d
FROM (
    SELECT
        tick,
        subject_id,
        place,
        settled_1d,
        settled_7d,
        settled_30d,
        ROW_NUMBER() OVER (PARTITION BY subject_id ORDER BY tick, place NULLS FIRST) - place AS changes_before
    FROM (
        SELECT
            tick,
            subject_id,
            ROW_NUMBER() OVER (PARTITION BY subject_id ORDER BY tick) AS place,
            COUNT(*) OVER settled_in_1d AS settled_1d,
            COUNT(*) OVER settled_in_7d AS settled_7d,
            COUNT(*) OVER settled_in_30d AS settled_30d
        FROM moment
        WHERE subject_id IS NOT NULL
        WINDOW
            settled_in_1d AS (
                PARTITION BY subject_id ORDER BY tick
                RANGE BETWEEN 691199999500000 PRECEDING AND 604799999500000 PRECEDING
            ),
            settled_in_7d AS (
                PARTITION BY subject_id ORDER BY tick
                RANGE BETWEEN 1209599999500000 PRECEDING AND 604799999500000 PRECEDING
            ),
            settled_in_30d AS (
                PARTITION BY subject_id ORDER BY tick
                RANGE BETWEEN 3196799999500000 PRECEDING AND 604799999500000 PRECEDING
            )
        UNION ALL
        SELECT tick, subject_id, NULL, NULL, NULL, NULL
        FROM subject_changes
    ) AS numbered
) AS payments
LEFT JOIN (
    SELECT
        subject_id,
        ROW_NUMBER() OVER so_far AS number,
        SUM(fraud_1d) OVER so_far AS frauds_1d,
        SUM(fraud_7d) OVER so_far AS frauds_7d,
        SUM(fraud_30d) OVER so_far AS frauds_30d,
        SUM(outcome_1d) OVER so_far AS outcomes_1d,
        SUM(outcome_7d) OVER so_far AS outcomes_7d,
        SUM(outcome_30d) OVER so_far AS outcomes_30d
    FROM subject_changes
    WINDOW so_far AS (PARTITION BY subject_id ORDER BY tick ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
) AS levels ON levels.subject_id = payments.subject_id AND levels.number = payments.changes_before
WHERE place IS NOT NULL;

-- family: subject_streak
-- needs: subject_id, label
-- Payments at the subject that are at least 7 days old, in the order they were made; one that was reported as fraud
-- within 7 days is a fraud here, any other genuine. The streak is the frauds after the newest genuine one.
-- gives: subject_fraud_streak [payments] in the streak; why: where every payment is fraud, so is the next
-- gives: subject_fraud_streak_days [days] since the first payment of the streak, absent where there is none; why: a
--   compromised place is found and mended after a time
-- gives: subject_settled_days [days] since the newest payment at the subject that is at least 7 days old; why: the longer
--   nothing is known of a place, the likelier it was compromised since
SELECT
    tick,
    place_settled - COALESCE(place_genuine, 0) AS subject_fraud_streak,
    CASE WHEN place_settled > COALESCE(place_genuine, 0) THEN
        (ms - CASE WHEN place_genuine IS NULL THEN first_ms ELSE streak_ms END) / 86400000.0
    END AS subject_fraud_streak_days,
    (ms - settled_ms) / 86400000.0 AS subject_settled_days
FROM (
    SELECT
        tick,
        ms,
        MAX(place) OVER settled AS place_settled,
        MAX(CASE WHEN genuine THEN place END) OVER settled AS place_genuine,
        MAX(CASE WHEN genuine THEN next_ms END) OVER settled AS streak_ms,
        MAX(ms) OVER settled AS settled_ms,
        FIRST_VALUE(ms) OVER (PARTITION BY subject_id ORDER BY tick) AS first_ms
    FROM (
        SELECT
            tick,
            ms,
            subject_id,
            reported_ms IS NULL OR reported_ms > ms + 604800000 AS genuine,
            ROW_NUMBER() OVER by_subject AS place,
            LEAD(ms) OVER by_subject AS next_ms
        FROM moment
        WHERE subject_id IS NOT NULL
        WINDOW by_subject AS (PARTITION BY subject_id ORDER BY tick)
    ) AS payments
    WINDOW settled AS (
        PARTITION BY subject_id ORDER BY tick RANGE BETWEEN UNBOUNDED PRECEDING AND 604799999500000 PRECEDING
    )
) AS places;
