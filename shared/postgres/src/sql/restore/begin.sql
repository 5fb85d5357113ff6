BEGIN;
-- The lock that a program holds while it brings the schema up to date, which each one does before
-- anything else (migrate.rs).
SELECT pg_advisory_xact_lock(x'6f7264657273'::bigint);
