-- The limits $2 of the account $1 as a whole; no row where there are none, so that its orders need not
-- come one by one. What was used stays. $3 and $4 say for the record with which key, and from where.
WITH input AS (
    SELECT i.max_open_orders, i.max_orders_per_minute, i.pairs, i.max_amount_per_order, i.max_amount_per_day
    FROM jsonb_to_record($2) AS i (
        max_open_orders integer, max_orders_per_minute integer, pairs text[],
        max_amount_per_order jsonb, max_amount_per_day jsonb)
), audited AS (
    INSERT INTO audit_trail (account_id, key_id, source, action, subject, outcome)
    SELECT $1, $3, $4, 'limits.set', $1, 'set' FROM input
), none AS (
    DELETE FROM limits l USING input i
    WHERE l.account_id = $1 AND l.key_id = ''
      AND coalesce(i.max_open_orders, i.max_orders_per_minute) IS NULL AND i.pairs IS NULL
      AND i.max_amount_per_order = '{}' AND i.max_amount_per_day = '{}'
)
INSERT INTO limits AS l (
    account_id, max_open_orders, max_orders_per_minute, pairs, max_amount_per_order, max_amount_per_day)
SELECT $1, max_open_orders, max_orders_per_minute, pairs, max_amount_per_order, max_amount_per_day
FROM input
WHERE coalesce(max_open_orders, max_orders_per_minute) IS NOT NULL OR pairs IS NOT NULL
   OR max_amount_per_order <> '{}' OR max_amount_per_day <> '{}'
ON CONFLICT (account_id, key_id) DO UPDATE
SET max_open_orders = excluded.max_open_orders,
    max_orders_per_minute = excluded.max_orders_per_minute,
    pairs = excluded.pairs,
    max_amount_per_order = excluded.max_amount_per_order,
    max_amount_per_day = excluded.max_amount_per_day
