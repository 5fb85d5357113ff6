-- The holder ended without a word; or the message was sent, nobody took it up, and it was lost: by now, or, when others wait in the
-- queue, by the time that workers have come to ($2). Each time that it was sent in vain the wait doubles, so that an order which
-- ends every worker does not fill the queue. (The 1: times are kept in whole milliseconds, rounded.)
UPDATE outbox b
SET sent_at = NULL,
    available_at = least(b.sent_at, now() - $1::bigint * interval '1 millisecond'),
    sends = b.sends + (b.sent_at IS NOT NULL)::integer
FROM orders o
WHERE o.id = b.order_id
  AND CASE
        WHEN o.lease_until IS NULL THEN
            b.sent_at <= coalesce($2::timestamptz, now())
                + (1 - $1::bigint * power(2, least(b.sends, 10))) * interval '1 millisecond'
        WHEN o.lease_until < now() THEN coalesce(
            b.sent_at <= now() - (power(2, least(b.sends, 10)) - 1) * interval '1 second',
            b.available_at > now() - $1::bigint * interval '1 millisecond') -- the queue's own delivery died with the holder
        ELSE false
      END
