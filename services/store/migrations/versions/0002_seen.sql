-- What is shown of rows that are not shown. These views read with the rights of their owner, past row-level security, so
-- each says itself who sees what; security_barrier keeps conditions of the reader behind that.
CREATE SCHEMA seen;
COMMENT ON SCHEMA seen IS 'placements and figures as those may see them who may not see persons';

CREATE FUNCTION access.merged(kind text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN kind IN ('wage_subsidy', 'work_placement', 'flex_job', 'sheltered_job', 'operations_assistant')
                THEN 'jobforloeb'
                ELSE kind END;

CREATE VIEW seen.line WITH (security_barrier = true) AS
SELECT s.name AS tender, p.contractor, access.merged(p.kind) AS kind,
       row_number() OVER (PARTITION BY s.name, access.merged(p.kind)
                          ORDER BY coalesce(p.started_on, p.planned_start), p.placement) AS number,
       p.doc -> 'trades' -> -1 ->> 1 AS trade, p.planned_start, p.started_on, p.planned_end, p.ended_on
FROM state.placement p JOIN log.subject s ON s.no = p.subject_no
WHERE p.subject_no IN (SELECT m.subject_no FROM access.my_tender m
                       WHERE m.relation IN ('client', 'site', 'auditor', 'secretariat'))
  AND p.kind IS NOT NULL AND NOT (p.not_started AND p.started_on IS NULL)
  -- The job centre's own report of a placement that people have tied to the contractor's.
  AND NOT ((p.doc ->> 'only_job_centre')::boolean
           AND EXISTS (SELECT FROM state.placement_match t WHERE t.subject_no = p.subject_no AND t.same
                       AND p.placement IN (t.one, t.other)));
COMMENT ON VIEW seen.line IS 'one row per placement: "Lærling 3, tømrer"; for client, site, auditor and secretariat';

CREATE VIEW seen.subcontractor WITH (security_barrier = true) AS
WITH sub AS (
    SELECT DISTINCT t.subject_no, o.cvr AS contractor
    FROM state.tender t, jsonb_each(t.parties -> 'below') b, jsonb_array_elements_text(b.value) o (cvr)
    WHERE b.key = (SELECT access.me())
          AND t.subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation = 'contractor')
       OR t.subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation IN ('client', 'secretariat'))
)
SELECT s.name AS tender, sub.contractor, coalesce(now.placements, 0) AS placements_under_way,
       coalesce(now.persons, 0) AS persons_under_way, now.next_start, now.next_end,
       coalesce(worked.by_month, '{}') AS hours_by_month
FROM sub
JOIN log.subject s ON s.no = sub.subject_no
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE goes_on) AS placements, count(DISTINCT person) FILTER (WHERE goes_on) AS persons,
           min(planned_start) FILTER (WHERE started_on IS NULL AND NOT not_started) AS next_start,
           min(planned_end) FILTER (WHERE goes_on AND planned_end >= (SELECT access.today())) AS next_end
    FROM (SELECT p.*, p.started_on <= (SELECT access.today())
                      AND coalesce(p.ended_on >= (SELECT access.today()), true) AS goes_on
          FROM state.placement p WHERE p.subject_no = sub.subject_no
          AND sub.contractor = (p.doc -> 'workplaces' -> -1 ->> 1)) AS own
) AS now ON true
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(month, hours) AS by_month FROM (
        SELECT to_char(h.from_on, 'YYYY-MM') AS month, sum(h.hours) AS hours
        FROM state.placement p
        JOIN state.hours h ON h.subject_no = p.subject_no AND h.placement = p.placement AND h.holds
        WHERE p.subject_no = sub.subject_no AND sub.contractor = ANY (p.contractors)
          -- With whom the person was when the period began.
          AND sub.contractor = (SELECT w ->> 1 FROM jsonb_array_elements(p.doc -> 'workplaces') w
                                WHERE w ->> 0 <= h.from_on::text ORDER BY w ->> 0 DESC LIMIT 1)
        GROUP BY 1) AS months
) AS worked ON true;
COMMENT ON VIEW seen.subcontractor IS
    'counts, hours and deadlines per subcontractor; for the contractors above it, the client and the secretariat';

CREATE VIEW seen.figure WITH (security_barrier = true) AS
SELECT s.name AS tender, f.target, f.on_date, f.status, f.reason, f.agreed, f.waived, f.required, f.delivered,
       f.expected, f.forecast, f.last_date,
       f.doc || jsonb_build_object('by_kind', coalesce((
           SELECT jsonb_object_agg(kind, total) FROM (
               SELECT access.merged(k.key) AS kind, jsonb_build_object(
                   'persons', sum((k.value ->> 'persons')::int),
                   'placements', sum((k.value ->> 'placements')::int),
                   'measured_hours', trim_scale(sum((k.value ->> 'measured_hours')::numeric))::text,
                   'computed_hours', trim_scale(sum((k.value ->> 'computed_hours')::numeric))::text,
                   'person_weeks', trim_scale(sum((k.value ->> 'person_weeks')::numeric))::text) AS total
               FROM jsonb_each(f.doc -> 'by_kind') k GROUP BY 1) AS kinds), '{}')) AS doc
FROM figures.figure f JOIN log.subject s ON s.no = f.subject_no
WHERE f.subject_no IN (SELECT m.subject_no FROM access.my_tender m);
COMMENT ON VIEW seen.figure IS 'figures with all they were computed from, kinds merged; for all parties to the tender';

-- The kind of a place that was filled tells the kind of the person's placement.
CREATE VIEW seen.opening WITH (security_barrier = true) AS
SELECT s.name AS tender, o.opening, o.contractor,
       o.doc || jsonb_build_object('kind', CASE
           WHEN o.contractor = (SELECT access.me())
                OR o.subject_no IN (SELECT m.subject_no FROM access.my_tender m
                                    WHERE m.relation IN ('secretariat', 'job_centre'))
           THEN o.kind ELSE access.merged(o.kind) END) AS doc
FROM state.opening o JOIN log.subject s ON s.no = o.subject_no
WHERE o.subject_no IN (SELECT m.subject_no FROM access.my_tender m);
COMMENT ON VIEW seen.opening IS
    'openings for all parties to the tender; kinds merged but for its contractor, the secretariat and job centres';

CREATE VIEW seen.finding WITH (security_barrier = true) AS
SELECT s.name AS tender, f.on_date, f.code, f.since, f.da, f.en
FROM figures.finding f JOIN log.subject s ON s.no = f.subject_no
WHERE f.scope = 'placement' AND f.must_act = 'client'
  AND f.subject_no IN (SELECT m.subject_no FROM access.my_tender m WHERE m.relation = 'client');
COMMENT ON VIEW seen.finding IS 'what a client must act on about placements, without saying which';
