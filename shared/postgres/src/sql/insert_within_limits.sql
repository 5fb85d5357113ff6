-- insert.sql for one order of each account, within its limits and its key's: their rows are locked, so
-- an order sees what those before it have used. One that goes beyond a limit is left out, and which
-- limit that is is told, as it is told which accounts have any.
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
), held AS MATERIALIZED ( -- in the same order by every statement, so that none waits for another in a circle
    SELECT i.id, i.account, i.token_in, i.token_out, i.amount, l.key_id, l.max_open_orders,
        l.max_orders_per_minute, l.pairs, l.minute_began, l.max_amount, l.max_day_amount, l.minute_orders,
        l.day_amounts
    FROM (
        SELECT id, account, key, token_in, token_out, amount FROM input ORDER BY account) i
    CROSS JOIN LATERAL (
        SELECT key_id, max_open_orders, max_orders_per_minute, pairs, minute_began,
            (max_amount_per_order ->> i.token_in)::numeric AS max_amount,
            (max_amount_per_day ->> i.token_in)::numeric AS max_day_amount,
            CASE WHEN minute_began > now() - interval '1 minute' THEN minute_orders ELSE 0 END AS minute_orders,
            CASE WHEN day = (now() AT TIME ZONE 'UTC')::date THEN day_amounts ELSE '{}' END AS day_amounts
        FROM limits
        WHERE account_id = i.account AND key_id IN ('', i.key)
        ORDER BY key_id
        FOR UPDATE) l
), measured AS (
    SELECT id, account, key_id, token_in, token_out, amount, max_open_orders, max_orders_per_minute, pairs,
        minute_began, minute_orders, max_amount, max_day_amount, day_amounts,
        coalesce((day_amounts ->> token_in)::numeric, 0) + amount AS day_amount
    FROM held
), reached AS (
    SELECT id, account, key_id, reached[1] AS which, reached[2] AS allowed, reached[3]::bigint AS retry_ms
    FROM (
        SELECT id, account, key_id, CASE
            WHEN NOT (token_in || '/' || token_out = ANY (pairs) OR token_out || '/' || token_in = ANY (pairs))
                THEN ARRAY['pairs', '', NULL]
            WHEN amount > max_amount
                THEN ARRAY['amount_per_order', max_amount::text, NULL]
            WHEN day_amount > max_day_amount
                THEN ARRAY['amount_per_day', max_day_amount::text, ceil(1000 * extract(epoch FROM
                    date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day' - now() AT TIME ZONE 'UTC'))::text]
            WHEN minute_orders >= max_orders_per_minute
                THEN ARRAY['orders_per_minute', max_orders_per_minute::text, ceil(1000 * extract(epoch FROM
                    coalesce(minute_began, now()) + interval '1 minute' - now()))::text]
            WHEN open_orders(account, key_id, max_open_orders) >= max_open_orders
                THEN ARRAY['open_orders', max_open_orders::text, NULL]
            END AS reached
        FROM measured) m
    WHERE reached IS NOT NULL
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
    WHERE id NOT IN (SELECT id FROM reached)
      AND (i.client_order_id IS NULL OR NOT EXISTS (
        SELECT FROM taken_names n
        WHERE n.account_id = i.account AND n.client_order_id = i.client_order_id))
    ON CONFLICT DO NOTHING
    RETURNING id, account_id, key_id, created_at, deadline
), used AS (
    UPDATE limits l
    SET minute_began = CASE WHEN m.minute_orders = 0 THEN now() ELSE m.minute_began END,
        minute_orders = m.minute_orders + 1,
        day = (now() AT TIME ZONE 'UTC')::date,
        day_amounts = CASE
            WHEN m.max_day_amount IS NULL THEN m.day_amounts
            ELSE m.day_amounts || jsonb_build_object(m.token_in, m.day_amount)
        END
    FROM measured m
    JOIN stored s ON s.id = m.id
    WHERE l.account_id = m.account AND l.key_id = m.key_id
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
SELECT s.account_id, EXISTS (SELECT FROM held h WHERE h.id = s.id) AS has_limits, NULL AS which, NULL::boolean AS of_key,
    NULL AS allowed, NULL::bigint AS retry_ms
FROM stored s
UNION ALL
(SELECT DISTINCT ON (id) account, true, which, key_id <> '', allowed, retry_ms FROM reached ORDER BY id, key_id)
