-- Roles belong to the whole server: another database of it may have made them, or be making them at this moment.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['bygspor_apply', 'bygspor_read'] LOOP
        BEGIN
            -- Made by the server's administrator beforehand, where we may make none (README).
            IF to_regrole(wanted) IS NULL THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
    -- Whoever migrates also applies, and does so as bygspor_apply. A superuser is every role already.
    IF NOT pg_has_role(current_user, 'bygspor_apply', 'SET') THEN
        GRANT bygspor_apply TO CURRENT_USER;
    END IF;
END
$$;

GRANT USAGE ON SCHEMA log, state, figures TO bygspor_apply;
GRANT SELECT, INSERT ON log.source, log.event_type, log.subject, log.event, log.applied_batch, log.rejected
    TO bygspor_apply;
GRANT UPDATE (lock) ON log.subject TO bygspor_apply;
GRANT UPDATE (line, received_at, payload, faults, times, resolved_at, resolved_source, resolved_id) ON log.rejected
    TO bygspor_apply;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA log TO bygspor_apply;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA state, figures TO bygspor_apply;

-- The views read with the rights of whoever looks, so that row-level security on the tables below reaches them.
GRANT USAGE ON SCHEMA board, figures, state, log TO bygspor_read;
GRANT SELECT ON ALL TABLES IN SCHEMA board, figures TO bygspor_read;
GRANT SELECT ON log.subject, log.applied_batch, state.tender, state.dirty_tender TO bygspor_read;
GRANT SELECT (source_no) ON state.waiting TO bygspor_read;
GRANT SELECT (subject_no, kind, contractor, planned_start, started_on, planned_end, ended_on, not_started)
    ON state.placement TO bygspor_read;
