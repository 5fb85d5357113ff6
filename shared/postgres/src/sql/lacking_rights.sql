-- The rights that a role lacks, as what stands between GRANT and TO in the statement that gives each.
-- $1: the role, null for whoever asks; $2: a table of the engine's, which tells the schema of what is
-- named without one; $3, $4, $5: schema or nothing, name and right, one row each. What does not exist
-- is not lacking: whether the schema is this program's is asked elsewhere.
WITH who AS (
    SELECT coalesce($1::name, current_user) AS name
), needed AS (
    SELECT n.oid AS schema, r.name, r.privilege
    FROM unnest($3::text[], $4::text[], $5::text[]) AS r (schema, name, privilege)
    JOIN pg_class AS home ON home.oid = to_regclass($2::text)
    JOIN pg_namespace AS n
        ON CASE r.schema WHEN '' THEN n.oid = home.relnamespace ELSE n.nspname = r.schema END
), looked_at AS (
    SELECT DISTINCT 'USAGE' AS privilege, 'SCHEMA' AS kind, n.schema::regnamespace::text AS object,
        has_schema_privilege(w.name, n.schema, 'USAGE') AS may
    FROM needed AS n
    CROSS JOIN who AS w
    UNION ALL
    SELECT n.privilege, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
        c.oid::regclass::text,
        CASE c.relkind
            WHEN 'S' THEN has_sequence_privilege(w.name, c.oid, n.privilege)
            ELSE has_table_privilege(w.name, c.oid, n.privilege)
        END
    FROM needed AS n
    JOIN pg_class AS c
        ON c.relnamespace = n.schema AND c.relname = n.name AND c.relkind IN ('r', 'p', 'S')
    CROSS JOIN who AS w
    UNION ALL
    SELECT n.privilege, 'FUNCTION', p.oid::regprocedure::text,
        has_function_privilege(w.name, p.oid, n.privilege)
    FROM needed AS n
    JOIN pg_proc AS p ON p.pronamespace = n.schema AND p.proname = n.name
    CROSS JOIN who AS w
)
SELECT format('%s ON %s %s', privilege, kind, object) AS lacking
FROM looked_at
WHERE NOT may
ORDER BY kind <> 'SCHEMA', object, privilege
