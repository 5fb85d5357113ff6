-- A key, with the limits that it has of its own ($7, if any), unless the account has $10 valid ones.
-- $8 and $9 say for the record with which key it was made, and from where.
WITH input AS (
    SELECT i.max_open_orders, i.max_orders_per_minute, i.pairs, i.max_amount_per_order, i.max_amount_per_day
    FROM jsonb_to_record(nullif($7::jsonb, 'null')) AS i (
        max_open_orders integer, max_orders_per_minute integer, pairs text[],
        max_amount_per_order jsonb, max_amount_per_day jsonb)
), made AS (
    INSERT INTO api_keys (id, account_id, secret_hash, scopes, label, expires_at)
    SELECT $1, $2, $3, $4, $5, $6
    WHERE $10 > (
        SELECT count(*) FROM api_keys
        WHERE account_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))
    RETURNING id, account_id, scopes, label, created_at, expires_at, revoked_at, last_used_at
), limited AS (
    INSERT INTO limits (
        account_id, key_id, max_open_orders, max_orders_per_minute, pairs, max_amount_per_order,
        max_amount_per_day)
    SELECT m.account_id, m.id, i.max_open_orders, i.max_orders_per_minute, i.pairs, i.max_amount_per_order,
        i.max_amount_per_day
    FROM made m
    CROSS JOIN input i
    WHERE $7::jsonb <> 'null'
), audited AS (
    INSERT INTO audit_trail (account_id, at, key_id, source, action, subject, outcome)
    SELECT account_id, created_at, $8, $9, 'key.create', id, 'created' FROM made
)
SELECT m.id, m.account_id, m.scopes, m.label, m.created_at, m.expires_at, m.revoked_at, m.last_used_at,
    i.max_open_orders, i.max_orders_per_minute, i.pairs, i.max_amount_per_order, i.max_amount_per_day
FROM made m
CROSS JOIN input i
