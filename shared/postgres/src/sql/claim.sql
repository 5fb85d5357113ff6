-- Takes the lease on each order of the input that is open, in the message's attempt and held by
-- nobody. Orders and transactions are looked up by their keys, whatever the planner would rather do
-- (that is what OFFSET 0 is for): a plan is made while the tables are empty, and kept. Rows are locked in the input's order, which is that of
-- their keys, and a locked row counts as held: two batches never wait for each other.
-- An order in status $2, of one of the kinds $3, is moved on to $4 by the event $6 of version $5.
WITH input AS (
    SELECT i.id, i.attempt, i.lease_ms
    FROM jsonb_to_recordset($1) AS i (id uuid, attempt integer, lease_ms bigint)
), free AS (
    SELECT o.id, o.abandoned, o.begins, i.lease_ms
    FROM input i
    CROSS JOIN LATERAL (
        SELECT id, lease_until IS NOT NULL AS abandoned,
            status = $2 AND type = ANY ($3) AND deadline >= now() AS begins
        FROM orders
        WHERE id = i.id
          AND closed_at IS NULL
          AND attempt = i.attempt
          AND (lease_until IS NULL OR lease_until < now())
        OFFSET 0
        FOR NO KEY UPDATE SKIP LOCKED) o
), claimed AS (
    UPDATE orders o
    SET lease_epoch = o.lease_epoch + 1,
        lease_until = now() + free.lease_ms * interval '1 millisecond',
        status = CASE WHEN free.begins THEN $4 ELSE o.status END,
        last_seq = o.last_seq + free.begins::integer,
        updated_at = CASE WHEN free.begins THEN now() ELSE o.updated_at END
    FROM free
    WHERE o.id = free.id
    RETURNING o.id, o.type, o.token_in, o.token_out, o.decimals_in, o.decimals_out, o.amount,
        o.slippage_bps, o.status, o.attempt, o.last_seq, o.deadline, o.chosen_dex, o.route,
        o.quoted_out, o.tx_hash, o.executed_price, o.amount_out, o.failure_reason, o.failure_code,
        o.created_at, o.updated_at, o.min_amount_out, o.limit_price, o.time_in_force,
        o.client_order_id, o.tries, o.triggers, o.cancel_requested, o.fired, o.sniper,
        o.account_id, o.lease_epoch, free.abandoned, free.begins
), begun AS (
    INSERT INTO order_events (order_id, seq, status, attempt, version, payload, at)
    SELECT id, last_seq, status, attempt, $5, $6, updated_at FROM claimed WHERE begins
)
-- The order's columns come first, and in the order in which a page has them.
SELECT c.id, c.type, c.token_in, c.token_out, c.decimals_in, c.decimals_out, c.amount,
    c.slippage_bps, c.status, c.attempt, c.last_seq, c.deadline, c.chosen_dex, c.route,
    c.quoted_out, c.tx_hash, c.executed_price, c.amount_out, c.failure_reason, c.failure_code,
    c.created_at, c.updated_at, c.min_amount_out, c.limit_price, c.time_in_force,
    c.client_order_id, c.tries, c.triggers, c.cancel_requested, c.fired, c.sniper, c.account_id,
    w.reason, w.best_price, w.best_venue, w.checks, w.checked_at, c.lease_epoch, c.abandoned, c.begins,
    t.signature, t.signed, t.last_valid_height, t.min_out, clock_timestamp() AS now
FROM claimed c
LEFT JOIN LATERAL (
    SELECT signature, signed, last_valid_height, min_out
    FROM transactions
    WHERE order_id = c.id AND state = 'signed'
    OFFSET 0) t ON true
LEFT JOIN LATERAL (
    SELECT reason, best_price, best_venue, checks, checked_at
    FROM waiting
    WHERE c.status = 'waiting' AND order_id = c.id
    OFFSET 0) w ON true
