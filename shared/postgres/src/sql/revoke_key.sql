-- Revokes the key $1 of the account $2. $3 and $4 say for the record with which key, and from where;
-- a second time there is nothing to record.
WITH was AS (
    SELECT id, revoked_at IS NULL AS valid FROM api_keys
    WHERE id = $1 AND account_id = $2
    FOR UPDATE
), revoked AS (
    UPDATE api_keys k SET revoked_at = coalesce(k.revoked_at, now())
    FROM was
    WHERE k.id = was.id
    RETURNING k.id, k.account_id, k.scopes, k.label, k.created_at, k.expires_at, k.revoked_at,
        k.last_used_at, was.valid
), audited AS (
    INSERT INTO audit_trail (account_id, at, key_id, source, action, subject, outcome)
    SELECT account_id, revoked_at, $3, $4, 'key.revoke', id, 'revoked' FROM revoked WHERE valid
)
SELECT k.id, k.account_id, k.scopes, k.label, k.created_at, k.expires_at, k.revoked_at, k.last_used_at,
    l.max_open_orders, l.max_orders_per_minute, l.pairs, l.max_amount_per_order,
    l.max_amount_per_day
FROM revoked k
LEFT JOIN limits l ON l.account_id = k.account_id AND l.key_id = k.id
