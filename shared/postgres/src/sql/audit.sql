-- The orders that came after a position, and those of $4 again, against their outbox rows,
-- transactions and events. An order that somebody works on is left alone: what is missing of it now
-- may be there in a moment. One that waits has its row, and is read again when it comes to it in
-- the round of all that may wait; remembering each would take memory for a million. All parts see the book as it was when the statement began.
WITH come AS (
    SELECT o.id, o.created_at, o.updated_at, o.closed_at, o.attempt, o.deadline, o.lease_until,
        o.status, o.last_seq
    FROM orders o
    WHERE (o.created_at, o.id) > ($1, $2) AND o.created_at < now() - interval '15 seconds'
      AND /* which */ true
    ORDER BY o.created_at, o.id
    LIMIT $3
), read AS (
    SELECT id, updated_at, closed_at, attempt, deadline, lease_until, status, last_seq FROM come
    UNION
    SELECT o.id, o.updated_at, o.closed_at, o.attempt, o.deadline, o.lease_until, o.status, o.last_seq
    FROM unnest($4::uuid[]) AS watched (id)
    CROSS JOIN LATERAL (
        SELECT w.id, w.updated_at, w.closed_at, w.attempt, w.deadline, w.lease_until, w.status,
            w.last_seq
        FROM orders w WHERE w.id = watched.id OFFSET 0) o
), idle AS (
    SELECT id, attempt, deadline
    FROM read
    WHERE closed_at IS NULL
      AND NOT EXISTS (
        SELECT FROM waiting w
        WHERE read.status = 'waiting' AND w.order_id = read.id AND NOT w.woken)
      AND updated_at < now() - interval '15 seconds'
      AND (lease_until IS NULL OR lease_until < now() - interval '15 seconds')
), missing AS (
    INSERT INTO outbox (order_id, account_id, key_id, attempt, available_at, deadline)
    SELECT i.id, o.account_id, o.key_id, i.attempt, now(), i.deadline
    FROM idle i
    JOIN orders o ON o.id = i.id
    WHERE NOT EXISTS (SELECT FROM outbox b WHERE b.order_id = i.id)
    ON CONFLICT DO NOTHING
    RETURNING order_id
), wrong AS (
    UPDATE outbox b
    SET attempt = i.attempt, available_at = now(), sent_at = NULL, sends = 0
    FROM idle i
    WHERE b.order_id = i.id AND b.attempt <> i.attempt
    RETURNING b.order_id
), closed AS (
    SELECT id, status, last_seq FROM read WHERE closed_at < now() - interval '15 seconds'
), left_over AS (
    DELETE FROM outbox b USING closed c WHERE b.order_id = c.id RETURNING b.order_id
), waits_no_more AS (
    DELETE FROM waiting w USING closed c WHERE w.order_id = c.id
), landed AS (
    SELECT c.id, c.status, c.last_seq,
        (SELECT count(*) FROM transactions t WHERE t.order_id = c.id AND t.state = 'landed') AS swaps,
        (SELECT count(*) FROM transactions t WHERE t.order_id = c.id AND t.state = 'signed') AS signed,
        (SELECT count(*) FROM order_events e WHERE e.order_id = c.id) AS events
    FROM closed c
)
SELECT
    (SELECT created_at FROM come ORDER BY created_at DESC, id DESC LIMIT 1) AS last_at,
    (SELECT id FROM come ORDER BY created_at DESC, id DESC LIMIT 1) AS last_id,
    (SELECT coalesce(array_agg(id), '{}') FROM read
        WHERE closed_at IS NULL AND status <> 'waiting'
           OR closed_at >= now() - interval '15 seconds') AS again,
    (SELECT count(*) FROM missing) AS missing,
    (SELECT count(*) FROM wrong) AS wrong,
    (SELECT count(*) FROM left_over) AS left_over,
    (SELECT coalesce(array_agg(id), '{}') FROM landed
        WHERE (swaps = 1) <> (status = $5)) AS not_as_landed,
    (SELECT coalesce(array_agg(id), '{}') FROM landed WHERE signed > 0) AS still_signed,
    (SELECT coalesce(array_agg(id), '{}') FROM landed WHERE events <> last_seq) AS gaps
