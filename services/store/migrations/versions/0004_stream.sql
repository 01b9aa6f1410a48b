-- How far the topics of Kafka have been taken in: written in the transaction that takes in what they hold.
CREATE SCHEMA stream;
COMMENT ON SCHEMA stream IS 'which records of which topics are in the log, and which of their events could not be';

CREATE TABLE stream.topic (
    no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    id uuid NOT NULL UNIQUE,
    since timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz
);
COMMENT ON TABLE stream.topic IS 'a topic that was deleted and made anew is another one: its offsets begin again';
CREATE UNIQUE INDEX topic_name ON stream.topic (name) WHERE retired_at IS NULL;

CREATE TABLE stream.applied_record (
    topic_no integer NOT NULL REFERENCES stream.topic (no),
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    events integer NOT NULL,
    new integer NOT NULL,
    duplicate integer NOT NULL,
    rejected integer NOT NULL,
    CONSTRAINT applied_record_pkey PRIMARY KEY (topic_no, partition, "offset"),
    CONSTRAINT applied_record_sum CHECK (events = new + duplicate + rejected)
);
COMMENT ON TABLE stream.applied_record IS 'one row per record: a record of nothing but duplicates leaves no other trace';

CREATE TABLE stream.checked (
    topic_no integer NOT NULL REFERENCES stream.topic (no),
    partition integer NOT NULL,
    up_to bigint NOT NULL,
    CONSTRAINT checked_pkey PRIMARY KEY (topic_no, partition)
);
COMMENT ON COLUMN stream.checked.up_to IS 'every offset below it that the topic still held had its row when last looked at';

CREATE TABLE stream.dead_letter (
    topic_no integer NOT NULL REFERENCES stream.topic (no),
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    nr integer NOT NULL,
    digest bytea NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    replayed_at timestamptz,
    CONSTRAINT dead_letter_pkey PRIMARY KEY (topic_no, partition, "offset", nr)
);
COMMENT ON TABLE stream.dead_letter IS 'an event of a record that is among the rejected instead of in the log';
COMMENT ON COLUMN stream.dead_letter.nr IS 'its place in the record, from 0';
COMMENT ON COLUMN stream.dead_letter.digest IS 'of the rejected line that holds it, with its reasons';
COMMENT ON COLUMN stream.dead_letter.sent_at IS 'when the dead-letter topic had it';
CREATE INDEX dead_letter_unsent ON stream.dead_letter (noted_at) WHERE sent_at IS NULL;

GRANT USAGE ON SCHEMA stream TO bygspor_apply, bygspor_gateway;
GRANT UPDATE (sent_at, replayed_at) ON stream.dead_letter TO bygspor_apply;
GRANT UPDATE (retired_at) ON stream.topic TO bygspor_apply;
GRANT SELECT, INSERT, UPDATE ON stream.checked TO bygspor_apply;
GRANT SELECT, INSERT ON stream.topic, stream.applied_record, stream.dead_letter TO bygspor_apply;
-- What offsets hold is nobody's data; what was wrong with an event is guarded where it is kept, among the rejected.
GRANT SELECT ON stream.topic, stream.applied_record, stream.dead_letter TO bygspor_gateway;
