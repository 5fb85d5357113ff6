-- Takes the lease on each order of the input that is open, in the message's attempt and held by nobody. Rows are locked in
-- one order, and a locked row counts as held: two batches never wait for each other.
WITH input AS (
    SELECT * FROM jsonb_to_recordset($1) AS i (id uuid, attempt integer, lease_ms bigint)
), free AS (
    SELECT o.id, o.lease_until IS NOT NULL AS abandoned, i.lease_ms
    FROM orders o
    JOIN input i USING (id)
    WHERE o.status NOT IN ('confirmed', 'failed')
      AND o.attempt = i.attempt
      AND (o.lease_until IS NULL OR o.lease_until < now())
    ORDER BY o.id
    FOR NO KEY UPDATE OF o SKIP LOCKED
), claimed AS (
    UPDATE orders o
    SET lease_epoch = o.lease_epoch + 1,
        lease_until = now() + free.lease_ms * interval '1 millisecond'
    FROM free
    WHERE o.id = free.id
    RETURNING o.*, free.abandoned
)
SELECT c.*, t.signature, t.signed, t.last_valid_height, t.min_out
FROM claimed c
LEFT JOIN transactions t ON t.order_id = c.id AND t.state = 'signed'
