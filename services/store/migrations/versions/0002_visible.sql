-- What organisations are to tenders, from state alone. `access.visible` holds the same rows, ready for a look-up: kept by
-- triggers, because rows of state are replaced by more than one program, and each must leave it right.
CREATE VIEW access.follows AS
SELECT o.cvr AS organisation, t.subject_no, r.key AS relation
FROM state.tender t, jsonb_each(t.parties -> 'relations') r, jsonb_array_elements_text(r.value) o (cvr)
UNION SELECT p.referred_by, p.subject_no, 'referrer' FROM state.placement p WHERE p.referred_by IS NOT NULL
UNION SELECT s.organisation, k.subject_no, 'speaker' FROM state.speaker k JOIN log.source s ON s.no = k.source_no;
COMMENT ON VIEW access.follows IS 'what access.visible must hold';

CREATE FUNCTION access.tender_came() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO access.visible (organisation, subject_no, relation)
    SELECT DISTINCT o.cvr, t.subject_no, r.key
    FROM changed t, jsonb_each(t.parties -> 'relations') r, jsonb_array_elements_text(r.value) o (cvr)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION access.tender_went() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM access.visible v USING (SELECT DISTINCT subject_no FROM changed) c
    WHERE v.subject_no = c.subject_no AND v.relation IN ('client', 'secretariat', 'contractor', 'municipality')
      AND NOT EXISTS (SELECT FROM state.tender t WHERE t.subject_no = v.subject_no
                      AND t.parties -> 'relations' -> v.relation ? v.organisation);
    RETURN NULL;
END $$;
CREATE FUNCTION access.placement_came() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS $$
BEGIN
    INSERT INTO access.visible (organisation, subject_no, relation)
    SELECT DISTINCT referred_by, subject_no, 'referrer' FROM changed WHERE referred_by IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION access.placement_went() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS $$
BEGIN
    DELETE FROM access.visible v
    USING (SELECT DISTINCT subject_no, referred_by FROM changed WHERE referred_by IS NOT NULL) c
    WHERE v.organisation = c.referred_by AND v.subject_no = c.subject_no AND v.relation = 'referrer'
      AND NOT EXISTS (SELECT FROM state.placement p WHERE p.subject_no = c.subject_no AND p.referred_by = c.referred_by);
    RETURN NULL;
END $$;
CREATE FUNCTION access.speaker_came() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO access.visible (organisation, subject_no, relation)
    SELECT DISTINCT s.organisation, c.subject_no, 'speaker' FROM changed c JOIN log.source s ON s.no = c.source_no
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION access.speaker_went() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM access.visible v
    USING (SELECT DISTINCT s.organisation, c.subject_no FROM changed c JOIN log.source s ON s.no = c.source_no) g
    WHERE v.organisation = g.organisation AND v.subject_no = g.subject_no AND v.relation = 'speaker'
      AND NOT EXISTS (SELECT FROM state.speaker k JOIN log.source s ON s.no = k.source_no
                      WHERE k.subject_no = g.subject_no AND s.organisation = g.organisation);
    RETURN NULL;
END $$;

CREATE TRIGGER seen_by AFTER INSERT ON state.tender REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION access.tender_came();
CREATE TRIGGER no_longer_seen_by AFTER DELETE ON state.tender REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION access.tender_went();
CREATE TRIGGER seen_by AFTER INSERT ON state.placement REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION access.placement_came();
CREATE TRIGGER no_longer_seen_by AFTER DELETE ON state.placement REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION access.placement_went();
CREATE TRIGGER seen_by AFTER INSERT ON state.speaker REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION access.speaker_came();
CREATE TRIGGER no_longer_seen_by AFTER DELETE ON state.speaker REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION access.speaker_went();
INSERT INTO access.visible SELECT organisation, subject_no, relation FROM access.follows;
