CREATE SCHEMA board;
COMMENT ON SCHEMA board IS 'what boards and reports may select; names no person and shows no placement id';

CREATE VIEW board.tender WITH (security_invoker = true) AS
SELECT s.name AS tender, t.title, t.client, t.secretariat, t.municipality, t.project, t.area, t.contract_kind, t.route,
       t.published_on, t.contract_sum_dkk, t.starts_on, t.handover_on, t.closed_on
FROM state.tender t JOIN log.subject s ON s.no = t.subject_no;
COMMENT ON VIEW board.tender IS 'one row per tender that anything frames; title is null while it is not registered';

CREATE VIEW board.figure_history WITH (security_invoker = true) AS
SELECT s.name AS tender, f.target, f.on_date, f.computed_at_position, f.status, f.reason, f.agreed, f.waived,
       f.required, f.delivered, f.expected, f.forecast, f.last_date
FROM figures.figure f JOIN log.subject s ON s.no = f.subject_no;
COMMENT ON VIEW board.figure_history IS 'one row per target and date on which it was computed; null is unknown, not zero';

CREATE VIEW board.figure WITH (security_invoker = true) AS
SELECT DISTINCT ON (f.subject_no, f.target)
       s.name AS tender, f.target, f.on_date, f.computed_at_position, f.status, f.reason, f.agreed, f.waived,
       f.required, f.delivered, f.expected, f.forecast, f.last_date
FROM figures.figure f JOIN log.subject s ON s.no = f.subject_no
ORDER BY f.subject_no, f.target, f.on_date DESC;
COMMENT ON VIEW board.figure IS 'the latest figure of every target; null is unknown, not zero';

CREATE VIEW board.placement WITH (security_invoker = true) AS
SELECT s.name AS tender, p.kind, p.contractor, p.planned_start, p.started_on, p.planned_end, p.ended_on, p.not_started
FROM state.placement p JOIN log.subject s ON s.no = p.subject_no;
COMMENT ON VIEW board.placement IS 'one row per reported placement, counted or not; no ids of placements or persons';

CREATE VIEW board.finding WITH (security_invoker = true) AS
SELECT s.name AS tender, f.on_date, f.code, f.must_act, f.must_act_organisation, f.since, f.da, f.en
FROM figures.finding f JOIN log.subject s ON s.no = f.subject_no;
COMMENT ON VIEW board.finding IS 'what is wrong now, and who must act';

CREATE VIEW board.freshness WITH (security_invoker = true) AS
SELECT (SELECT max(position) FROM log.applied_batch) AS position,
       (SELECT known_at FROM log.applied_batch ORDER BY position DESC LIMIT 1) AS known_at,
       (SELECT count(*) FROM state.dirty_tender) AS tenders_to_recompute,
       (SELECT min(b.known_at) FROM state.dirty_tender d
        JOIN log.applied_batch b ON b.position = d.since_position) AS oldest_change_not_in_figures,
       (SELECT count(*) FROM state.waiting) AS events_waiting_for_an_upgrade;
COMMENT ON VIEW board.freshness IS 'one row: how far the log has come, and what the figures have not taken in yet';
