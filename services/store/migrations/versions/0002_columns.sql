-- What decides who sees a row lies in the row. State folded before this is rebuilt by the next command that opens it.
ALTER TABLE log.source ADD COLUMN organisation text COLLATE "C" GENERATED ALWAYS AS (split_part(name, ':', 3)) STORED;
CREATE INDEX source_by_organisation ON log.source (organisation);

-- Only few events are sent on behalf of another: the others cost the index nothing.
ALTER TABLE log.event ADD COLUMN on_behalf_of text COLLATE "C";
UPDATE log.event SET on_behalf_of = coalesce(
    convert_from(body, 'UTF8')::jsonb #>> '{data,on_behalf_of}',
    convert_from(body, 'UTF8')::jsonb #>> '{data,replacement,data,on_behalf_of}')
WHERE position('on_behalf_of'::bytea IN body) > 0;
CREATE INDEX event_on_behalf ON log.event (on_behalf_of) WHERE on_behalf_of IS NOT NULL;

ALTER TABLE log.rejected ADD COLUMN organisation text COLLATE "C";
COMMENT ON COLUMN log.rejected.organisation IS 'who sent it, where that is known; then it is theirs to see';
CREATE INDEX rejected_by_organisation ON log.rejected (organisation);

CREATE TABLE state.speaker (
    subject_no integer NOT NULL,
    source_no integer NOT NULL,
    CONSTRAINT speaker_pkey PRIMARY KEY (subject_no, source_no)
);
COMMENT ON TABLE state.speaker IS 'who has ever said something under a subject';
INSERT INTO state.speaker SELECT DISTINCT subject_no, source_no FROM log.event;

ALTER TABLE state.tender ADD COLUMN parties jsonb NOT NULL DEFAULT '{}';
ALTER TABLE state.placement ADD COLUMN contractors text[] NOT NULL DEFAULT '{}',
    ADD COLUMN job_centres text[] NOT NULL DEFAULT '{}', ADD COLUMN referred_by text COLLATE "C";
CREATE INDEX placement_by_referrer ON state.placement (subject_no, referred_by) WHERE referred_by IS NOT NULL;
ALTER TABLE state.candidate ADD COLUMN told_by text[] NOT NULL DEFAULT '{}',
    ADD COLUMN presented text[] NOT NULL DEFAULT '{}', ADD COLUMN consents jsonb NOT NULL DEFAULT '{}';
ALTER TABLE figures.finding ADD COLUMN scope text NOT NULL DEFAULT 'placement';
COMMENT ON COLUMN figures.finding.scope IS 'whom it is for: tender, contractor or placement (services/domain/findings.py)';
COMMENT ON COLUMN state.tender.parties IS 'organisations by what they are to it, and who hangs under whom';
COMMENT ON COLUMN state.placement.contractors IS 'all contractors it was ever with';
COMMENT ON COLUMN state.placement.job_centres IS 'who referred the person, and who said what job centres say';
COMMENT ON COLUMN state.candidate.consents IS 'whom the candidate may be told of, each until its last day';
