-- The secret that tickets are signed with, drawn now; the one that is there, if another was faster.
INSERT INTO ticket_secret (secret)
VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
ON CONFLICT (id) DO UPDATE SET id = excluded.id
RETURNING secret
