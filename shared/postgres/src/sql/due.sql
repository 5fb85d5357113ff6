-- Messages that should have been taken up by now; or, when others wait in the queue, by the time that workers have come to ($3).
-- Moving `available_at` keeps a second relay off the same rows. Times are kept in whole milliseconds, rounded: what was due at
-- once may lie half of one ahead.
UPDATE outbox
SET available_at = now()
WHERE order_id IN (
    SELECT b.order_id
    FROM outbox b
    JOIN orders o ON o.id = b.order_id
    WHERE b.sent_at IS NULL
      AND b.available_at <= (1 - $1::bigint) * interval '1 millisecond'
          + CASE WHEN o.lease_until IS NULL THEN coalesce($3::timestamptz, now()) ELSE now() END
      AND (o.lease_until IS NULL OR o.lease_until < now())
    ORDER BY b.available_at
    LIMIT $2
    FOR NO KEY UPDATE OF b SKIP LOCKED)
RETURNING order_id, coalesce(account_id, 'local') AS account_id, attempt
