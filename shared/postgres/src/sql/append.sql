-- A move of each of any number of orders: an event, or several one after another. The fence is the WHERE of `moved`; nothing else is
-- written for an order that did not pass it. What an event does to its order was decided before:
-- the input is the order as it is afterwards. `moved` carries the input on, so that nothing is
-- joined a second time. Without a token it is about an order as it was seen at an event (`seen`),
-- and the token is raised, so that a holder writes nothing more.
WITH moved AS (
    UPDATE orders o
    SET status = i.status,
        attempt = i.attempt,
        last_seq = o.last_seq + jsonb_array_length(i.events),
        lease_epoch = o.lease_epoch + (i.token IS NULL)::integer,
        tries = i.tries,
        triggers = i.triggers,
        fired = i.fired,
        decimals_out = i.decimals_out,
        cancel_requested = i.cancel_requested,
        updated_at = now(),
        closed_at = CASE WHEN i.closed THEN now() END,
        lease_until = now() + i.lease_ms * interval '1 millisecond', -- null frees it
        chosen_dex = i.chosen_dex,
        route = i.route,
        quoted_out = i.quoted_out,
        tx_hash = i.tx_hash,
        executed_price = i.executed_price,
        amount_out = i.amount_out,
        failure_reason = i.failure_reason,
        failure_code = i.failure_code
    FROM jsonb_to_recordset($1) AS i (
        id uuid, token bigint, seen bigint, was text, status text, attempt integer, tries integer,
        triggers integer, fired jsonb, decimals_out smallint, cancel_requested boolean, closed boolean,
        waits boolean, wake_at_price numeric, recheck_in_ms bigint, pool_after bigint, unmet text,
        best_price numeric, best_venue text,
        version smallint, events jsonb, lease_ms bigint,
        chosen_dex text, route jsonb, quoted_out numeric, tx_hash text,
        executed_price numeric, amount_out numeric, failure_reason text, failure_code text,
        signed text, last_valid_height bigint, min_out numeric, ended text, retry_in_ms bigint, actor jsonb)
    WHERE o.id = i.id AND o.status = i.was
      AND (i.signed IS NULL OR i.was <> i.status) -- else it has one that may land
      AND CASE WHEN i.token IS NULL THEN o.last_seq = i.seen ELSE o.lease_epoch = i.token END
    RETURNING o.id, o.last_seq, o.updated_at, o.status, o.attempt, o.chosen_dex, o.quoted_out,
        o.account_id, o.key_id, o.tx_hash, o.token_in, o.token_out, o.created_at, o.deadline, i.was, i.closed, i.waits,
        i.wake_at_price, i.recheck_in_ms, i.pool_after, i.unmet, i.best_price, i.best_venue,
        i.version, i.events,
        i.signed, i.last_valid_height, i.min_out, i.ended, i.retry_in_ms, i.actor
), logged AS (
    INSERT INTO order_events (order_id, seq, status, attempt, version, payload, at)
    SELECT m.id, m.last_seq - jsonb_array_length(m.events) + e.n, e.status, e.attempt, m.version, e.event,
        m.updated_at
    FROM moved m
    CROSS JOIN LATERAL ROWS FROM (
        jsonb_to_recordset(m.events) AS (status text, attempt integer, event jsonb))
        WITH ORDINALITY AS e (status, attempt, event, n)
), audited AS (
    INSERT INTO audit_trail (account_id, at, key_id, source, action, subject, outcome)
    SELECT account_id, updated_at, actor ->> 'key', actor ->> 'source', 'order.cancel', id::text,
        CASE WHEN closed THEN 'cancelled' ELSE 'requested' END
    FROM moved
    WHERE actor IS NOT NULL
), settled AS (
    UPDATE transactions t
    SET state = m.ended
    FROM moved m
    WHERE m.ended IS NOT NULL AND t.order_id = m.id AND t.state = 'signed'
), signed AS (
    INSERT INTO transactions (
        signature, order_id, n, venue, signed, last_valid_height, quoted_out, min_out, state)
    SELECT tx_hash, id, attempt, chosen_dex, decode(signed, 'hex'), last_valid_height, quoted_out,
        min_out, 'signed'
    FROM moved
    WHERE signed IS NOT NULL
    ON CONFLICT (signature) DO UPDATE -- one that was taken for dead, and has landed
    SET n = excluded.n, state = excluded.state
    WHERE transactions.order_id = excluded.order_id AND transactions.state <> 'landed'
), queued AS (
    UPDATE outbox b
    SET attempt = m.attempt,
        available_at = now() + m.retry_in_ms * interval '1 millisecond',
        sent_at = NULL,
        sends = 0
    FROM moved m
    WHERE m.retry_in_ms IS NOT NULL AND b.order_id = m.id
), finished AS (
    DELETE FROM outbox b
    USING moved m
    WHERE (m.closed OR m.waits) AND b.order_id = m.id
), begun AS (
    DELETE FROM waiting w
    USING moved m
    WHERE m.was = 'waiting' AND w.order_id = m.id
), brought_back AS ( -- by a message of an earlier wake: nothing else would, should its worker die
    INSERT INTO outbox (order_id, account_id, key_id, attempt, available_at, deadline)
    SELECT id, account_id, key_id, attempt, now(), deadline FROM moved WHERE was = 'waiting' AND NOT closed
    ON CONFLICT DO NOTHING
), waits AS (
    INSERT INTO waiting (
        order_id, account_id, key_id, token_in, token_out, attempt, created_at, expires_at, wake_at_price,
        recheck_at, pool_after, reason, best_price, best_venue, checks, checked_at)
    SELECT id, account_id, key_id, token_in, token_out, attempt, created_at, deadline, wake_at_price,
        CASE -- a pool may have become known since it was looked for
            WHEN pool_after IS NOT NULL AND EXISTS (
                SELECT FROM launches l WHERE l.mint = token_out AND l.slot > pool_after)
            THEN now()
            ELSE now() + recheck_in_ms * interval '1 millisecond'
        END,
        pool_after, unmet, best_price, best_venue, 1, now()
    FROM moved
    WHERE waits
)
SELECT id, last_seq, updated_at FROM moved
