-- Sent, and yet nobody works on it: the holder ended without a word, or the message was lost. Each time the wait doubles, so
-- that an order which ends every worker does not fill the queue.
UPDATE outbox b
SET sent_at = NULL, available_at = now() - $1::bigint * interval '1 millisecond', sends = b.sends + 1
FROM orders o
WHERE o.id = b.order_id
  AND b.sent_at IS NOT NULL
  AND CASE
        WHEN o.lease_until IS NULL THEN b.sent_at <= now() - $1::bigint * power(2, least(b.sends, 10)) * interval '1 millisecond'
        WHEN o.lease_until < now() THEN b.sent_at <= now() - (power(2, least(b.sends, 10)) - 1) * interval '1 second'
        ELSE false
      END
