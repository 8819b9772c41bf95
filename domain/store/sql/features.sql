-- Features of every transaction, from nothing but what was known at its moment.
--
-- `moment` gives each transaction a place in time: `tick` is in nanoseconds since 1970, its milliseconds followed by six
-- digits for its rank among the transactions of that millisecond (by time, then id). So `tick` is unique, and orders ties
-- by transaction id. A window of 24 hours reaches back 24 hours less half a millisecond, whatever the ranks: a payment
-- exactly 24 hours ago is outside. `units` is the amount in ten-thousandths, a whole number, so that sums do not depend
-- on the order of adding.
--
-- What became of a payment is learned by a report of fraud (`reported_ms`: its label's time, or 7 days after it where
-- the source gives none) or by silence: 7 days without a report make it genuine until one comes. A report still to come
-- changes nothing.
--
-- Each family below is one query, kept in a table of its own: one row a transaction, keyed by `tick`. Its header says
--   needs: the columns without which the family is left out
--   gives: the features, [their unit], what they are and over which window; why: the reason to look at them
-- The families in features_of_subjects.sql are run four times, with the word `subject` replaced by terminal, merchant,
-- device and counterparty.
-- DuckDB runs this file. It is standard enough for Spark (a test translates it), whose PERCENTILE interpolates between
-- two payments where QUANTILE takes the lower one.

-- family: moment
SELECT
    *,
    ms * 1000000 + ROW_NUMBER() OVER (PARTITION BY ms ORDER BY occurred_at, transaction_id) AS tick
FROM (
    SELECT
        transaction_id, occurred_at, customer_id, amount, currency, terminal_id, merchant_id, device_id,
        counterparty_id, merchant_category, channel, country, customer_home_country, latitude, longitude,
        balance_before, approved,
        DATE_DIFF('millisecond', TIMESTAMP '1970-01-01', occurred_at) AS ms,
        CASE WHEN label THEN GREATEST(
            DATE_DIFF('millisecond', TIMESTAMP '1970-01-01', COALESCE(label_time, occurred_at + INTERVAL 7 DAY)),
            DATE_DIFF('millisecond', TIMESTAMP '1970-01-01', occurred_at)
        ) END AS reported_ms,
        CAST(ROUND(amount * 10000) AS BIGINT) AS units
    FROM transactions
) AS clock;

-- family: spending
-- The mean that an amount is compared with leaves the payment itself out.
-- gives: amount [currency] the amount itself; why: large payments lose the most
-- gives: near_limit [share] the amount as a share of 10,000 where it lies within a fifth below, else 0; why: sums are
--   split to stay under the limit from which they are reported
-- gives: amount_over_mean_{1d,7d,30d} [times] the amount over the mean of the customer's other payments in the window;
--   why: it is out of proportion for this customer
-- gives: amount_less_mean_30d [currency] the amount less that mean; why: the same, where the mean is small
-- gives: customer_count_{1d,7d,30d} [payments] the customer's payments in the window, this one included; why: stolen
--   cards are used fast, dormant ones suddenly
-- gives: customer_sum_{1d,7d,30d} [currency] their sum; why: many small amounts are a large one
-- gives: customer_mean_{1d,7d,30d} [currency] their mean; why: what the customer is used to, and what has changed
SELECT
    tick,
    amount,
    CASE WHEN amount >= 8000 AND amount < 10000 THEN amount / 10000.0 ELSE 0 END AS near_limit,
    units / NULLIF((sum_1d - units) / NULLIF(count_1d - 1, 0), 0) AS amount_over_mean_1d,
    units / NULLIF((sum_7d - units) / NULLIF(count_7d - 1, 0), 0) AS amount_over_mean_7d,
    units / NULLIF((sum_30d - units) / NULLIF(count_30d - 1, 0), 0) AS amount_over_mean_30d,
    (units - (sum_30d - units) / NULLIF(count_30d - 1, 0)) / 10000.0 AS amount_less_mean_30d,
    count_1d AS customer_count_1d,
    count_7d AS customer_count_7d,
    count_30d AS customer_count_30d,
    sum_1d / 10000.0 AS customer_sum_1d,
    sum_7d / 10000.0 AS customer_sum_7d,
    sum_30d / 10000.0 AS customer_sum_30d,
    sum_1d / count_1d / 10000.0 AS customer_mean_1d,
    sum_7d / count_7d / 10000.0 AS customer_mean_7d,
    sum_30d / count_30d / 10000.0 AS customer_mean_30d
FROM (
    SELECT
        tick, amount, units,
        COUNT(*) OVER last_1d AS count_1d,
        COUNT(*) OVER last_7d AS count_7d,
        COUNT(*) OVER last_30d AS count_30d,
        SUM(CAST(units AS DOUBLE)) OVER last_1d AS sum_1d,
        SUM(CAST(units AS DOUBLE)) OVER last_7d AS sum_7d,
        SUM(CAST(units AS DOUBLE)) OVER last_30d AS sum_30d
    FROM moment
    WINDOW
        last_1d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 86399999500000 PRECEDING AND CURRENT ROW),
        last_7d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 604799999500000 PRECEDING AND CURRENT ROW),
        last_30d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 2591999999500000 PRECEDING AND CURRENT ROW)
) AS windows;

-- family: pace
-- gives: customer_count_{10min,1h,90d} [payments] as above; why: bursts, and what is usual over a quarter
-- gives: customer_sum_{10min,1h,90d} [currency] as above; why: the same, in money
-- gives: small_payments_{1h,1d} [payments] of at most 5 units of currency by the customer in the window before; why: a
--   stolen card is tested with small payments before a large one
SELECT
    tick,
    COUNT(*) OVER last_10min AS customer_count_10min,
    COUNT(*) OVER last_1h AS customer_count_1h,
    COUNT(*) OVER last_90d AS customer_count_90d,
    SUM(CAST(units AS DOUBLE)) OVER last_10min / 10000.0 AS customer_sum_10min,
    SUM(CAST(units AS DOUBLE)) OVER last_1h / 10000.0 AS customer_sum_1h,
    SUM(CAST(units AS DOUBLE)) OVER last_90d / 10000.0 AS customer_sum_90d,
    SUM(small) OVER last_1h - small AS small_payments_1h,
    SUM(small) OVER last_1d - small AS small_payments_1d
FROM (
    SELECT tick, customer_id, units, CASE WHEN amount <= 5 THEN 1 ELSE 0 END AS small
    FROM moment
) AS sized
WINDOW
    last_10min AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 599999500000 PRECEDING AND CURRENT ROW),
    last_1h AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 3599999500000 PRECEDING AND CURRENT ROW),
    last_1d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 86399999500000 PRECEDING AND CURRENT ROW),
    last_90d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 7775999999500000 PRECEDING AND CURRENT ROW);

-- family: past
-- Quartiles are those of the customer's 100 newest payments before, from 5 on; half their distance is the usual spread,
-- or a hundredth of the median where that is more: who always pays the same has no spread to divide by.
-- gives: amount_over_largest [times] the amount over the customer's largest before; why: no payment was so large
-- gives: customer_median [currency] that median; why: a level that a few large payments hardly move
-- gives: amount_spreads [spreads] how many usual spreads the amount lies over that median; why: out of proportion, even
--   where one large payment in the past has distorted the mean
-- gives: seconds_since_last [seconds] since the customer's payment before; why: bursts, and waking after a long sleep
-- gives: gap_over_mean [times] those seconds over the mean time between the customer's payments before; why: a month is
--   nothing for one customer, and dormancy for another
SELECT
    tick,
    units / NULLIF(CAST(largest_before AS DOUBLE), 0) AS amount_over_largest,
    CASE WHEN place > 5 THEN quartiles[2] END AS customer_median,
    CASE WHEN place > 5 THEN
        (amount - quartiles[2]) / NULLIF(GREATEST((quartiles[3] - quartiles[1]) / 2, quartiles[2] / 100), 0)
    END AS amount_spreads,
    (ms - previous_ms) / 1000.0 AS seconds_since_last,
    (ms - previous_ms) / NULLIF((previous_ms - first_ms) / NULLIF(place - 2.0, 0), 0) AS gap_over_mean
FROM (
    SELECT
        tick, ms, amount, units,
        ROW_NUMBER() OVER by_customer AS place,
        MAX(units) OVER ever_before AS largest_before,
        QUANTILE(amount, [0.25, 0.5, 0.75]) OVER newest_100 AS quartiles,
        LAG(ms) OVER by_customer AS previous_ms,
        FIRST_VALUE(ms) OVER by_customer AS first_ms
    FROM moment
    WINDOW
        by_customer AS (PARTITION BY customer_id ORDER BY tick),
        newest_100 AS (PARTITION BY customer_id ORDER BY tick ROWS BETWEEN 100 PRECEDING AND 1 PRECEDING),
        ever_before AS (PARTITION BY customer_id ORDER BY tick ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS windows;

-- family: outsize
-- A payment is out of proportion here where it is over 2.5 times the mean of all the customer's payments before it.
-- gives: outsize_payments_{7d,14d} [payments] of the customer in the window before that were out of proportion; why:
--   who has a stolen card uses it for days
-- gives: largest_outsize_14d [times] the largest proportion, to the mean before it, of the customer's payments in the
--   14 days before; why: the same, however far beyond
SELECT
    tick,
    COALESCE(SUM(CASE WHEN proportion > 2.5 THEN 1 ELSE 0 END) OVER last_7d, 0) AS outsize_payments_7d,
    COALESCE(SUM(CASE WHEN proportion > 2.5 THEN 1 ELSE 0 END) OVER last_14d, 0) AS outsize_payments_14d,
    MAX(proportion) OVER last_14d AS largest_outsize_14d
FROM (
    SELECT
        tick,
        customer_id,
        units / NULLIF(SUM(CAST(units AS DOUBLE)) OVER ever_before / NULLIF(COUNT(*) OVER ever_before, 0), 0)
            AS proportion
    FROM moment
    WINDOW ever_before AS (PARTITION BY customer_id ORDER BY tick ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS proportions
WINDOW
    last_7d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 604799999500000 PRECEDING AND 1 PRECEDING),
    last_14d AS (PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 1209599999500000 PRECEDING AND 1 PRECEDING);

-- family: clock
-- gives: hour [hours] the time of day; why: fraud has its own hours
-- gives: night [yes or no] before seven in the morning; why: most customers sleep
-- gives: weekend [yes or no] on a Saturday or Sunday; why: shops and habits differ
SELECT
    tick,
    (ms % 86400000) / 3600000.0 AS hour,
    CASE WHEN ms % 86400000 < 25200000 THEN 1 ELSE 0 END AS night,
    CASE WHEN (FLOOR(ms / 86400000.0) + 3) % 7 >= 5 THEN 1 ELSE 0 END AS weekend
FROM moment;

-- family: rhythm
-- The shares are of the customer's payments before; absent for the first one.
-- gives: hours_share [share] made in the same four hours of the day; why: it is not this customer's time
-- gives: day_kind_share [share] made on the same kind of day, weekend or working day; why: it is not this customer's day
SELECT
    tick,
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

-- family: category
-- needs: merchant_category
-- gives: category_earlier [payments] of the customer in this category before; why: new tastes come slowly
-- gives: category_share [share] of the customer's payments before that were in it; why: it is not what this customer buys
-- gives: amount_over_peers [times] the amount over the median of the category's 200 newest payments before, by any
--   customer, in the same currency; why: it is out of proportion for what was bought
SELECT
    tick,
    same AS category_earlier,
    same / NULLIF(earlier, 0) AS category_share,
    amount / NULLIF(peers, 0) AS amount_over_peers
FROM (
    SELECT
        tick,
        amount,
        merchant_category,
        MEDIAN(amount) OVER (
            PARTITION BY merchant_category, currency ORDER BY tick ROWS BETWEEN 200 PRECEDING AND 1 PRECEDING
        ) AS peers,
        ROW_NUMBER() OVER (PARTITION BY customer_id, merchant_category ORDER BY tick) - 1.0 AS same,
        ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY tick) - 1.0 AS earlier
    FROM moment
) AS counted
WHERE merchant_category IS NOT NULL;

-- family: channel
-- needs: channel
-- gives: channel_share [share] of the customer's payments before that were made this way; why: it is not how this
--   customer pays
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
-- needs: country
-- gives: country_earlier [payments] of the customer in this country before; why: cards travel with their owner
SELECT tick, ROW_NUMBER() OVER (PARTITION BY customer_id, country ORDER BY tick) - 1 AS country_earlier
FROM moment
WHERE country IS NOT NULL;

-- family: abroad
-- needs: country, customer_home_country
-- gives: abroad [yes or no] made in another country than the customer's home; why: stolen data are used from afar
-- gives: abroad_share [share] of the customer's payments before that were made abroad; why: some live across a border
SELECT
    tick,
    abroad,
    COALESCE(SUM(abroad) OVER ever_before, 0) / NULLIF(CAST(COUNT(abroad) OVER ever_before AS DOUBLE), 0)
        AS abroad_share
FROM (
    SELECT tick, customer_id, CASE WHEN country = customer_home_country THEN 0 ELSE 1 END AS abroad
    FROM moment
    WHERE country IS NOT NULL AND customer_home_country IS NOT NULL
) AS located
WINDOW ever_before AS (PARTITION BY customer_id ORDER BY tick ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

-- family: place
-- needs: latitude, longitude
-- Great-circle distances on a sphere of 6,371 km, absent without an earlier place (LEAST would pass over the null). The
-- usual place is the mean of the customer's earlier places; degrees are summed as whole millionths. Speed counts at least
-- a minute, since clocks of terminals differ.
-- gives: km_from_previous [km] from the customer's payment before that has a place; why: the card was elsewhere
-- gives: speed_kmh [km/h] needed to come from there; why: nobody travels faster than an aeroplane
-- gives: km_from_usual [km] from the customer's usual place; why: distance from home
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
        CASE WHEN previous_latitude IS NOT NULL THEN 12742 * ASIN(LEAST(1, SQRT(
            POWER(SIN(RADIANS(latitude - previous_latitude) / 2), 2)
            + COS(RADIANS(latitude)) * COS(RADIANS(previous_latitude))
            * POWER(SIN(RADIANS(longitude - previous_longitude) / 2), 2)
        ))) END AS km_from_previous,
        CASE WHEN usual_latitude IS NOT NULL THEN 12742 * ASIN(LEAST(1, SQRT(
            POWER(SIN(RADIANS(latitude - usual_latitude) / 2), 2)
            + COS(RADIANS(latitude)) * COS(RADIANS(usual_latitude))
            * POWER(SIN(RADIANS(longitude - usual_longitude) / 2), 2)
        ))) END AS km_from_usual
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
-- gives: balance_drained [share] of the balance before that is taken, 1 at most; why: thieves empty accounts
SELECT tick, LEAST(1.0, amount / balance_before) AS balance_drained
FROM moment
WHERE balance_before > 0;

-- family: declines
-- needs: approved
-- gives: declines_1d [payments] of the customer declined in the 24 hours before; why: limits and codes are tried out
SELECT
    tick,
    COALESCE(SUM(CASE WHEN approved THEN 0 ELSE 1 END) OVER (
        PARTITION BY customer_id ORDER BY tick RANGE BETWEEN 86399999500000 PRECEDING AND 1 PRECEDING
    ), 0) AS declines_1d
FROM moment
WHERE approved IS NOT NULL;

-- family: inflow
-- needs: counterparty_id
-- Both are absent where nothing came in.
-- gives: received_1d [currency] that others sent to this account in the 24 hours before; why: mules are paid first
-- gives: passed_through [share] the amount as a share of that; why: what comes in goes straight out
SELECT tick, NULLIF(received, 0) / 10000.0 AS received_1d, units / NULLIF(received, 0) AS passed_through
FROM (
    SELECT
        tick,
        units,
        outgoing,
        CAST(COALESCE(SUM(received) OVER (
            PARTITION BY account ORDER BY tick RANGE BETWEEN 86399999500000 PRECEDING AND CURRENT ROW
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
-- Each is counted in when it is paid and was not in the 7 days before, and out when 7 days pass without another payment.
-- gives: counterparties_7d [counterparties] different ones paid by the customer in the window, this one included; why:
--   money is scattered to hide where it goes
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
            CASE WHEN tick - previous_tick <= 604799999500000 THEN 0 ELSE 1 END AS change
        FROM (
            SELECT tick, customer_id, LAG(tick) OVER (PARTITION BY customer_id, counterparty_id ORDER BY tick) AS previous_tick
            FROM moment
            WHERE counterparty_id IS NOT NULL
        ) AS arrivals
        UNION ALL
        SELECT tick + 604799999500001 AS tick, customer_id, 0 AS payment, -1 AS change
        FROM (
            SELECT tick, customer_id, LEAD(tick) OVER (PARTITION BY customer_id, counterparty_id ORDER BY tick) AS next_tick
            FROM moment
            WHERE counterparty_id IS NOT NULL
        ) AS departures
        WHERE next_tick IS NULL OR next_tick - tick > 604799999500000
    ) AS changes
) AS running
WHERE payment = 1;
