-- The newest $2 keys of the account $1, those that are valid first: others must not hide one. With
-- the limits that each has of its own.
SELECT k.id, k.account_id, k.scopes, k.label, k.created_at, k.expires_at, k.revoked_at, k.last_used_at,
    l.max_open_orders, l.max_orders_per_minute, l.pairs, l.max_amount_per_order, l.max_amount_per_day
FROM (
    SELECT id, account_id, scopes, label, created_at, expires_at, revoked_at, last_used_at
    FROM api_keys
    WHERE account_id = $1
    ORDER BY revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) DESC, created_at DESC, id
    LIMIT $2) k
LEFT JOIN limits l ON l.account_id = k.account_id AND l.key_id = k.id
ORDER BY k.created_at DESC, k.id
