-- Who wrote what: a row for each write of a client or an operator, made by the statement that
-- writes. Nobody changes a row, and nobody takes away one that is younger than a day: what a
-- retention takes is older.
CREATE TABLE audit_trail (
    account_id text NOT NULL,
    at         timestamptz(3) NOT NULL DEFAULT now(),
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    key_id     text,
    source     text,
    action     text NOT NULL,
    subject    text NOT NULL,
    outcome    text NOT NULL,
    PRIMARY KEY (account_id, at, id)
);
CREATE INDEX audit_trail_by_age ON audit_trail (at);

CREATE FUNCTION keep_audit_trail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '1 day' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_trail_rows BEFORE UPDATE OR DELETE ON audit_trail
    FOR EACH ROW EXECUTE FUNCTION keep_audit_trail();
CREATE TRIGGER audit_trail_whole BEFORE TRUNCATE ON audit_trail
    FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_trail();
