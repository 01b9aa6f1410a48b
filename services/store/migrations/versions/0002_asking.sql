-- Who asks stands in settings of the transaction, which `services.store.access.seeing` makes before it puts the role on.
CREATE FUNCTION access.me() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('bygspor.organisation', true), '');
CREATE FUNCTION access.i_am(kind text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN kind = ANY (string_to_array(current_setting('bygspor.kinds', true), ','));
CREATE FUNCTION access.today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('bygspor.today', true), '')::date;
-- As services/store/cells.py numbers them: where a placement of this name lies within its tender.
CREATE FUNCTION access.cell_of_placement(placement text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN crc32(convert_to(placement, 'UTF8')) << 20 | 1;

-- These read with the rights of their owner: who asks needs no right to the registers below them.
CREATE VIEW access.my_tender WITH (security_barrier = true) AS
SELECT v.subject_no, v.relation FROM access.visible v
WHERE v.organisation = (SELECT access.me()) AND v.relation IN ('client', 'secretariat', 'contractor')
UNION ALL
SELECT v.subject_no, 'job_centre' FROM access.visible v
WHERE (SELECT access.i_am('job_centre'))
  AND (v.organisation = (SELECT access.me()) AND v.relation IN ('speaker', 'referrer')
       OR v.organisation = (SELECT nullif(current_setting('bygspor.municipality', true), ''))
          AND v.relation = 'municipality')
UNION ALL
SELECT v.subject_no, 'site' FROM access.visible v
WHERE (SELECT access.i_am('site')) AND v.organisation = (SELECT access.me()) AND v.relation IN ('speaker', 'contractor')
UNION ALL
SELECT s.no, 'auditor' FROM access.mandate m JOIN log.subject s ON s.name = m.tender
WHERE m.organisation = (SELECT access.me()) AND (m.until IS NULL OR m.until >= (SELECT access.today()));
COMMENT ON VIEW access.my_tender IS 'the tenders that who asks may see, and as what';

CREATE VIEW access.my_word WITH (security_barrier = true) AS
SELECT v.subject_no FROM access.visible v WHERE v.organisation = (SELECT access.me()) AND v.relation = 'speaker';
COMMENT ON VIEW access.my_word IS 'the subjects under which who asks has said something';

CREATE VIEW access.my_source WITH (security_barrier = true) AS
SELECT s.no AS source_no FROM log.source s WHERE s.organisation = (SELECT access.me());
COMMENT ON VIEW access.my_source IS 'the sources of who asks';
