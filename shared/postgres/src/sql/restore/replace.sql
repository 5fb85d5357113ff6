DO $$
DECLARE
    found name;
BEGIN
    FOR found IN
        SELECT nspname FROM pg_namespace
        WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', found);
    END LOOP;
END
$$;
CREATE SCHEMA public;
