-- Orders with their first event, their outbox row and the record of who placed them: all or nothing.
-- An order that is stored already, or whose key or name its account has used, is left out; and all of
-- them when the statement arrives after it was given up ($2, by this server's clock): their clients
-- were told that nothing will be stored. So is what has limits, for insert_within_limits.sql, which is
-- the same with them: planning those is more work than storing an order.
WITH input AS (
    SELECT i.id, i.account, i.key, i.source, i.type, i.token_in, i.token_out, i.decimals_in, i.decimals_out,
        i.amount, i.slippage_bps, i.status, i.lifetime_ms, i.expires_at, i.min_amount_out, i.limit_price,
        i.time_in_force, i.sniper, i.client_order_id, i.idempotency_key, i.request_hash, i.version, i.event
    FROM jsonb_to_recordset($1) AS i (
        id uuid, account text, key text, source text, type text, token_in text, token_out text,
        decimals_in smallint, decimals_out smallint, amount numeric, slippage_bps smallint, status text,
        lifetime_ms bigint, expires_at timestamptz, min_amount_out numeric, limit_price numeric,
        time_in_force text, sniper jsonb, client_order_id text,
        idempotency_key text, request_hash text, version smallint, event jsonb)
    WHERE (SELECT clock_timestamp()) < $2
), stored AS (
    INSERT INTO orders (
        id, account_id, key_id, type, token_in, token_out, decimals_in, decimals_out, amount, slippage_bps,
        status, deadline, min_amount_out, limit_price, time_in_force, sniper, client_order_id,
        idempotency_key, request_hash, created_at, updated_at)
    SELECT
        id, account, key, type, token_in, token_out, decimals_in, decimals_out, amount, slippage_bps,
        status, coalesce(expires_at, now() + lifetime_ms * interval '1 millisecond'), min_amount_out,
        limit_price, time_in_force, sniper, client_order_id, idempotency_key,
        decode(request_hash, 'hex'), now(), now()
    FROM input i
    WHERE NOT EXISTS (SELECT FROM limits l WHERE l.account_id = i.account AND l.key_id IN ('', i.key))
      AND (i.client_order_id IS NULL OR NOT EXISTS (
        SELECT FROM taken_names n
        WHERE n.account_id = i.account AND n.client_order_id = i.client_order_id))
    ON CONFLICT DO NOTHING
    RETURNING id, account_id, key_id, created_at, deadline
), placed AS (
    SELECT s.id, s.account_id, s.key_id, s.created_at, i.status, i.version, i.event, i.source
    FROM stored s
    JOIN input i USING (id)
), logged AS (
    INSERT INTO order_events (order_id, seq, status, attempt, version, payload, at)
    SELECT id, 1, status, 1, version, event, created_at FROM placed
), audited AS (
    INSERT INTO audit_trail (account_id, at, key_id, source, action, subject, outcome)
    SELECT account_id, created_at, key_id, source, 'order.place', id::text, 'accepted' FROM placed
), queued AS (
    INSERT INTO outbox (order_id, account_id, key_id, attempt, available_at, deadline)
    SELECT id, account_id, key_id, 1, created_at, deadline FROM stored
)
SELECT id FROM stored
