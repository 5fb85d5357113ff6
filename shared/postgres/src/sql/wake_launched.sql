-- Orders that wait for a pool that is known by now. As wake_at.sql. Pools are watched for a minute
-- after they became known, and for as long as an order is left to be woken: whoever looked before
-- and began to wait afterwards is woken too. A great many pools at once (the log is read after a
-- long pause) are gone through in parts, the newest first: they are the ones that can be bought from.
WITH watched AS MATERIALIZED (
    SELECT mint, slot FROM launches WHERE watched ORDER BY seen_at DESC LIMIT 5000
), due AS (
    SELECT w.order_id
    FROM watched l
    CROSS JOIN LATERAL (
        SELECT order_id
        FROM waiting
        WHERE token_out = l.mint AND NOT woken AND pool_after IS NOT NULL AND pool_after < l.slot
        ORDER BY order_id
        LIMIT $1
        FOR NO KEY UPDATE SKIP LOCKED) w
    LIMIT $1
), woken AS (
    UPDATE waiting w SET woken = true
    FROM due
    WHERE w.order_id = due.order_id
    RETURNING w.order_id, w.account_id, w.key_id, w.attempt, w.expires_at
), queued AS (
    INSERT INTO outbox (order_id, account_id, key_id, attempt, available_at, deadline)
    SELECT order_id, account_id, key_id, attempt, now(), expires_at FROM woken
    ON CONFLICT DO NOTHING
), old AS MATERIALIZED (
    SELECT slot, transaction, instruction, mint
    FROM launches
    WHERE watched AND seen_at < now() - interval '1 minute'
    ORDER BY seen_at
    LIMIT 5000
), told AS (
    UPDATE launches l SET watched = false
    FROM old
    WHERE (l.slot, l.transaction, l.instruction) = (old.slot, old.transaction, old.instruction)
      AND NOT EXISTS (
        SELECT FROM waiting w
        WHERE w.token_out = old.mint AND NOT w.woken AND w.pool_after < old.slot
          AND w.pool_after IS NOT NULL)
)
SELECT order_id, account_id, attempt FROM woken ORDER BY order_id
