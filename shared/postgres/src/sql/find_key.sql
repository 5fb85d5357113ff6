-- The key $1 whose secret has the hash $2, if it is valid now. That it was shown is noted once a
-- minute, by one of those who show it at once: nobody waits for that.
WITH found AS (
    SELECT id, account_id, scopes, expires_at FROM api_keys
    WHERE id = $1 AND secret_hash = $2 AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > now())
), due AS (
    SELECT k.id FROM found JOIN api_keys k ON k.id = found.id
    WHERE k.last_used_at IS NULL OR k.last_used_at <= now() - interval '1 minute'
    FOR UPDATE OF k SKIP LOCKED
), noted AS (
    UPDATE api_keys k SET last_used_at = now() FROM due WHERE k.id = due.id
)
SELECT account_id, scopes, expires_at FROM found
