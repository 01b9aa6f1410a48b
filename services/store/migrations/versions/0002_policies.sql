-- Who sees what, table by table (domain.md section 12). Whatever asks once per query stands in a SELECT of its own.
DO $$
DECLARE
    wanted regclass;
BEGIN
    FOR wanted IN
        SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname IN ('log', 'state', 'figures')
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', wanted);
        -- Constants: they are folded away, and ingest pays nothing for them.
        EXECUTE format('CREATE POLICY applies ON %s TO bygspor_apply USING (true) WITH CHECK (true)', wanted);
        EXECUTE format('CREATE POLICY boards ON %s FOR SELECT TO bygspor_read USING (true)', wanted);
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['state.tender', 'state.meeting', 'state.action', 'state.dirty_tender',
                                  'figures.figure']::regclass[] LOOP
        EXECUTE format('CREATE POLICY parties ON %s FOR SELECT TO bygspor_gateway
                        USING (subject_no IN (SELECT m.subject_no FROM access.my_tender m))', wanted);
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['state.amendment', 'state.amended', 'state.waiting']::regclass[] LOOP
        EXECUTE format('CREATE POLICY own ON %s FOR SELECT TO bygspor_gateway
                        USING (source_no = ANY (ARRAY(SELECT m.source_no FROM access.my_source m)))', wanted);
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['log.event_type', 'log.applied_batch']::regclass[] LOOP
        EXECUTE format('CREATE POLICY everybody ON %s FOR SELECT TO bygspor_gateway USING (true)', wanted);
    END LOOP;
END
$$;

CREATE POLICY own ON log.event FOR SELECT TO bygspor_gateway
USING (source_no = ANY (ARRAY(SELECT m.source_no FROM access.my_source m)) OR on_behalf_of = (SELECT access.me()));

CREATE POLICY own ON log.rejected FOR SELECT TO bygspor_gateway USING (organisation = (SELECT access.me()));

CREATE POLICY own_people ON state.placement FOR SELECT TO bygspor_gateway
USING (subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation = 'secretariat')
    OR (SELECT access.me()) = ANY (contractors)
       AND subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation = 'contractor')
    OR (SELECT access.me()) = ANY (job_centres) AND (SELECT access.i_am('job_centre')));

-- A month of hours lies right behind its placement (services/store/cells.py).
CREATE POLICY own_people ON state.hours FOR SELECT TO bygspor_gateway
USING (subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation = 'secretariat')
    OR EXISTS (SELECT FROM state.placement p WHERE p.subject_no = hours.subject_no
               AND p.unit_hash = (hours.unit_hash >> 20 << 20 | 1) AND p.placement = hours.placement));

CREATE POLICY own_people ON state.placement_match FOR SELECT TO bygspor_gateway
USING (subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation = 'secretariat')
    OR EXISTS (SELECT FROM state.placement p WHERE p.subject_no = placement_match.subject_no
               AND p.unit_hash IN (access.cell_of_placement(one), access.cell_of_placement(other))
               AND p.placement IN (one, other)));

CREATE POLICY own_and_below ON state.site_hours FOR SELECT TO bygspor_gateway
USING (subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation NOT IN ('contractor', 'job_centre'))
    OR contractor = (SELECT access.me())
       AND subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation = 'contractor')
    OR EXISTS (SELECT FROM state.tender t WHERE t.subject_no = site_hours.subject_no
               AND t.parties -> 'below' -> (SELECT access.me()) ? contractor));

CREATE POLICY consented ON state.candidate FOR SELECT TO bygspor_gateway
USING ((SELECT access.me()) = ANY (told_by) AND (SELECT access.i_am('job_centre'))
    OR (consents ->> (SELECT access.me()))::date >= (SELECT access.today())
       AND ((SELECT access.i_am('secretariat'))
            OR (SELECT access.me()) = ANY (presented) AND (SELECT access.i_am('contractor'))));

CREATE POLICY of_my_tenders ON state.area_indicator FOR SELECT TO bygspor_gateway
USING (subject_no IN (SELECT s.no FROM log.subject s WHERE s.name IN (SELECT t.area FROM state.tender t)));

CREATE POLICY parties ON log.subject FOR SELECT TO bygspor_gateway
USING (no IN (SELECT m.subject_no FROM access.my_tender m)
    OR no IN (SELECT m.subject_no FROM access.my_word m)
    OR no IN (SELECT c.subject_no FROM state.candidate c)
    OR name IN (SELECT t.area FROM state.tender t));

CREATE POLICY parties ON log.source FOR SELECT TO bygspor_gateway
USING (organisation = (SELECT access.me())
    OR organisation IN (SELECT o.cvr FROM state.tender t, jsonb_each(t.parties -> 'relations') r,
                                          jsonb_array_elements_text(r.value) o (cvr)));

CREATE POLICY who_acts ON figures.finding FOR SELECT TO bygspor_gateway
USING (subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation = 'secretariat')
    OR subject_no IN (SELECT m.subject_no FROM access.my_tender m)
       AND (scope = 'tender' OR must_act_organisation = (SELECT access.me()))
    OR scope = 'contractor' AND must_act = 'client'
       AND subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation = 'client')
    OR scope = 'placement' AND EXISTS (
        SELECT FROM state.placement p WHERE p.subject_no = finding.subject_no
        AND p.unit_hash = access.cell_of_placement(split_part(about, ' ', 1))
        AND p.placement = split_part(about, ' ', 1) AND (SELECT access.me()) = ANY (p.contractors)));

GRANT SELECT, INSERT, UPDATE, DELETE ON state.speaker TO bygspor_apply;
GRANT UPDATE (organisation) ON log.rejected TO bygspor_apply;

GRANT USAGE ON SCHEMA access, log, state, figures, board, seen TO bygspor_gateway;
GRANT SELECT ON access.my_tender, access.my_word, access.my_source TO bygspor_gateway;
GRANT SELECT ON log.event, log.source, log.subject, log.event_type, log.applied_batch, log.rejected TO bygspor_gateway;
-- Not state.opening: it tells kinds that most may only see as one (seen.opening).
GRANT SELECT ON state.tender, state.placement, state.hours, state.site_hours, state.placement_match, state.meeting,
    state.action, state.candidate, state.area_indicator, state.dirty_tender, state.amendment, state.amended,
    state.waiting TO bygspor_gateway;
GRANT SELECT ON figures.finding TO bygspor_gateway;
-- Not doc: it tells kinds that a client may only see as one (seen.figure).
GRANT SELECT (subject_no, target, on_date, computed_at_position, status, reason, agreed, waived, required, delivered,
              expected, forecast, last_date) ON figures.figure TO bygspor_gateway;
GRANT SELECT ON ALL TABLES IN SCHEMA seen TO bygspor_gateway;
GRANT SELECT ON board.tender, board.figure, board.figure_history, board.finding, board.placement TO bygspor_gateway;

-- Whoever could say who asks could ask as anybody. In a database of our own nobody but its owner needs this function.
DO $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
    END IF;
END
$$;
