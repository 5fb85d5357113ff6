-- Orders that wait for a pool that is known by now. As wake_at.sql. Pools are watched for a minute
-- after they became known, and for as long as an order is left to be woken: whoever looked before
-- and began to wait afterwards is woken too.
WITH due AS (
    SELECT w.order_id
    FROM waiting w
    JOIN launches l ON l.mint = w.token_out AND l.slot > w.pool_after
    WHERE l.watched AND NOT w.woken AND w.pool_after IS NOT NULL
    ORDER BY w.order_id
    LIMIT $1
    FOR NO KEY UPDATE OF w SKIP LOCKED
), woken AS (
    UPDATE waiting w SET woken = true
    FROM due
    WHERE w.order_id = due.order_id
    RETURNING w.order_id, w.attempt, w.expires_at
), queued AS (
    INSERT INTO outbox (order_id, attempt, available_at, deadline)
    SELECT order_id, attempt, now(), expires_at FROM woken
    ON CONFLICT DO NOTHING
), told AS (
    UPDATE launches l SET watched = false
    WHERE l.watched AND l.seen_at < now() - interval '1 minute'
      AND NOT EXISTS (
        SELECT FROM waiting w
        WHERE w.token_out = l.mint AND NOT w.woken AND w.pool_after < l.slot
          AND w.pool_after IS NOT NULL)
)
SELECT order_id, attempt FROM woken ORDER BY order_id
