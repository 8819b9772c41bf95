-- Features of every transaction, from nothing but what was known at its moment.
--
-- Reading guide. `moment` gives each transaction a place in time: `tick` is its millisecond times a million plus its rank
-- among the transactions of that millisecond (by time, then id), so `tick` is unique and orders ties by transaction id.
-- A window of 7 days reaches back 7 days less one millisecond: a payment exactly 7 days ago is outside. `units` is the
-- amount in ten-thousandths, a whole number, so that sums do not depend on the order of adding.
-- `known_tick` is when a transaction's outcome became known: its label's time, or 7 days after it where no one reported a
-- fraud until then; never before its own moment.
--
-- Each family below is one statement that makes a table of its own, keyed by `tick`. Its header names the columns that it
-- needs (left out where a store has none of them) and the features that it gives. The family named `subject` is run four
-- times, with the word replaced by terminal, merchant, device and counterparty.

-- family: moment
CREATE OR REPLACE TEMPORARY TABLE moment AS
SELECT
    *,
    ms * 1000000 + ROW_NUMBER() OVER (PARTITION BY ms ORDER BY occurred_at, transaction_id) AS tick
FROM (
    SELECT
        transaction_id, occurred_at, customer_id, amount, terminal_id, merchant_id, device_id, counterparty_id,
        merchant_category, channel, country, customer_home_country, latitude, longitude, balance_before, approved,
        DATE_DIFF('millisecond', TIMESTAMP '1970-01-01', occurred_at) AS ms,
        DATE_DIFF('millisecond', TIMESTAMP '1970-01-01', COALESCE(label_time, occurred_at + INTERVAL 7 DAY))
            * 1000000 AS known_tick,
        CASE WHEN label THEN 1 ELSE 0 END AS fraud,
        CAST(ROUND(amount * 10000) AS BIGINT) AS units
    FROM transactions
) AS clock;

-- family: spending
-- gives: amount, amount_over_mean_1d, amount_over_mean_7d, amount_over_mean_30d, amount_less_mean_30d
-- gives: amount_over_largest, near_limit, customer_count_10min, customer_count_1h, customer_count_1d, customer_count_7d
-- gives: customer_count_30d, customer_sum_1d, customer_mean_1d, customer_mean_7d, customer_mean_30d
-- gives: seconds_since_last, small_payments_1h
-- The mean that an amount is compared with leaves the payment itself out. `near_limit` is the amount as a share of
-- 10,000 where it lies within a fifth below it, else 0. Small payments are of at most 5 units of currency.
CREATE OR REPLACE TEMPORARY TABLE spending AS
SELECT
    tick,
    amount,
    units / NULLIF((sum_1d - units) / NULLIF(count_1d - 1, 0), 0) AS amount_over_mean_1d,
    units / NULLIF((sum_7d - units) / NULLIF(count_7d - 1, 0), 0) AS amount_over_mean_7d,
    units / NULLIF((sum_30d - units) / NULLIF(count_30d - 1, 0), 0) AS amount_over_mean_30d,
    (units - (sum_30d - units) / NULLIF(count_30d - 1, 0)) / 10000.0 AS amount_less_mean_30d,
    units / NULLIF(CAST(largest_before AS DOUBLE), 0) AS amount_over_largest,
    CASE WHEN amount >= 8000 AND amount < 10000 THEN amount / 10000.0 ELSE 0 END AS near_limit,
    count_10min AS customer_count_10min,
    count_1h AS customer_count_1h,
    count_1d AS customer_count_1d,
    count_7d AS customer_count_7d,
    count_30d AS customer_count_30d,
    sum_1d / 10000.0 AS customer_sum_1d,
    sum_1d / count_1d / 10000.0 AS customer_mean_1d,
    sum_7d / count_7d / 10000.0 AS customer_mean_7d,
    sum_30d / count_30d / 10000.0 AS customer_mean_30d,
    (ms - previous_ms) / 1000.0 AS seconds_since_last,
    small_1h - CASE WHEN amount <= 5 THEN 1 ELSE 0 END AS small_payments_1h
FROM (
    SELECT
        tick,
        ms,
        amount,
        units,
        COUNT(*) OVER last_10min AS count_10min,
        COUNT(*) OVER last_1h AS count_1h,
        COUNT(*) OVER last_1d AS count_1d,
        COUNT(*) OVER last_7d AS count_7d,
        COUNT(*) OVER last_30d AS count_30d,
        CAST(SUM(units) OVER last_1d AS DOUBLE) AS sum_1d,
        CAST(SUM(units) OVER last_7d AS DOUBLE) AS sum_7d,
        CAST(SUM(units) OVER last_30d AS DOUBLE) AS sum_30d,
        SUM(CASE WHEN amount <= 5 THEN 1 ELSE 0 END) OVER last_1h AS small_1h,
        MAX(units) OVER ever_before AS largest_before,
        LAG(ms) OVER (PARTITION BY customer_id ORDER BY tick) AS previous_ms
    FROM moment
    WINDOW
        last_10min AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 599999000000 PRECEDING AND CURRENT ROW),
        last_1h AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 3599999000000 PRECEDING AND CURRENT ROW),
        last_1d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 86399999000000 PRECEDING AND CURRENT ROW),
        last_7d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 604799999000000 PRECEDING AND CURRENT ROW),
        last_30d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 2591999999000000 PRECEDING AND CURRENT ROW),
        ever_before AS (PARTITION BY customer_id ORDER BY tick ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS windows;

-- family: rhythm
-- gives: hour, night, weekend, hours_share, day_kind_share
-- The shares are of the customer's payments until now made in the same four hours of the day, and on the same kind of
-- day (weekend or working day); absent for a customer's first payment.
CREATE OR REPLACE TEMPORARY TABLE rhythm AS
SELECT
    tick,
    hour,
    CASE WHEN hour < 6 THEN 1 ELSE 0 END AS night,
    weekend,
    (ROW_NUMBER() OVER (PARTITION BY customer_id, FLOOR(hour / 4) ORDER BY tick) - 1) / NULLIF(earlier, 0) AS hours_share,
    (ROW_NUMBER() OVER (PARTITION BY customer_id, weekend ORDER BY tick) - 1) / NULLIF(earlier, 0) AS day_kind_share
FROM (
    SELECT
        tick,
        customer_id,
        (ms % 86400000) / 3600000.0 AS hour,
        CASE WHEN (FLOOR(ms / 86400000.0) + 3) % 7 >= 5 THEN 1 ELSE 0 END AS weekend,
        ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY tick) - 1.0 AS earlier
    FROM moment
) AS clock;

-- family: subject
-- needs: subject_id
-- gives: subject_count_1d, subject_count_7d, subject_count_30d, subject_fraud_1d, subject_fraud_7d, subject_fraud_30d
-- gives: subject_earlier
-- Payments at the subject in the last days, and the share of frauds among the payments whose outcome became known in the
-- last days: an outcome is an event of its own, at the moment it became known. Last, how often the customer was here.
CREATE OR REPLACE TEMPORARY TABLE subject AS
SELECT
    windows.tick,
    payments_1d AS subject_count_1d,
    payments_7d AS subject_count_7d,
    payments_30d AS subject_count_30d,
    frauds_1d / NULLIF(CAST(outcomes_1d AS DOUBLE), 0) AS subject_fraud_1d,
    frauds_7d / NULLIF(CAST(outcomes_7d AS DOUBLE), 0) AS subject_fraud_7d,
    frauds_30d / NULLIF(CAST(outcomes_30d AS DOUBLE), 0) AS subject_fraud_30d,
    ROW_NUMBER() OVER (PARTITION BY customer_id, subject_id ORDER BY windows.tick) - 1 AS subject_earlier
FROM (
    SELECT
        tick,
        customer_id,
        subject_id,
        payment,
        SUM(payment) OVER last_1d AS payments_1d,
        SUM(payment) OVER last_7d AS payments_7d,
        SUM(payment) OVER last_30d AS payments_30d,
        SUM(outcome) OVER last_1d AS outcomes_1d,
        SUM(outcome) OVER last_7d AS outcomes_7d,
        SUM(outcome) OVER last_30d AS outcomes_30d,
        SUM(fraud) OVER last_1d AS frauds_1d,
        SUM(fraud) OVER last_7d AS frauds_7d,
        SUM(fraud) OVER last_30d AS frauds_30d
    FROM (
        SELECT tick, customer_id, subject_id, 1 AS payment, 0 AS outcome, 0 AS fraud
        FROM moment
        WHERE subject_id IS NOT NULL
        UNION ALL
        SELECT GREATEST(known_tick, tick + 1) AS tick, customer_id, subject_id, 0 AS payment, 1 AS outcome, fraud
        FROM moment
        WHERE subject_id IS NOT NULL
    ) AS events
    WINDOW
        last_1d AS (PARTITION BY subject_id ORDER BY tick RANGE BETWEEN 86399999000000 PRECEDING AND CURRENT ROW),
        last_7d AS (PARTITION BY subject_id ORDER BY tick RANGE BETWEEN 604799999000000 PRECEDING AND CURRENT ROW),
        last_30d AS (PARTITION BY subject_id ORDER BY tick RANGE BETWEEN 2591999999000000 PRECEDING AND CURRENT ROW)
) AS windows
WHERE payment = 1;

-- family: category
-- needs: merchant_category
-- gives: category_earlier, category_share
CREATE OR REPLACE TEMPORARY TABLE category AS
SELECT tick, same AS category_earlier, same / NULLIF(earlier, 0) AS category_share
FROM (
    SELECT
        tick,
        merchant_category,
        ROW_NUMBER() OVER (PARTITION BY customer_id, merchant_category ORDER BY tick) - 1.0 AS same,
        ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY tick) - 1.0 AS earlier
    FROM moment
) AS counted
WHERE merchant_category IS NOT NULL;

-- family: channel
-- needs: channel
-- gives: channel_share
CREATE OR REPLACE TEMPORARY TABLE channel AS
SELECT tick, same / NULLIF(earlier, 0) AS channel_share
FROM (
    SELECT
        tick,
        channel,
        ROW_NUMBER() OVER (PARTITION BY customer_id, channel ORDER BY tick) - 1.0 AS same,
        ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY tick) - 1.0 AS earlier
    FROM moment
) AS counted
WHERE channel IS NOT NULL;

-- family: country
-- needs: country, customer_home_country
-- gives: abroad, abroad_share, country_earlier
CREATE OR REPLACE TEMPORARY TABLE country AS
SELECT
    tick,
    abroad,
    COALESCE(SUM(abroad) OVER ever_before, 0) / NULLIF(CAST(COUNT(abroad) OVER ever_before AS DOUBLE), 0)
        AS abroad_share,
    ROW_NUMBER() OVER (PARTITION BY customer_id, country ORDER BY tick) - 1 AS country_earlier
FROM (
    SELECT tick, customer_id, country, CASE WHEN country = customer_home_country THEN 0 ELSE 1 END AS abroad
    FROM moment
    WHERE country IS NOT NULL AND customer_home_country IS NOT NULL
) AS located
WINDOW ever_before AS (PARTITION BY customer_id ORDER BY tick ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

-- family: place
-- needs: latitude, longitude
-- gives: km_from_previous, speed_kmh, km_from_usual
-- Great-circle distances on a sphere of 6,371 km. The usual place is the mean of the customer's earlier places; degrees
-- are summed as whole millionths. Speed counts at least a minute, since clocks of terminals differ.
CREATE OR REPLACE TEMPORARY TABLE place AS
SELECT
    tick,
    km_from_previous,
    km_from_previous / (GREATEST(ms - previous_ms, 60000) / 3600000.0) AS speed_kmh,
    km_from_usual
FROM (
    SELECT
        tick,
        ms,
        previous_ms,
        12742 * ASIN(LEAST(1, SQRT(
            POWER(SIN(RADIANS(latitude - previous_latitude) / 2), 2)
            + COS(RADIANS(latitude)) * COS(RADIANS(previous_latitude))
            * POWER(SIN(RADIANS(longitude - previous_longitude) / 2), 2)
        ))) AS km_from_previous,
        12742 * ASIN(LEAST(1, SQRT(
            POWER(SIN(RADIANS(latitude - usual_latitude) / 2), 2)
            + COS(RADIANS(latitude)) * COS(RADIANS(usual_latitude))
            * POWER(SIN(RADIANS(longitude - usual_longitude) / 2), 2)
        ))) AS km_from_usual
    FROM (
        SELECT
            tick,
            ms,
            latitude,
            longitude,
            LAG(ms) OVER (PARTITION BY customer_id ORDER BY tick) AS previous_ms,
            LAG(latitude) OVER (PARTITION BY customer_id ORDER BY tick) AS previous_latitude,
            LAG(longitude) OVER (PARTITION BY customer_id ORDER BY tick) AS previous_longitude,
            CAST(SUM(CAST(ROUND(latitude * 1000000) AS BIGINT)) OVER ever_before AS DOUBLE)
                / NULLIF(COUNT(*) OVER ever_before, 0) / 1000000.0 AS usual_latitude,
            CAST(SUM(CAST(ROUND(longitude * 1000000) AS BIGINT)) OVER ever_before AS DOUBLE)
                / NULLIF(COUNT(*) OVER ever_before, 0) / 1000000.0 AS usual_longitude
        FROM moment
        WHERE latitude IS NOT NULL AND longitude IS NOT NULL
        WINDOW ever_before AS (PARTITION BY customer_id ORDER BY tick ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) AS visited
) AS measured;

-- family: balance
-- needs: balance_before
-- gives: balance_drained
CREATE OR REPLACE TEMPORARY TABLE balance AS
SELECT tick, LEAST(1.0, amount / balance_before) AS balance_drained
FROM moment
WHERE balance_before > 0;

-- family: declines
-- needs: approved
-- gives: declines_1d
CREATE OR REPLACE TEMPORARY TABLE declines AS
SELECT
    tick,
    COALESCE(SUM(CASE WHEN approved THEN 0 ELSE 1 END) OVER (
        PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 86399999000000 PRECEDING AND 1 PRECEDING
    ), 0) AS declines_1d
FROM moment
WHERE approved IS NOT NULL;

-- family: inflow
-- needs: counterparty_id
-- gives: received_1d, passed_through
-- Money that others sent to this account in the 24 hours before, and the payment as a share of it; absent where there
-- was none.
CREATE OR REPLACE TEMPORARY TABLE inflow AS
SELECT tick, NULLIF(received, 0) / 10000.0 AS received_1d, units / NULLIF(received, 0) AS passed_through
FROM (
    SELECT
        tick,
        units,
        outgoing,
        CAST(COALESCE(SUM(received) OVER (
            PARTITION BY account ORDER BY tick RANGE BETWEEN 86399999000000 PRECEDING AND CURRENT ROW
        ), 0) AS DOUBLE) AS received
    FROM (
        SELECT tick, customer_id AS account, units, 0 AS received, 1 AS outgoing
        FROM moment
        UNION ALL
        SELECT tick, counterparty_id AS account, units, units AS received, 0 AS outgoing
        FROM moment
        WHERE counterparty_id IS NOT NULL AND counterparty_id <> customer_id
    ) AS movements
) AS windows
WHERE outgoing = 1;

-- family: counterparties
-- needs: counterparty_id
-- gives: counterparties_7d
-- How many different counterparties the customer paid in 7 days: each is counted in when it appears and no payment to it
-- lies less than 7 days back, and out when 7 days pass without another.
CREATE OR REPLACE TEMPORARY TABLE counterparties AS
SELECT tick, present AS counterparties_7d
FROM (
    SELECT
        tick,
        payment,
        SUM(change) OVER (
            PARTITION BY customer_id ORDER BY tick RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS present
    FROM (
        SELECT
            tick,
            customer_id,
            1 AS payment,
            CASE WHEN tick - previous_tick <= 604799999000000 THEN 0 ELSE 1 END AS change
        FROM (
            SELECT tick, customer_id, LAG(tick) OVER (PARTITION BY customer_id, counterparty_id ORDER BY tick) AS previous_tick
            FROM moment
            WHERE counterparty_id IS NOT NULL
        ) AS arrivals
        UNION ALL
        SELECT tick + 604799999000001 AS tick, customer_id, 0 AS payment, -1 AS change
        FROM (
            SELECT tick, customer_id, LEAD(tick) OVER (PARTITION BY customer_id, counterparty_id ORDER BY tick) AS next_tick
            FROM moment
            WHERE counterparty_id IS NOT NULL
        ) AS departures
        WHERE next_tick IS NULL OR next_tick - tick > 604799999000000
    ) AS changes
) AS running
WHERE payment = 1;
