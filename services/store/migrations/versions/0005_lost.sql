-- What the gap check could not heal.
CREATE TABLE stream.lost (
    topic_no integer NOT NULL REFERENCES stream.topic (no),
    partition integer NOT NULL,
    "from" bigint NOT NULL,
    "to" bigint NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT lost_pkey PRIMARY KEY (topic_no, partition, "from"),
    CONSTRAINT lost_span CHECK ("from" < "to")
);
COMMENT ON TABLE stream.lost IS 'offsets that were never taken in and that the topic holds no longer';
COMMENT ON COLUMN stream.lost."to" IS 'the first offset that is not among them';

-- A sender that asks for the fate of its event is told.
GRANT SELECT ON stream.lost TO bygspor_gateway;
