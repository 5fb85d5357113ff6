-- Keys, by which callers are known; of a secret only its hash.
CREATE TABLE api_keys (
    id           text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'),
    account_id   text NOT NULL,
    secret_hash  bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    scopes       text[] NOT NULL,
    label        text NOT NULL CHECK (char_length(label) <= 100),
    created_at   timestamptz(3) NOT NULL DEFAULT now(),
    expires_at   timestamptz(3),
    revoked_at   timestamptz(3),
    last_used_at timestamptz(3)
) WITH (fillfactor = 70); -- room on the page for a row that is written each minute
CREATE INDEX api_keys_by_account ON api_keys (account_id, created_at);

-- What tickets are signed with. One row, once somebody has asked.
CREATE TABLE ticket_secret (
    id     smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    secret bytea NOT NULL CHECK (octet_length(secret) = 32)
);
