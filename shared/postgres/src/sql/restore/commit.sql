DO $$
DECLARE
    needed integer;
BEGIN
    IF to_regclass('public.orders') IS NULL OR to_regclass('public.refinery_schema_history') IS NULL THEN
        RAISE EXCEPTION 'this is no backup of an engine';
    END IF;
    IF to_regclass('public.schema_compatibility') IS NOT NULL THEN
        SELECT max(oldest_program) INTO needed FROM public.schema_compatibility
        WHERE history = 'refinery_schema_history';
        IF needed > $KNOWN THEN
            RAISE EXCEPTION 'the backup needs a program that knows schema version %, this one knows versions up to $KNOWN: '
                'restore it with a newer program', needed;
        END IF;
    END IF;
    -- Nobody's until its open orders are ended (restore.rs).
    IF to_regclass('public.chain_identity') IS NOT NULL THEN
        UPDATE public.chain_identity SET chain = 'restored:' || chain
        WHERE chain <> 'simulated' AND NOT starts_with(chain, 'restored:');
    END IF;
END
$$;
COMMIT;
