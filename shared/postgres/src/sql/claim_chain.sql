-- The database's chain: this one from now on, or the one that was there before.
INSERT INTO chain_identity (chain)
VALUES ($1)
ON CONFLICT (id) DO UPDATE SET id = excluded.id
RETURNING chain
