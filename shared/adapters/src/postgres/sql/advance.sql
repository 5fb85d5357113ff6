-- Every change of a status, for any number of orders at once. The fence is the WHERE of `moved`; nothing else is written
-- for an order that did not pass it.
WITH input AS (
    SELECT *
    FROM jsonb_to_recordset($1) AS i (
        id uuid, epoch bigint, was text, status text, attempt integer, payload jsonb, lease_ms bigint,
        chosen_dex text, quoted_out numeric, tx_hash text, executed_price numeric, amount_out numeric,
        failure_reason text, failure_code text,
        signed text, last_valid_height bigint, min_out numeric, ended text,
        retry_in_ms bigint)
), moved AS (
    UPDATE orders o
    SET status = i.status,
        attempt = i.attempt,
        last_seq = o.last_seq + 1,
        updated_at = now(),
        lease_until = now() + i.lease_ms * interval '1 millisecond', -- null frees it
        chosen_dex = CASE WHEN i.retry_in_ms IS NULL THEN coalesce(i.chosen_dex, o.chosen_dex) END,
        quoted_out = CASE WHEN i.retry_in_ms IS NULL THEN coalesce(i.quoted_out, o.quoted_out) END,
        tx_hash = CASE WHEN i.retry_in_ms IS NULL THEN coalesce(i.tx_hash, o.tx_hash) END,
        executed_price = i.executed_price,
        amount_out = i.amount_out,
        failure_reason = i.failure_reason,
        failure_code = i.failure_code
    FROM input i
    WHERE o.id = i.id AND o.lease_epoch = i.epoch AND o.status = i.was
    RETURNING o.id, o.last_seq, o.updated_at, o.chosen_dex, o.quoted_out
), logged AS (
    INSERT INTO order_events (order_id, seq, status, attempt, payload, at)
    SELECT m.id, m.last_seq, i.status, i.attempt, i.payload, m.updated_at
    FROM moved m JOIN input i USING (id)
), settled AS (
    UPDATE transactions t
    SET state = i.ended
    FROM moved m JOIN input i USING (id)
    WHERE i.ended IS NOT NULL AND t.order_id = m.id AND t.state = 'signed'
), signed AS (
    INSERT INTO transactions (signature, order_id, n, venue, signed, last_valid_height, quoted_out, min_out, state)
    SELECT i.tx_hash, m.id, i.attempt, m.chosen_dex, decode(i.signed, 'hex'), i.last_valid_height, m.quoted_out,
        i.min_out, 'signed'
    FROM moved m JOIN input i USING (id)
    WHERE i.signed IS NOT NULL
), queued AS (
    UPDATE outbox b
    SET attempt = i.attempt,
        available_at = now() + i.retry_in_ms * interval '1 millisecond',
        sent_at = NULL,
        sends = 0
    FROM moved m JOIN input i USING (id)
    WHERE i.retry_in_ms IS NOT NULL AND b.order_id = m.id
), finished AS (
    DELETE FROM outbox b
    USING moved m JOIN input i USING (id)
    WHERE i.status IN ('confirmed', 'failed') AND b.order_id = m.id
)
SELECT id, last_seq, updated_at FROM moved
