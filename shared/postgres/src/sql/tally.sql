-- The orders of account $4 that were accepted in the last $1 milliseconds, added up by the $2 milliseconds that they came in, by how they
-- ended and by what they swap; and beside each sum the times that those in status $3 took, of which half, 95 and 99 in 100
-- took no longer. The window is read once, through the index orders_newest_of_account: each sum carries the times of its orders.
WITH accepted AS (
    SELECT date_bin($2::bigint * interval '1 millisecond', created_at, timestamptz 'epoch') AS bucket,
        CASE WHEN closed_at IS NOT NULL THEN status END AS ended,
        failure_code, token_in, token_out, amount, amount_out,
        CASE WHEN status = $3 THEN (date_part('epoch', closed_at - created_at) * 1000)::bigint END AS millis
    FROM orders
    WHERE account_id = $4 AND created_at >= now() - $1::bigint * interval '1 millisecond'
    OFFSET 0 -- so that the planner expects few sums, and not one for each moment
), sums AS MATERIALIZED (
    SELECT bucket, ended, failure_code, token_in, token_out,
        count(*) AS orders, sum(amount) AS amount_in, sum(amount_out) AS amount_out,
        array_agg(millis) FILTER (WHERE millis IS NOT NULL) AS millis
    FROM accepted
    GROUP BY bucket, ended, failure_code, token_in, token_out
), times AS (
    SELECT percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY took.millis) AS millis
    FROM sums CROSS JOIN LATERAL unnest(sums.millis) AS took (millis)
)
SELECT now() - $1::bigint * interval '1 millisecond' AS since, now() AS until, t.millis,
    s.bucket, s.ended, s.failure_code, s.token_in, s.token_out, s.orders, s.amount_in, s.amount_out
FROM times t LEFT JOIN sums s ON true
